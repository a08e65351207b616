//! Sign-in at an OpenID Connect provider: sign-ins under way, and which subject is whom.

use access::secret::SecretDigest;
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

/// A sign-in under way at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcFlowRecord {
    /// Digest of the state that comes back.
    pub digest: SecretDigest,
    /// Digest of the secret in the browser that asked.
    pub browser: SecretDigest,
    /// What the token must name.
    pub nonce: String,
    /// What is shown for the code.
    pub verifier: String,
    /// The person who wants to link the account; `None` for signing in.
    pub person: Option<PersonId>,
    /// Where the person wanted to go.
    pub return_to: String,
    /// Until when an answer is taken.
    pub ends_at: DateTime<Utc>,
}

row! {
    struct FlowRow {
        digest: String, browser_digest: String, nonce: String, verifier: String,
        person_id: Option<Uuid>, return_to: String, ends_at: DateTime<Utc>,
    }
}

impl Batch {
    /// Keeps a sign-in under way, and forgets those that have ended.
    ///
    /// Errors: the engine fails.
    pub async fn begin_oidc_flow(
        &mut self,
        flow: &OidcFlowRecord,
        now: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const FORGET: &str = "DELETE FROM oidc_flow WHERE ends_at < $1";
        const SQL: &str = "INSERT INTO oidc_flow (digest, browser_digest, nonce, verifier, person_id, return_to, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let attempt = RecordError::attempt("keep a sign-in under way");
        on_batch!(self, |connection| {
            sqlx::query(FORGET).bind(to_milliseconds(now)).execute(connection).await.map(drop)
        })
        .map_err(attempt)?;
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(&flow.digest.0)
                .bind(&flow.browser.0)
                .bind(&flow.nonce)
                .bind(&flow.verifier)
                .bind(flow.person.map(|person| person.0))
                .bind(without_nul(&flow.return_to))
                .bind(to_milliseconds(flow.ends_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(attempt)
    }

    /// Takes a sign-in under way out, so that its answer is taken once; `None` where there is none.
    ///
    /// Errors: the engine fails.
    pub async fn take_oidc_flow(
        &mut self,
        digest: &SecretDigest,
    ) -> Result<Option<OidcFlowRecord>, RecordError> {
        const READ: &str = "SELECT digest, browser_digest, nonce, verifier, person_id, return_to, ends_at \
             FROM oidc_flow WHERE digest = $1";
        const FORGET: &str = "DELETE FROM oidc_flow WHERE digest = $1";
        let attempt = RecordError::attempt("take a sign-in under way");
        let row: Option<FlowRow> = on_batch!(self, |connection| {
            sqlx::query_as(READ).bind(&digest.0).fetch_optional(connection).await
        })
        .map_err(attempt)?;
        let taken = on_batch!(self, |connection| {
            sqlx::query(FORGET)
                .bind(&digest.0)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(attempt)?;
        Ok(row.filter(|_| taken).map(|row| OidcFlowRecord {
            digest: SecretDigest(row.digest),
            browser: SecretDigest(row.browser_digest),
            nonce: row.nonce,
            verifier: row.verifier,
            person: row.person_id.map(PersonId),
            return_to: row.return_to,
            ends_at: row.ends_at,
        }))
    }

    /// Links a subject of a provider to a person; returns false where it is linked to somebody already.
    ///
    /// Errors: the engine fails.
    pub async fn link_identity(
        &mut self,
        issuer: &str,
        subject: &str,
        person: PersonId,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO external_identity (issuer, subject, person_id, linked_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(without_nul(issuer))
                .bind(without_nul(subject))
                .bind(person.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("link an account"))
    }

    /// Takes a person's links to a provider away.
    ///
    /// Errors: the engine fails.
    pub async fn unlink_identities(&mut self, person: PersonId) -> Result<(), RecordError> {
        const SQL: &str = "DELETE FROM external_identity WHERE person_id = $1";
        on_batch!(self, |connection| sqlx::query(SQL)
            .bind(person.0)
            .execute(connection)
            .await
            .map(drop))
        .map_err(RecordError::attempt("unlink an account"))
    }
}

impl Store {
    /// Returns to whom a subject of a provider is linked.
    ///
    /// Errors: the engine fails.
    pub async fn linked_person(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<PersonId>, RecordError> {
        const SQL: &str =
            "SELECT person_id FROM external_identity WHERE issuer = $1 AND subject = $2";
        let (issuer, subject) = (without_nul(issuer), without_nul(subject));
        let person: Option<Uuid> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(&issuer).bind(&subject).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a linked account"))?;
        Ok(person.map(PersonId))
    }

    /// Counts a person's linked accounts.
    ///
    /// Errors: the engine fails.
    pub async fn linked_accounts_of(&self, person: PersonId) -> Result<u64, RecordError> {
        const SQL: &str = "SELECT count(*) FROM external_identity WHERE person_id = $1";
        let count: i64 = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(person.0).fetch_one(pool).await
        })
        .map_err(RecordError::attempt("count linked accounts"))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
