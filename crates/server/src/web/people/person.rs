//! One person: name, state, roles with their days, and a link to begin anew.

use access::secret::Secret;
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use chrono::{DateTime, Utc};
use model::identity::PersonId;
use serde::Deserialize;
use store::{PersonRecord, RecordError, RecordedMembership};
use uuid::Uuid;

use crate::{
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
    web::{
        me::RoleView,
        people::{
            Administration, INVITATION_LASTS, RoleChoice, RoleForm, organisation_choices,
            role_choices, to_person,
        },
        sign_in::NoFields,
    },
};

struct GivenRole {
    id: String,
    view: RoleView,
    holds: bool,
    ours: bool,
}

#[derive(Template)]
#[template(path = "people/person.html")]
struct PersonTemplate {
    page: Page,
    id: String,
    name: String,
    account: String,
    active: bool,
    revision: u32,
    governs: bool,
    oneself: bool,
    given: Vec<GivenRole>,
    roles: Vec<RoleChoice>,
    organisations: Vec<String>,
    today: String,
    mistake: Option<String>,
}

#[derive(Template)]
#[template(path = "people/link.html")]
struct LinkTemplate {
    page: Page,
    person: String,
    person_href: String,
    path: String,
    ends: String,
}

/// Shows a one-time link, once.
pub(crate) fn link_page(
    page: Page,
    person: &str,
    id: PersonId,
    secret: &Secret,
    ends_at: DateTime<Utc>,
) -> Result<Response, PageError> {
    let template = LinkTemplate {
        person: person.to_owned(),
        person_href: format!("/people/{id}"),
        path: format!("/invitation/{}", secret.text()),
        ends: format::moment(ends_at, page.language),
        page,
    };
    render(&template)
}

/// Shows a person.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let administration = Administration::of(&state, &viewer)?;
    let found = administration.person(&state, PersonId(id)).await?;
    let page = Page::new(&state, &reader, Place::People).await?;
    person(&state, &viewer, &administration, page, found, None)
}

fn person(
    state: &AppState,
    viewer: &Viewer,
    administration: &Administration,
    page: Page,
    (person, roles): (PersonRecord, Vec<RecordedMembership>),
    mistake: Option<String>,
) -> Result<Response, PageError> {
    let today = state.today();
    let given = roles.iter().map(|each| GivenRole {
        id: each.id.to_string(),
        view: RoleView::of(&page, &each.membership),
        holds: each.membership.until.is_none_or(|until| today <= until),
        ours: administration.covers(&each.membership.organisation),
    });
    let template = PersonTemplate {
        id: person.id.to_string(),
        name: person.name,
        account: person.sign_in_name,
        active: person.active,
        revision: person.revision,
        governs: administration.governs(&roles),
        oneself: viewer.actor.person == person.id,
        given: given.filter(|each| each.ours).collect(),
        roles: role_choices(&page, administration),
        organisations: organisation_choices(administration),
        today: today.to_string(),
        mistake,
        page,
    };
    render(&template)
}

/// Finds a person whom somebody else administers wholly; one's own name, state and roles are another's to change.
async fn governed(
    state: &AppState,
    viewer: &Viewer,
    id: Uuid,
) -> Result<(Administration, PersonRecord, Vec<RecordedMembership>), PageError> {
    let administration = Administration::of(state, viewer)?;
    let (person, roles) = administration.person(state, PersonId(id)).await?;
    if !administration.governs(&roles) || viewer.actor.person == person.id {
        return Err(PageError::NotFound);
    }
    Ok((administration, person, roles))
}

/// A new name.
#[derive(Deserialize)]
pub(crate) struct NameForm {
    name: String,
    revision: u32,
}

/// Gives the person another name.
pub(crate) async fn rename(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(sent): CheckedForm<NameForm>,
) -> Result<Response, PageError> {
    let (administration, known, roles) = governed(&state, &viewer, id).await?;
    let by = Some(administration.permit.person());
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let revised = batch
        .revise_person(known.id, sent.revision, &sent.name, known.active, by, state.now())
        .await;
    let mistake = match revised {
        Ok(true) => {
            administration.write_down(&state, &viewer, &mut batch, known.id, "renamed").await?;
            batch.commit().await.map_err(PageError::internal)?;
            return Ok(to_person(known.id));
        }
        Ok(false) => true,
        Err(RecordError::Refused { .. }) => false,
        Err(error) => return Err(PageError::internal(error)),
    };
    let page = Page::new(&state, &reader, Place::People).await?;
    let said = if mistake { page.t("person-changed") } else { page.t("person-names-wrong") };
    person(&state, &viewer, &administration, page, (known, roles), Some(said))
}

/// Whether the person may sign in.
#[derive(Deserialize)]
pub(crate) struct StateForm {
    active: bool,
    revision: u32,
}

