//! Findings reports: exact bytes that never change.

use chrono::{DateTime, Utc};
use model::{
    evidence::EvidenceLevel,
    identity::{CaseId, Digest, ReportId, ResultId},
};
use uuid::Uuid;

use crate::{
    case::revision_number,
    db::{Batch, Store, on_batch, on_readers},
    document::{Packed, unpack, without_nul},
    error::RecordError,
    identifier::{digest_of, to_milliseconds},
    row::row,
};

/// A report to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewReport {
    /// Identifier.
    pub id: ReportId,
    /// The result that it reports on.
    pub result: ResultId,
    /// The case.
    pub case: CaseId,
    /// The case's revision that it was made of. Units: 1-based.
    pub case_revision: u32,
    /// The knowledge release that it was made with.
    pub release: String,
    /// The program's version that made it.
    pub program_version: String,
    /// Digest of the report's JSON bytes.
    pub digest: Digest,
    /// The report's JSON bytes, packed.
    pub document: Packed,
    /// The strongest evidence level in it.
    pub highest_level: Option<EvidenceLevel>,
    /// How many findings it has.
    pub finding_count: u32,
    /// When it was made.
    pub composed_at: DateTime<Utc>,
}

/// A report in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredReport {
    /// Identifier.
    pub id: ReportId,
    /// The result that it reports on.
    pub result: ResultId,
    /// The case.
    pub case: CaseId,
    /// The case's revision that it was made of. Units: 1-based.
    pub case_revision: u32,
    /// The knowledge release that it was made with.
    pub release: String,
    /// The program's version that made it.
    pub program_version: String,
    /// Digest of the report's JSON bytes.
    pub digest: Digest,
    /// The report's JSON bytes.
    pub json: Vec<u8>,
    /// The strongest evidence level in it.
    pub highest_level: Option<EvidenceLevel>,
    /// How many findings it has.
    pub finding_count: u32,
    /// When it was made.
    pub composed_at: DateTime<Utc>,
}

impl StoredReport {
    /// Returns whether the bytes are those that were stored.
    pub fn is_intact(&self) -> bool {
        digest_of(&self.json) == self.digest
    }
}

row! {
    pub(crate) struct ReportRow {
        id: Uuid, result_id: Uuid, case_id: Uuid, case_revision: i64, release_id: String,
        program_version: String, digest: String, document: Vec<u8>, highest_level: Option<String>,
        finding_count: i64, composed_at: DateTime<Utc>,
    }
}

impl ReportRow {
    pub(crate) fn read(self) -> Result<StoredReport, RecordError> {
        Ok(StoredReport {
            id: ReportId(self.id),
            result: ResultId(self.result_id),
            case: CaseId(self.case_id),
            case_revision: revision_number(self.case_revision)?,
            release: self.release_id,
            program_version: self.program_version,
            digest: Digest(self.digest),
            json: unpack(&format!("report {}", self.id), &self.document)?,
            highest_level: self.highest_level.as_deref().map(level_of).transpose()?,
            finding_count: count_of(self.finding_count)?,
            composed_at: self.composed_at,
        })
    }
}

/// Reads a level as the record writes it.
pub(crate) fn level_of(letter: &str) -> Result<EvidenceLevel, RecordError> {
    EvidenceLevel::ALL
        .into_iter()
        .find(|level| level.letter() == letter)
        .ok_or_else(|| RecordError::Value { what: "evidence level", value: letter.to_owned() })
}

/// Reads a count.
pub(crate) fn count_of(count: i64) -> Result<u32, RecordError> {
    u32::try_from(count).map_err(|_| RecordError::Value { what: "count", value: count.to_string() })
}

/// Most reports of one case or result that are returned at once.
const REPORTS_MAX: i64 = 1_000;

impl Batch {
    /// Adds a report; returns false where the same report on the same result is there already.
    ///
    /// Errors: the engine fails.
    pub async fn add_report(&mut self, report: &NewReport) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO report (id, result_id, case_id, case_revision, release_id, program_version, \
             digest, document, highest_level, finding_count, composed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
        self.touch(report.case);
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(report.id.0)
                .bind(report.result.0)
                .bind(report.case.0)
                .bind(i64::from(report.case_revision))
                .bind(&report.release)
                .bind(without_nul(&report.program_version))
                .bind(&report.digest.0)
                .bind(report.document.0.as_slice())
                .bind(report.highest_level.map(EvidenceLevel::letter))
                .bind(i64::from(report.finding_count))
                .bind(to_milliseconds(report.composed_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("add a report"))
    }
}

const BY_ID: &str = "SELECT id, result_id, case_id, case_revision, release_id, program_version, digest, document, \
     highest_level, finding_count, composed_at FROM report WHERE id = $1";
const BY_RESULT: &str = "SELECT id, result_id, case_id, case_revision, release_id, program_version, digest, document, \
     highest_level, finding_count, composed_at FROM report WHERE result_id = $1 \
     ORDER BY composed_at DESC, id DESC LIMIT $2";
const BY_CASE: &str = "SELECT id, result_id, case_id, case_revision, release_id, program_version, digest, document, \
     highest_level, finding_count, composed_at FROM report WHERE case_id = $1 \
     ORDER BY composed_at DESC, id DESC LIMIT $2";

impl Store {
    /// Returns a report.
    ///
    /// Errors: the engine fails, or the report cannot be unpacked.
    pub async fn report(&self, report: ReportId) -> Result<Option<StoredReport>, RecordError> {
        let row: Option<ReportRow> = on_readers!(self, |pool| {
            sqlx::query_as(BY_ID).bind(report.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a report"))?;
        row.map(ReportRow::read).transpose()
    }

    /// Returns the reports on a result, newest first.
    ///
    /// Errors: the engine fails, or a report cannot be unpacked.
    pub async fn reports_of_result(
        &self,
        result: ResultId,
    ) -> Result<Vec<StoredReport>, RecordError> {
        self.reports(BY_RESULT, result.0, REPORTS_MAX).await
    }

    /// Returns the reports of a case, newest first.
    ///
    /// Errors: the engine fails, or a report cannot be unpacked.
    pub async fn reports_of_case(&self, case: CaseId) -> Result<Vec<StoredReport>, RecordError> {
        self.reports(BY_CASE, case.0, REPORTS_MAX).await
    }

    /// Returns the newest report on a result.
    ///
    /// Errors: the engine fails, or the report cannot be unpacked.
    pub async fn latest_report_of_result(
        &self,
        result: ResultId,
    ) -> Result<Option<StoredReport>, RecordError> {
        Ok(self.reports(BY_RESULT, result.0, 1).await?.pop())
    }

    /// Returns the newest report of a case, whichever of its results it is on.
    ///
    /// Errors: the engine fails, or the report cannot be unpacked.
    pub async fn latest_report(&self, case: CaseId) -> Result<Option<StoredReport>, RecordError> {
        Ok(self.reports(BY_CASE, case.0, 1).await?.pop())
    }

    async fn reports(
        &self,
        sql: &'static str,
        key: Uuid,
        limit: i64,
    ) -> Result<Vec<StoredReport>, RecordError> {
        let rows: Vec<ReportRow> = on_readers!(self, |pool| {
            sqlx::query_as(sql).bind(key).bind(limit).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read the reports"))?;
        rows.into_iter().map(ReportRow::read).collect()
    }
}
