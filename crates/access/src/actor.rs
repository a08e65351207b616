//! Who acts.

use chrono::NaiveDate;
use model::{identity::PersonId, organisation::OrganisationCode};

use crate::role::Role;

/// A role in an organisation, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub organisation: OrganisationCode,
    /// The role.
    pub role: Role,
    /// First day.
    pub from: NaiveDate,
    /// Last day; `None` while it goes on.
    pub until: Option<NaiveDate>,
}

impl Membership {
    /// Returns whether it holds on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// A person who is signed in, or whom a program acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Name as colleagues see it.
    pub name: String,
    /// Roles in organisations, past and present.
    pub memberships: Vec<Membership>,
    /// Whether a second factor was shown.
    pub second_factor: bool,
}

impl Actor {
    /// Returns the memberships that hold on a day.
    pub fn memberships_on(&self, day: NaiveDate) -> impl Iterator<Item = &Membership> {
        self.memberships.iter().filter(move |membership| membership.holds_on(day))
    }

    /// Returns the organisations in which a role is held on a day, each once.
    pub fn organisations_on(&self, day: NaiveDate) -> Vec<&OrganisationCode> {
        let mut codes: Vec<_> = self.memberships_on(day).map(|each| &each.organisation).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// Returns whether a role is held anywhere on a day.
    pub fn is(&self, role: Role, day: NaiveDate) -> bool {
        self.memberships_on(day).any(|membership| membership.role == role)
    }
}
