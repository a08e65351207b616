//! The door: a one-time code and a second fact.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    error::{PageError, Worded},
    fields::Fields,
    form::CheckedForm,
    page::{Page, Place, render},
    patient::{self, Origin, Patient, Refused},
    reader::Reader,
    state::AppState,
};

#[derive(Template)]
#[template(path = "my/entry.html")]
struct EntryTemplate {
    page: Page,
    code: String,
    mistake: Option<String>,
    ended: bool,
}

/// Shows the door, or leads on where a session is open.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Query(fields): Query<Fields>,
) -> Result<Response, PageError> {
    if Patient::of(&state, &headers).await?.is_some() {
        return Ok(Redirect::to("/my/home").into_response());
    }
    let page = Page::new(&state, &reader, Place::Elsewhere).await?;
    let code = fields.text("code").chars().take(20).collect();
    render(&EntryTemplate { code, mistake: None, ended: fields.is("ended", "1"), page })
}

/// Lets the patient in.
pub(crate) async fn enter(
    State(state): State<AppState>,
    reader: Reader,
    origin: Origin,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let entered = patient::enter(&state, origin, fields.text("code"), fields.text("fact")).await?;
    let refused = match entered {
        Ok(entered) => {
            let cookie = [(header::SET_COOKIE, entered.cookie)];
            return Ok((cookie, Redirect::to("/my/home")).into_response());
        }
        Err(refused) => refused,
    };
    let page = Page::new(&state, &reader, Place::Elsewhere).await?;
    let (status, mistake) = match refused {
        Refused::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, page.t("my-wrong")),
        Refused::TooMany => (StatusCode::TOO_MANY_REQUESTS, page.t("my-too-many")),
    };
    let code = fields.text("code").chars().take(20).collect();
    let mut response = render(&EntryTemplate { code, mistake: Some(mistake), ended: false, page })?;
    *response.status_mut() = status;
    response.extensions_mut().insert(Worded);
    Ok(response)
}

/// Ends the session.
pub(crate) async fn leave(
    State(state): State<AppState>,
    patient: Patient,
    CheckedForm(_): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let ended = batch.end_patient_session(&patient.digest, state.now()).await;
    ended.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    let cookie = [(header::SET_COOKIE, patient::no_cookie(&state)?)];
    Ok((cookie, Redirect::to("/my")).into_response())
}
