//! People and their roles: the administrator of an organisation sees the organisation's people, the site's
//! administrator everybody.

use std::collections::BTreeSet;

use access::{Action, Permit, Purpose, Relation, Role, audit::Entry, secret::Secret};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use chrono::{NaiveDate, TimeDelta};
use model::{identity::PersonId, organisation::OrganisationCode};
use serde::Deserialize;
use store::{Batch, NewPerson, PeopleFilter, PersonRecord, RecordError, RecordedMembership};

use crate::{
    error::PageError,
    form::CheckedForm,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

mod person;

/// How long a one-time link holds.
pub(crate) const INVITATION_LASTS: TimeDelta = TimeDelta::days(7);

/// The pages of people.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/people", get(show).post(invite))
        .route("/people/{id}", get(person::show))
        .route("/people/{id}/name", post(person::rename))
        .route("/people/{id}/state", post(person::set_state))
        .route("/people/{id}/roles", post(person::give_role))
        .route("/people/{id}/roles/{role}/end", post(person::end_role))
        .route("/people/{id}/reset", post(person::reset))
}

/// Which people somebody administers.
#[derive(Debug)]
pub(crate) struct Administration {
    /// What permits it.
    pub(crate) permit: Permit,
    /// The organisations; `None` for all.
    organisations: Option<BTreeSet<OrganisationCode>>,
}

impl Administration {
    /// Permits administering people: of the whole site, or of the organisations in which the right is held.
    pub(crate) fn of(state: &AppState, viewer: &Viewer) -> Result<Self, PageError> {
        let purpose = Purpose::Administration;
        let permit = |relation| state.permit(viewer, Action::ManagePeople, relation, purpose);
        if let Ok(permit) = permit(Relation::Programme) {
            return Ok(Self { permit, organisations: None });
        }
        let permit = permit(Relation::OwnHospital)?;
        let today = state.today();
        let rights = access::Rights::ours();
        let organisations = viewer
            .actor
            .memberships_on(today)
            .filter(|each| {
                rights.allows(each.role, Action::ManagePeople, Relation::OwnHospital, today)
            })
            .map(|each| each.organisation.clone());
        Ok(Self { permit, organisations: Some(organisations.collect()) })
    }

    /// Writes an act on a person down, in the transaction of the act.
    pub(crate) async fn write_down(
        &self,
        state: &AppState,
        viewer: &Viewer,
        batch: &mut Batch,
        person: PersonId,
        detail: &str,
    ) -> Result<(), PageError> {
        let entry = Entry::permitted(state.now(), &viewer.actor, &self.permit);
        let entry = entry.about("person", person).with_detail(detail);
        batch.append_audit(&entry).await.map_err(PageError::internal)?;
        Ok(())
    }

    /// Returns whether an organisation's people are administered.
    pub(crate) fn covers(&self, organisation: &OrganisationCode) -> bool {
        self.organisations.as_ref().is_none_or(|codes| codes.contains(organisation))
    }

    /// Returns the roles that may be given.
    pub(crate) fn roles(&self) -> &'static [Role] {
        if self.organisations.is_some() { &Role::OF_A_HOSPITAL } else { Role::ALL }
    }

    /// Checks that a role may be given in an organisation: nobody hands out more than one's own reach.
    pub(crate) fn check_role(
        &self,
        role: Role,
        organisation: &OrganisationCode,
    ) -> Result<(), PageError> {
        if self.covers(organisation) && self.roles().contains(&role) {
            return Ok(());
        }
        tracing::warn!(
            target: "security", person = %self.permit.person(), role = %role,
            organisation = %organisation, "a role beyond the administrator's reach was refused"
        );
        Err(PageError::NotFound)
    }

    fn filter(&self) -> PeopleFilter {
        let organisations = self.organisations.as_ref();
        PeopleFilter { organisations: organisations.map(|codes| codes.iter().cloned().collect()) }
    }

    /// Finds a person who is administered; another organisation's person is not found.
    pub(crate) async fn person(
        &self,
        state: &AppState,
        id: PersonId,
    ) -> Result<(PersonRecord, Vec<RecordedMembership>), PageError> {
        let found = state.store.person(id).await.map_err(PageError::internal)?;
        let person = found.ok_or(PageError::NotFound)?;
        let roles = state.store.memberships_of(id).await.map_err(PageError::internal)?;
        let ours = |each: &RecordedMembership| self.covers(&each.membership.organisation);
        if self.organisations.is_some() && !roles.iter().any(ours) {
            return Err(PageError::NotFound);
        }
        Ok((person, roles))
    }

    /// Returns whether the person belongs to nobody else: only then are name, sign-in and state the administrator's.
    pub(crate) fn governs(&self, roles: &[RecordedMembership]) -> bool {
        roles.iter().all(|each| self.covers(&each.membership.organisation))
    }
}

struct PersonRowView {
    href: String,
    name: String,
    account: String,
    roles: Vec<String>,
    active: bool,
}

pub(crate) struct RoleChoice {
    pub(crate) code: &'static str,
    pub(crate) label: String,
}

#[derive(Template)]
#[template(path = "people/list.html")]
struct PeopleTemplate {
    page: Page,
    rows: Vec<PersonRowView>,
    roles: Vec<RoleChoice>,
    organisations: Vec<String>,
    sent: InviteForm,
    today: String,
    mistake: Option<String>,
}

