//! Tokens for programs: made with a scope and an end, shown once, revoked.

use access::token::{ApiToken, TokenScope, token_end};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use store::TokenRecord;

use super::{ScopeView, TokenView, possible_scopes};
use crate::{
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
    web::{
        me::{self, Said, permit},
        sign_in::NoFields,
    },
};

/// Longest name of a token. Units: characters.
const NAME_CHARS_MAX: usize = 80;
/// Most tokens of one person that hold at a time.
const TOKENS_AT_ONCE: usize = 20;

/// What was chosen. Each scope is a field of its own, as the page's boxes are.
#[derive(Deserialize)]
pub(crate) struct TokenForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    days: i64,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, String>,
}

#[derive(Template)]
#[template(path = "me/token.html")]
struct TokenTemplate {
    page: Page,
    name: String,
    shown: String,
    scope: String,
    ends: String,
}

/// Returns the boxes of the page.
pub(super) fn scopes(page: &Page) -> Vec<ScopeView> {
    let view = |action: access::Action| ScopeView {
        code: action.code(),
        label: page.text(&action.label()).to_owned(),
    };
    possible_scopes().filter(|action| page.may(*action)).map(view).collect()
}

/// Makes the view of a token.
pub(super) fn view(page: &Page, token: &TokenRecord, now: DateTime<Utc>) -> TokenView {
    let holds = token.holds_at(now);
    let state = match (holds, token.revoked_at) {
        (true, _) => page.t("token-holds"),
        (false, Some(_)) => page.t("token-revoked"),
        (false, None) => page.t("token-ended"),
    };
    TokenView {
        id: token.id.to_string(),
        name: token.name.clone(),
        scope: scope_words(page, &token.scope),
        ends: format::moment(token.ends_at, page.language),
        used: token
            .used_at
            .map_or_else(|| page.t("token-unused"), |at| format::moment(at, page.language)),
        holds,
        state,
    }
}

fn scope_words(page: &Page, scope: &TokenScope) -> String {
    let labels = scope.actions().map(|action| page.text(&action.label()).to_owned());
    labels.collect::<Vec<_>>().join(&page.t("list-separator"))
}

/// Makes a token and shows it once.
pub(crate) async fn make(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(sent): CheckedForm<TokenForm>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let person = permit.person();
    let page = Page::new(&state, &reader, Place::Me).await?;
    let chosen = possible_scopes()
        .filter(|action| sent.rest.contains_key(action.code()) && page.may(*action));
    let (scope, now) = (TokenScope::of(chosen), state.now());
    let name: String = sent.name.trim().chars().take(NAME_CHARS_MAX).collect();
    let known = state.store.tokens_of(person).await.map_err(PageError::internal)?;
    let mistake = if name.is_empty() || name.chars().any(char::is_control) {
        Some(page.t("token-needs-name"))
    } else if scope.is_empty() {
        Some(page.t("token-needs-scope"))
    } else if known.iter().filter(|token| token.holds_at(now)).count() >= TOKENS_AT_ONCE {
        Some(page.t("token-too-many"))
    } else {
        None
    };
    if mistake.is_some() {
        return me::settings(&state, &viewer, page, Said { mistake, done: None }).await;
    }
    let token = ApiToken::of_random(state.random());
    let record = TokenRecord {
        id: state.new_id(),
        digest: token.digest(),
        person,
        name: name.clone(),
        scope,
        made_at: now,
        ends_at: token_end(now, sent.days),
        used_at: None,
        revoked_at: None,
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.add_token(&record).await.map_err(PageError::internal)?;
    let detail = format!("made a token: {}", record.scope.text());
    me::write_down(&state, &viewer, &mut batch, &permit, &detail).await?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(
        target: "security", person = %person, token = %record.id, scope = record.scope.text(),
        "a token was made"
    );
    let template = TokenTemplate {
        name,
        shown: token.shown(),
        scope: scope_words(&page, &record.scope),
        ends: format::moment(record.ends_at, page.language),
        page,
    };
    render(&template)
}

/// Revokes one of one's own tokens.
pub(crate) async fn revoke(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(NoFields {}): CheckedForm<NoFields>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let person = permit.person();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let revoked = batch.revoke_token(person, id, state.now()).await.map_err(PageError::internal)?;
    me::write_down(&state, &viewer, &mut batch, &permit, "revoked a token").await?;
    batch.commit().await.map_err(PageError::internal)?;
    if !revoked {
        return Err(PageError::NotFound);
    }
    tracing::info!(target: "security", person = %person, token = %id, "a token was revoked");
    Ok(Redirect::to("/me").into_response())
}
