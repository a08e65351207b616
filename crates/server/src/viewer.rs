//! Who asks: a person who is signed in, a program with a token, or a visitor.

use std::sync::Arc;

use access::{
    Action, Actor, Rights,
    secret::{Secret, same_text},
    session::SessionStage,
    token::{ApiToken, TokenScope},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::identity::PersonId;
use store::{Bearer, PersonRecord, RecordedMembership, SessionRecord, TokenRecord};
use uuid::Uuid;

use crate::{cookie::Cookie, error::PageError, state::AppState};

/// What the token of forms is derived for.
const FORM_PURPOSE: &str = "form";
/// Header in which a script of ours shows the token of forms.
pub(crate) const FORM_HEADER: &str = "x-csrf-token";

/// A person who is signed in, or for whom a program asks. A handler that takes one is reached by nobody else.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// The person with the roles.
    pub(crate) actor: Arc<Actor>,
    /// What the person types to sign in.
    pub(crate) sign_in_name: Arc<str>,
    /// The session; `None` where a program asks.
    pub(crate) session: Option<Uuid>,
    /// What the program's token may be used for; `None` for the person.
    pub(crate) scope: Option<TokenScope>,
    /// Whether the person is invented.
    pub(crate) synthetic: bool,
}

impl Viewer {
    /// Returns whether a token, where one is used, may be used for an action.
    pub(crate) fn scope_allows(&self, action: Action) -> bool {
        self.scope.as_ref().is_none_or(|scope| scope.allows(action))
    }

    /// Returns whether the person has a right in any relation, for showing where it leads.
    pub(crate) fn may(&self, action: Action, day: chrono::NaiveDate) -> bool {
        self.scope_allows(action)
            && self.actor.memberships_on(day).any(|each| {
                let relations = access::Relation::ALL.iter();
                relations
                    .into_iter()
                    .any(|relation| Rights::ours().allows(each.role, action, *relation, day))
            })
    }
}

/// Anybody who asks.
#[derive(Clone, Default)]
pub(crate) struct Visitor {
    /// The person, where one is signed in.
    pub(crate) viewer: Option<Viewer>,
    /// A sign-in that has not come to its end.
    pub(crate) unfinished: Option<Arc<SessionRecord>>,
    /// What the forms of this visitor carry.
    form_token: Option<Arc<str>>,
    /// Why it could not be found out who asks.
    failure: Option<PageError>,
}

impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visitor").field("viewer", &self.viewer).finish_non_exhaustive()
    }
}

impl Visitor {
    /// Returns what the forms of this visitor carry; empty where the browser brought no cookie yet.
    pub(crate) fn form_token(&self) -> &str {
        self.form_token.as_deref().unwrap_or_default()
    }

    /// Checks the token that a form carried.
    ///
    /// Errors: it is not this visitor's.
    pub(crate) fn check_form(&self, sent: &str) -> Result<(), PageError> {
        if self.form_token.as_deref().is_some_and(|token| same_text(token, sent)) {
            return Ok(());
        }
        tracing::warn!(target: "security", "a form without the token of its session was refused");
        Err(PageError::StaleForm)
    }
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_default();
        match visitor {
            Visitor { failure: Some(failure), .. } => Err(failure),
            Visitor { viewer: Some(viewer), .. } => Ok(viewer),
            Visitor { .. } => Err(PageError::SignInRequired),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let visitor = parts.extensions.get::<Self>().cloned().unwrap_or_default();
        visitor.failure.clone().map_or(Ok(visitor), Err)
    }
}