/// Shows the people.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    let administration = Administration::of(&state, &viewer)?;
    let page = Page::new(&state, &reader, Place::People).await?;
    list(&state, &administration, page, InviteForm::default(), None).await
}

async fn list(
    state: &AppState,
    administration: &Administration,
    page: Page,
    sent: InviteForm,
    mistake: Option<String>,
) -> Result<Response, PageError> {
    let people = state.store.people(&administration.filter()).await.map_err(PageError::internal)?;
    let today = state.today();
    let rows = people.iter().map(|(person, roles)| PersonRowView {
        href: format!("/people/{}", person.id),
        name: person.name.clone(),
        account: person.sign_in_name.clone(),
        roles: roles
            .iter()
            .map(|each| &each.membership)
            .filter(|each| each.holds_on(today) && administration.covers(&each.organisation))
            .map(|each| format!("{} · {}", page.text(&each.role.label()), each.organisation))
            .collect(),
        active: person.active,
    });
    let template = PeopleTemplate {
        rows: rows.collect(),
        roles: role_choices(&page, administration),
        organisations: organisation_choices(administration),
        sent,
        today: today.to_string(),
        mistake,
        page,
    };
    render(&template)
}

/// Returns the roles that may be given, for a page.
pub(crate) fn role_choices(page: &Page, administration: &Administration) -> Vec<RoleChoice> {
    let choice =
        |role: &Role| RoleChoice { code: role.code(), label: page.text(&role.label()).to_owned() };
    administration.roles().iter().map(choice).collect()
}

/// Returns the organisations that may be chosen; none where any may be typed.
pub(crate) fn organisation_choices(administration: &Administration) -> Vec<String> {
    let codes = administration.organisations.iter().flatten();
    codes.map(ToString::to_string).collect()
}

/// Who is invited.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct InviteForm {
    name: String,
    sign_in_name: String,
    #[serde(flatten)]
    role: RoleForm,
}

/// A role that is given.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct RoleForm {
    pub(crate) role: String,
    pub(crate) organisation: String,
    pub(crate) from: String,
    pub(crate) until: String,
}

impl RoleForm {
    /// Reads the role; the text says what is wrong with it.
    pub(crate) fn read(
        &self,
        page: &Page,
        administration: &Administration,
        today: NaiveDate,
    ) -> Result<Result<access::Membership, String>, PageError> {
        /// Longest code of an organisation. Units: characters.
        const CODE_CHARS_MAX: usize = 100;
        let organisation = OrganisationCode::new(&self.organisation);
        let code = organisation.as_str();
        if code.is_empty()
            || code.chars().count() > CODE_CHARS_MAX
            || code.contains(char::is_control)
        {
            return Ok(Err(page.t("role-needs-organisation")));
        }
        let role = self.role.parse::<Role>().map_err(|_| PageError::BadRequest)?;
        administration.check_role(role, &organisation)?;
        let from = if self.from.is_empty() { Ok(today) } else { self.from.parse::<NaiveDate>() };
        let until = match self.until.as_str() {
            "" => Ok(None),
            text => text.parse::<NaiveDate>().map(Some),
        };
        let (Ok(from), Ok(until)) = (from, until) else {
            return Ok(Err(page.t("role-days-wrong")));
        };
        if until.is_some_and(|until| until < from) {
            return Ok(Err(page.t("role-days-wrong")));
        }
        Ok(Ok(access::Membership { organisation, role, from, until }))
    }
}

/// Records a person with a first role, and shows the one-time link once.
pub(crate) async fn invite(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(sent): CheckedForm<InviteForm>,
) -> Result<Response, PageError> {
    let administration = Administration::of(&state, &viewer)?;
    let page = Page::new(&state, &reader, Place::People).await?;
    let membership = match sent.role.read(&page, &administration, state.today())? {
        Ok(membership) => membership,
        Err(mistake) => return list(&state, &administration, page, sent, Some(mistake)).await,
    };
    let id = PersonId(state.new_id());
    let new = NewPerson {
        id,
        sign_in_name: sent.sign_in_name.clone(),
        name: sent.name.clone(),
        synthetic: viewer.synthetic,
    };
    let (by, now) = (Some(administration.permit.person()), state.now());
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let added = match batch.add_person(&new, by, now).await {
        Ok(added) => added,
        Err(RecordError::Refused { .. }) => {
            let mistake = Some(page.t("person-names-wrong"));
            return list(&state, &administration, page, sent, mistake).await;
        }
        Err(error) => return Err(PageError::internal(error)),
    };
    if !added {
        let mistake = Some(page.t("person-name-taken"));
        return list(&state, &administration, page, sent, mistake).await;
    }
    let recorded = RecordedMembership { id: state.new_id(), person: id, membership };
    batch.add_membership(&recorded, by, now).await.map_err(PageError::internal)?;
    let secret = Secret::of_random(state.random());
    let ends_at = now + INVITATION_LASTS;
    let invited = batch.invite(id, &secret.digest(), by, now, ends_at).await;
    invited.map_err(PageError::internal)?;
    let detail = format!("invited as {}", recorded.membership.role);
    administration.write_down(&state, &viewer, &mut batch, id, &detail).await?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(
        target: "security", by = %administration.permit.person(), person = %id,
        role = %recorded.membership.role, "a person was invited"
    );
    person::link_page(page, &new.name, id, &secret, ends_at)
}

/// Leads back to a person's page.
pub(crate) fn to_person(id: PersonId) -> Response {
    Redirect::to(&format!("/people/{id}")).into_response()
}
