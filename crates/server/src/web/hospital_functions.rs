//! What each kind of hospital does, by version of the rules; and the question whether one may hold a panel.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use chrono::NaiveDate;
use model::{
    organisation::OrganisationCode,
    programme::{DesignationKind, Duty, Function, FunctionAnswer, FunctionMatrix, Registry},
};
use serde::Deserialize;

use super::hospital::{HospitalLink, links};
use crate::{
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
};

/// What a rule says, in words.
pub(crate) struct DutyView {
    /// The duty.
    pub(crate) label: String,
    /// Whether the sources say nothing.
    pub(crate) unknown: bool,
    /// Whether it is ours.
    pub(crate) inferred: Option<String>,
}

/// Makes the view of an answer.
pub(crate) fn duty_view(page: &Page, answer: FunctionAnswer) -> DutyView {
    use model::programme::Mark;
    let inferred = answer.mark.filter(|mark| *mark == Mark::Inferred);
    DutyView {
        label: page.duty(answer.duty),
        unknown: answer.duty == Duty::Unknown,
        inferred: inferred.map(|mark| page.mark(mark)),
    }
}

/// One version of the rules.
struct RuleView {
    id: String,
    name: &'static str,
    period: String,
    rows: Vec<RuleRow>,
    in_force: bool,
}

struct RuleRow {
    kind: String,
    duties: Vec<DutyView>,
}

/// The question.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PanelQuery {
    hospital: String,
    case: String,
    day: String,
}

/// The answer.
struct PanelAnswerView {
    verdict: TagView,
    reason: String,
    rule: Option<&'static str>,
    inferred: Option<String>,
    ask: Vec<HospitalLink>,
}

#[derive(Template)]
#[template(path = "hospitals/functions.html")]
struct FunctionsTemplate {
    page: Page,
    query: PanelQuery,
    answer: Option<PanelAnswerView>,
    functions: Vec<String>,
    rules: Vec<RuleView>,
}

/// Shows the rules, and answers.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(mut query): Query<PanelQuery>,
) -> Result<Response, PageError> {
    let registry = state.registry().await?;
    let today = format::local_day(state.now());
    let page = Page::new(&state, &reader, Place::InHospitals).await?;
    let day = match query.day.as_str() {
        "" => today,
        text => text.parse().map_err(|_| PageError::BadRequest)?,
    };
    query.day = day.to_string();
    let template = FunctionsTemplate {
        answer: answer(&page, &registry, &query, day),
        functions: Function::ALL.map(|function| page.function(function)).to_vec(),
        rules: rules(&page, today),
        query,
        page,
    };
    render(&template)
}

fn answer(
    page: &Page,
    registry: &Registry,
    query: &PanelQuery,
    day: NaiveDate,
) -> Option<PanelAnswerView> {
    if query.hospital.trim().is_empty() {
        return None;
    }
    let hospital = OrganisationCode::new(&query.hospital);
    let case = match query.case.trim() {
        "" => hospital.clone(),
        code => OrganisationCode::new(code),
    };
    let answer = registry.may_hold_panel(&hospital, &case, day);
    let mark = answer.mark.filter(|mark| *mark == model::programme::Mark::Inferred);
    Some(PanelAnswerView {
        verdict: page.verdict_tag(answer.verdict),
        reason: page.text(&answer.reason.text()).to_owned(),
        rule: answer.rule,
        inferred: mark.map(|mark| page.mark(mark)),
        ask: links(page, registry, answer.ask.iter()),
    })
}

fn rules(page: &Page, today: NaiveDate) -> Vec<RuleView> {
    let matrix = FunctionMatrix::get();
    let mut rules = matrix.rules();
    rules.reverse();
    let rule = |(name, period): (&'static str, model::programme::Period)| {
        let has = |kind: &DesignationKind| {
            matrix.cells().iter().any(|cell| cell.rule == name && cell.kind == *kind)
        };
        let row = |kind: DesignationKind| RuleRow {
            kind: page.designation_kind(kind),
            duties: Function::ALL
                .map(|function| duty_view(page, matrix.function(kind, function, period.from)))
                .into(),
        };
        RuleView {
            id: format!("rule-{name}"),
            name,
            period: page.period(period),
            rows: DesignationKind::ALL.into_iter().filter(has).map(row).collect(),
            in_force: period.holds(today),
        }
    };
    rules.into_iter().map(rule).collect()
}
