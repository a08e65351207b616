//! Received test results, accepted and rejected.

use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, Digest, ResultId},
    organisation::OrganisationCode,
    problem::{Problem, Severity},
    result::TestResult,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    case_list::{CaseScope, push_scope},
    db::{Batch, Store, on_batch, on_readers},
    document::{Packed, like_anywhere, searchable, unpack_json, without_nul},
    error::RecordError,
    identifier::to_milliseconds,
    page::{Cursor, Page, PageRequest},
    report::count_of,
    row::row,
};

/// Whether a result counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultStatus {
    /// It was read and has a report.
    Accepted,
    /// It has errors; it is kept with them, and has no report.
    Rejected,
}

impl ResultStatus {
    /// Returns the word in the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    fn of(word: &str) -> Result<Self, RecordError> {
        match word {
            "accepted" => Ok(Self::Accepted),
            "rejected" => Ok(Self::Rejected),
            other => Err(RecordError::Value { what: "status", value: other.to_owned() }),
        }
    }
}

/// What was read of one result, packed. Making it is work for the processor, and needs no store.
#[derive(Clone, Debug, PartialEq)]
pub struct PackedResult {
    /// Digest of the bytes that it was read from.
    pub digest: Digest,
    /// Which of several results in one file, such as a tumour's barcode; empty for the only one.
    pub label: String,
    /// The file's name as it came.
    pub file_name: String,
    /// Whether it counts.
    pub status: ResultStatus,
    /// Name and version of the gene panel, for lists.
    pub panel: Option<String>,
    /// The result; an accepted one has it.
    pub document: Option<Packed>,
    /// The problems found, as a JSON list.
    pub problems: Packed,
    /// How many of the problems are errors.
    pub error_count: u32,
    /// How many of the problems are warnings.
    pub warning_count: u32,
    /// How many of the problems are notes.
    pub note_count: u32,
    /// How many alterations the laboratory reports.
    pub reported_count: u32,
}

impl PackedResult {
    /// Packs a result and its problems, counting them.
    ///
    /// A result with an error among its problems, or without a document, is rejected.
    ///
    /// Errors: the document cannot be written as JSON.
    pub fn of(
        digest: Digest,
        label: &str,
        file_name: &str,
        document: Option<&TestResult>,
        problems: &[Problem],
    ) -> Result<Self, RecordError> {
        let count = |severity| {
            let found = problems.iter().filter(|problem| problem.severity == severity).count();
            u32::try_from(found).unwrap_or(u32::MAX)
        };
        let error_count = count(Severity::Error);
        let accepted = error_count == 0 && document.is_some();
        Ok(Self {
            digest,
            label: without_nul(label),
            file_name: without_nul(file_name),
            status: if accepted { ResultStatus::Accepted } else { ResultStatus::Rejected },
            panel: document.and_then(panel_of),
            document: document.map(|result| Packed::json("result", result)).transpose()?,
            problems: Packed::json("problems", &problems)?,
            error_count,
            warning_count: count(Severity::Warning),
            note_count: count(Severity::Note),
            reported_count: document.map_or(0, reported_count),
        })
    }
}

/// A result to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewResult {
    /// Identifier.
    pub id: ResultId,
    /// The case; an accepted result has one.
    pub case: Option<CaseId>,
    /// What was read.
    pub content: PackedResult,
    /// When it was received.
    pub received_at: DateTime<Utc>,
}

/// Returns a panel's name and version as lists show them.
fn panel_of(result: &TestResult) -> Option<String> {
    let name = result.test.panel_name.as_deref()?;
    Some(match result.test.panel_version.as_deref() {
        Some(version) => without_nul(&format!("{name} {version}")),
        None => without_nul(name),
    })
}

