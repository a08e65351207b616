//! Looking in as an invented person: a demonstration alone has such people, so that a newcomer needs no password.

use access::Role;
use model::identity::PersonId;

/// An invented person that can be looked in as.
#[derive(Clone, Debug)]
pub struct LookInPerson {
    /// The role that the person shows.
    pub role: Role,
    /// The person, who is recorded as invented.
    pub person: PersonId,
}

/// The invented people of a demonstration. A server that has none offers nothing of the kind.
#[derive(Clone, Debug, Default)]
pub struct LookIn {
    /// One for each role, in the order of the page.
    pub people: Vec<LookInPerson>,
}

impl LookIn {
    /// Returns the person of a role.
    pub(crate) fn of_role(&self, role: Role) -> Option<PersonId> {
        self.people.iter().find(|each| each.role == role).map(|each| each.person)
    }
}
