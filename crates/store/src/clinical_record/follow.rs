//! Cases whose derived rows wait to be made anew.

use model::identity::{CaseId, FieldEventId};
use uuid::Uuid;

use super::completeness::CaseCompleteness;
use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
};

/// A case that was written to since what is derived of it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingCase {
    /// The case.
    pub case: CaseId,
    /// The event up to which the derived rows would be true.
    pub event: FieldEventId,
}

impl Store {
    /// Returns cases whose derived rows wait.
    ///
    /// Errors: the engine fails.
    pub async fn pending_cases(&self, limit: u32) -> Result<Vec<PendingCase>, RecordError> {
        const SQL: &str = "SELECT case_id, event_id FROM record_pending ORDER BY case_id LIMIT $1";
        let rows: Vec<(Uuid, Uuid)> = on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(i64::from(limit)).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read which cases were changed"))?;
        let read = |(case, event)| PendingCase { case: CaseId(case), event: FieldEventId(event) };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Returns whether a case's derived rows wait, and up to which event.
    ///
    /// Errors: the engine fails.
    pub async fn pending_case(&self, case: CaseId) -> Result<Option<PendingCase>, RecordError> {
        const SQL: &str = "SELECT event_id FROM record_pending WHERE case_id = $1";
        let event: Option<Uuid> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(case.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read whether a case was changed"))?;
        Ok(event.map(|event| PendingCase { case, event: FieldEventId(event) }))
    }
}

impl Batch {
    /// Writes how complete a case is, and takes it off the list of those that wait unless it was written to
    /// again in the meantime.
    ///
    /// Errors: the engine fails.
    pub async fn put_completeness(
        &mut self,
        row: &CaseCompleteness,
        pending: PendingCase,
    ) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO record_completeness (case_id, hospital, required_count, filled_count, \
             problem_count, contested_count, catalogue, opened_at, touched_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (case_id) DO UPDATE SET \
             hospital = excluded.hospital, required_count = excluded.required_count, \
             filled_count = excluded.filled_count, problem_count = excluded.problem_count, \
             contested_count = excluded.contested_count, catalogue = excluded.catalogue, \
             opened_at = excluded.opened_at, touched_at = excluded.touched_at";
        const DONE: &str = "DELETE FROM record_pending WHERE case_id = $1 AND event_id = $2";
        let attempt = RecordError::attempt("write how complete a case is");
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(row.case.0)
                .bind(row.hospital.as_deref())
                .bind(i64::from(row.required))
                .bind(i64::from(row.filled))
                .bind(i64::from(row.problems))
                .bind(i64::from(row.contested))
                .bind(&row.catalogue)
                .bind(row.opened_at)
                .bind(row.touched_at)
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(attempt)?;
        on_batch!(self, |connection| {
            sqlx::query(DONE)
                .bind(pending.case.0)
                .bind(pending.event.0)
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(attempt)
    }
}
