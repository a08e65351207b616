//! How complete the records of cases and hospitals are.

use chrono::{DateTime, Utc};
use model::identity::CaseId;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Store, on_readers},
    error::RecordError,
    report::count_of,
    row::{STATEMENT_ROWS_MAX, row},
};

/// How complete a case's record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseCompleteness {
    /// The case.
    pub case: CaseId,
    /// Hospital's code.
    pub hospital: Option<String>,
    /// How many fields have to be filled.
    pub required: u32,
    /// How many of them are.
    pub filled: u32,
    /// How many problems its cross-item checks find.
    pub problems: u32,
    /// How many fields are contested.
    pub contested: u32,
    /// Version of the item catalogue by which it was counted.
    pub catalogue: String,
    /// When the case was first recorded.
    pub opened_at: DateTime<Utc>,
    /// When its record was last written to.
    pub touched_at: DateTime<Utc>,
}

/// How complete the records of a hospital are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HospitalCompleteness {
    /// Hospital's code; `None` for cases without one.
    pub hospital: Option<String>,
    /// Cases.
    pub cases: u64,
    /// Cases into whose record nothing was entered yet.
    pub untouched: u64,
    /// Cases whose required fields are all filled.
    pub complete: u64,
    /// Required fields of all cases that were begun.
    pub required: u64,
    /// How many of them are filled.
    pub filled: u64,
    /// Problems.
    pub problems: u64,
    /// Contested fields.
    pub contested: u64,
    /// When the oldest case that lacks something was first recorded.
    pub oldest_incomplete: Option<DateTime<Utc>>,
}

/// A case that lacks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncompleteCase {
    /// Reference.
    pub reference: String,
    /// Its counts.
    pub counts: CaseCompleteness,
}

row! {
    struct HospitalRow {
        hospital: Option<String>, cases: i64, untouched: i64, complete: i64, required: i64, filled: i64,
        problems: i64, contested: i64, oldest: Option<DateTime<Utc>>,
    }
}

row! {
    struct CaseCompletenessRow {
        case_id: Uuid, reference: String, hospital: Option<String>, required_count: i64, filled_count: i64,
        problem_count: i64, contested_count: i64, catalogue: String,
        opened_at: DateTime<Utc>, touched_at: DateTime<Utc>,
    }
}

impl CaseCompletenessRow {
    fn read(self) -> Result<IncompleteCase, RecordError> {
        Ok(IncompleteCase {
            reference: self.reference,
            counts: CaseCompleteness {
                case: CaseId(self.case_id),
                hospital: self.hospital,
                required: count_of(self.required_count)?,
                filled: count_of(self.filled_count)?,
                problems: count_of(self.problem_count)?,
                contested: count_of(self.contested_count)?,
                catalogue: self.catalogue,
                opened_at: self.opened_at,
                touched_at: self.touched_at,
            },
        })
    }
}

const CASE_COLUMNS: &str = "SELECT r.case_id, c.reference, r.hospital, r.required_count, r.filled_count, \
     r.problem_count, r.contested_count, r.catalogue, r.opened_at, r.touched_at \
     FROM record_completeness r JOIN patient_case c ON c.id = r.case_id ";

impl Store {
    /// Returns how complete the records of hospitals are, by code; of all hospitals, or of these.
    ///
    /// Errors: the engine fails.
    pub async fn hospital_completeness(
        &self,
        hospitals: Option<&[String]>,
    ) -> Result<Vec<HospitalCompleteness>, RecordError> {
        const SQL: &str = "SELECT s.hospital AS hospital, count(*) AS cases, \
             sum(CASE WHEN r.case_id IS NULL THEN 1 ELSE 0 END) AS untouched, \
             sum(CASE WHEN r.filled_count >= r.required_count THEN 1 ELSE 0 END) AS complete, \
             CAST(coalesce(sum(r.required_count), 0) AS BIGINT) AS required, \
             CAST(coalesce(sum(r.filled_count), 0) AS BIGINT) AS filled, \
             CAST(coalesce(sum(r.problem_count), 0) AS BIGINT) AS problems, \
             CAST(coalesce(sum(r.contested_count), 0) AS BIGINT) AS contested, \
             min(CASE WHEN r.filled_count < r.required_count THEN r.opened_at END) AS oldest \
             FROM case_summary s LEFT JOIN record_completeness r ON r.case_id = s.case_id";
        let rows: Vec<HospitalRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(SQL);
            if let Some(hospitals) = hospitals {
                query.push(" WHERE s.hospital IN ('')");
                for hospital in hospitals.iter().take(STATEMENT_ROWS_MAX) {
                    query.push(" OR s.hospital = ").push_bind(hospital);
                }
            }
            query.push(" GROUP BY s.hospital ORDER BY s.hospital");
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read how complete the hospitals' records are"))?;
        let whole = |count: i64| u64::try_from(count).unwrap_or(0);
        let read = |row: HospitalRow| HospitalCompleteness {
            hospital: row.hospital,
            cases: whole(row.cases),
            untouched: whole(row.untouched),
            complete: whole(row.complete),
            required: whole(row.required),
            filled: whole(row.filled),
            problems: whole(row.problems),
            contested: whole(row.contested),
            oldest_incomplete: row.oldest,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Returns cases of a hospital that lack something, are contested or have problems, oldest first.
    ///
    /// Errors: the engine fails.
    pub async fn incomplete_cases(
        &self,
        hospital: Option<&str>,
        limit: u32,
    ) -> Result<Vec<IncompleteCase>, RecordError> {
        let rows: Vec<CaseCompletenessRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(CASE_COLUMNS);
            query.push("WHERE (r.filled_count < r.required_count OR r.contested_count > 0 OR r.problem_count > 0)");
            match hospital {
                Some(hospital) => query.push(" AND r.hospital = ").push_bind(hospital),
                None => query.push(" AND r.hospital IS NULL"),
            };
            query.push(" ORDER BY r.opened_at, r.case_id LIMIT ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read which cases lack something"))?;
        rows.into_iter().map(CaseCompletenessRow::read).collect()
    }

    /// Returns how complete a case was when its record was last followed.
    ///
    /// Errors: the engine fails.
    pub async fn case_completeness(
        &self,
        case: CaseId,
    ) -> Result<Option<CaseCompleteness>, RecordError> {
        let row: Option<CaseCompletenessRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(CASE_COLUMNS);
            query.push("WHERE r.case_id = ").push_bind(case.0);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read how complete a case is"))?;
        Ok(row.map(CaseCompletenessRow::read).transpose()?.map(|found| found.counts))
    }
}
