//! What the desk may know of a case: its consent, and who used its data. Nothing clinical.

use access::{Action, Purpose, audit::Entry};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use model::{consent::AsOf, identity::CaseId};

use super::permit;
use crate::{
    error::PageError,
    fields::Fields,
    looks::{self, LookView},
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
    web::consent::{
        Subject,
        view::{self, AnswerView},
    },
};

#[derive(Template)]
#[template(path = "desk/case.html")]
struct CaseTemplate {
    page: Page,
    reference: String,
    consent_href: String,
    answers: Vec<AnswerView>,
    looks: Vec<LookView>,
}

/// Finds a case by the reference that a caller reads from a letter.
pub(crate) async fn find(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(fields): Query<Fields>,
) -> Result<Response, PageError> {
    permit(&state, &viewer)?;
    let found = state.store.case_by_reference(fields.text("reference")).await;
    let href = match found.map_err(PageError::internal)? {
        Some(revision) => format!("/desk/cases/{}", revision.case),
        None => "/desk?missing=1".to_owned(),
    };
    Ok(Redirect::to(&href).into_response())
}

/// Shows a case to the desk.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    permit(&state, &viewer)?;
    let case = CaseId(id);
    let permit = state.permit_case(&viewer, Action::ReadConsent, case, Purpose::PatientRequest);
    let entry = Entry::permitted(state.now(), &viewer.actor, &permit.await?);
    state.audit.record(entry).await?;
    let subject = Subject::read(&state, case).await?;
    let page = Page::new(&state, &reader, Place::Desk).await?;
    let now = subject.state_at(AsOf::known_then(state.now()));
    let looks = looks::of_case(&state, &page, case).await?;
    let template = CaseTemplate {
        reference: subject.reference,
        consent_href: subject.href,
        answers: view::answers(&page, &now),
        looks,
        page,
    };
    render(&template)
}
