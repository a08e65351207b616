//! Sessions, in a table of our own so that they can be listed and ended. Only a token's digest is kept.

use access::{
    secret::SecretDigest,
    session::{SessionStage, SessionTimes},
};
use chrono::{DateTime, Utc};
use model::identity::PersonId;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::without_nul,
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most sessions of one person that are listed.
const SESSIONS_MAX: i64 = 100;
/// Longest description of a browser that is kept. Units: characters.
const CLIENT_CHARS_MAX: usize = 200;

/// A session to be kept, or that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Identifier, by which the session is listed and ended.
    pub id: Uuid,
    /// Digest of its token.
    pub digest: SecretDigest,
    /// Whose.
    pub person: PersonId,
    /// How far the sign-in has come.
    pub stage: SessionStage,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// The browser, as it described itself.
    pub client: String,
    /// Where the person wanted to go.
    pub return_to: String,
    /// When it began and was last seen.
    pub times: SessionTimes,
}

row! {
    pub(crate) struct SessionRow {
        id: Uuid, digest: String, person_id: Uuid, stage: String, factors: String, client: String,
        return_to: String, began_at: DateTime<Utc>, seen_at: DateTime<Utc>,
    }
}

impl SessionRow {
    pub(crate) fn read(self) -> Result<SessionRecord, RecordError> {
        let stage = SessionStage::of(&self.stage);
        let stage = stage.ok_or(RecordError::Value { what: "stage", value: self.stage })?;
        Ok(SessionRecord {
            id: self.id,
            digest: SecretDigest(self.digest),
            person: PersonId(self.person_id),
            stage,
            second_factor: self.factors == "two",
            client: self.client,
            return_to: self.return_to,
            times: SessionTimes { began_at: self.began_at, seen_at: self.seen_at },
        })
    }
}

/// The columns of [`SessionRow`], of a table that is called `c`.
pub(crate) const SESSION_COLUMNS: &str = "SELECT c.id, c.digest, c.person_id, c.stage, c.factors, c.client, c.return_to, c.began_at, c.seen_at";

impl Batch {
    /// Keeps a new session.
    ///
    /// Errors: the engine fails.
    pub async fn add_session(&mut self, session: &SessionRecord) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO session (id, digest, person_id, stage, factors, client, return_to, began_at, \
             seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let client: String = without_nul(&session.client).chars().take(CLIENT_CHARS_MAX).collect();
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(session.id)
                .bind(&session.digest.0)
                .bind(session.person.0)
                .bind(session.stage.word())
                .bind(if session.second_factor { "two" } else { "one" })
                .bind(client)
                .bind(without_nul(&session.return_to))
                .bind(to_milliseconds(session.times.began_at))
                .bind(to_milliseconds(session.times.seen_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("begin a session"))
    }

    /// Writes down that a session is in use.
    ///
    /// Errors: the engine fails.
    pub async fn see_session(
        &mut self,
        session: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const SQL: &str = "UPDATE session SET seen_at = $2 WHERE id = $1";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(session)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("keep a session"))
    }

    /// Ends a person's session; returns false where the person has no such session.
    ///
    /// Errors: the engine fails.
    pub async fn end_session(
        &mut self,
        person: PersonId,
        session: Uuid,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "DELETE FROM session WHERE id = $1 AND person_id = $2";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(session)
                .bind(person.0)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("end a session"))
    }

    /// Ends a person's sessions, all but one where one is named, and returns how many there were.
    ///
    /// Errors: the engine fails.
    pub async fn end_sessions_of(
        &mut self,
        person: PersonId,
        but: Option<Uuid>,
    ) -> Result<u64, RecordError> {
        const SQL: &str = "DELETE FROM session WHERE person_id = $1 AND id <> $2";
        let but = but.unwrap_or(Uuid::nil());
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.0)
                .bind(but)
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(RecordError::attempt("end a person's sessions"))
    }

    /// Forgets sessions that began before a moment.
    ///
    /// Errors: the engine fails.
    pub async fn forget_sessions(&mut self, before: DateTime<Utc>) -> Result<(), RecordError> {
        const SQL: &str = "DELETE FROM session WHERE began_at < $1";
        on_batch!(self, |connection| {
            sqlx::query(SQL).bind(to_milliseconds(before)).execute(connection).await.map(drop)
        })
        .map_err(RecordError::attempt("forget old sessions"))
    }
}

impl Store {
    /// Returns the session whose token has a digest.
    ///
    /// Errors: the engine fails.
    pub async fn session(
        &self,
        digest: &SecretDigest,
    ) -> Result<Option<SessionRecord>, RecordError> {
        let row: Option<SessionRow> = on_readers!(self, |pool| {
            let mut query = sqlx::QueryBuilder::new(SESSION_COLUMNS);
            query.push(" FROM session c WHERE digest = ").push_bind(&digest.0);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a session"))?;
        row.map(SessionRow::read).transpose()
    }

    /// Returns a person's sessions, the last seen first.
    ///
    /// Errors: the engine fails.
    pub async fn sessions_of(&self, person: PersonId) -> Result<Vec<SessionRecord>, RecordError> {
        let rows: Vec<SessionRow> = on_readers!(self, |pool| {
            let mut query = sqlx::QueryBuilder::new(SESSION_COLUMNS);
            query.push(" FROM session c WHERE person_id = ").push_bind(person.0);
            query.push(" ORDER BY seen_at DESC, id DESC LIMIT ").push_bind(SESSIONS_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("list the sessions"))?;
        rows.into_iter().map(SessionRow::read).collect()
    }
}
