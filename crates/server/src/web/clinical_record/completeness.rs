//! How complete the records of the hospitals are that the reader may know of.

use access::{Action, Purpose, Relation, Rights};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::record_href;
use crate::{
    address,
    error::PageError,
    following::PHASE,
    format,
    limits::INCOMPLETE_SHOWN_MAX,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CompletenessQuery {
    hospital: Option<String>,
}

struct HospitalView {
    href: String,
    hospital: Option<String>,
    cases: u64,
    untouched: u64,
    complete: u64,
    percent: u8,
    contested: u64,
    problems: u64,
    oldest: Option<String>,
    current: bool,
}

struct CaseView {
    href: String,
    reference: String,
    missing: u64,
    percent: u8,
    contested: u64,
    problems: u64,
    opened: String,
    touched: String,
}

#[derive(Template)]
#[template(path = "clinical_record/completeness.html")]
struct CompletenessTemplate {
    page: Page,
    cases: u64,
    incomplete: u64,
    hospitals: Vec<HospitalView>,
    chosen: Option<String>,
    listed: Vec<CaseView>,
    shown_max: u32,
    phase: String,
    may_register: bool,
    may_import: bool,
}

/// Shows how complete the records are.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Query(query): Query<CompletenessQuery>,
) -> Result<Response, PageError> {
    let allowed = hospitals_of(&state, &viewer)?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let rows = state.store.hospital_completeness(allowed.as_deref()).await;
    let rows = rows.map_err(PageError::internal)?;
    // One hospital needs no choosing.
    let only = (rows.len() == 1).then(|| rows[0].hospital.clone().unwrap_or_default());
    let chosen = query.hospital.clone().or(only);
    if let (Some(hospital), Some(allowed)) = (&chosen, &allowed)
        && !allowed.contains(hospital)
    {
        return Err(PageError::NotFound);
    }
    let listed = match &chosen {
        None => Vec::new(),
        Some(hospital) => {
            let hospital = Some(hospital.as_str()).filter(|code| !code.is_empty());
            let cases = state.store.incomplete_cases(hospital, INCOMPLETE_SHOWN_MAX).await;
            cases.map_err(PageError::internal)?
        }
    };
    let listed = listed.iter().map(|case| CaseView {
        href: record_href(case.counts.case),
        reference: case.reference.clone(),
        missing: u64::from(case.counts.required.saturating_sub(case.counts.filled)),
        percent: format::percent(u64::from(case.counts.filled), u64::from(case.counts.required)),
        contested: u64::from(case.counts.contested),
        problems: u64::from(case.counts.problems),
        opened: format::day_short(format::local_day(case.counts.opened_at), page.language),
        touched: format::day_short(format::local_day(case.counts.touched_at), page.language),
    });
    let hospitals = rows.iter().map(|row| {
        let code = row.hospital.as_deref().unwrap_or_default();
        HospitalView {
            href: format!("{}#cases", with_hospital(code)),
            hospital: row.hospital.clone(),
            cases: row.cases,
            untouched: row.untouched,
            complete: row.complete,
            percent: format::percent(row.filled, row.required),
            contested: row.contested,
            problems: row.problems,
            oldest: row
                .oldest_incomplete
                .map(|at| format::day_short(format::local_day(at), page.language)),
            current: chosen.as_deref() == Some(code),
        }
    });
    let template = CompletenessTemplate {
        cases: rows.iter().map(|row| row.cases).sum(),
        incomplete: rows.iter().map(|row| row.cases.saturating_sub(row.complete)).sum(),
        listed: listed.collect(),
        hospitals: hospitals.collect(),
        shown_max: INCOMPLETE_SHOWN_MAX,
        phase: PHASE.word().to_owned(),
        may_import: super::import::leads(&state, &viewer),
        may_register: viewer.may(Action::RegisterCase, state.now().date_naive()),
        chosen,
        page,
    };
    render(&template)
}

fn with_hospital(code: &str) -> String {
    // An empty code is a choice of its own: cases without a hospital.
    if code.is_empty() {
        return "/completeness?hospital=".to_owned();
    }
    address::with_query("/completeness", &[("hospital", code)])
}

/// Returns the hospitals whose cases the viewer may list; `None` for all.
fn hospitals_of(state: &AppState, viewer: &Viewer) -> Result<Option<Vec<String>>, PageError> {
    if state.permit(viewer, Action::ReadCaseList, Relation::Programme, Purpose::Quality).is_ok() {
        return Ok(None);
    }
    state.permit(viewer, Action::ReadCaseList, Relation::OwnHospital, Purpose::Quality)?;
    let day = state.now().date_naive();
    let own = viewer.actor.memberships_on(day).filter(|membership| {
        let role = membership.role;
        Rights::ours().allows(role, Action::ReadCaseList, Relation::OwnHospital, day)
    });
    Ok(Some(own.map(|membership| membership.organisation.to_string()).collect()))
}
