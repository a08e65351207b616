//! The clinical record: registering a case, entering it section by section, its history, and how complete it is.

mod completeness;
mod field;
mod history;
pub(crate) mod import;
mod new_case;
mod overview;
mod posted;
mod section;

use access::{Action, Permit, Rights};
use axum::{
    Router,
    routing::{get, post},
};
use model::{
    catalogue::{Catalogue, Section},
    identity::{CaseId, PersonId},
};
use std::collections::BTreeMap;

use crate::{page::Page, state::AppState};

/// Category of sections that laboratories' files fill, and no person.
const REPORT_CATEGORY: &str = "report";

/// Returns where the record's pages are.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/cases/new", get(new_case::show).post(new_case::register))
        .route("/cases/{id}/record", get(overview::show))
        .route("/cases/{id}/record/take-over", post(overview::take_over))
        .route("/cases/{id}/record/cells", post(crate::api::clinical_record::save_from_form))
        .route("/cases/{id}/record/history", get(history::show))
        .route("/cases/{id}/record/{section}", get(section::show).post(section::save))
        .route("/cases/import/{id}", get(import::show_file))
        .route("/cases/import/{id}/confirm", post(import::confirm))
        .route("/cases/import/{id}/discard", post(import::discard))
        .route("/completeness", get(completeness::show))
}

/// Returns where a file for many records is sent.
pub(crate) fn upload_routes() -> Router<AppState> {
    Router::new().route("/cases/import", get(import::show).post(import::send))
}

/// Address of a case's record.
fn record_href(case: CaseId) -> String {
    format!("/cases/{case}/record")
}

/// Address of a section of a case's record.
fn section_href(case: CaseId, section: &str) -> String {
    format!("/cases/{case}/record/{section}")
}

/// Returns whether whoever may read a case may also enter into its record, for showing the form as one.
fn may_write(state: &AppState, permit: &Permit) -> bool {
    let day = state.now().date_naive();
    Rights::ours().allows(permit.role(), Action::WriteCase, permit.relation(), day)
}

/// Sections that people fill.
fn sections() -> impl Iterator<Item = &'static Section> {
    Catalogue::get().sections().iter().filter(|section| section.category != REPORT_CATEGORY)
}

/// Names of people, looked up once.
pub(crate) struct Names<'a> {
    state: &'a AppState,
    known: BTreeMap<PersonId, String>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(state: &'a AppState) -> Self {
        Self { state, known: BTreeMap::new() }
    }

    /// Returns a person's name; the words for an unknown one where the record has none.
    pub(crate) async fn of(&mut self, page: &Page, person: PersonId) -> String {
        if let Some(name) = self.known.get(&person) {
            return name.clone();
        }
        // A name that cannot be read must not keep anybody from the form.
        let found = self.state.store.person(person).await.ok().flatten();
        let name = found.map_or_else(|| page.t("field-somebody"), |person| person.name);
        self.known.insert(person, name.clone());
        name
    }
}
