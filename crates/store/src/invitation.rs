//! One-time links: to be invited, or to choose another password. Only a link's digest is kept.

use access::secret::SecretDigest;
use chrono::{DateTime, Utc};
use model::identity::PersonId;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

row! {
    struct InvitationRow { person_id: Uuid, ends_at: DateTime<Utc>, used_at: Option<DateTime<Utc>> }
}

impl Batch {
    /// Keeps a new one-time link for a person; those before it no longer hold.
    ///
    /// Errors: the engine fails.
    pub async fn invite(
        &mut self,
        person: PersonId,
        digest: &SecretDigest,
        by: Option<PersonId>,
        made_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const FORGET: &str = "DELETE FROM invitation WHERE person_id = $1 AND used_at IS NULL";
        const SQL: &str = "INSERT INTO invitation (digest, person_id, by_id, made_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5)";
        let attempt = RecordError::attempt("keep a one-time link");
        on_batch!(self, |connection| {
            sqlx::query(FORGET).bind(person.0).execute(connection).await.map(drop)
        })
        .map_err(attempt)?;
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(&digest.0)
                .bind(person.0)
                .bind(by.map(|by| by.0))
                .bind(to_milliseconds(made_at))
                .bind(to_milliseconds(ends_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(attempt)
    }

    /// Uses up a one-time link; returns false where it does not hold.
    ///
    /// Errors: the engine fails.
    pub async fn use_invitation(
        &mut self,
        digest: &SecretDigest,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "UPDATE invitation SET used_at = $2 WHERE digest = $1 AND used_at IS NULL AND ends_at > $2";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(&digest.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("use up a one-time link"))
    }
}

impl Store {
    /// Returns for whom a one-time link is; `None` where it does not hold at the moment.
    ///
    /// Errors: the engine fails.
    pub async fn invited(
        &self,
        digest: &SecretDigest,
        now: DateTime<Utc>,
    ) -> Result<Option<PersonId>, RecordError> {
        const SQL: &str = "SELECT person_id, ends_at, used_at FROM invitation WHERE digest = $1";
        let row: Option<InvitationRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(&digest.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a one-time link"))?;
        let holds = |row: &InvitationRow| row.used_at.is_none() && now < row.ends_at;
        Ok(row.filter(holds).map(|row| PersonId(row.person_id)))
    }
}
