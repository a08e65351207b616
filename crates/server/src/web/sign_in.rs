//! Signing in and out: the password, then the second factor; and looking in, where the site is a demonstration.

use access::{
    Role,
    audit::{Deed, Entry},
    password::Password,
    session::SessionStage,
};
use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

use crate::{
    address,
    client::Client,
    cookie::Cookie,
    error::{PageError, Worded},
    form::CheckedForm,
    oidc::CALLBACK_PATH,
    page::{Page, Place, render},
    reader::Reader,
    sign_in::{self, Attempt, Begun, Shown},
    state::AppState,
    viewer,
    web::home,
};

pub(crate) mod enrolment;
pub(crate) mod invitation;
mod oidc;
pub(crate) mod second_factor;

/// The pages of signing in.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in", get(show).post(take))
        .route("/sign-in/second-factor", get(second_factor::show).post(second_factor::take))
        .route("/sign-in/enrolment", get(enrolment::show).post(enrolment::take))
        .route("/sign-in/look-in", post(look_in))
        .route("/sign-in/oidc", get(oidc::begin))
        .route(CALLBACK_PATH, get(oidc::callback))
        .route("/sign-out", post(sign_out))
        .route("/invitation/{secret}", get(invitation::show).post(invitation::take))
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignInQuery {
    #[serde(rename = "return")]
    return_to: String,
}

/// What was typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignInForm {
    name: String,
    password: String,
    return_to: String,
}

/// A person that can be looked in as.
struct LookInView {
    role: &'static str,
    label: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "sign_in/password.html")]
struct PasswordTemplate {
    page: Page,
    filling: Option<String>,
    wrong: bool,
    name: String,
    return_to: String,
    provider: Option<String>,
    provider_href: String,
    look_in: Vec<LookInView>,
}

/// Shows the sign-in.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(query): Query<SignInQuery>,
) -> Result<Response, PageError> {
    let return_to = address::same_site(&query.return_to);
    if reader.visitor.viewer.is_some() {
        return Ok(Redirect::to(return_to).into_response());
    }
    form(&state, &reader, "", return_to, false).await
}

async fn form(
    state: &AppState,
    reader: &Reader,
    name: &str,
    return_to: &str,
    wrong: bool,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::SignIn).await?;
    let people = state.look_in.iter().flat_map(|look_in| &look_in.people);
    let look_in = people.map(|each| LookInView {
        role: each.role.code(),
        label: page.text(&each.role.label()).to_owned(),
        detail: look_in_detail(&page, each.role),
    });
    let template = PasswordTemplate {
        filling: home::filling(&page, state),
        wrong,
        name: name.to_owned(),
        return_to: return_to.to_owned(),
        provider_href: address::with_query("/sign-in/oidc", &[("return", return_to)]),
        provider: state.sign_in.provider.as_ref().map(|provider| provider.label.clone()),
        look_in: look_in.collect(),
        page,
    };
    render(&template)
}

/// Says what somebody in a role sees, for choosing whom to look in as.
fn look_in_detail(page: &Page, role: Role) -> String {
    match role {
        Role::Physician => page.t("look-in-physician"),
        Role::Coordinator => page.t("look-in-coordinator"),
        Role::Pathologist => page.t("look-in-pathologist"),
        Role::GeneticCounsellor => page.t("look-in-genetic-counsellor"),
        Role::PanelMember => page.t("look-in-panel-member"),
        Role::Laboratory => page.t("look-in-laboratory"),
        Role::CentreStaff => page.t("look-in-centre-staff"),
        Role::Curator => page.t("look-in-curator"),
        Role::BoardMember => page.t("look-in-board-member"),
        Role::Researcher => page.t("look-in-researcher"),
        Role::ProgrammeOffice => page.t("look-in-programme-office"),
        Role::PatientDesk => page.t("look-in-patient-desk"),
        Role::Administrator => page.t("look-in-administrator"),
        Role::SiteAdministrator => page.t("look-in-site-administrator"),
    }
}

