//! The course of one case, de-identified: therapies with their responses before and after the test, and how it ended.
//!
//! Days are told from the day of the test, as months; no date is shown.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Query as AddressQuery, State},
    response::Response,
};
use research::cohort::{
    CohortCase, CohortDay, Response as BestResponse, Side, TherapyLine, VitalStatus, Word as _,
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    cases::{self, CaseView},
    chart_file,
    labels::ClinicLabels,
    permit, waterfall,
};
use crate::{
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::LevelView,
    viewer::Viewer,
    web::{
        chart::course::{Line, Moment, course},
        picture_file::Picture,
    },
};

/// Days of a month, for showing.
const MONTH_DAYS: f64 = 30.4375;

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CourseAddress {
    pub(super) id: String,
}

/// A line of therapy in words.
struct LineView {
    side: String,
    line: String,
    drugs: String,
    start: String,
    end: String,
    response: String,
}

struct AlterationView {
    gene: String,
    what: String,
    class: String,
    level: Option<LevelView>,
}

#[derive(Template)]
#[template(path = "search/course.html")]
struct CourseTemplate {
    page: Page,
    case: CaseView,
    stage: String,
    tmb: String,
    msi: String,
    /// Best change of the target lesions; empty where it is not known.
    change: String,
    panel: String,
    svg: String,
    lines: Vec<LineView>,
    undated: String,
    moments: Vec<(String, String)>,
    /// What is said where no alteration is known.
    no_alteration: String,
    alterations: Vec<AlterationView>,
    files: [String; 2],
}

/// Looks up a case that may be searched now.
async fn look_up(
    state: &AppState,
    viewer: &Viewer,
    address: &CourseAddress,
) -> Result<(CohortCase, Arc<model::programme::Registry>), PageError> {
    let id = address.id.parse::<Uuid>();
    let text = id.as_ref().map_or_else(|_| String::new(), |id| format!("case {id}"));
    let registry = permit(state, viewer, &text).await?;
    let view = state.cohort.view(state).await?;
    let id = id.map_err(|_| PageError::NotFound)?;
    let case = view.case(id).ok_or(PageError::NotFound)?;
    Ok((case, registry))
}

/// Shows the course.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    AddressQuery(address): AddressQuery<CourseAddress>,
) -> Result<Response, PageError> {
    let (case, registry) = look_up(&state, &viewer, &address).await?;
    let page = Page::new(&state, &reader, Place::Search).await?;
    let labels = ClinicLabels { release: state.release, registry: &registry };
    let one = std::slice::from_ref(&case);
    let Some(view) = cases::views(&state, &viewer, &page, &labels, one, 0).pop() else {
        return Err(PageError::NotFound);
    };
    let course = Course::of(&page, &labels, &case);
    let unknown = || page.t("unknown");
    render(&CourseTemplate {
        case: view,
        stage: case.stage.map_or_else(unknown, |stage| page.text(&stage.label()).to_owned()),
        tmb: case.tmb.map_or_else(unknown, |tmb| format::quantity(f64::from(tmb) / 100.0)),
        msi: case.msi.map_or_else(unknown, |msi| page.text(&msi.label()).to_owned()),
        change: case.change.map(waterfall::percent).unwrap_or_default(),
        panel: case.panel.as_ref().map_or_else(unknown, |panel| panel.name.to_string()),
        svg: course.draw(&page),
        lines: case.therapies.iter().map(|line| course.line(&page, &labels, line)).collect(),
        undated: match course.undated {
            0 => String::new(),
            lines => page.tn("course-undated", lines),
        },
        moments: course
            .moments
            .iter()
            .map(|moment| (moment.name.clone(), months(moment.day)))
            .collect(),
        no_alteration: match case.panel {
            Some(_) => page.t("course-no-alteration"),
            None => page.t("unknown"),
        },
        alterations: alterations(&page, &case),
        files: chart_file::hrefs(&[("chart", "course"), ("id", &address.id)]),
        page,
    })
}

/// Draws a course for a file.
pub(super) async fn picture(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    address: &CourseAddress,
) -> Result<(Picture, Page), PageError> {
    let (case, registry) = look_up(state, viewer, address).await?;
    let page = Page::new(state, reader, Place::Search).await?;
    let labels = ClinicLabels { release: state.release, registry: &registry };
    let course = Course::of(&page, &labels, &case);
    let svg = course.draw(&page);
    let notes = vec![page.t("course-hint")];
    Ok((Picture { svg, title: page.t("course-title"), keys: Vec::new(), notes }, page))
}

/// A case's course in days from the test.
pub(super) struct Course {
    /// The day that is 0.
    zero: Option<CohortDay>,
    lines: Vec<Line>,
    moments: Vec<Moment>,
    /// Lines of which no first day is known.
    undated: u64,
}

