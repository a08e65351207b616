//! Patient cases and their revisions.

use chrono::{DateTime, Utc};
use model::{
    case::{PatientCase, Sex},
    identity::CaseId,
    organisation::OrganisationCode,
};
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::{json_text, of_json_text, searchable, without_nul},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Longest case reference. Units: characters.
const REFERENCE_MAX_CHARS: usize = 200;

/// A case that may be new to the record.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCase {
    /// Identifier to use if the reference is not there yet.
    pub id: CaseId,
    /// What is said of the case.
    pub document: PatientCase,
    /// Whether a document that differs from the recorded one is a new revision. A case made up from a
    /// result alone says less than the recorded one and does not revise it.
    pub revises: bool,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// It was new.
    Inserted,
    /// It got a new revision.
    Revised,
    /// The record says the same already.
    Unchanged,
}

/// A case that is in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisteredCase {
    /// The case.
    pub case: CaseId,
    /// Its newest revision. Units: 1-based.
    pub revision: u32,
    /// What became of it.
    pub registration: Registration,
}

/// One immutable state of what is said of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRevision {
    /// The case.
    pub case: CaseId,
    /// Number of the revision. Units: 1-based.
    pub revision: u32,
    /// What is said.
    pub document: PatientCase,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When the case was first recorded.
    pub created_at: DateTime<Utc>,
}

row! {
    pub(crate) struct RevisionRow {
        pub(crate) case_id: Uuid, revision: i64, document: String,
        recorded_at: DateTime<Utc>, created_at: DateTime<Utc>,
    }
}

impl RevisionRow {
    pub(crate) fn read(self) -> Result<CaseRevision, RecordError> {
        Ok(CaseRevision {
            case: CaseId(self.case_id),
            revision: revision_number(self.revision)?,
            document: of_json_text(|| format!("case {}", self.case_id), &self.document)?,
            recorded_at: self.recorded_at,
            created_at: self.created_at,
        })
    }
}

/// Returns a sex as the record and the documents write it.
pub(crate) fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
    }
}

/// Reads a sex as the record writes it.
pub(crate) fn sex_of(word: &str) -> Result<Sex, RecordError> {
    match word {
        "female" => Ok(Sex::Female),
        "male" => Ok(Sex::Male),
        "other" => Ok(Sex::Other),
        other => Err(RecordError::Value { what: "sex", value: other.to_owned() }),
    }
}

pub(crate) fn revision_number(number: i64) -> Result<u32, RecordError> {
    u32::try_from(number)
        .map_err(|_| RecordError::Value { what: "revision", value: number.to_string() })
}

/// Checks that a case reference can be kept: not empty, of 200 characters at most, none of them a control
/// character.
///
/// Errors: [`RecordError::Refused`] with the reason.
pub fn check_reference(reference: &str) -> Result<(), RecordError> {
    let refused = |reason| Err(RecordError::Refused { what: "case reference", reason });
    if reference.trim().is_empty() {
        return refused("it is empty");
    }
    if reference.chars().count() > REFERENCE_MAX_CHARS {
        return refused("it is longer than 200 characters");
    }
    if reference.chars().any(char::is_control) {
        return refused("it has control characters");
    }
    Ok(())
}