fn reported_count(result: &TestResult) -> u32 {
    let count = result.short_variants.iter().filter(|item| item.reported).count()
        + result.copy_number_alterations.iter().filter(|item| item.reported).count()
        + result.rearrangements.iter().filter(|item| item.reported).count()
        + result.biomarkers.iter().filter(|item| item.reported).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What a list shows of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultRow {
    /// Identifier.
    pub id: ResultId,
    /// The case, where there is one.
    pub case: Option<CaseId>,
    /// The case's reference.
    pub reference: Option<String>,
    /// Digest of the bytes that it was read from.
    pub digest: Digest,
    /// Which of several results in one file; empty for the only one.
    pub label: String,
    /// The file's name as it came.
    pub file_name: String,
    /// Whether it counts.
    pub status: ResultStatus,
    /// Name and version of the gene panel.
    pub panel: Option<String>,
    /// How many of the problems are errors.
    pub error_count: u32,
    /// How many of the problems are warnings.
    pub warning_count: u32,
    /// How many of the problems are notes.
    pub note_count: u32,
    /// How many alterations the laboratory reports.
    pub reported_count: u32,
    /// When it was received.
    pub received_at: DateTime<Utc>,
}

/// A result in the record, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredResult {
    /// What lists show of it.
    pub row: ResultRow,
    /// The result, as far as it could be read.
    pub document: Option<TestResult>,
    /// The problems found.
    pub problems: Vec<Problem>,
}

row! {
    pub(crate) struct ListedRow {
        id: Uuid, case_id: Option<Uuid>, reference: Option<String>, digest: String, label: String,
        file_name: String, status: String, panel: Option<String>, error_count: i64,
        warning_count: i64, note_count: i64, reported_count: i64, received_at: DateTime<Utc>,
    }
}

row! {
    struct DocumentRow { document: Option<Vec<u8>>, problems: Vec<u8> }
}

impl ListedRow {
    fn read(self) -> Result<ResultRow, RecordError> {
        Ok(ResultRow {
            id: ResultId(self.id),
            case: self.case_id.map(CaseId),
            reference: self.reference,
            digest: Digest(self.digest),
            label: self.label,
            file_name: self.file_name,
            status: ResultStatus::of(&self.status)?,
            panel: self.panel,
            error_count: count_of(self.error_count)?,
            warning_count: count_of(self.warning_count)?,
            note_count: count_of(self.note_count)?,
            reported_count: count_of(self.reported_count)?,
            received_at: self.received_at,
        })
    }
}

/// Which results a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultFilter {
    /// Only those of cases that the reader may see; those without a case are seen only by who sees everything.
    pub scope: CaseScope,
    /// Only those of a status.
    pub status: Option<ResultStatus>,
    /// Only those whose file name, panel or label has this text, in any case.
    pub text: Option<String>,
}

/// Results of the orders of some laboratories, which stand between these parts: those that were received for such
/// an order, and those that were refused, of a case with one, which no order received.
const OF_LABORATORIES: [&str; 3] = [
    " OR EXISTS (SELECT 1 FROM order_event e JOIN test_order t ON t.id = e.order_id \
     WHERE e.result_id = r.id AND t.laboratory IN (",
    ")) OR (r.status = 'rejected' \
     AND NOT EXISTS (SELECT 1 FROM order_event e WHERE e.result_id = r.id) \
     AND EXISTS (SELECT 1 FROM test_order t WHERE t.case_id = r.case_id AND t.laboratory IN (",
    ")))",
];

/// Adds the codes of laboratories.
macro_rules! push_laboratories {
    ($query:ident, $laboratories:expr) => {
        let mut codes = $query.separated(", ");
        for code in $laboratories.iter().take(crate::row::STATEMENT_ROWS_MAX) {
            codes.push_bind(code.as_str());
        }
    };
}

/// Most results of one case that are returned at once.
const RESULTS_OF_CASE_MAX: i64 = 1_000;

const COLUMNS: &str = "SELECT r.id, r.case_id, c.reference, r.digest, r.label, r.file_name, r.status, r.panel, \
     r.error_count, r.warning_count, r.note_count, r.reported_count, r.received_at \
     FROM result r LEFT JOIN patient_case c ON c.id = r.case_id ";

