//! How people are recognised: the password's hash, the second factor, recovery codes. Never shown, never copied
//! to a log; the second factor's secret is sealed by whoever calls.

use access::{password::PasswordHash, secret::SecretDigest, totp::TotpStep};
use chrono::{DateTime, Utc};
use model::identity::PersonId;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// How a person is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential {
    /// The password's hash; none where none was chosen yet.
    pub password: Option<PasswordHash>,
    /// The second factor's secret, sealed.
    pub totp_sealed: Option<Vec<u8>>,
    /// Whether the person showed that the second factor works.
    pub totp_confirmed: bool,
    /// The last step of time of which a code was used.
    pub totp_step: Option<TotpStep>,
}

row! {
    struct CredentialRow {
        password_hash: Option<String>, totp_secret: Option<Vec<u8>>,
        totp_confirmed_at: Option<DateTime<Utc>>, totp_step: Option<i64>,
    }
}

impl Batch {
    /// Sets a person's password.
    ///
    /// Errors: the engine fails.
    pub async fn set_password(
        &mut self,
        person: PersonId,
        hash: &PasswordHash,
        at: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO credential (person_id, password_hash, password_changed_at) VALUES ($1, $2, $3) \
             ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash, \
             password_changed_at = excluded.password_changed_at";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.0)
                .bind(&hash.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("set a password"))
    }

    /// Keeps a second factor's sealed secret, which the person has not shown to work yet.
    ///
    /// Errors: the engine fails.
    pub async fn offer_totp(&mut self, person: PersonId, sealed: &[u8]) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO credential (person_id, totp_secret) VALUES ($1, $2) \
             ON CONFLICT (person_id) DO UPDATE SET totp_secret = excluded.totp_secret, \
             totp_confirmed_at = NULL, totp_step = NULL";
        on_batch!(self, |connection| {
            sqlx::query(SQL).bind(person.0).bind(sealed).execute(connection).await.map(drop)
        })
        .map_err(RecordError::attempt("keep a second factor"))
    }

    /// Notes that the person showed that the second factor works.
    ///
    /// Errors: the engine fails.
    pub async fn confirm_totp(
        &mut self,
        person: PersonId,
        at: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const SQL: &str = "UPDATE credential SET totp_confirmed_at = $2 WHERE person_id = $1";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("confirm a second factor"))
    }

    /// Takes the second factor away, so that the person sets up another.
    ///
    /// Errors: the engine fails.
    pub async fn forget_totp(&mut self, person: PersonId) -> Result<(), RecordError> {
        const SQL: &str = "UPDATE credential SET totp_secret = NULL, totp_confirmed_at = NULL, totp_step = NULL \
             WHERE person_id = $1";
        on_batch!(self, |connection| sqlx::query(SQL)
            .bind(person.0)
            .execute(connection)
            .await
            .map(drop))
        .map_err(RecordError::attempt("forget a second factor"))
    }

    /// Uses up a step of time; returns false where it, or a later one, was used already.
    ///
    /// Errors: the engine fails.
    pub async fn use_totp_step(
        &mut self,
        person: PersonId,
        step: TotpStep,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "UPDATE credential SET totp_step = $2 \
             WHERE person_id = $1 AND (totp_step IS NULL OR totp_step < $2)";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.0)
                .bind(step.0)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("use up a code"))
    }

    /// Replaces a person's recovery codes, used and unused.
    ///
    /// Errors: the engine fails.
    pub async fn replace_recovery_codes(
        &mut self,
        person: PersonId,
        digests: &[SecretDigest],
    ) -> Result<(), RecordError> {
        const FORGET: &str = "DELETE FROM recovery_code WHERE person_id = $1";
        const INSERT: &str = "INSERT INTO recovery_code (person_id, digest) VALUES ($1, $2)";
        let attempt = RecordError::attempt("replace the recovery codes");
        on_batch!(self, |connection| {
            sqlx::query(FORGET).bind(person.0).execute(connection).await.map(drop)
        })
        .map_err(attempt)?;
        for digest in digests {
            on_batch!(self, |connection| {
                sqlx::query(INSERT)
                    .bind(person.0)
                    .bind(&digest.0)
                    .execute(connection)
                    .await
                    .map(drop)
            })
            .map_err(attempt)?;
        }
        Ok(())
    }

    /// Uses up a recovery code; returns false where the person has no such code that is unused.
    ///
    /// Errors: the engine fails.
    pub async fn use_recovery_code(
        &mut self,
        person: PersonId,
        digest: &SecretDigest,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "UPDATE recovery_code SET used_at = $3 WHERE person_id = $1 AND digest = $2 AND used_at IS NULL";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.0)
                .bind(&digest.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("use up a recovery code"))
    }
}

impl Store {
    /// Returns how a person is recognised; nothing at all where nothing was set up.
    ///
    /// Errors: the engine fails.
    pub async fn credential(&self, person: PersonId) -> Result<Credential, RecordError> {
        const SQL: &str = "SELECT password_hash, totp_secret, totp_confirmed_at, totp_step FROM credential \
             WHERE person_id = $1";
        let row: Option<CredentialRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(person.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a credential"))?;
        Ok(row.map_or_else(Credential::default, |row| Credential {
            password: row.password_hash.map(PasswordHash),
            totp_confirmed: row.totp_secret.is_some() && row.totp_confirmed_at.is_some(),
            totp_sealed: row.totp_secret,
            totp_step: row.totp_step.map(TotpStep),
        }))
    }

    /// Counts a person's unused recovery codes.
    ///
    /// Errors: the engine fails.
    pub async fn recovery_codes_left(&self, person: PersonId) -> Result<u64, RecordError> {
        const SQL: &str =
            "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at IS NULL";
        let count: i64 = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(person.0).fetch_one(pool).await
        })
        .map_err(RecordError::attempt("count the recovery codes"))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
