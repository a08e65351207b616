//! Failed sign-ins, counted by account and by address.

use access::throttle::{Failures, ThrottleSubject};
use chrono::{DateTime, Utc};

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    identifier::{digest_of, to_milliseconds},
    row::row,
};

row! {
    struct FailureRow { failure_count: i64, last_at: DateTime<Utc> }
}

/// The key of a count. Names that nobody has are counted too; what was typed is not kept, as it may be a password.
fn key(subject: ThrottleSubject, value: &str) -> String {
    let value = value.trim().to_lowercase();
    format!("{}:{}", subject.word(), digest_of(value.as_bytes()).0)
}

impl Batch {
    /// Counts one more failure.
    ///
    /// Errors: the engine fails.
    pub async fn add_failure(
        &mut self,
        subject: ThrottleSubject,
        value: &str,
        failures: Failures,
    ) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO sign_in_failure (subject, failure_count, last_at) VALUES ($1, $2, $3) \
             ON CONFLICT (subject) DO UPDATE SET failure_count = CASE \
             WHEN sign_in_failure.failure_count >= excluded.failure_count AND excluded.failure_count > 1 \
             THEN sign_in_failure.failure_count + 1 ELSE excluded.failure_count END, last_at = excluded.last_at";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(key(subject, value))
                .bind(i64::from(failures.count))
                .bind(to_milliseconds(failures.last_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("count a failed sign-in"))
    }

    /// Forgets the failures of an account that was signed in to.
    ///
    /// Errors: the engine fails.
    pub async fn forget_failures(
        &mut self,
        subject: ThrottleSubject,
        value: &str,
    ) -> Result<(), RecordError> {
        const SQL: &str = "DELETE FROM sign_in_failure WHERE subject = $1";
        on_batch!(self, |connection| {
            sqlx::query(SQL).bind(key(subject, value)).execute(connection).await.map(drop)
        })
        .map_err(RecordError::attempt("forget failed sign-ins"))
    }
}

impl Store {
    /// Returns the failures of an account or an address; `None` where there are none.
    ///
    /// Errors: the engine fails.
    pub async fn failures(
        &self,
        subject: ThrottleSubject,
        value: &str,
    ) -> Result<Option<Failures>, RecordError> {
        const SQL: &str = "SELECT failure_count, last_at FROM sign_in_failure WHERE subject = $1";
        let row: Option<FailureRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(key(subject, value)).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("count failed sign-ins"))?;
        Ok(row.map(|row| Failures {
            count: u32::try_from(row.failure_count).unwrap_or(u32::MAX),
            last_at: row.last_at,
        }))
    }
}
