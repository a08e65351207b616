//! What waits for the programme office: applications, rounds, designations that end.

use access::{Action, Purpose, Relation};
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use ingest::programme_csv::ProgrammeTable;
use model::programme::{Application, IntakeRound, Laboratory, PanelProduct, Registry};

use super::entry::Entry;
use crate::{
    address,
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
    viewer::Viewer,
};

/// How far ahead ends are shown. Units: days.
const EXPIRING_WITHIN_DAYS: u64 = 180;

pub(super) struct ApplicationRow {
    href: String,
    hospital: String,
    wanted: String,
    kind: String,
    state: TagView,
    round: Option<String>,
    submitted: String,
}

struct ExpiringRow {
    href: String,
    apply_href: String,
    hospital: String,
    kind: String,
    until: String,
    until_iso: String,
    days: u64,
}

/// An entry that is one form.
struct EntryLink {
    href: String,
    name: String,
    code: String,
}

struct RoundView {
    name: String,
    period: String,
    count: u64,
}

#[derive(Template)]
#[template(path = "programme/overview.html")]
struct OverviewTemplate {
    page: Page,
    open: Vec<ApplicationRow>,
    closed: Vec<ApplicationRow>,
    rounds: Vec<RoundView>,
    expiring: Vec<ExpiringRow>,
    tables: Vec<&'static str>,
    laboratories: Vec<EntryLink>,
    panels: Vec<EntryLink>,
    may_manage: bool,
}

/// Shows what waits.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::ReadProgramme, Relation::Programme, Purpose::Administration)?;
    let registry = state.registry().await?;
    let day = format::local_day(state.now());
    let page = Page::new(&state, &reader, Place::Programme).await?;
    let mut applications: Vec<_> = registry.applications.values().collect();
    applications.sort_by_key(|application| std::cmp::Reverse(application.latest()));
    let rows = |open: bool| {
        let chosen = applications.iter().filter(|each| each.state().is_open() == open);
        chosen.map(|application| application_row(&page, &registry, application)).collect()
    };
    let template = OverviewTemplate {
        open: rows(true),
        closed: rows(false),
        rounds: rounds(&page, &registry, day),
        expiring: expiring(&page, &registry, day),
        tables: ProgrammeTable::ALL.map(ProgrammeTable::file_name).to_vec(),
        laboratories: registry
            .laboratories
            .values()
            .map(|each| entry_link::<Laboratory>(each.name(page.language), each.code.as_str()))
            .collect(),
        panels: registry
            .panels
            .values()
            .map(|each| entry_link::<PanelProduct>(each.name(page.language), &each.code))
            .collect(),
        may_manage: super::change::permit_manage(&state, &viewer).is_ok(),
        page,
    };
    render(&template)
}

fn entry_link<D: Entry>(name: &str, code: &str) -> EntryLink {
    let href = format!("{}/{code}", D::PATH);
    EntryLink { href, name: name.to_owned(), code: code.to_owned() }
}

fn application_row(page: &Page, registry: &Registry, application: &Application) -> ApplicationRow {
    let code = application.hospital.as_str();
    ApplicationRow {
        href: address::application(application.id),
        hospital: registry.hospital_name(code, page.language).unwrap_or(code).to_owned(),
        wanted: page.designation_kind(application.wanted),
        kind: page.application_kind(application.kind),
        state: page.application_tag(application.state()),
        round: application.round.map(|round| round.to_string()),
        submitted: application
            .submitted()
            .map(|day| format::day_short(day, page.language))
            .unwrap_or_default(),
    }
}

/// The round of today and the next one, with how many applications each has.
fn rounds(page: &Page, registry: &Registry, day: NaiveDate) -> Vec<RoundView> {
    let now = IntakeRound::of(day);
    let view = |round: IntakeRound| RoundView {
        name: round.to_string(),
        period: page.period(round.period()),
        count: registry
            .applications
            .values()
            .filter(|application| application.round == Some(round))
            .count() as u64,
    };
    vec![view(now), view(now.next())]
}

fn expiring(page: &Page, registry: &Registry, day: NaiveDate) -> Vec<ExpiringRow> {
    registry
        .expiring(day, EXPIRING_WITHIN_DAYS)
        .into_iter()
        .map(|(code, designation, until)| ExpiringRow {
            href: address::office_hospital(code),
            apply_href: address::with_query(
                "/programme/applications/new",
                &[
                    ("hospital", code.as_str()),
                    ("wanted", designation.kind.word()),
                    ("renewal", "yes"),
                ],
            ),
            hospital: registry
                .hospital_name(code.as_str(), page.language)
                .unwrap_or(code.as_str())
                .to_owned(),
            kind: page.designation_kind(designation.kind),
            until: format::day(until, page.language),
            until_iso: until.to_string(),
            days: u64::try_from((until - day).num_days()).unwrap_or_default(),
        })
        .collect()
}
