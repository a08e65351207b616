//! The proof that something was allowed.

use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};

use crate::{action::Action, purpose::Purpose, relation::Relation, role::Role};

/// Proof that a person may do one thing; only [`crate::Rights::decide`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    pub(crate) person: PersonId,
    pub(crate) role: Role,
    pub(crate) organisation: OrganisationCode,
    pub(crate) action: Action,
    pub(crate) relation: Relation,
    pub(crate) purpose: Purpose,
    pub(crate) case: Option<CaseId>,
}

impl Permit {
    /// Returns who may.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// Returns the role that gives the right.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Returns the organisation in which the role is held.
    pub fn organisation(&self) -> &OrganisationCode {
        &self.organisation
    }

    /// Returns what may be done.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Returns how the subject stands to the organisation.
    pub fn relation(&self) -> Relation {
        self.relation
    }

    /// Returns for which purpose.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Returns the case, where one is meant.
    pub fn case(&self) -> Option<CaseId> {
        self.case
    }

    /// Returns whether it is for reading who the patient of a case is.
    pub(crate) fn reads_identifier(&self, case: CaseId) -> bool {
        self.action == Action::ReadIdentifier && self.case == Some(case)
    }

    /// Returns whether it is for recording who the patient of a case is.
    pub(crate) fn writes_identifier(&self, case: CaseId) -> bool {
        self.action == Action::WriteIdentifier && self.case == Some(case)
    }
}