impl Batch {
    /// Records a result; returns false where the same digest and label are there already.
    ///
    /// Errors: the engine fails.
    pub async fn insert_result(&mut self, result: &NewResult) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO result (id, case_id, digest, label, file_name, status, panel, document, problems, \
             error_count, warning_count, note_count, reported_count, search_text, received_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
             ON CONFLICT (digest, label) DO NOTHING";
        result.case.into_iter().for_each(|case| self.touch(case));
        let content = &result.content;
        let search_text = searchable([
            content.file_name.as_str(),
            content.label.as_str(),
            content.panel.as_deref().unwrap_or(""),
        ]);
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(result.id.0)
                .bind(result.case.map(|case| case.0))
                .bind(&content.digest.0)
                .bind(&content.label)
                .bind(&content.file_name)
                .bind(content.status.word())
                .bind(&content.panel)
                .bind(content.document.as_ref().map(|packed| packed.0.as_slice()))
                .bind(content.problems.0.as_slice())
                .bind(i64::from(content.error_count))
                .bind(i64::from(content.warning_count))
                .bind(i64::from(content.note_count))
                .bind(i64::from(content.reported_count))
                .bind(search_text)
                .bind(to_milliseconds(result.received_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record a result"))
    }

    /// Returns the results that were read from the bytes with a digest, by label.
    ///
    /// Errors: the engine fails.
    pub async fn results_of_digest(
        &mut self,
        digest: &Digest,
    ) -> Result<Vec<ResultRow>, RecordError> {
        let rows: Vec<ListedRow> = on_batch!(self, |connection| {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push("WHERE r.digest = ").push_bind(&digest.0).push(" ORDER BY r.label");
            query.build_query_as().fetch_all(connection).await
        })
        .map_err(RecordError::attempt("read the results of a file"))?;
        rows.into_iter().map(ListedRow::read).collect()
    }
}

impl Store {
    /// Returns a result with its problems.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn result(&self, result: ResultId) -> Result<Option<StoredResult>, RecordError> {
        const DOCUMENT: &str = "SELECT document, problems FROM result WHERE id = $1";
        let attempt = RecordError::attempt("read a result");
        let listed: Option<ListedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push("WHERE r.id = ").push_bind(result.0);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(attempt)?;
        let Some(listed) = listed else { return Ok(None) };
        // Rows never change, so the second statement sees the same result.
        let documents: DocumentRow = on_readers!(self, |pool| {
            sqlx::query_as(DOCUMENT).bind(result.0).fetch_one(pool).await
        })
        .map_err(attempt)?;
        let document = match &documents.document {
            Some(packed) => Some(unpack_json(&format!("result {result}"), packed)?),
            None => None,
        };
        let problems =
            unpack_json(&format!("problems of the result {result}"), &documents.problems)?;
        Ok(Some(StoredResult { row: listed.read()?, document, problems }))
    }

    /// Returns the laboratory for whose order a result was received; `None` where no order received it.
    ///
    /// Errors: the engine fails.
    pub async fn laboratory_of_result(
        &self,
        result: ResultId,
    ) -> Result<Option<OrganisationCode>, RecordError> {
        const SQL: &str = "SELECT t.laboratory FROM order_event e JOIN test_order t ON t.id = e.order_id \
             WHERE e.result_id = $1 AND e.kind = 'result-received'";
        let code: Option<String> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(result.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read the laboratory of a result"))?;
        Ok(code.map(|code| OrganisationCode::new(&code)))
    }

    /// Returns what lists show of a case's results, newest first.
    ///
    /// Errors: the engine fails.
    pub async fn results_of_case(&self, case: CaseId) -> Result<Vec<ResultRow>, RecordError> {
        let rows: Vec<ListedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push("WHERE r.case_id = ").push_bind(case.0);
            query.push(" ORDER BY r.received_at DESC, r.id DESC LIMIT ");
            query.push_bind(RESULTS_OF_CASE_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a case's results"))?;
        rows.into_iter().map(ListedRow::read).collect()
    }

    /// Returns accepted results that have no report of a release on the case's newest revision, in the order
    /// of their identifiers, beginning after one.
    ///
    /// Errors: the engine fails.
    pub async fn results_without_report(
        &self,
        release: &str,
        after: Option<ResultId>,
        limit: u32,
    ) -> Result<Vec<ResultId>, RecordError> {
        const SQL: &str = "SELECT r.id FROM result r WHERE r.status = 'accepted' AND r.id > $1 AND NOT EXISTS (\
             SELECT 1 FROM report p WHERE p.result_id = r.id AND p.release_id = $2 AND p.case_revision = (\
             SELECT max(v.revision) FROM case_revision v WHERE v.case_id = r.case_id)) ORDER BY r.id LIMIT $3";
        let after = after.map_or(Uuid::nil(), |id| id.0);
        let ids: Vec<Uuid> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL)
                .bind(after)
                .bind(release)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await
        })
        .map_err(RecordError::attempt("list the results without a report"))?;
        Ok(ids.into_iter().map(ResultId).collect())
    }

