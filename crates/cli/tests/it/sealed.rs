//! The hospital whose patients' names are sealed in tests, and what its coordinator may do.

use access::{
    Action, Actor, Asked, Membership, Permit, Purpose, Relation, Rights, Role,
    vault::{HospitalKey, SiteVaultKey},
};
use chrono::{DateTime, NaiveDate};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use store::WrappedKey;
use uuid::Uuid;

/// A hospital of the synthetic nation.
pub(crate) const HOSPITAL: &str = "SYN-C001";

/// Lets a coordinator of the hospital do something about who the patient of a case is.
pub(crate) fn permit(action: Action, case: CaseId) -> Permit {
    let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    let own = OrganisationCode::new(HOSPITAL);
    let membership =
        Membership { organisation: own.clone(), role: Role::Coordinator, from: day, until: None };
    let actor = Actor {
        person: PersonId(Uuid::nil()),
        name: "合成".to_owned(),
        memberships: vec![membership],
        second_factor: true,
    };
    let asked = Asked {
        action,
        relation: Relation::OwnHospital,
        organisation: Some(&own),
        purpose: Purpose::Care,
        case: Some(case),
    };
    Rights::ours().decide(&actor, &asked, day).unwrap()
}

/// Makes the first key of a hospital, and the row that keeps it.
pub(crate) fn first_key(
    site: &SiteVaultKey,
    hospital: &OrganisationCode,
) -> (HospitalKey, WrappedKey) {
    let key = SiteVaultKey::hospital_key(hospital, [3; 32]);
    let wrapped = WrappedKey {
        hospital: hospital.clone(),
        key_id: key.id().to_owned(),
        site_key_id: site.id(),
        wrapped: site.wrap(&key, [5; 24]).unwrap(),
        made_at: DateTime::UNIX_EPOCH,
    };
    (key, wrapped)
}
