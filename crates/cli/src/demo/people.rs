//! The invented people of the demo: one for each role, to be looked in as.

use access::{Action, Membership, Role};
use chrono::{DateTime, NaiveDate, Utc};
use model::{identity::PersonId, organisation::OrganisationCode};
use server::{LookIn, LookInPerson};
use store::{NewPerson, RecordError, RecordedMembership, Store, identifier_v7};

use super::fill::entry;

/// The hospital in which the demo's hospital people work; the synthetic nation has it.
const HOSPITAL: &str = "SYN-C001";

/// Returns the invented people, and records them where they are not there yet.
pub(super) async fn look_in(store: &Store, now: DateTime<Utc>) -> Result<LookIn, RecordError> {
    let mut people = Vec::with_capacity(Role::ALL.len());
    for role in Role::ALL {
        let sign_in_name = format!("synthetic-{role}");
        let known = store.person_by_sign_in_name(&sign_in_name).await?;
        let person = match known {
            Some(known) => known.id,
            None => record(store, *role, sign_in_name, now).await?,
        };
        people.push(LookInPerson { role: *role, person });
    }
    Ok(LookIn { people })
}

/// Returns the invented coordinator, by whom the records of the synthetic patients are entered.
pub(super) async fn coordinator(store: &Store) -> Result<PersonId, RecordError> {
    let name = format!("synthetic-{}", Role::Coordinator);
    let known = store.person_by_sign_in_name(&name).await?;
    Ok(known.map_or(PersonId(uuid::Uuid::nil()), |known| known.id))
}

async fn record(
    store: &Store,
    role: Role,
    sign_in_name: String,
    now: DateTime<Utc>,
) -> Result<PersonId, RecordError> {
    let label = role.label();
    let id = PersonId(identifier_v7(now, &["demo person", &sign_in_name]));
    let name = format!("合成 {} / Synthetic {}", label.ja, label.en.to_lowercase());
    let person = NewPerson { id, sign_in_name, name, synthetic: true };
    let membership = RecordedMembership {
        id: identifier_v7(now, &["demo role", role.code()]),
        person: id,
        membership: Membership {
            organisation: OrganisationCode::new(organisation_of(role)),
            role,
            from: NaiveDate::from_ymd_opt(2019, 6, 1).unwrap_or(now.date_naive()),
            until: None,
        },
    };
    let mut batch = store.begin().await?;
    batch.add_person(&person, None, now).await?;
    batch.add_membership(&membership, None, now).await?;
    batch.append_audit(&entry(now, Action::ManagePeople).about("person", id)).await?;
    batch.commit().await?;
    Ok(id)
}

/// Returns the invented organisation in which the demo has a role.
fn organisation_of(role: Role) -> &'static str {
    match role {
        Role::Physician
        | Role::Coordinator
        | Role::Pathologist
        | Role::GeneticCounsellor
        | Role::PanelMember
        | Role::Administrator => HOSPITAL,
        Role::Laboratory => "SYN-L01",
        Role::CentreStaff | Role::Curator | Role::PatientDesk | Role::SiteAdministrator => {
            "SYN-CENTRE"
        }
        Role::BoardMember => "SYN-BOARD",
        Role::Researcher => "SYN-UNIVERSITY",
        Role::ProgrammeOffice => "SYN-OFFICE",
    }
}