/// Takes a name and a password.
pub(crate) async fn take(
    State(state): State<AppState>,
    reader: Reader,
    client: Client,
    headers: HeaderMap,
    CheckedForm(sent): CheckedForm<SignInForm>,
) -> Result<Response, PageError> {
    let return_to = address::same_site(&sent.return_to);
    let attempt = Attempt::new(&sent.name, &client.address);
    attempt.check(&state).await?;
    let person = sign_in::check_password(&state, &sent.name, Password::new(sent.password)).await?;
    let Some(person) = person else {
        attempt.failed(&state).await?;
        let mut response = form(&state, &reader, &sent.name, return_to, true).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
        return Ok(response);
    };
    let shown = Shown { person, second_factor: false, return_to: return_to.to_owned() };
    let begun = sign_in::after_first_factor(&state, &headers, &shown).await?;
    if begun.stage == SessionStage::Open {
        attempt.succeeded(&state).await?;
    }
    Ok(onwards(begun, &shown.return_to))
}

/// Leads to what the sign-in asks for next, or to what was wanted.
pub(crate) fn onwards(begun: Begun, return_to: &str) -> Response {
    let next = match begun.stage {
        SessionStage::SecondFactor => "/sign-in/second-factor",
        SessionStage::Enrolment => "/sign-in/enrolment",
        SessionStage::Open => address::same_site(return_to),
    };
    ([(header::SET_COOKIE, begun.cookie)], Redirect::to(next)).into_response()
}

/// Whom to look in as.
#[derive(Deserialize)]
pub(crate) struct LookInForm {
    role: String,
    #[serde(default)]
    return_to: String,
}

/// Signs an invented person in without a password; a site that is no demonstration has nothing here.
pub(crate) async fn look_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    CheckedForm(sent): CheckedForm<LookInForm>,
) -> Result<Response, PageError> {
    let look_in = state.look_in.as_ref().ok_or(PageError::NotFound)?;
    let role = sent.role.parse::<Role>().map_err(|_| PageError::BadRequest)?;
    let person = look_in.of_role(role).ok_or(PageError::NotFound)?;
    let recorded = state.store.person(person).await.map_err(PageError::internal)?;
    // Only somebody who is recorded as invented can be looked in as, whatever the list says.
    recorded.filter(|person| person.synthetic && person.active).ok_or(PageError::NotFound)?;
    let return_to = address::same_site(&sent.return_to).to_owned();
    let shown = Shown { person, second_factor: true, return_to };
    let begun = sign_in::begin(&state, &headers, &shown, SessionStage::Open).await?;
    Ok(onwards(begun, &shown.return_to))
}

/// Nothing but the token of the form.
#[derive(Deserialize)]
pub(crate) struct NoFields {}

/// Ends the session.
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    headers: HeaderMap,
    CheckedForm(NoFields {}): CheckedForm<NoFields>,
) -> Result<Response, PageError> {
    if let Some(session) = sign_in::previous(&state, &headers).await? {
        let mut batch = state.store.begin().await.map_err(PageError::internal)?;
        batch.end_session(session.person, session.id).await.map_err(PageError::internal)?;
        let person = state.store.person(session.person).await.map_err(PageError::internal)?;
        if let Some(person) = person {
            let actor = viewer::actor(&state, &person, session.second_factor).await?;
            let entry = Entry::by_person(state.now(), &actor, Deed::SignOut);
            let entry = entry.about("session", session.id);
            batch.append_audit(&entry).await.map_err(PageError::internal)?;
        }
        batch.commit().await.map_err(PageError::internal)?;
        tracing::info!(target: "security", person = %session.person, session = %session.id, "signed out");
    }
    let clear = Cookie::Session.clear(state.site.encrypted);
    Ok(([(header::SET_COOKIE, clear)], Redirect::to("/sign-in")).into_response())
}
