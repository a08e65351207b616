//! Which cases changed, in the order of commits: what is made of cases elsewhere follows them by it.
//!
//! A batch remembers the cases that it touches and numbers them as its last act, so that whoever reads the numbers
//! in order never overlooks a change that was committed late. Only the newest change of a case is kept.

use model::identity::CaseId;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    row::{STATEMENT_ROWS_MAX, row},
};

/// Most changes read at once.
pub const CASE_CHANGES_PAGE: i64 = 1_000;

/// The newest change of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseChange {
    /// The case.
    pub case: CaseId,
    /// The number of the change; those of one transaction have the same.
    pub number: u64,
}

row! {
    struct ChangeRow { case_id: Uuid, number: i64 }
}

impl Batch {
    /// Remembers that a case changes, for whoever follows.
    pub(crate) fn touch(&mut self, case: CaseId) {
        self.touched.insert(case);
    }

    /// Numbers the changes; every other batch that changed a case waits for the end of this one.
    pub(crate) async fn number_changes(&mut self) -> Result<(), RecordError> {
        const NEXT: &str =
            "UPDATE case_change_count SET number = number + 1 WHERE one = 1 RETURNING number";
        const KEEP: &str = " ON CONFLICT (case_id) DO UPDATE SET number = excluded.number";
        let touched: Vec<CaseId> = std::mem::take(&mut self.touched).into_iter().collect();
        if touched.is_empty() {
            return Ok(());
        }
        let attempt = RecordError::attempt("number the changes of cases");
        let number: i64 =
            on_batch!(self, |connection| sqlx::query_scalar(NEXT).fetch_one(connection).await)
                .map_err(attempt)?;
        for chunk in touched.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query =
                    sqlx::QueryBuilder::new("INSERT INTO case_change (case_id, number) ");
                query.push_values(chunk, |mut row, case| {
                    row.push_bind(case.0).push_bind(number);
                });
                query.push(KEEP);
                query.build().execute(connection).await.map(drop)
            })
            .map_err(attempt)?;
        }
        Ok(())
    }
}

impl Store {
    /// Returns the number of the newest change that was committed.
    ///
    /// Errors: the engine fails.
    pub async fn newest_case_change(&self) -> Result<u64, RecordError> {
        const SQL: &str = "SELECT number FROM case_change_count WHERE one = 1";
        let number: i64 = on_readers!(self, |pool| sqlx::query_scalar(SQL).fetch_one(pool).await)
            .map_err(RecordError::attempt("read which cases changed"))?;
        Ok(u64::try_from(number).unwrap_or(0))
    }

    /// Returns the cases whose newest change comes after a number and, of one number, after a case: at most
    /// [`CASE_CHANGES_PAGE`], so that fewer means that there are no more.
    ///
    /// Errors: the engine fails.
    pub async fn case_changes_after(
        &self,
        number: u64,
        case: CaseId,
    ) -> Result<Vec<CaseChange>, RecordError> {
        const SQL: &str = "SELECT case_id, number FROM case_change \
             WHERE number > $1 OR (number = $1 AND case_id > $2) ORDER BY number, case_id LIMIT $3";
        let after = i64::try_from(number).unwrap_or(i64::MAX);
        let rows: Vec<ChangeRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL)
                .bind(after)
                .bind(case.0)
                .bind(CASE_CHANGES_PAGE)
                .fetch_all(pool)
                .await
        })
        .map_err(RecordError::attempt("read which cases changed"))?;
        let change = |row: ChangeRow| CaseChange {
            case: CaseId(row.case_id),
            number: u64::try_from(row.number).unwrap_or(0),
        };
        Ok(rows.into_iter().map(change).collect())
    }
}