/// Finds out who asks, and leaves it with the request.
pub(crate) async fn identify(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if path.starts_with("/assets/") {
        return next.run(request).await;
    }
    let for_programs = path.starts_with("/api/");
    let found = if for_programs && request.headers().contains_key(header::AUTHORIZATION) {
        program(&state, request.headers()).await
    } else {
        person(&state, request.headers()).await
    };
    let mut visitor =
        found.unwrap_or_else(|failure| Visitor { failure: Some(failure), ..Visitor::default() });
    if for_programs && !is_safe(request.method()) && by_cookie(&visitor) {
        // A browser sends its cookie by itself: only a script of ours can add the header.
        let sent = request.headers().get(FORM_HEADER).and_then(|value| value.to_str().ok());
        if visitor.check_form(sent.unwrap_or_default()).is_err() {
            return PageError::StaleForm.into_response();
        }
    }
    let fresh = fresh_visit(&state, &mut visitor, &request, for_programs);
    if let Some(viewer) = visitor.viewer.clone() {
        // For public pages that show more to who may see it.
        request.extensions_mut().insert(viewer);
    }
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    if let Some(secret) = fresh {
        let cookie = Cookie::Visit.set(&secret, state.site.encrypted);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

fn by_cookie(visitor: &Visitor) -> bool {
    visitor.viewer.as_ref().is_some_and(|viewer| viewer.scope.is_none())
}

/// Gives a visitor without a session a secret of its own, so that forms before sign-in are guarded too.
fn fresh_visit(
    state: &AppState,
    visitor: &mut Visitor,
    request: &Request,
    for_programs: bool,
) -> Option<Secret> {
    if visitor.form_token.is_some() || for_programs {
        return None;
    }
    let known = Cookie::Visit.read(request.headers(), state.site.encrypted);
    let (secret, fresh) = match known {
        Some(secret) => (secret, false),
        None if is_safe(request.method()) => (Secret::of_random(state.random()), true),
        None => return None,
    };
    visitor.form_token = Some(secret.derive(FORM_PURPOSE).into());
    fresh.then_some(secret)
}

/// Finds the person of a session.
async fn person(state: &AppState, headers: &HeaderMap) -> Result<Visitor, PageError> {
    let Some(secret) = Cookie::Session.read(headers, state.site.encrypted) else {
        return Ok(Visitor::default());
    };
    let store = &state.store;
    let found = store.session_bearer(&secret.digest()).await.map_err(PageError::internal)?;
    let Some(bearer) = found else { return Ok(Visitor::default()) };
    let Bearer { credential: session, person, roles } = bearer;
    let now = state.now();
    if session.times.is_over(session.stage, state.sign_in.limits, now) {
        tracing::info!(target: "security", session = %session.id, "a session is over");
        return Ok(Visitor::default());
    }
    let form_token = Some(Arc::from(secret.derive(FORM_PURPOSE)));
    if session.stage != SessionStage::Open {
        let unfinished = Some(Arc::new(session));
        return Ok(Visitor { unfinished, form_token, ..Visitor::default() });
    }
    if !person.active {
        return Ok(Visitor::default());
    }
    if session.times.is_to_be_seen(now) {
        let mut batch = store.begin().await.map_err(PageError::internal)?;
        batch.see_session(session.id, now).await.map_err(PageError::internal)?;
        batch.commit().await.map_err(PageError::internal)?;
    }
    let mut viewer = viewer(&person, roles, session.second_factor);
    viewer.session = Some(session.id);
    Ok(Visitor { viewer: Some(viewer), form_token, ..Visitor::default() })
}

/// Finds the person of a program's token.
async fn program(state: &AppState, headers: &HeaderMap) -> Result<Visitor, PageError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let sent = value.and_then(|value| value.strip_prefix("Bearer ")).and_then(ApiToken::read);
    let refused = || {
        tracing::warn!(target: "security", "a token that does not hold was refused");
        Ok(Visitor::default())
    };
    let Some(token) = sent else { return refused() };
    let (store, now) = (&state.store, state.now());
    let found = store.token_bearer(&token.digest()).await.map_err(PageError::internal)?;
    let holds =
        |bearer: &Bearer<TokenRecord>| bearer.credential.holds_at(now) && bearer.person.active;
    let Some(Bearer { credential: token, person, roles }) = found.filter(holds) else {
        return refused();
    };
    let is_news = token.used_at.is_none_or(|used| (now - used).num_seconds() >= 60);
    if is_news {
        let mut batch = store.begin().await.map_err(PageError::internal)?;
        batch.see_token(token.id, now).await.map_err(PageError::internal)?;
        batch.commit().await.map_err(PageError::internal)?;
    }
    // Whoever made the token had shown what the site asks of people.
    let mut viewer = viewer(&person, roles, true);
    viewer.scope = Some(token.scope);
    Ok(Visitor { viewer: Some(viewer), ..Visitor::default() })
}

/// Makes the actor of a recorded person.
pub(crate) async fn actor(
    state: &AppState,
    person: &PersonRecord,
    second_factor: bool,
) -> Result<Actor, PageError> {
    let roles = state.store.memberships_of(person.id).await.map_err(PageError::internal)?;
    Ok(with_roles(person, roles, second_factor))
}

fn with_roles(person: &PersonRecord, roles: Vec<RecordedMembership>, second_factor: bool) -> Actor {
    Actor {
        person: PersonId(person.id.0),
        name: person.name.clone(),
        memberships: roles.into_iter().map(|each| each.membership).collect(),
        second_factor,
    }
}

fn viewer(person: &PersonRecord, roles: Vec<RecordedMembership>, second_factor: bool) -> Viewer {
    Viewer {
        actor: Arc::new(with_roles(person, roles, second_factor)),
        sign_in_name: person.sign_in_name.as_str().into(),
        session: None,
        scope: None,
        synthetic: person.synthetic,
    }
}