    /// Returns how many accepted results have no report of a release on their case's newest revision.
    ///
    /// Errors: the engine fails.
    pub async fn count_results_without_report(&self, release: &str) -> Result<u64, RecordError> {
        const SQL: &str = "SELECT count(*) FROM result r WHERE r.status = 'accepted' AND NOT EXISTS (\
             SELECT 1 FROM report p WHERE p.result_id = r.id AND p.release_id = $1 AND p.case_revision = (\
             SELECT max(v.revision) FROM case_revision v WHERE v.case_id = r.case_id))";
        let count: i64 = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(release).fetch_one(pool).await
        })
        .map_err(RecordError::attempt("count the results without a report"))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Returns a page of results, newest first.
    ///
    /// Errors: the engine fails.
    pub async fn list_results(
        &self,
        filter: &ResultFilter,
        page: PageRequest,
    ) -> Result<Page<ResultRow>, RecordError> {
        let text = filter.text.as_deref().filter(|text| !text.trim().is_empty()).map(like_anywhere);
        let attempt = RecordError::attempt("list the results");
        macro_rules! filtered {
            ($query:ident) => {
                $query.push("WHERE 1 = 1");
                if let CaseScope::Seen { laboratories, .. } = &filter.scope {
                    $query.push(
                        " AND (EXISTS (SELECT 1 FROM case_summary s WHERE s.case_id = r.case_id",
                    );
                    push_scope!($query, filter.scope, "s.hospital", "s.case_id");
                    $query.push(")");
                    if !laboratories.is_empty() {
                        $query.push(OF_LABORATORIES[0]);
                        push_laboratories!($query, laboratories);
                        $query.push(OF_LABORATORIES[1]);
                        push_laboratories!($query, laboratories);
                        $query.push(OF_LABORATORIES[2]);
                    }
                    $query.push(")");
                }
                if let Some(status) = filter.status {
                    // As a word of the statement: the index of refused results is one of this word alone.
                    $query.push(" AND r.status = '").push(status.word()).push("'");
                }
                if let Some(pattern) = &text {
                    $query.push(" AND r.search_text LIKE ").push_bind(pattern);
                    $query.push(" ESCAPE '\\'");
                }
            };
        }
        let total: i64 = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT count(*) FROM result r ");
            filtered!(query);
            query.build_query_scalar().fetch_one(pool).await
        })
        .map_err(attempt)?;
        let rows: Vec<ListedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(COLUMNS);
            filtered!(query);
            if let Some(after) = page.after {
                query.push(" AND (r.received_at, r.id) < (").push_bind(after.at);
                query.push(", ").push_bind(after.id).push(")");
            }
            query.push(" ORDER BY r.received_at DESC, r.id DESC LIMIT ");
            query.push_bind(i64::from(page.rows_bounded()) + 1);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(attempt)?;
        let rows = rows.into_iter().map(ListedRow::read).collect::<Result<Vec<_>, _>>()?;
        let total = u64::try_from(total).unwrap_or(0);
        Ok(Page::of(rows, page, total, |row| Cursor { at: row.received_at, id: row.id.0 }))
    }
}
