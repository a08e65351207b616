//! Changing the registry: who may, and the one transaction in which it happens.

use access::{Action, Asked, Permit, Purpose, Relation, Rights, audit::Entry};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use model::{
    organisation::OrganisationCode,
    programme::RegistryDocument,
    text::{Language, LocalizedText},
};
use store::{Batch, RecordError, RegistryChange};

use crate::{error::PageError, state::AppState, viewer::Viewer};

/// What the person can mend in a form that was sent.
#[derive(Clone, Debug)]
pub(crate) struct Refusal(pub(crate) LocalizedText);

impl Refusal {
    /// Makes a refusal of two literals.
    pub(crate) fn of(ja: &'static str, en: &'static str) -> Self {
        Self(LocalizedText::of(ja, en))
    }

    /// Returns it in the reader's language.
    pub(crate) fn get(&self, language: Language) -> String {
        self.0.get(language).to_owned()
    }
}

/// Why a change was not made: the person can mend it, or not.
pub(crate) enum ChangeError {
    /// The form says something that is not taken.
    Refused(Refusal),
    /// Anything else.
    Page(PageError),
}

impl From<PageError> for ChangeError {
    fn from(error: PageError) -> Self {
        Self::Page(error)
    }
}

impl From<Refusal> for ChangeError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<RecordError> for ChangeError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::RegistryChanged { .. } | RecordError::Refused { .. } => {
                Self::Refused(Refusal(error.explain()))
            }
            other => Self::Page(PageError::internal(other)),
        }
    }
}

/// Permits changing the registry.
pub(crate) fn permit_manage(state: &AppState, viewer: &Viewer) -> Result<Permit, PageError> {
    state.permit(viewer, Action::ManageProgramme, Relation::Programme, Purpose::Administration)
}

/// Permits deciding on an application.
pub(crate) fn permit_decide(state: &AppState, viewer: &Viewer) -> Result<Permit, PageError> {
    state.permit(viewer, Action::DecideDesignation, Relation::Programme, Purpose::Administration)
}

/// Permits what a hospital does for itself, to its own people and to the office.
pub(crate) fn permit_apply(
    state: &AppState,
    viewer: &Viewer,
    hospital: &OrganisationCode,
) -> Result<Permit, PageError> {
    let asked = Asked {
        action: Action::ApplyDesignation,
        relation: Relation::OwnHospital,
        organisation: Some(hospital),
        purpose: Purpose::Administration,
        case: None,
    };
    let day = state.now().date_naive();
    let own = Rights::ours().decide(&viewer.actor, &asked, day);
    own.map_or_else(|| permit_manage(state, viewer), Ok)
}

/// Changes that are made together, and written down in the audit log, or not at all.
pub(crate) struct Change<'a> {
    state: &'a AppState,
    viewer: &'a Viewer,
    permit: &'a Permit,
    batch: Batch,
}

impl<'a> Change<'a> {
    /// Begins.
    pub(crate) async fn begin(
        state: &'a AppState,
        viewer: &'a Viewer,
        permit: &'a Permit,
    ) -> Result<Self, ChangeError> {
        Ok(Self { state, viewer, permit, batch: state.store.begin().await? })
    }

    /// Records a document that was read at a revision, 0 where there was none.
    pub(crate) async fn record<D: RegistryDocument>(
        &mut self,
        document: &D,
        read_revision: u32,
    ) -> Result<RegistryChange, ChangeError> {
        let by = Some(self.permit.person());
        let at = self.state.now();
        let change = self.batch.record_registry_document(document, read_revision, by, at).await?;
        if change != RegistryChange::Unchanged {
            let entry = Entry::permitted(at, &self.viewer.actor, self.permit)
                .about(D::KIND.word(), document.key())
                .with_detail(&format!("revision {}", read_revision + 1));
            self.batch.append_audit(&entry).await?;
        }
        Ok(change)
    }

    /// Makes the changes durable.
    pub(crate) async fn commit(self) -> Result<(), ChangeError> {
        Ok(self.batch.commit().await?)
    }
}

/// Leads on to a page after a change.
pub(crate) fn lead_to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// Reads a day of a form.
pub(crate) fn day_of(text: &str) -> Result<NaiveDate, Refusal> {
    text.trim().parse().map_err(|_| {
        Refusal::of("日付を 2026-04-01 の形で書いてください。", "Write the day as 2026-04-01.")
    })
}

/// Reads a day of a form that may be empty.
pub(crate) fn optional_day_of(text: &str) -> Result<Option<NaiveDate>, Refusal> {
    if text.trim().is_empty() { Ok(None) } else { day_of(text).map(Some) }
}

/// Returns a text of a form without blanks at its ends; `None` where nothing is left.
pub(crate) fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