/// Lets the person no longer sign in, which ends every session and token at once, or again.
pub(crate) async fn set_state(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(sent): CheckedForm<StateForm>,
) -> Result<Response, PageError> {
    let (administration, known, _) = governed(&state, &viewer, id).await?;
    let (by, now) = (Some(administration.permit.person()), state.now());
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let revised =
        batch.revise_person(known.id, sent.revision, &known.name, sent.active, by, now).await;
    if revised.map_err(PageError::internal)? {
        if !sent.active {
            batch.end_sessions_of(known.id, None).await.map_err(PageError::internal)?;
            batch.revoke_tokens_of(known.id, now).await.map_err(PageError::internal)?;
        }
        let detail = if sent.active { "let in again" } else { "stopped" };
        administration.write_down(&state, &viewer, &mut batch, known.id, detail).await?;
        batch.commit().await.map_err(PageError::internal)?;
        tracing::info!(
            target: "security", by = %administration.permit.person(), person = %known.id,
            active = sent.active, "a person's state was changed"
        );
    }
    Ok(to_person(known.id))
}

/// Gives the person another role.
pub(crate) async fn give_role(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(sent): CheckedForm<RoleForm>,
) -> Result<Response, PageError> {
    let administration = Administration::of(&state, &viewer)?;
    let found = administration.person(&state, PersonId(id)).await?;
    if viewer.actor.person == found.0.id {
        return Err(PageError::NotFound);
    }
    let page = Page::new(&state, &reader, Place::People).await?;
    let membership = match sent.read(&page, &administration, state.today())? {
        Ok(membership) => membership,
        Err(said) => return person(&state, &viewer, &administration, page, found, Some(said)),
    };
    let recorded = RecordedMembership { id: state.new_id(), person: found.0.id, membership };
    let by = administration.permit.person();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.add_membership(&recorded, Some(by), state.now()).await.map_err(PageError::internal)?;
    let given = &recorded.membership;
    let detail = format!("given {} in {}", given.role, given.organisation);
    administration.write_down(&state, &viewer, &mut batch, recorded.person, &detail).await?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(
        target: "security", by = %by, person = %recorded.person, role = %recorded.membership.role,
        organisation = %recorded.membership.organisation, "a role was given"
    );
    Ok(to_person(recorded.person))
}

/// Ends one of the person's roles with yesterday: it holds no longer from this moment on.
pub(crate) async fn end_role(
    State(state): State<AppState>,
    viewer: Viewer,
    Path((id, role)): Path<(Uuid, Uuid)>,
    CheckedForm(NoFields {}): CheckedForm<NoFields>,
) -> Result<Response, PageError> {
    let administration = Administration::of(&state, &viewer)?;
    let (known, roles) = administration.person(&state, PersonId(id)).await?;
    let ended = roles.iter().find(|each| each.id == role).ok_or(PageError::NotFound)?;
    if !administration.covers(&ended.membership.organisation) || viewer.actor.person == known.id {
        return Err(PageError::NotFound);
    }
    let (by, now) = (administration.permit.person(), state.now());
    let yesterday = state.today().pred_opt().unwrap_or(state.today());
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.end_membership(role, yesterday, Some(by), now).await.map_err(PageError::internal)?;
    let over = &ended.membership;
    let detail = format!("ended {} in {}", over.role, over.organisation);
    administration.write_down(&state, &viewer, &mut batch, known.id, &detail).await?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(
        target: "security", by = %by, person = %known.id, role = %ended.membership.role,
        "a role was ended"
    );
    Ok(to_person(known.id))
}

/// Makes a one-time link: the person chooses another password and sets up the second factor anew.
pub(crate) async fn reset(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(NoFields {}): CheckedForm<NoFields>,
) -> Result<Response, PageError> {
    let (administration, known, _) = governed(&state, &viewer, id).await?;
    let (by, now) = (Some(administration.permit.person()), state.now());
    let (secret, ends_at) = (Secret::of_random(state.random()), now + INVITATION_LASTS);
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch
        .invite(known.id, &secret.digest(), by, now, ends_at)
        .await
        .map_err(PageError::internal)?;
    batch.forget_totp(known.id).await.map_err(PageError::internal)?;
    batch.replace_recovery_codes(known.id, &[]).await.map_err(PageError::internal)?;
    batch.end_sessions_of(known.id, None).await.map_err(PageError::internal)?;
    administration.write_down(&state, &viewer, &mut batch, known.id, "one-time link").await?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(
        target: "security", by = %administration.permit.person(), person = %known.id,
        "a one-time link was made"
    );
    let page = Page::new(&state, &reader, Place::People).await?;
    link_page(page, &known.name, known.id, &secret, ends_at)
}
