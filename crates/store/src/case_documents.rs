//! The newest documents of many cases at once, for what is made of all of them.

use std::collections::{BTreeMap, HashMap};

use model::{consent::Answers, identity::CaseId, result::TestResult};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    case::{CaseRevision, RevisionRow},
    clinical_record::{CELL_COLUMNS, CellRow, FieldAddress, FieldState},
    consent::ConsentRow,
    db::{Store, on_readers},
    document::unpack_json,
    error::RecordError,
    row::{STATEMENT_ROWS_MAX, row},
};

/// Reads the rows of some cases; the statement ends before the first of their identifiers.
macro_rules! rows_of {
    ($store:expr, $statement:expr, $cases:expr, $end:expr, $attempt:literal) => {
        on_readers!($store, |pool| {
            let mut query = QueryBuilder::new($statement);
            let mut ids = query.separated(", ");
            for case in $cases {
                ids.push_bind(case.0);
            }
            query.push(")").push($end);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt($attempt))
    };
}

/// The newest documents of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct NewestDocuments {
    /// The newest revision.
    pub revision: CaseRevision,
    /// What the patient allows; nothing where no will was recorded.
    pub consent: Answers,
    /// What each field of the clinical record says.
    pub fields: BTreeMap<FieldAddress, FieldState>,
    /// The accepted result that was received last.
    pub result: Option<TestResult>,
}

row! {
    struct ResultRow { case_id: Uuid, document: Option<Vec<u8>> }
}

/// The documents of a case as the record keeps them. Reading them is work for the processor, and needs no store.
#[derive(Debug)]
pub struct StoredDocuments {
    revision: RevisionRow,
    consent: Option<ConsentRow>,
    cells: Vec<CellRow>,
    result: Option<Vec<u8>>,
}

impl StoredDocuments {
    /// Reads the documents.
    ///
    /// Errors: the record holds an impossible value.
    pub fn read(self) -> Result<NewestDocuments, RecordError> {
        let revision = self.revision.read()?;
        let consent = self.consent.map(ConsentRow::read).transpose()?;
        let what = || format!("the result of the case {}", revision.case);
        let result = self.result.map(|packed| unpack_json(&what(), &packed)).transpose()?;
        Ok(NewestDocuments {
            consent: consent.map(|consent| consent.answers).unwrap_or_default(),
            fields: CellRow::fields(self.cells)?,
            result,
            revision,
        })
    }
}

impl Store {
    /// Returns the newest documents of those of the cases that are there, in the order of the cases.
    ///
    /// Errors: the engine fails.
    pub async fn case_documents(
        &self,
        cases: &[CaseId],
    ) -> Result<Vec<StoredDocuments>, RecordError> {
        let mut all = Vec::with_capacity(cases.len());
        for chunk in cases.chunks(STATEMENT_ROWS_MAX) {
            let (revisions, consents, cells, results) = tokio::try_join!(
                self.newest_revisions(chunk),
                self.consents_of(chunk),
                self.cells_of(chunk),
                self.newest_results(chunk),
            )?;
            let mut revisions = by_case(revisions, |row| row.case_id);
            let mut consents = by_case(consents, |row| row.case_id);
            let mut results = by_case(results, |row| row.case_id);
            let mut cells_of: HashMap<Uuid, Vec<CellRow>> = HashMap::new();
            for cell in cells {
                cells_of.entry(cell.case_id).or_default().push(cell);
            }
            all.extend(chunk.iter().filter_map(|case| {
                Some(StoredDocuments {
                    revision: revisions.remove(&case.0)?,
                    consent: consents.remove(&case.0),
                    cells: cells_of.remove(&case.0).unwrap_or_default(),
                    result: results.remove(&case.0).and_then(|row| row.document),
                })
            }));
        }
        Ok(all)
    }

    async fn newest_revisions(&self, cases: &[CaseId]) -> Result<Vec<RevisionRow>, RecordError> {
        const NEWEST: &str = "SELECT v.case_id, v.revision, v.document, v.recorded_at, c.created_at \
             FROM patient_case c JOIN case_revision v ON v.case_id = c.id AND v.revision = \
             (SELECT max(n.revision) FROM case_revision n WHERE n.case_id = c.id) WHERE c.id IN (";
        rows_of!(self, NEWEST, cases, "", "read the newest revisions of cases")
    }

    async fn consents_of(&self, cases: &[CaseId]) -> Result<Vec<ConsentRow>, RecordError> {
        const CONSENTS: &str =
            "SELECT case_id, answers, sequence FROM case_consent WHERE case_id IN (";
        rows_of!(self, CONSENTS, cases, "", "read what patients allow")
    }

    async fn cells_of(&self, cases: &[CaseId]) -> Result<Vec<CellRow>, RecordError> {
        let cells = format!("SELECT {CELL_COLUMNS} FROM record_cell WHERE case_id IN (");
        rows_of!(self, &cells, cases, "", "read the fields of cases")
    }

    async fn newest_results(&self, cases: &[CaseId]) -> Result<Vec<ResultRow>, RecordError> {
        const RESULTS: &str = "SELECT r.case_id, r.document FROM result r WHERE r.case_id IN (";
        const NEWEST: &str = " AND r.id = (SELECT n.id FROM result n WHERE n.case_id = r.case_id \
             AND n.status = 'accepted' ORDER BY n.received_at DESC, n.id DESC LIMIT 1)";
        rows_of!(self, RESULTS, cases, NEWEST, "read the newest results of cases")
    }
}

fn by_case<R>(rows: Vec<R>, case: impl Fn(&R) -> Uuid) -> HashMap<Uuid, R> {
    rows.into_iter().map(|row| (case(&row), row)).collect()
}
