//! The second factor: a code of the phone, or one of the recovery codes.

use std::sync::Arc;

use access::{
    recovery::RecoveryCode,
    session::SessionStage,
    totp::{TotpSecret, TotpStep},
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use model::identity::PersonId;
use serde::Deserialize;
use store::SessionRecord;

use crate::{
    client::Client,
    error::{PageError, Worded},
    form::CheckedForm,
    page::{Page, Place, render},
    reader::Reader,
    sign_in::{self, Attempt, Shown},
    state::AppState,
    web::sign_in::onwards,
};

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "sign_in/second_factor.html")]
struct SecondFactorTemplate {
    page: Page,
    wrong: bool,
}

/// Returns the sign-in that waits for a step, where there is one.
pub(crate) fn waiting(reader: &Reader, stage: SessionStage) -> Option<Arc<SessionRecord>> {
    reader.visitor.unfinished.clone().filter(|session| session.stage == stage)
}

/// Asks for the code.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Response, PageError> {
    if waiting(&reader, SessionStage::SecondFactor).is_none() {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    form(&state, &reader, false).await
}

async fn form(state: &AppState, reader: &Reader, wrong: bool) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::SignIn).await?;
    render(&SecondFactorTemplate { page, wrong })
}

/// Takes the code.
pub(crate) async fn take(
    State(state): State<AppState>,
    reader: Reader,
    client: Client,
    headers: HeaderMap,
    CheckedForm(sent): CheckedForm<CodeForm>,
) -> Result<Response, PageError> {
    let Some(session) = waiting(&reader, SessionStage::SecondFactor) else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let person = session.person;
    let attempt = Attempt::new(&person.to_string(), &client.address);
    attempt.check(&state).await?;
    if !is_right(&state, person, &sent.code).await? {
        attempt.failed(&state).await?;
        let mut response = form(&state, &reader, true).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
        return Ok(response);
    }
    attempt.succeeded(&state).await?;
    let shown = Shown { person, second_factor: true, return_to: session.return_to.clone() };
    let begun = sign_in::begin(&state, &headers, &shown, SessionStage::Open).await?;
    Ok(onwards(begun, &shown.return_to))
}

/// Returns whether a code of the phone or of the paper is right, and uses it up.
pub(crate) async fn is_right(
    state: &AppState,
    person: PersonId,
    typed: &str,
) -> Result<bool, PageError> {
    let now = state.now();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let used = match totp_step(state, person, typed).await? {
        Some(step) => batch.use_totp_step(person, step).await.map_err(PageError::internal)?,
        None => match RecoveryCode::read(typed) {
            Some(code) => {
                let digest = code.digest();
                batch.use_recovery_code(person, &digest, now).await.map_err(PageError::internal)?
            }
            None => false,
        },
    };
    batch.commit().await.map_err(PageError::internal)?;
    Ok(used)
}

/// Finds the step of time that a code is for, where it was not used yet.
pub(crate) async fn totp_step(
    state: &AppState,
    person: PersonId,
    typed: &str,
) -> Result<Option<TotpStep>, PageError> {
    let credential = state.store.credential(person).await.map_err(PageError::internal)?;
    let Some(sealed) = &credential.totp_sealed else { return Ok(None) };
    let opened = state.site_key.open(&owner(person), sealed).map_err(PageError::internal)?;
    let secret = TotpSecret::of_bytes(&opened);
    Ok(secret.and_then(|secret| secret.step_of_code(typed, state.now(), credential.totp_step)))
}

/// What a second factor's secret is sealed for: it opens for no other person and no other use.
pub(crate) fn owner(person: PersonId) -> String {
    format!("totp of {person}")
}
