//! Who patients are, sealed: the record keeps and finds the rows and cannot open them.
//!
//! A row's seal is all that may change: under a later key of its hospital, by [`Batch::reseal_identifier`].
//!
//! Not here: the keys' rows (`vault_key`), keys and sealing (`access::vault`), and who may have a row opened.

use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::without_nul,
    error::RecordError,
    identifier::to_milliseconds,
    row::{STATEMENT_ROWS_MAX, row},
};

/// Most cases found by one hospital patient number.
const FOUND_MAX: i64 = 100;

/// A sealed row of who a patient is; a newer row of a case supersedes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedIdentifier {
    /// Identifies the row (UUID version 7).
    pub id: Uuid,
    /// The case.
    pub case: CaseId,
    /// The hospital whose key sealed it.
    pub hospital: OrganisationCode,
    /// Which of the hospital's keys.
    pub key_id: String,
    /// Nonce. Shape: 24 bytes.
    pub nonce: Vec<u8>,
    /// The sealed document.
    pub ciphertext: Vec<u8>,
    /// Blind index of the hospital's patient number, for finding it again.
    pub number_index: Option<String>,
    /// Who recorded it.
    pub recorded_by: Option<PersonId>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

row! {
    struct SealedRow {
        id: Uuid, case_id: Uuid, hospital: String, key_id: String, nonce: Vec<u8>,
        ciphertext: Vec<u8>, number_index: Option<String>, recorded_by: Option<Uuid>,
        recorded_at: DateTime<Utc>,
    }
}

impl From<SealedRow> for SealedIdentifier {
    fn from(row: SealedRow) -> Self {
        Self {
            id: row.id,
            case: CaseId(row.case_id),
            hospital: OrganisationCode::new(&row.hospital),
            key_id: row.key_id,
            nonce: row.nonce,
            ciphertext: row.ciphertext,
            number_index: row.number_index,
            recorded_by: row.recorded_by.map(PersonId),
            recorded_at: row.recorded_at,
        }
    }
}

const SEALED: &str = "SELECT id, case_id, hospital, key_id, nonce, ciphertext, number_index, recorded_by, \
     recorded_at FROM patient_identifier";

impl Batch {
    /// Adds a sealed row; false where its identifier is taken.
    ///
    /// Errors: the engine fails.
    pub async fn insert_identifier(
        &mut self,
        sealed: &SealedIdentifier,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO patient_identifier (id, case_id, hospital, key_id, nonce, ciphertext, \
             number_index, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(sealed.id)
                .bind(sealed.case.0)
                .bind(without_nul(sealed.hospital.as_str()))
                .bind(&sealed.key_id)
                .bind(&sealed.nonce)
                .bind(&sealed.ciphertext)
                .bind(&sealed.number_index)
                .bind(sealed.recorded_by.map(|PersonId(id)| id))
                .bind(to_milliseconds(sealed.recorded_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record who a patient is"))
    }
}

impl Batch {
    /// Puts another seal on a row that the key `from` sealed; false where another key has sealed it meanwhile, or it is not there.
    ///
    /// Of `sealed` only the key, the nonce, the sealed document and the number's index are written. The engine refuses
    /// whatever else: see migration 13.
    ///
    /// Errors: the engine refuses or fails.
    pub async fn reseal_identifier(
        &mut self,
        sealed: &SealedIdentifier,
        from: &str,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "UPDATE patient_identifier SET key_id = $1, nonce = $2, ciphertext = $3, number_index = $4 \
             WHERE id = $5 AND hospital = $6 AND key_id = $7";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(&sealed.key_id)
                .bind(&sealed.nonce)
                .bind(&sealed.ciphertext)
                .bind(&sealed.number_index)
                .bind(sealed.id)
                .bind(without_nul(sealed.hospital.as_str()))
                .bind(from)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("seal a row of who a patient is anew"))
    }
}

impl Store {
    /// Returns rows that a hospital's key sealed, in the order of their identifiers, from after one of them.
    ///
    /// Errors: the engine fails.
    pub async fn identifiers_of_key(
        &self,
        hospital: &OrganisationCode,
        key_id: &str,
        after: Option<Uuid>,
        rows_max: u32,
    ) -> Result<Vec<SealedIdentifier>, RecordError> {
        let rows: Vec<SealedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(SEALED);
            query.push(" WHERE hospital = ").push_bind(without_nul(hospital.as_str()));
            query.push(" AND key_id = ").push_bind(key_id);
            // No identifier of version 7 is nil.
            query.push(" AND id > ").push_bind(after.unwrap_or(Uuid::nil()));
            query.push(" ORDER BY id LIMIT ").push_bind(i64::from(rows_max));
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read sealed identifiers"))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Returns the newest sealed row of a case.
    ///
    /// Errors: the engine fails.
    pub async fn identifier_of_case(
        &self,
        case: CaseId,
    ) -> Result<Option<SealedIdentifier>, RecordError> {
        let row: Option<SealedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(SEALED);
            query.push(" WHERE case_id = ").push_bind(case.0);
            query.push(" ORDER BY recorded_at DESC, id DESC LIMIT 1");
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a sealed identifier"))?;
        Ok(row.map(Into::into))
    }

    /// Returns the cases of a hospital whose patient number has one of the blind indexes, each once.
    ///
    /// A number that was corrected later no longer finds the case.
    ///
    /// Errors: the engine fails.
    pub async fn cases_of_number(
        &self,
        hospital: &OrganisationCode,
        indexes: &[String],
    ) -> Result<Vec<CaseId>, RecordError> {
        if indexes.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<Uuid> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT DISTINCT i.case_id FROM patient_identifier i");
            query.push(" WHERE i.hospital = ").push_bind(without_nul(hospital.as_str()));
            query.push(" AND i.number_index IN (");
            let mut codes = query.separated(", ");
            for index in indexes.iter().take(STATEMENT_ROWS_MAX) {
                codes.push_bind(index);
            }
            query.push(
                ") AND NOT EXISTS (SELECT 1 FROM patient_identifier n WHERE n.case_id = i.case_id \
                 AND (n.recorded_at > i.recorded_at OR (n.recorded_at = i.recorded_at AND n.id > i.id)))",
            );
            query.push(" LIMIT ").push_bind(FOUND_MAX);
            query.build_query_scalar().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("find a case by its patient number"))?;
        Ok(found.into_iter().map(CaseId).collect())
    }
}
