//! The audit log: whether it is whole, who did what, and taking it out.

mod case;
mod entry;
mod export;
mod query;
mod row;

use access::{Action, Asked, Permit, Purpose, Relation, Rights, audit::Entry};
use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::organisation::OrganisationCode;
use serde::Deserialize;
use store::AuditFilter;

use crate::{
    audit::Verified,
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};
use query::{AuditQuery, Choice};
use row::EntryRowView;

/// Entries on one page.
const ENTRIES_PER_PAGE: u32 = 50;

/// The pages of this noun.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/audit", get(show))
        .route("/audit/verify", post(verify))
        .route("/audit/export.csv", get(export::csv))
        .route("/audit/export.ndjson", get(export::ndjson))
        .route("/audit/entries/{sequence}", get(entry::show))
        .route("/audit/entries/{sequence}/proof", get(entry::proof))
        .route("/audit/cases/{id}", get(case::show))
}

/// How much of the log somebody may read.
struct Scope {
    /// What allows it.
    permit: Permit,
    /// What people of these organisations did, and what was done on their cases; everything where `None`.
    own: Option<Vec<OrganisationCode>>,
}

impl Scope {
    /// Finds out how much of the log the viewer may read.
    fn of(state: &AppState, viewer: &Viewer) -> Result<Self, PageError> {
        let day = state.now().date_naive();
        let may = |relation, organisation| {
            let asked = Asked {
                action: Action::ReadAudit,
                relation,
                organisation,
                purpose: Purpose::Audit,
                case: None,
            };
            Rights::ours().decide(&viewer.actor, &asked, day)
        };
        if let Some(permit) = may(Relation::Programme, None) {
            return Ok(Self { permit, own: None });
        }
        let permit =
            state.permit(viewer, Action::ReadAudit, Relation::OwnHospital, Purpose::Audit)?;
        let own = viewer.actor.organisations_on(day).into_iter();
        let own = own.filter(|code| may(Relation::OwnHospital, Some(*code)).is_some());
        Ok(Self { permit, own: Some(own.cloned().collect()) })
    }

    /// Returns the filter within what may be read.
    fn within(&self, filter: AuditFilter) -> AuditFilter {
        AuditFilter { of_organisations: self.own.clone(), ..filter }
    }

    fn is_programme(&self) -> bool {
        self.own.is_none()
    }

    /// Returns whether one entry may be read.
    fn has(&self, entry: &Entry) -> bool {
        let Some(own) = &self.own else { return true };
        [&entry.organisation, &entry.hospital].into_iter().flatten().any(|code| own.contains(code))
    }

    /// Writes down that the log was read, and what was looked for.
    async fn write_down(
        &self,
        state: &AppState,
        viewer: &Viewer,
        say_more: impl FnOnce(Entry) -> Entry,
    ) -> Result<(), PageError> {
        let entry = Entry::permitted(state.now(), &viewer.actor, &self.permit);
        Ok(state.audit.record(say_more(entry)).await?)
    }
}

/// Whether the log is whole, as far as it is known.
struct StateView {
    class: &'static str,
    answer: String,
    detail: String,
    flaws: Vec<String>,
}

#[derive(Template)]
#[template(path = "audit/log.html")]
struct LogTemplate {
    page: Page,
    state: StateView,
    query: AuditQuery,
    actions: Vec<Choice>,
    outcomes: Vec<Choice>,
    total: u64,
    is_filtered: bool,
    is_programme: bool,
    caption: String,
    rows: Vec<EntryRowView>,
    first_href: Option<String>,
    next_href: Option<String>,
    csv_href: String,
}

/// Shows the log.
async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Query(query): Query<AuditQuery>,
) -> Result<Response, PageError> {
    let scope = Scope::of(&state, &viewer)?;
    let before = query.before()?;
    let filter = scope.within(query.filter(&state).await?);
    // Of a case that is not there, nothing is said of a case.
    let case = filter.case.filter(|case| !case.0.is_nil());
    scope
        .write_down(&state, &viewer, |entry| {
            let entry = entry.with_detail(&query.said());
            case.into_iter().fold(entry, |entry, case| entry.on_case(case, None))
        })
        .await?;
    let page = Page::new(&state, &reader, Place::Audit).await?;
    let found = state.store.search_audit(&filter, before, ENTRIES_PER_PAGE).await;
    let found = found.map_err(PageError::internal)?;
    let total = state.store.count_audit(&filter).await.map_err(PageError::internal)?;
    let template = LogTemplate {
        state: state_view(&page, &state).await?,
        actions: query.actions(&page),
        outcomes: query.outcomes(&page),
        total,
        is_filtered: query.is_filtered(),
        is_programme: scope.is_programme(),
        caption: page.t2("audit-caption", "size", ENTRIES_PER_PAGE),
        rows: row::rows(&page, &state, found.entries).await?,
        first_href: before.map(|_| query.href("/audit", None)),
        next_href: found.next_before.map(|before| query.href("/audit", Some(before))),
        csv_href: query.href("/audit/export.csv", None),
        query,
        page,
    };
    render(&template)
}

async fn state_view(page: &Page, state: &AppState) -> Result<StateView, PageError> {
    let head = state.store.newest_audit_head().await.map_err(PageError::internal)?;
    let entries = state.store.audit_state().await.map_err(PageError::internal)?.tree.size();
    let signed = head.as_ref().map_or(0, |head| head.size.min(entries));
    let head = match &head {
        None => page.t("audit-head-none"),
        Some(head) => page.words(
            "audit-head",
            &[
                ("at", &format::moment(head.at, page.language)),
                ("size", &format::grouped(head.size)),
                ("later", &format::grouped(entries - signed)),
                ("root", &head.root.to_string().chars().take(16).collect::<String>()),
                ("key", &head.key),
            ],
        ),
    };
    let verified = state.audit.verified();
    let (class, answer) = answer(page, verified.as_ref());
    let flaws = verified.iter().flat_map(|verified| &verified.found.flaws);
    let flaws = flaws.take(10).map(|flaw| page.text(&flaw.explain()).to_owned()).collect();
    Ok(StateView { class, answer, detail: head, flaws })
}

fn answer(page: &Page, verified: Option<&Verified>) -> (&'static str, String) {
    let Some(verified) = verified else { return ("calm", page.t("audit-unverified")) };
    let at = format::moment(verified.at, page.language);
    let entries = format::grouped(verified.found.entries);
    let values = [("at", at.as_str()), ("entries", entries.as_str())];
    if verified.found.is_whole() {
        ("", page.words("audit-whole", &values))
    } else {
        ("not", page.words("audit-tampered", &values))
    }
}

/// A form without fields.
#[derive(Debug, Deserialize)]
struct NoFields {}

/// Verifies the log as it is now.
async fn verify(
    State(state): State<AppState>,
    viewer: Viewer,
    CheckedForm(NoFields {}): CheckedForm<NoFields>,
) -> Result<Response, PageError> {
    let scope = Scope::of(&state, &viewer)?;
    scope.write_down(&state, &viewer, |entry| entry.about("audit-log", "verify")).await?;
    let verified = state.audit.verify().await?;
    if !verified.found.is_whole() {
        tracing::error!(flaws = ?verified.found.flaws, "the audit log is not whole");
    }
    Ok(Redirect::to("/audit").into_response())
}
