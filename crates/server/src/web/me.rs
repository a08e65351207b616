//! One's own settings: sessions, password, second factor, recovery codes, tokens.

use access::{
    Action, Permit, Purpose, Relation, audit::Entry, password::Password, token::TokenScope,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use store::{Batch, SessionRecord};

use crate::{
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    sign_in,
    state::AppState,
    view::iso,
    viewer::Viewer,
    web::sign_in::{NoFields, invitation::mistake_of},
};

mod recovery;
mod tokens;

/// The pages of one's own settings.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/me", get(show))
        .route("/me/password", post(change_password))
        .route("/me/recovery-codes", post(recovery::renew))
        .route("/me/sessions/{id}/end", post(end_session))
        .route("/me/sessions/end-others", post(end_others))
        .route("/me/tokens", post(tokens::make))
        .route("/me/tokens/{id}/revoke", post(tokens::revoke))
}

/// Writes an act on one's own settings down, in the transaction of the act.
pub(crate) async fn write_down(
    state: &AppState,
    viewer: &Viewer,
    batch: &mut Batch,
    permit: &Permit,
    detail: &str,
) -> Result<(), PageError> {
    let entry = Entry::permitted(state.now(), &viewer.actor, permit).with_detail(detail);
    batch.append_audit(&entry).await.map_err(PageError::internal)?;
    Ok(())
}

/// Permits managing one's own; a program's token never does.
pub(crate) fn permit(state: &AppState, viewer: &Viewer) -> Result<Permit, PageError> {
    viewer.session.ok_or(PageError::NotFound)?;
    state.permit(viewer, Action::ManageSelf, Relation::Own, Purpose::Administration)
}

struct SessionView {
    id: String,
    client: String,
    began: String,
    seen: String,
    seen_iso: String,
    current: bool,
}

struct TokenView {
    id: String,
    name: String,
    scope: String,
    ends: String,
    used: String,
    holds: bool,
    state: String,
}

struct ScopeView {
    code: &'static str,
    label: String,
}

#[derive(Template)]
#[template(path = "me.html")]
struct MeTemplate {
    page: Page,
    account: String,
    roles: Vec<RoleView>,
    sessions: Vec<SessionView>,
    tokens: Vec<TokenView>,
    scopes: Vec<ScopeView>,
    has_password: bool,
    second_factor: bool,
    codes_left: u64,
    linked: u64,
    provider: Option<String>,
    mistake: Option<String>,
    done: Option<String>,
}

/// A role with its days.
pub(crate) struct RoleView {
    /// What the role is.
    pub(crate) role: String,
    /// Where.
    pub(crate) organisation: String,
    /// From when until when.
    pub(crate) days: String,
}

/// What is said at the top of the page.
#[derive(Default)]
pub(crate) struct Said {
    /// Why something was not done.
    pub(crate) mistake: Option<String>,
    /// What was done.
    pub(crate) done: Option<String>,
}

/// Shows the settings.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    permit(&state, &viewer)?;
    let page = Page::new(&state, &reader, Place::Me).await?;
    settings(&state, &viewer, page, Said::default()).await
}

/// Renders the settings with what is to be said.
pub(crate) async fn settings(
    state: &AppState,
    viewer: &Viewer,
    page: Page,
    said: Said,
) -> Result<Response, PageError> {
    let (store, person) = (&state.store, viewer.actor.person);
    let sessions = store.sessions_of(person).await.map_err(PageError::internal)?;
    let tokens = store.tokens_of(person).await.map_err(PageError::internal)?;
    let credential = store.credential(person).await.map_err(PageError::internal)?;
    let (limits, now) = (state.sign_in.limits, state.now());
    let sessions = sessions
        .iter()
        .filter(|session| !session.times.is_over(session.stage, limits, now))
        .map(|session| session_view(&page, viewer, session));
    let template = MeTemplate {
        account: viewer.sign_in_name.to_string(),
        roles: role_views(&page, state, viewer),
        sessions: sessions.collect(),
        tokens: tokens.iter().map(|token| tokens::view(&page, token, now)).collect(),
        scopes: tokens::scopes(&page),
        has_password: credential.password.is_some(),
        second_factor: credential.totp_confirmed,
        codes_left: store.recovery_codes_left(person).await.map_err(PageError::internal)?,
        linked: store.linked_accounts_of(person).await.map_err(PageError::internal)?,
        provider: state.sign_in.provider.as_ref().map(|provider| provider.label.clone()),
        mistake: said.mistake,
        done: said.done,
        page,
    };
    render(&template)
}

