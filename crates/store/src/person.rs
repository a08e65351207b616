//! People and what they may do: identities, names, and roles in organisations with their days.

use access::{Membership, Role};
use chrono::{DateTime, NaiveDate, Utc};
use model::{identity::PersonId, organisation::OrganisationCode};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::without_nul,
    error::RecordError,
    identifier::to_milliseconds,
    row::{STATEMENT_ROWS_MAX, row},
};

/// Longest sign-in name. Units: characters.
const SIGN_IN_NAME_CHARS_MAX: usize = 100;
/// Longest name of a person. Units: characters.
const NAME_CHARS_MAX: usize = 100;
/// Most people that are listed at once.
const PEOPLE_MAX: i64 = 1_000;
/// Most memberships of one person that are read.
pub(crate) const MEMBERSHIPS_MAX: i64 = 200;

/// A person to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Identifier.
    pub id: PersonId,
    /// What the person types to sign in; kept in lower case, and never changed.
    pub sign_in_name: String,
    /// Name as colleagues see it.
    pub name: String,
    /// Whether the person is invented.
    pub synthetic: bool,
}

/// A person in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    /// Identifier.
    pub id: PersonId,
    /// What the person types to sign in.
    pub sign_in_name: String,
    /// Name as colleagues see it.
    pub name: String,
    /// Whether the person may sign in at all.
    pub active: bool,
    /// Whether the person is invented.
    pub synthetic: bool,
    /// When the person was first recorded.
    pub created_at: DateTime<Utc>,
    /// Number of the newest revision. Units: 1-based.
    pub revision: u32,
}

/// A role in an organisation as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedMembership {
    /// Identifier.
    pub id: Uuid,
    /// Whose.
    pub person: PersonId,
    /// The role, its organisation and its days.
    pub membership: Membership,
}

/// Which people a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// Only people with a role, past or present, in one of these organisations; `None` for everybody.
    pub organisations: Option<Vec<OrganisationCode>>,
}

row! {
    pub(crate) struct PersonRow {
        pub(crate) id: Uuid, pub(crate) sign_in_name: String, pub(crate) name: String, pub(crate) state: String,
        pub(crate) synthetic: bool, pub(crate) created_at: DateTime<Utc>, pub(crate) revision: i64,
    }
}

row! {
    pub(crate) struct MembershipRow {
        pub(crate) id: Uuid, pub(crate) person_id: Uuid, pub(crate) organisation: String, pub(crate) role: String,
        pub(crate) from_day: String, pub(crate) until_day: Option<String>, pub(crate) ended_day: Option<String>,
    }
}

impl PersonRow {
    pub(crate) fn read(self) -> Result<PersonRecord, RecordError> {
        Ok(PersonRecord {
            id: PersonId(self.id),
            sign_in_name: self.sign_in_name,
            name: self.name,
            active: self.state == "active",
            synthetic: self.synthetic,
            created_at: self.created_at,
            revision: crate::case::revision_number(self.revision)?,
        })
    }
}

impl MembershipRow {
    pub(crate) fn read(self) -> Result<RecordedMembership, RecordError> {
        let role = self.role.parse::<Role>();
        let role = role.map_err(|_| RecordError::Value { what: "role", value: self.role })?;
        let until = self.until_day.as_deref().map(day_of).transpose()?;
        let ended = self.ended_day.as_deref().map(day_of).transpose()?;
        Ok(RecordedMembership {
            id: self.id,
            person: PersonId(self.person_id),
            membership: Membership {
                organisation: OrganisationCode::new(&self.organisation),
                role,
                from: day_of(&self.from_day)?,
                until: match (until, ended) {
                    (Some(until), Some(ended)) => Some(until.min(ended)),
                    (until, ended) => until.or(ended),
                },
            },
        })
    }
}

fn day_of(text: &str) -> Result<NaiveDate, RecordError> {
    text.parse().map_err(|_| RecordError::Value { what: "day", value: text.to_owned() })
}

