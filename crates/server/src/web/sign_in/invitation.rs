//! A one-time link: the person chooses a password, and goes on to the second factor.

use access::{
    password::{Password, WeakPassword},
    secret::Secret,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use store::PersonRecord;

use crate::{
    client::Client,
    error::{PageError, Worded},
    form::CheckedForm,
    page::{Page, Place, render},
    reader::Reader,
    sign_in::{self, Shown},
    state::AppState,
    web::sign_in::onwards,
};

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct ChosenForm {
    password: String,
    again: String,
}

#[derive(Template)]
#[template(path = "sign_in/invitation.html")]
struct InvitationTemplate {
    page: Page,
    person: String,
    account: String,
    action: String,
    mistake: Option<String>,
}

/// Finds for whom a link is; one that does not hold leads nowhere.
async fn invited(
    state: &AppState,
    client: &Client,
    sent: &str,
) -> Result<(Secret, PersonRecord), PageError> {
    let secret = Secret::read(sent).ok_or(PageError::NotFound)?;
    let person = state.store.invited(&secret.digest(), state.now()).await;
    let Some(person) = person.map_err(PageError::internal)? else {
        tracing::warn!(
            target: "security", address = client.address, "a one-time link that does not hold was refused"
        );
        return Err(PageError::NotFound);
    };
    let person = state.store.person(person).await.map_err(PageError::internal)?;
    let person = person.filter(|person| person.active).ok_or(PageError::NotFound)?;
    Ok((secret, person))
}

/// Shows for whom the link is. Looking does not use it up.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    client: Client,
    Path(sent): Path<String>,
) -> Result<Response, PageError> {
    let (secret, person) = invited(&state, &client, &sent).await?;
    let page = Page::new(&state, &reader, Place::SignIn).await?;
    form(page, &secret, &person, None)
}

fn form(
    page: Page,
    secret: &Secret,
    person: &PersonRecord,
    mistake: Option<String>,
) -> Result<Response, PageError> {
    let template = InvitationTemplate {
        person: person.name.clone(),
        account: person.sign_in_name.clone(),
        action: format!("/invitation/{}", secret.text()),
        mistake,
        page,
    };
    render(&template)
}

/// Says what is wrong with a password that was chosen.
pub(crate) fn mistake_of(page: &Page, typed: &str, again: &str, account: &str) -> Option<String> {
    if again != typed {
        return Some(page.t("password-differs"));
    }
    match Password::new(typed).check(account) {
        Ok(()) => None,
        Err(WeakPassword::Short) => Some(page.t("password-short")),
        Err(WeakPassword::Long) => Some(page.t("password-long")),
        Err(WeakPassword::Guessed) => Some(page.t("password-guessed")),
    }
}

/// Takes the password, uses the link up, ends what was signed in before, and goes on.
pub(crate) async fn take(
    State(state): State<AppState>,
    reader: Reader,
    client: Client,
    headers: HeaderMap,
    Path(path): Path<String>,
    CheckedForm(sent): CheckedForm<ChosenForm>,
) -> Result<Response, PageError> {
    let (secret, person) = invited(&state, &client, &path).await?;
    let page = Page::new(&state, &reader, Place::SignIn).await?;
    let mistake = mistake_of(&page, &sent.password, &sent.again, &person.sign_in_name);
    if mistake.is_some() {
        let mut response = form(page, &secret, &person, mistake)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
        return Ok(response);
    }
    let hash = sign_in::hash(&state, Password::new(sent.password)).await?;
    let now = state.now();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let used = batch.use_invitation(&secret.digest(), now).await.map_err(PageError::internal)?;
    if !used {
        return Err(PageError::NotFound);
    }
    batch.set_password(person.id, &hash, now).await.map_err(PageError::internal)?;
    batch.end_sessions_of(person.id, None).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(target: "security", person = %person.id, "a one-time link was used");
    let shown = Shown { person: person.id, second_factor: false, return_to: "/".to_owned() };
    let begun = sign_in::after_first_factor(&state, &headers, &shown).await?;
    Ok(onwards(begun, &shown.return_to))
}