fn role_views(page: &Page, state: &AppState, viewer: &Viewer) -> Vec<RoleView> {
    let today = state.today();
    let mut roles: Vec<_> = viewer.actor.memberships.iter().collect();
    roles.sort_by_key(|each| !each.holds_on(today));
    roles.into_iter().map(|each| RoleView::of(page, each)).collect()
}

impl RoleView {
    /// Makes the view of a role.
    pub(crate) fn of(page: &Page, membership: &access::Membership) -> Self {
        let from = format::day(membership.from, page.language);
        let days = match membership.until {
            Some(until) => {
                let until = format::day(until, page.language);
                page.words("role-days", &[("from", &from), ("until", &until)])
            }
            None => page.t2("role-from", "from", from),
        };
        Self {
            role: page.text(&membership.role.label()).to_owned(),
            organisation: membership.organisation.to_string(),
            days,
        }
    }
}

fn session_view(page: &Page, viewer: &Viewer, session: &SessionRecord) -> SessionView {
    let client = if session.client.is_empty() { page.t("unknown") } else { session.client.clone() };
    SessionView {
        id: session.id.to_string(),
        client,
        began: format::moment(session.times.began_at, page.language),
        seen: format::moment(session.times.seen_at, page.language),
        seen_iso: iso(session.times.seen_at),
        current: viewer.session == Some(session.id),
    }
}

/// Ends one of one's own sessions.
pub(crate) async fn end_session(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(NoFields {}): CheckedForm<NoFields>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let person = permit.person();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let ended = batch.end_session(person, id).await.map_err(PageError::internal)?;
    write_down(&state, &viewer, &mut batch, &permit, "ended a session").await?;
    batch.commit().await.map_err(PageError::internal)?;
    if !ended {
        return Err(PageError::NotFound);
    }
    tracing::info!(target: "security", person = %person, session = %id, "a session was ended");
    Ok(Redirect::to("/me").into_response())
}

/// Ends every other session of one's own.
pub(crate) async fn end_others(
    State(state): State<AppState>,
    viewer: Viewer,
    CheckedForm(NoFields {}): CheckedForm<NoFields>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let others = batch.end_sessions_of(permit.person(), viewer.session).await;
    others.map_err(PageError::internal)?;
    write_down(&state, &viewer, &mut batch, &permit, "ended every other session").await?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to("/me").into_response())
}

/// What was typed to change the password.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    current: String,
    password: String,
    again: String,
}

/// Changes the password and ends every other session.
pub(crate) async fn change_password(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(sent): CheckedForm<PasswordForm>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let person = permit.person();
    let page = Page::new(&state, &reader, Place::Me).await?;
    let account = &viewer.sign_in_name;
    let mistake = if is_own_password(&state, &viewer, sent.current).await? {
        mistake_of(&page, &sent.password, &sent.again, account)
    } else {
        Some(page.t("password-current-wrong"))
    };
    if mistake.is_some() {
        return settings(&state, &viewer, page, Said { mistake, done: None }).await;
    }
    let hash = sign_in::hash(&state, Password::new(sent.password)).await?;
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.set_password(person, &hash, state.now()).await.map_err(PageError::internal)?;
    batch.end_sessions_of(person, viewer.session).await.map_err(PageError::internal)?;
    write_down(&state, &viewer, &mut batch, &permit, "changed the password").await?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(target: "security", person = %person, "a password was changed");
    let done = Some(page.t("password-changed"));
    settings(&state, &viewer, page, Said { mistake: None, done }).await
}

/// Returns whether a password is the person's own; failures count as failed sign-ins do.
pub(crate) async fn is_own_password(
    state: &AppState,
    viewer: &Viewer,
    typed: String,
) -> Result<bool, PageError> {
    let person = viewer.actor.person;
    let attempt = sign_in::Attempt::new(&viewer.sign_in_name, "own settings");
    attempt.check(state).await?;
    let credential = state.store.credential(person).await.map_err(PageError::internal)?;
    let right = sign_in::verify(state, Password::new(typed), credential.password).await?;
    if !right {
        attempt.failed(state).await?;
    }
    Ok(right)
}

/// Actions that a token can be made for.
pub(crate) fn possible_scopes() -> impl Iterator<Item = Action> {
    TokenScope::POSSIBLE.into_iter()
}