impl Course {
    pub(super) fn of(page: &Page, labels: &ClinicLabels<'_>, case: &CohortCase) -> Self {
        let zero = case.tested.or(case.diagnosed).or_else(|| case.treated());
        let from_zero =
            |day: CohortDay| zero.map(|zero| i32::from(day.number()) - i32::from(zero.number()));
        let mut dated: Vec<&TherapyLine> =
            case.therapies.iter().filter(|line| line.start.is_some()).collect();
        dated.sort_by_key(|line| (line.start, line.end));
        let undated = (case.therapies.len() - dated.len()) as u64;
        let line = |line: &&TherapyLine| {
            let start = line.start.and_then(from_zero)?;
            let name = drugs(labels, page, line);
            let word = response(page, line);
            let end = line.end.and_then(from_zero).map(|end| end.max(start));
            let span = format!("{}–{}", months(start), end.map_or_else(|| "?".into(), months));
            Some(Line {
                label: format!("{name}: {span}, {word}"),
                name,
                start,
                end,
                class: class(line.response),
                word,
            })
        };
        let lines = dated.iter().filter_map(line).collect();
        let moment = |day: Option<CohortDay>, name: String, class: &'static str| {
            Some(Moment { day: from_zero(day?)?, name, class })
        };
        let (ending, class) = match case.vital_status {
            Some(VitalStatus::Dead) => (page.t("course-death"), "moment dead"),
            _ => (page.t("course-last-contact"), "moment"),
        };
        let moments = [
            moment(case.diagnosed, page.t("course-diagnosis"), "moment"),
            moment(case.tested, page.t("course-test"), "moment test"),
            moment(case.outcome.held, page.t("course-panel"), "moment"),
            moment(case.last_contact, ending, class),
        ];
        Self { zero, lines, moments: moments.into_iter().flatten().collect(), undated }
    }

    fn draw(&self, page: &Page) -> String {
        if self.lines.is_empty() && self.moments.len() < 2 {
            return String::new();
        }
        course(&page.t("course-label"), &self.lines, &self.moments, &page.t("course-months"))
    }

    fn line(&self, page: &Page, labels: &ClinicLabels<'_>, line: &TherapyLine) -> LineView {
        let day = |day: Option<CohortDay>| {
            let days = day
                .zip(self.zero)
                .map(|(day, zero)| months(i32::from(day.number()) - i32::from(zero.number())));
            days.unwrap_or_else(|| page.t("unknown"))
        };
        LineView {
            side: match line.side {
                Side::Before => page.text(&Side::Before.label()).to_owned(),
                Side::After => page.text(&Side::After.label()).to_owned(),
            },
            line: line.line.map_or_else(|| page.t("unknown"), |number| number.to_string()),
            drugs: drugs(labels, page, line),
            start: day(line.start),
            end: day(line.end),
            response: line.response.map_or_else(
                || page.t("unknown"),
                |response| page.text(&response.label()).to_owned(),
            ),
        }
    }
}

/// Returns days as months with one digit.
fn months(days: i32) -> String {
    format!("{:.1}", f64::from(days) / MONTH_DAYS + 0.0)
}

fn class(response: Option<BestResponse>) -> &'static str {
    match response {
        Some(BestResponse::Complete | BestResponse::Partial) => "line responded",
        Some(BestResponse::Progressive) => "line progressed",
        Some(BestResponse::Stable) => "line",
        Some(BestResponse::NotEvaluable) | None => "line not-said",
    }
}

fn response(page: &Page, line: &TherapyLine) -> String {
    line.response.map_or_else(|| page.t("unknown"), |response| response.code().to_owned())
}

fn drugs(labels: &ClinicLabels<'_>, page: &Page, line: &TherapyLine) -> String {
    let names: Vec<String> =
        line.drugs.iter().map(|drug| labels.drug(drug, page.language)).collect();
    if names.is_empty() { page.t("unknown") } else { names.join(" + ") }
}

fn alterations(page: &Page, case: &CohortCase) -> Vec<AlterationView> {
    let mut sorted: Vec<_> = case.alterations.iter().collect();
    // Those with evidence come first.
    sorted.sort_by_key(|own| (own.level.is_none(), own.level));
    let view = |own: &&research::cohort::CohortAlteration| AlterationView {
        gene: own.gene.to_string(),
        what: match (&own.change, &own.partner) {
            (Some(change), _) => change.to_string(),
            (None, Some(partner)) => format!("{}::{partner}", own.gene),
            (None, None) => "–".to_owned(),
        },
        class: own.class.map_or_else(
            || page.text(&own.kind.label()).to_owned(),
            |class| page.text(&class.label()).to_owned(),
        ),
        level: own.level.map(|level| LevelView::of(page, level)),
    };
    sorted.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_months_and_zero_has_no_sign() {
        assert_eq!(
            (months(0), months(-61), months(365)),
            ("0.0".into(), "-2.0".into(), "12.0".into())
        );
        assert_eq!(class(None), "line not-said");
        assert_eq!(class(Some(BestResponse::Complete)), "line responded");
    }
}
