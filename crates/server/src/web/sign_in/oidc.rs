//! Signing in at the organisation's OpenID Connect provider, and linking the account there to a person here.

use access::{
    oidc::OidcFlow,
    secret::{Secret, SecretDigest},
};
use axum::{
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;
use serde::Deserialize;
use store::OidcFlowRecord;

use crate::{
    address,
    cookie::Cookie,
    error::PageError,
    oidc::AskProviderError,
    sign_in::{self, Shown},
    state::AppState,
    viewer::Visitor,
    web::{me, sign_in::onwards},
};

/// How long an answer is waited for.
const FLOW_LASTS: TimeDelta = TimeDelta::minutes(10);

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BeginQuery {
    #[serde(rename = "return")]
    return_to: String,
    link: bool,
}

fn failed(error: &AskProviderError) -> PageError {
    tracing::warn!(target: "security", cause = error as &dyn std::error::Error, "a provider's sign-in failed");
    PageError::ProviderSignIn
}

/// Sends the person to the provider. It is a link and no form: the policy lets no form lead to another site.
pub(crate) async fn begin(
    State(state): State<AppState>,
    visitor: Visitor,
    Query(query): Query<BeginQuery>,
) -> Result<Response, PageError> {
    let provider = state.sign_in.provider.as_ref().ok_or(PageError::NotFound)?;
    let person = match (query.link, &visitor.viewer) {
        (true, Some(viewer)) => Some(me::permit(&state, viewer)?.person()),
        (true, None) => return Err(PageError::SignInRequired),
        (false, _) => None,
    };
    let places = provider.places().await.map_err(|error| failed(&error))?;
    let flow = OidcFlow {
        state: Secret::of_random(state.random()),
        nonce: Secret::of_random(state.random()),
        verifier: Secret::of_random(state.random()),
    };
    // A secret of its own, so that the answer is taken from no other browser.
    let browser = Secret::of_random(state.random());
    let now = state.now();
    let record = OidcFlowRecord {
        digest: flow.state.digest(),
        browser: browser.digest(),
        nonce: flow.nonce.text().to_owned(),
        verifier: flow.verifier.text().to_owned(),
        person,
        return_to: address::same_site(&query.return_to).to_owned(),
        ends_at: now + FLOW_LASTS,
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.begin_oidc_flow(&record, now).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    let place = flow.address(&places, &provider.client_id, &provider.redirect());
    let cookie = Cookie::Provider.set(&browser, state.site.encrypted);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&place)).into_response())
}

/// What the provider sends back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CallbackQuery {
    code: String,
    state: String,
    /// The provider's name for itself. Source: RFC 9207.
    iss: Option<String>,
}

/// Takes the provider's answer, once.
pub(crate) async fn callback(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, PageError> {
    let provider = state.sign_in.provider.as_ref().ok_or(PageError::NotFound)?;
    let flow = flow_of(&state, &headers, &query).await?;
    let same = |issuer: &str| issuer.trim_end_matches('/') == provider.issuer.trim_end_matches('/');
    if query.code.is_empty() || query.iss.as_deref().is_some_and(|issuer| !same(issuer)) {
        return Err(PageError::ProviderSignIn);
    }
    let now = state.now();
    let claims = provider.exchange(&query.code, &flow.verifier, &flow.nonce, now).await;
    let claims = claims.map_err(|error| failed(&error))?;
    let (issuer, subject) = (provider.issuer.as_str(), claims.subject.as_str());
    if let Some(person) = flow.person {
        // Whoever began to link must still be the one who is signed in.
        let viewer = visitor.viewer.filter(|viewer| viewer.actor.person == person);
        viewer.ok_or(PageError::ProviderSignIn)?;
        let mut batch = state.store.begin().await.map_err(PageError::internal)?;
        let linked = batch.link_identity(issuer, subject, person, now).await;
        let linked = linked.map_err(PageError::internal)?;
        batch.commit().await.map_err(PageError::internal)?;
        if !linked {
            return Err(PageError::ProviderSignIn);
        }
        tracing::info!(target: "security", person = %person, "an account was linked");
        return Ok(Redirect::to("/me").into_response());
    }
    let known = state.store.linked_person(issuer, subject).await.map_err(PageError::internal)?;
    let person = known.ok_or(PageError::ProviderSignIn)?;
    let recorded = state.store.person(person).await.map_err(PageError::internal)?;
    recorded.filter(|person| person.active).ok_or(PageError::ProviderSignIn)?;
    let second_factor = provider.trusted_second_factor || claims.second_factor();
    let shown = Shown { person, second_factor, return_to: flow.return_to };
    let begun = sign_in::after_first_factor(&state, &headers, &shown).await?;
    Ok(onwards(begun, &shown.return_to))
}

/// Finds the sign-in that an answer belongs to; it is taken out, so that no answer is taken twice.
async fn flow_of(
    state: &AppState,
    headers: &HeaderMap,
    query: &CallbackQuery,
) -> Result<OidcFlowRecord, PageError> {
    let refused = || {
        tracing::warn!(target: "security", "an answer of a provider that nobody waits for was refused");
        PageError::ProviderSignIn
    };
    let sent = Secret::read(&query.state).ok_or_else(refused)?;
    let browser = Cookie::Provider.read(headers, state.site.encrypted).ok_or_else(refused)?;
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let flow = batch.take_oidc_flow(&sent.digest()).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    let own = |flow: &OidcFlowRecord| {
        let SecretDigest(digest) = browser.digest();
        access::secret::same_text(&flow.browser.0, &digest) && state.now() < flow.ends_at
    };
    flow.filter(own).ok_or_else(refused)
}
