//! Who is behind a session or a token, with the roles: read by one statement, for every request asks it.

use access::secret::SecretDigest;
use chrono::{DateTime, Utc};
use sqlx::{ColumnIndex, FromRow, QueryBuilder, Row};
use uuid::Uuid;

use crate::{
    api_token::{TOKEN_COLUMNS, TokenRecord, TokenRow},
    db::{Store, on_readers},
    error::RecordError,
    person::{MEMBERSHIPS_MAX, MembershipRow, PersonRecord, PersonRow, RecordedMembership},
    row::row,
    session::{SESSION_COLUMNS, SessionRecord, SessionRow},
};

/// A person with what shows who it is: a session or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer<C> {
    /// What was shown.
    pub credential: C,
    /// Whose it is.
    pub person: PersonRecord,
    /// The person's roles, past and present, the newest first.
    pub roles: Vec<RecordedMembership>,
}

row! {
    struct PersonColumns {
        bearer_id: Uuid, bearer_sign_in_name: String, bearer_name: String, bearer_state: String,
        bearer_synthetic: bool, bearer_created_at: DateTime<Utc>, bearer_revision: i64,
        role_id: Option<Uuid>, role_organisation: Option<String>, role_word: Option<String>,
        role_from_day: Option<String>, role_until_day: Option<String>, role_ended_day: Option<String>,
    }
}

/// What was shown, with the person and one role: a row for each role, and one where there is none.
struct BearerRow<C> {
    credential: C,
    person: PersonColumns,
}

impl<'r, R: Row, C: FromRow<'r, R>> FromRow<'r, R> for BearerRow<C>
where
    PersonColumns: FromRow<'r, R>,
    &'static str: ColumnIndex<R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self { credential: C::from_row(row)?, person: PersonColumns::from_row(row)? })
    }
}

const PERSON: &str = ", p.id AS bearer_id, p.sign_in_name AS bearer_sign_in_name, v.name AS bearer_name, \
     v.state AS bearer_state, p.synthetic AS bearer_synthetic, p.created_at AS bearer_created_at, \
     v.revision AS bearer_revision, m.id AS role_id, m.organisation AS role_organisation, m.role AS role_word, \
     m.from_day AS role_from_day, m.until_day AS role_until_day, e.until_day AS role_ended_day FROM ";
const JOINED: &str = " c JOIN person p ON p.id = c.person_id JOIN person_revision v ON v.person_id = p.id \
     AND v.revision = (SELECT max(x.revision) FROM person_revision x WHERE x.person_id = p.id) \
     LEFT JOIN membership m ON m.person_id = p.id LEFT JOIN membership_end e ON e.membership_id = m.id \
     WHERE c.digest = ";

impl PersonColumns {
    fn person(self) -> (PersonRow, Option<MembershipRow>) {
        let person_id = self.bearer_id;
        let role = match (self.role_id, self.role_organisation, self.role_word, self.role_from_day)
        {
            (Some(id), Some(organisation), Some(role), Some(from_day)) => Some(MembershipRow {
                id,
                person_id,
                organisation,
                role,
                from_day,
                until_day: self.role_until_day,
                ended_day: self.role_ended_day,
            }),
            // A role's columns are never empty but where the whole role is missing.
            _ => None,
        };
        let person = PersonRow {
            id: person_id,
            sign_in_name: self.bearer_sign_in_name,
            name: self.bearer_name,
            state: self.bearer_state,
            synthetic: self.bearer_synthetic,
            created_at: self.bearer_created_at,
            revision: self.bearer_revision,
        };
        (person, role)
    }
}

/// Brings the rows of one bearer together.
fn read<Row, Record>(
    rows: Vec<BearerRow<Row>>,
    record: impl FnOnce(Row) -> Result<Record, RecordError>,
) -> Result<Option<Bearer<Record>>, RecordError> {
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else { return Ok(None) };
    let (person, role) = first.person.person();
    let others = rows.filter_map(|row| row.person.person().1);
    let roles = role.into_iter().chain(others).map(MembershipRow::read);
    let roles = roles.collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Bearer { credential: record(first.credential)?, person: person.read()?, roles }))
}

fn statement<'a, DB: sqlx::Database>(
    columns: &'static str,
    table: &'static str,
    digest: &'a SecretDigest,
) -> QueryBuilder<DB>
where
    &'a str: sqlx::Encode<'a, DB> + sqlx::Type<DB>,
    i64: sqlx::Encode<'a, DB> + sqlx::Type<DB>,
{
    let mut query = QueryBuilder::new(columns);
    query.push(PERSON).push(table).push(JOINED).push_bind(digest.0.as_str());
    query.push(" ORDER BY m.from_day DESC, m.id DESC LIMIT ").push_bind(MEMBERSHIPS_MAX);
    query
}

impl Store {
    /// Returns the session whose token has a digest, with its person.
    ///
    /// Errors: the engine fails.
    pub async fn session_bearer(
        &self,
        digest: &SecretDigest,
    ) -> Result<Option<Bearer<SessionRecord>>, RecordError> {
        let rows: Vec<BearerRow<SessionRow>> = on_readers!(self, |pool| {
            statement(SESSION_COLUMNS, "session", digest).build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a session and whose it is"))?;
        read(rows, SessionRow::read)
    }

    /// Returns the token with a digest, whether or not it still holds, with its person.
    ///
    /// Errors: the engine fails.
    pub async fn token_bearer(
        &self,
        digest: &SecretDigest,
    ) -> Result<Option<Bearer<TokenRecord>>, RecordError> {
        let rows: Vec<BearerRow<TokenRow>> = on_readers!(self, |pool| {
            statement(TOKEN_COLUMNS, "api_token", digest).build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a token and whose it is"))?;
        read(rows, TokenRow::read)
    }
}
