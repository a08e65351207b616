//! The one table of rights: role × action × relation, each with the days on which it holds.

use std::sync::LazyLock;

use chrono::NaiveDate;
use model::{identity::CaseId, organisation::OrganisationCode};

use crate::{
    action::Action, actor::Actor, permit::Permit, purpose::Purpose, relation::Relation, role::Role,
    word::UnknownWord,
};

mod document;

/// One line of the table: what a role may do on what stands in a relation to its organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// The role.
    pub role: Role,
    /// The action.
    pub action: Action,
    /// How the subject stands to the organisation in which the role is held.
    pub relation: Relation,
    /// First day; `None` from the beginning.
    pub from: Option<NaiveDate>,
    /// Last day; `None` while it goes on.
    pub until: Option<NaiveDate>,
}

impl Right {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// Why a table of rights cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadRightsError {
    /// A line has too few or too many columns.
    #[error("line {line} of the rights does not have 5 columns")]
    Columns {
        /// The line. Units: 1-based.
        line: usize,
    },
    /// A line names a word that is none.
    #[error("line {line} of the rights names an unknown word")]
    Word {
        /// The line. Units: 1-based.
        line: usize,
        /// Which word.
        #[source]
        source: UnknownWord,
    },
    /// A day is none.
    #[error("line {line} of the rights has a day that is none")]
    Day {
        /// The line. Units: 1-based.
        line: usize,
        /// Why not.
        #[source]
        source: chrono::ParseError,
    },
}

/// What somebody asks to do.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What.
    pub action: Action,
    /// How the subject stands to the organisation.
    pub relation: Relation,
    /// The organisation in which the role has to be held; any where `None`.
    pub organisation: Option<&'a OrganisationCode>,
    /// For which purpose.
    pub purpose: Purpose,
    /// The case, where one is meant.
    pub case: Option<CaseId>,
}

/// The table of rights.
#[derive(Clone, Debug)]
pub struct Rights {
    rights: Vec<Right>,
}

static OURS: LazyLock<Rights> = LazyLock::new(|| {
    // A test reads the table strictly; whatever could not be read gives no right.
    Rights::read(include_str!("../rights.tsv")).unwrap_or(Rights { rights: Vec::new() })
});

impl Rights {
    /// Returns the table that ships.
    pub fn ours() -> &'static Self {
        &OURS
    }

    /// Reads a table. Shape: tab-separated `role action relation from until`, a head, days ISO or empty.
    ///
    /// Errors: a line has other columns, an unknown word or a day that is none.
    pub fn read(table: &str) -> Result<Self, ReadRightsError> {
        let mut rights = Vec::new();
        for (index, text) in table.lines().enumerate().skip(1) {
            let line = index + 1;
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            let fields: Vec<&str> = text.split('\t').collect();
            let [role, action, relation, from, until] = fields[..] else {
                return Err(ReadRightsError::Columns { line });
            };
            let word = |source| ReadRightsError::Word { line, source };
            rights.push(Right {
                role: role.parse().map_err(word)?,
                action: action.parse().map_err(word)?,
                relation: relation.parse().map_err(word)?,
                from: day(line, from)?,
                until: day(line, until)?,
            });
        }
        Ok(Self { rights })
    }

    /// Returns the table as a page of the documents, in Markdown.
    pub fn to_markdown(&self) -> String {
        document::markdown(self)
    }

    /// Returns every line.
    pub fn lines(&self) -> &[Right] {
        &self.rights
    }

    /// Returns whether a role may do something on a day.
    pub fn allows(&self, role: Role, action: Action, relation: Relation, day: NaiveDate) -> bool {
        self.rights.iter().any(|right| {
            right.role == role
                && right.action == action
                && right.relation == relation
                && right.holds_on(day)
        })
    }

    /// Decides whether a person may do what is asked on a day.
    pub fn decide(&self, actor: &Actor, asked: &Asked<'_>, day: NaiveDate) -> Option<Permit> {
        let membership = actor
            .memberships_on(day)
            .filter(|each| asked.organisation.is_none_or(|code| *code == each.organisation))
            .find(|each| self.allows(each.role, asked.action, asked.relation, day))?;
        Some(Permit {
            person: actor.person,
            role: membership.role,
            organisation: membership.organisation.clone(),
            action: asked.action,
            relation: asked.relation,
            purpose: asked.purpose,
            case: asked.case,
        })
    }
}

fn day(line: usize, text: &str) -> Result<Option<NaiveDate>, ReadRightsError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|source| ReadRightsError::Day { line, source })
}

#[cfg(test)]
mod tests {
    use model::identity::PersonId;
    use uuid::Uuid;

    use super::*;
    use crate::actor::Membership;

    fn on(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_shipped_table_is_read_and_names_no_right_twice() {
        let rights = Rights::read(include_str!("../rights.tsv")).unwrap();
        assert!(rights.lines().len() > 40);
        for (index, right) in rights.lines().iter().enumerate() {
            assert!(!rights.lines()[..index].contains(right), "{right:?} stands twice");
        }
    }

    #[test]
    fn a_right_needs_the_role_the_organisation_and_the_day() {
        let rights = Rights::read(
            "role\taction\trelation\tfrom\tuntil\nphysician\tread-case\town-hospital\t2026-01-01\t2026-12-31",
        )
        .unwrap();
        let actor = Actor {
            person: PersonId(Uuid::nil()),
            name: "合成".to_owned(),
            memberships: vec![Membership {
                organisation: OrganisationCode::new("H1"),
                role: Role::Physician,
                from: on("2026-06-01"),
                until: None,
            }],
            second_factor: true,
        };
        let asked = |organisation| Asked {
            action: Action::ReadCase,
            relation: Relation::OwnHospital,
            organisation: Some(organisation),
            purpose: Purpose::Care,
            case: None,
        };
        let (own, other) = (OrganisationCode::new("H1"), OrganisationCode::new("H2"));
        let permit = rights.decide(&actor, &asked(&own), on("2026-07-01")).unwrap();
        assert_eq!(permit.organisation(), &own);
        assert!(rights.decide(&actor, &asked(&other), on("2026-07-01")).is_none());
        assert!(rights.decide(&actor, &asked(&own), on("2026-05-31")).is_none());
        assert!(rights.decide(&actor, &asked(&own), on("2027-01-01")).is_none());
    }

    #[test]
    fn a_table_with_a_mistake_names_its_line() {
        let read = |line: &str| {
            Rights::read(&format!("role\taction\trelation\tfrom\tuntil\n{line}"))
                .unwrap_err()
                .to_string()
        };
        assert!(read("physician\tread-case").contains("line 2"));
        assert!(read("king\tread-case\town-hospital\t\t").contains("unknown word"));
        assert!(read("physician\tread-case\town-hospital\t2026-13-01\t").contains("day"));
    }
}
