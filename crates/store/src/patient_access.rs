//! One-time codes and sessions of the patients' page. Only digests of secrets are here.

use chrono::{DateTime, Utc};
use model::identity::{CaseId, Digest, PersonId};
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most codes of one case that are read.
const CODES_MAX: i64 = 50;

/// A code to be handed to a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCode {
    /// Identifier of the code, which is no secret.
    pub id: Uuid,
    /// The case that it opens.
    pub case: CaseId,
    /// Digest of the code.
    pub digest: Digest,
    /// Which second fact is asked for.
    pub fact: String,
    /// What is digested before the fact.
    pub fact_salt: String,
    /// Digest of the salt and the fact.
    pub fact_digest: Digest,
    /// Who issued it.
    pub issued_by: PersonId,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// From when on it opens nothing.
    pub expires_at: DateTime<Utc>,
    /// How often it may be tried.
    pub attempts: u32,
}

/// A code as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCode {
    /// Identifier of the code.
    pub id: Uuid,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// From when on it opens nothing.
    pub expires_at: DateTime<Utc>,
    /// How often it may still be tried.
    pub attempts_left: u32,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// One attempt at a code that could still be used; it has been counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAttempt {
    /// Identifier of the code.
    pub id: Uuid,
    /// The case.
    pub case: CaseId,
    /// What is digested before the fact.
    pub fact_salt: String,
    /// Digest of the salt and the fact.
    pub fact_digest: Digest,
}

/// An open session of a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatientSession {
    /// The case.
    pub case: CaseId,
    /// The code that opened it.
    pub code: Uuid,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

row! {
    struct AttemptRow { id: Uuid, case_id: Uuid, fact_salt: String, fact_digest: String }
}

row! {
    struct SessionRow { case_id: Uuid, code_id: Uuid, expires_at: DateTime<Utc> }
}

row! {
    struct CodeRow {
        id: Uuid, issued_at: DateTime<Utc>, expires_at: DateTime<Utc>, attempts_left: i64,
        used_at: Option<DateTime<Utc>>, revoked_at: Option<DateTime<Utc>>,
    }
}

impl Batch {
    /// Issues a code; codes of the case that were not used yet are taken back.
    ///
    /// Errors: the engine fails.
    pub async fn issue_code(&mut self, code: &NewCode) -> Result<(), RecordError> {
        const INSERT: &str = "INSERT INTO one_time_code (id, case_id, digest, fact, fact_salt, \
             fact_digest, issued_by_id, issued_at, expires_at, attempts_left) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        self.revoke_codes(code.case, code.issued_at).await?;
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(code.id)
                .bind(code.case.0)
                .bind(&code.digest.0)
                .bind(&code.fact)
                .bind(&code.fact_salt)
                .bind(&code.fact_digest.0)
                .bind(code.issued_by.0)
                .bind(to_milliseconds(code.issued_at))
                .bind(to_milliseconds(code.expires_at))
                .bind(i64::from(code.attempts))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("issue a one-time code"))
    }

    /// Takes back every code of a case that was not used yet, and returns how many could still have been.
    ///
    /// Errors: the engine fails.
    pub async fn revoke_codes(
        &mut self,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<u64, RecordError> {
        const SQL: &str = "UPDATE one_time_code SET revoked_at = $2 WHERE case_id = $1 \
             AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2 AND attempts_left > 0";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(case.0)
                .bind(to_milliseconds(now))
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(RecordError::attempt("take back one-time codes"))
    }

    /// Counts an attempt at a code; `None` where no such code can be used (any more). The caller commits
    /// whether the second fact was right or wrong, so that a wrong one stays counted.
    ///
    /// Errors: the engine fails.
    pub async fn try_code(
        &mut self,
        digest: &Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<CodeAttempt>, RecordError> {
        const SQL: &str = "UPDATE one_time_code SET attempts_left = attempts_left - 1 \
             WHERE digest = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2 \
             AND attempts_left > 0 RETURNING id, case_id, fact_salt, fact_digest";
        let row: Option<AttemptRow> = on_batch!(self, |connection| {
            sqlx::query_as(SQL)
                .bind(&digest.0)
                .bind(to_milliseconds(now))
                .fetch_optional(connection)
                .await
        })
        .map_err(RecordError::attempt("try a one-time code"))?;
        Ok(row.map(|row| CodeAttempt {
            id: row.id,
            case: CaseId(row.case_id),
            fact_salt: row.fact_salt,
            fact_digest: Digest(row.fact_digest),
        }))
    }

    /// Uses a code up and opens a session.
    ///
    /// Errors: the code opened a session already, or the engine fails.
    pub async fn open_patient_session(
        &mut self,
        digest: &Digest,
        attempt: &CodeAttempt,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const USE: &str = "UPDATE one_time_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
        const INSERT: &str = "INSERT INTO patient_session \
             (digest, code_id, case_id, opened_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        let attempted = RecordError::attempt("open a patient's session");
        let now = to_milliseconds(now);
        on_batch!(self, |connection| {
            sqlx::query(USE).bind(attempt.id).bind(now).execute(connection).await.map(drop)
        })
        .map_err(attempted)?;
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(&digest.0)
                .bind(attempt.id)
                .bind(attempt.case.0)
                .bind(now)
                .bind(to_milliseconds(expires_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(attempted)
    }

    /// Ends a session.
    ///
    /// Errors: the engine fails.
    pub async fn end_patient_session(
        &mut self,
        digest: &Digest,
        now: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const SQL: &str =
            "UPDATE patient_session SET ended_at = $2 WHERE digest = $1 AND ended_at IS NULL";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(&digest.0)
                .bind(to_milliseconds(now))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("end a patient's session"))
    }
}

impl Store {
    /// Returns the open session with a digest.
    ///
    /// Errors: the engine fails.
    pub async fn patient_session(
        &self,
        digest: &Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<PatientSession>, RecordError> {
        const SQL: &str = "SELECT case_id, code_id, expires_at FROM patient_session \
             WHERE digest = $1 AND ended_at IS NULL AND expires_at > $2";
        let row: Option<SessionRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL)
                .bind(&digest.0)
                .bind(to_milliseconds(now))
                .fetch_optional(pool)
                .await
        })
        .map_err(RecordError::attempt("read a patient's session"))?;
        Ok(row.map(|row| PatientSession {
            case: CaseId(row.case_id),
            code: row.code_id,
            expires_at: row.expires_at,
        }))
    }

    /// Returns the codes of a case, newest first.
    ///
    /// Errors: the engine fails.
    pub async fn codes_of_case(&self, case: CaseId) -> Result<Vec<IssuedCode>, RecordError> {
        const SQL: &str = "SELECT id, issued_at, expires_at, attempts_left, used_at, revoked_at \
             FROM one_time_code WHERE case_id = $1 ORDER BY issued_at DESC, id DESC LIMIT $2";
        let rows: Vec<CodeRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(case.0).bind(CODES_MAX).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read one-time codes"))?;
        let code = |row: CodeRow| IssuedCode {
            id: row.id,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            attempts_left: u32::try_from(row.attempts_left).unwrap_or(0),
            used_at: row.used_at,
            revoked_at: row.revoked_at,
        };
        Ok(rows.into_iter().map(code).collect())
    }
}