impl Batch {
    /// Registers a case by its reference: inserts it, revises it, or leaves it as it is.
    ///
    /// Errors: the reference is empty, too long or has control characters; the case was revised by
    /// another at the same moment; or the engine fails.
    pub async fn register_case(
        &mut self,
        case: &NewCase,
        recorded_at: DateTime<Utc>,
    ) -> Result<RegisteredCase, RecordError> {
        const INSERT: &str = "INSERT INTO patient_case (id, reference, created_at) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING";
        check_reference(&case.document.reference)?;
        let recorded_at = to_milliseconds(recorded_at);
        // Whoever registers the same reference at this moment may have the same identifier too: it is made of it.
        let inserted = on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(case.id.0)
                .bind(&case.document.reference)
                .bind(recorded_at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(RecordError::attempt("insert a case"))?;
        if inserted == 1 {
            self.insert_revision(case.id, 1, &case.document, recorded_at).await?;
            return Ok(RegisteredCase {
                case: case.id,
                revision: 1,
                registration: Registration::Inserted,
            });
        }
        let newest = self.newest_revision(&case.document.reference).await?;
        if !case.revises || newest.document == case.document {
            return Ok(RegisteredCase {
                case: newest.case,
                revision: newest.revision,
                registration: Registration::Unchanged,
            });
        }
        let revision =
            self.revise_case(newest.case, newest.revision, &case.document, recorded_at).await?;
        Ok(RegisteredCase { case: newest.case, revision, registration: Registration::Revised })
    }

    /// Adds a revision after the one that the reviser has read, and returns its number.
    ///
    /// Errors: [`RecordError::CaseChanged`] when that is no longer the newest; or the engine fails.
    pub async fn revise_case(
        &mut self,
        case: CaseId,
        read_revision: u32,
        document: &PatientCase,
        recorded_at: DateTime<Utc>,
    ) -> Result<u32, RecordError> {
        check_reference(&document.reference)?;
        let changed = || RecordError::CaseChanged { reference: document.reference.clone() };
        let revision = read_revision.checked_add(1).ok_or_else(changed)?;
        if self.insert_revision(case, revision, document, to_milliseconds(recorded_at)).await? {
            Ok(revision)
        } else {
            Err(changed())
        }
    }

    /// Inserts one revision with a number of the caller's; false when the number is taken.
    pub(crate) async fn insert_revision(
        &mut self,
        case: CaseId,
        revision: u32,
        document: &PatientCase,
        recorded_at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO case_revision (case_id, revision, document, hospital, tumour_type, sex, \
             age_years, synthetic, search_text, recorded_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (case_id, revision) DO NOTHING";
        self.touch(case);
        let search_text =
            searchable([document.reference.as_str(), document.diagnosis.as_deref().unwrap_or("")]);
        let text = json_text("case", document)?;
        let tumour_type = document.tumour_type.as_ref().map(|code| without_nul(code.as_str()));
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(case.0)
                .bind(i64::from(revision))
                .bind(&text)
                .bind(document.hospital.as_deref().map(without_nul))
                .bind(tumour_type)
                .bind(document.sex.map(sex_word))
                .bind(document.age_years.map(i64::from))
                .bind(document.synthetic)
                .bind(search_text)
                .bind(recorded_at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("insert a case's revision"))
    }

    async fn newest_revision(&mut self, reference: &str) -> Result<CaseRevision, RecordError> {
        let row: RevisionRow = on_batch!(self, |connection| {
            sqlx::query_as(NEWEST_BY_REFERENCE).bind(reference).fetch_one(connection).await
        })
        .map_err(RecordError::attempt("read a case"))?;
        row.read()
    }
}

const NEWEST_BY_REFERENCE: &str = "SELECT v.case_id, v.revision, v.document, v.recorded_at, c.created_at \
     FROM patient_case c JOIN case_revision v ON v.case_id = c.id \
     WHERE c.reference = $1 ORDER BY v.revision DESC LIMIT 1";
const NEWEST_BY_ID: &str = "SELECT v.case_id, v.revision, v.document, v.recorded_at, c.created_at \
     FROM patient_case c JOIN case_revision v ON v.case_id = c.id \
     WHERE c.id = $1 ORDER BY v.revision DESC LIMIT 1";
const BY_REVISION: &str = "SELECT v.case_id, v.revision, v.document, v.recorded_at, c.created_at \
     FROM patient_case c JOIN case_revision v ON v.case_id = c.id \
     WHERE c.id = $1 AND v.revision = $2";
const REVISIONS: &str = "SELECT v.case_id, v.revision, v.document, v.recorded_at, c.created_at \
     FROM patient_case c JOIN case_revision v ON v.case_id = c.id \
     WHERE c.id = $1 ORDER BY v.revision DESC LIMIT $2";

/// Most revisions of one case that are returned at once.
const REVISIONS_MAX: i64 = 1_000;

impl Store {
    /// Returns a case's newest revision.
    ///
    /// Errors: the engine fails, or the document cannot be read.
    pub async fn case(&self, case: CaseId) -> Result<Option<CaseRevision>, RecordError> {
        let row: Option<RevisionRow> = on_readers!(self, |pool| {
            sqlx::query_as(NEWEST_BY_ID).bind(case.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a case"))?;
        row.map(RevisionRow::read).transpose()
    }

    /// Returns the hospital of a case, where it has one, without reading the case.
    ///
    /// Errors: the engine fails.
    pub async fn hospital_of_case(
        &self,
        case: CaseId,
    ) -> Result<Option<Option<OrganisationCode>>, RecordError> {
        const SQL: &str = "SELECT hospital FROM case_revision WHERE case_id = $1 \
             ORDER BY revision DESC LIMIT 1";
        let found: Option<Option<String>> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(case.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a case's hospital"))?;
        Ok(found.map(|hospital| hospital.as_deref().map(OrganisationCode::new)))
    }

    /// Returns the newest revision of the case with a reference.
    ///
    /// Errors: the engine fails, or the document cannot be read.
    pub async fn case_by_reference(
        &self,
        reference: &str,
    ) -> Result<Option<CaseRevision>, RecordError> {
        let reference = without_nul(reference);
        let row: Option<RevisionRow> = on_readers!(self, |pool| {
            sqlx::query_as(NEWEST_BY_REFERENCE).bind(&reference).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a case"))?;
        row.map(RevisionRow::read).transpose()
    }

    /// Returns one revision of a case, such as the one that a report was made of.
    ///
    /// Errors: the engine fails, or the document cannot be read.
    pub async fn case_revision(
        &self,
        case: CaseId,
        revision: u32,
    ) -> Result<Option<CaseRevision>, RecordError> {
        let row: Option<RevisionRow> = on_readers!(self, |pool| {
            sqlx::query_as(BY_REVISION)
                .bind(case.0)
                .bind(i64::from(revision))
                .fetch_optional(pool)
                .await
        })
        .map_err(RecordError::attempt("read a case's revision"))?;
        row.map(RevisionRow::read).transpose()
    }

    /// Returns a case's revisions, newest first.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn case_revisions(&self, case: CaseId) -> Result<Vec<CaseRevision>, RecordError> {
        let rows: Vec<RevisionRow> = on_readers!(self, |pool| {
            sqlx::query_as(REVISIONS).bind(case.0).bind(REVISIONS_MAX).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a case's revisions"))?;
        rows.into_iter().map(RevisionRow::read).collect()
    }
}
