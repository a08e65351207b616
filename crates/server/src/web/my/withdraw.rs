//! Withdrawing everything, in two steps.

use access::Action;
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    consent::{Answer, Answers, ConsentEvent, ConsentKind, ConsentWay, Recorder, day_of},
    identity::ConsentEventId,
};
use store::identifier_v7;

use super::Mine;
use crate::{
    error::PageError,
    fields::Fields,
    form::CheckedForm,
    page::{Page, render},
    patient::Patient,
    reader::Reader,
    state::AppState,
    web::consent::recording,
};

#[derive(Template)]
#[template(path = "my/withdraw.html")]
struct WithdrawTemplate {
    page: Page,
    mine: Mine,
}

/// Says what a withdrawal does, and asks once.
pub(crate) async fn show(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
) -> Result<Response, PageError> {
    let (page, _, mine) = Mine::of(&state, &reader, &patient).await?;
    render(&WithdrawTemplate { page, mine })
}

/// Withdraws.
pub(crate) async fn take(
    State(state): State<AppState>,
    patient: Patient,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    patient.check_own(&state, &fields)?;
    let now = state.now();
    let event = ConsentEvent {
        id: ConsentEventId(identifier_v7(now, &["withdrawal", &patient.case().to_string()])),
        case: patient.case(),
        kind: ConsentKind::Withdrawn,
        answers: Answers::all(Answer::No),
        recipient: None,
        document: None,
        way: ConsentWay::Electronic,
        signed_on: day_of(now),
        witness: None,
        recorded_by: Recorder::Patient,
        recorded_at: now,
        supersedes: None,
        note: None,
    };
    let entry = recording::entry_of_patient(&state, event.case, Action::RecordConsent);
    match recording::record(&state, &event, entry).await? {
        Ok(_) => Ok(Redirect::to(&format!("/my/copies/{}", event.id)).into_response()),
        Err(_) => Err(PageError::BadRequest),
    }
}