/// Brings a sign-in name to the one form in which it is kept and looked up.
///
/// Errors: [`RecordError::Refused`] where it is empty, too long, or has blanks or control characters.
pub fn sign_in_name(text: &str) -> Result<String, RecordError> {
    let refused = |reason| Err(RecordError::Refused { what: "sign-in name", reason });
    let name = text.trim().to_lowercase();
    if name.is_empty() {
        return refused("it is empty");
    }
    if name.chars().count() > SIGN_IN_NAME_CHARS_MAX {
        return refused("it is longer than 100 characters");
    }
    if name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return refused("it has blanks or control characters");
    }
    Ok(name)
}

fn person_name(text: &str) -> Result<String, RecordError> {
    let refused = |reason| Err(RecordError::Refused { what: "name", reason });
    let name: String = text.trim().to_owned();
    if name.is_empty() {
        return refused("it is empty");
    }
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return refused("it is longer than 100 characters or has control characters");
    }
    Ok(name)
}

impl Batch {
    /// Records a new person; returns false where the sign-in name is taken.
    ///
    /// Errors: the names cannot be used, or the engine fails.
    pub async fn add_person(
        &mut self,
        person: &NewPerson,
        by: Option<PersonId>,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO person (id, sign_in_name, synthetic, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING";
        let (sign_in_name, name) =
            (sign_in_name(&person.sign_in_name)?, person_name(&person.name)?);
        let at = to_milliseconds(at);
        let inserted = on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.id.0)
                .bind(sign_in_name)
                .bind(person.synthetic)
                .bind(at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record a person"))?;
        if inserted {
            self.insert_person_revision(person.id, 1, &name, true, by, at).await?;
        }
        Ok(inserted)
    }

    /// Gives a person another name, or lets the person no longer sign in, or again.
    ///
    /// Returns false where somebody else changed the person after `read_revision`.
    ///
    /// Errors: the name cannot be used, or the engine fails.
    pub async fn revise_person(
        &mut self,
        person: PersonId,
        read_revision: u32,
        name: &str,
        active: bool,
        by: Option<PersonId>,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        let (name, at) = (person_name(name)?, to_milliseconds(at));
        self.insert_person_revision(person, read_revision.saturating_add(1), &name, active, by, at)
            .await
    }

    async fn insert_person_revision(
        &mut self,
        person: PersonId,
        revision: u32,
        name: &str,
        active: bool,
        by: Option<PersonId>,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO person_revision (person_id, revision, name, state, by_id, recorded_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.0)
                .bind(i64::from(revision))
                .bind(name)
                .bind(if active { "active" } else { "inactive" })
                .bind(by.map(|by| by.0))
                .bind(at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record a person's revision"))
    }

    /// Gives a person a role in an organisation.
    ///
    /// Errors: the engine fails.
    pub async fn add_membership(
        &mut self,
        recorded: &RecordedMembership,
        by: Option<PersonId>,
        at: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO membership (id, person_id, organisation, role, from_day, until_day, by_id, \
             recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let Membership { organisation, role, from, until } = &recorded.membership;
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(recorded.id)
                .bind(recorded.person.0)
                .bind(without_nul(organisation.as_str()))
                .bind(role.code())
                .bind(from.to_string())
                .bind(until.map(|day| day.to_string()))
                .bind(by.map(|by| by.0))
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("record a role"))
    }

    /// Ends a role with a last day; returns false where it was ended already.
    ///
    /// Errors: the engine fails.
    pub async fn end_membership(
        &mut self,
        membership: Uuid,
        last_day: NaiveDate,
        by: Option<PersonId>,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO membership_end (membership_id, until_day, by_id, recorded_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(membership)
                .bind(last_day.to_string())
                .bind(by.map(|by| by.0))
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("end a role"))
    }
}

const PERSON: &str = "SELECT p.id, p.sign_in_name, v.name, v.state, p.synthetic, p.created_at, v.revision \
     FROM person p JOIN person_revision v ON v.person_id = p.id \
     AND v.revision = (SELECT max(x.revision) FROM person_revision x WHERE x.person_id = p.id) ";
const MEMBERSHIP: &str = "SELECT m.id, m.person_id, m.organisation, m.role, m.from_day, m.until_day, \
     e.until_day AS ended_day FROM membership m LEFT JOIN membership_end e ON e.membership_id = m.id ";

impl Store {
    /// Returns a person.
    ///
    /// Errors: the engine fails.
    pub async fn person(&self, person: PersonId) -> Result<Option<PersonRecord>, RecordError> {
        let row: Option<PersonRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(PERSON);
            query.push("WHERE p.id = ").push_bind(person.0);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a person"))?;
        row.map(PersonRow::read).transpose()
    }

    /// Returns the person with a sign-in name, however it was typed.
    ///
    /// Errors: the engine fails.
    pub async fn person_by_sign_in_name(
        &self,
        typed: &str,
    ) -> Result<Option<PersonRecord>, RecordError> {
        let Ok(name) = sign_in_name(&without_nul(typed)) else { return Ok(None) };
        let row: Option<PersonRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(PERSON);
            query.push("WHERE p.sign_in_name = ").push_bind(&name);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a person"))?;
        row.map(PersonRow::read).transpose()
    }

    /// Returns a person's roles, past and present, the newest first.
    ///
    /// Errors: the engine fails.
    pub async fn memberships_of(
        &self,
        person: PersonId,
    ) -> Result<Vec<RecordedMembership>, RecordError> {
        let rows: Vec<MembershipRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(MEMBERSHIP);
            query.push("WHERE m.person_id = ").push_bind(person.0);
            query.push(" ORDER BY m.from_day DESC, m.id DESC LIMIT ").push_bind(MEMBERSHIPS_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a person's roles"))?;
        rows.into_iter().map(MembershipRow::read).collect()
    }

    /// Returns people by sign-in name, each with the roles.
    ///
    /// Errors: the engine fails.
    pub async fn people(
        &self,
        filter: &PeopleFilter,
    ) -> Result<Vec<(PersonRecord, Vec<RecordedMembership>)>, RecordError> {
        let attempt = RecordError::attempt("list the people");
        let rows: Vec<PersonRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(PERSON);
            if let Some(organisations) = &filter.organisations {
                query.push("WHERE EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.organisation IN (");
                let mut codes = query.separated(", ");
                // A list that is empty finds nobody.
                codes.push("''");
                for code in organisations.iter().take(STATEMENT_ROWS_MAX) {
                    codes.push_bind(code.as_str());
                }
                query.push(")) ");
            }
            query.push("ORDER BY p.sign_in_name LIMIT ").push_bind(PEOPLE_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(attempt)?;
        let mut people = Vec::with_capacity(rows.len());
        for row in rows {
            people.push((row.read()?, Vec::new()));
        }
        self.add_memberships(&mut people).await?;
        Ok(people)
    }

    async fn add_memberships(
        &self,
        people: &mut [(PersonRecord, Vec<RecordedMembership>)],
    ) -> Result<(), RecordError> {
        for chunk in people.chunks_mut(STATEMENT_ROWS_MAX) {
            let rows: Vec<MembershipRow> = on_readers!(self, |pool| {
                let mut query = QueryBuilder::new(MEMBERSHIP);
                query.push("WHERE m.person_id IN (");
                let mut ids = query.separated(", ");
                for (person, _) in chunk.iter() {
                    ids.push_bind(person.id.0);
                }
                query.push(") ORDER BY m.from_day DESC, m.id DESC");
                query.build_query_as().fetch_all(pool).await
            })
            .map_err(RecordError::attempt("read the people's roles"))?;
            for row in rows {
                let recorded = row.read()?;
                if let Some((_, roles)) =
                    chunk.iter_mut().find(|(person, _)| person.id == recorded.person)
                {
                    roles.push(recorded);
                }
            }
        }
        Ok(())
    }

    /// Returns whether anybody is recorded.
    ///
    /// Errors: the engine fails.
    pub async fn has_people(&self) -> Result<bool, RecordError> {
        Ok(self.count("SELECT count(*) FROM (SELECT 1 FROM person LIMIT 1) p").await? > 0)
    }
}
