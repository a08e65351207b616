//! Who patients are, sealed: the record keeps and finds the rows and cannot open them.
//!
//! Not here: keys and sealing (`access::vault`), and who may have a row opened.

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

/// Most keys of one hospital that are read.
const KEYS_MAX: i64 = 1_000;
/// Most cases found by one hospital patient number.
const FOUND_MAX: i64 = 100;

/// A hospital's key, wrapped by the site's vault key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// The hospital.
    pub hospital: OrganisationCode,
    /// The hospital's key.
    pub key_id: String,
    /// The site's key that wraps it.
    pub site_key_id: String,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

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
    struct KeyRow {
        hospital: String, key_id: String, site_key_id: String, wrapped: Vec<u8>,
        made_at: DateTime<Utc>,
    }
}
row! {
    struct SealedRow {
        id: Uuid, case_id: Uuid, hospital: String, key_id: String, nonce: Vec<u8>,
        ciphertext: Vec<u8>, number_index: Option<String>, recorded_by: Option<Uuid>,
        recorded_at: DateTime<Utc>,
    }
}

impl From<KeyRow> for WrappedKey {
    fn from(row: KeyRow) -> Self {
        Self {
            hospital: OrganisationCode::new(&row.hospital),
            key_id: row.key_id,
            site_key_id: row.site_key_id,
            wrapped: row.wrapped,
            made_at: row.made_at,
        }
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
    /// Adds a wrapped key; one that is there already stays as it is.
    ///
    /// Errors: the engine fails.
    pub async fn insert_vault_key(&mut self, key: &WrappedKey) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO vault_key (hospital, key_id, site_key_id, wrapped, made_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(without_nul(key.hospital.as_str()))
                .bind(&key.key_id)
                .bind(&key.site_key_id)
                .bind(&key.wrapped)
                .bind(to_milliseconds(key.made_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("add a vault key"))
    }

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

impl Store {
    /// Returns the wrapped keys of a hospital, newest first.
    ///
    /// Errors: the engine fails.
    pub async fn vault_keys(
        &self,
        hospital: &OrganisationCode,
    ) -> Result<Vec<WrappedKey>, RecordError> {
        const SQL: &str = "SELECT hospital, key_id, site_key_id, wrapped, made_at FROM vault_key \
             WHERE hospital = $1 ORDER BY made_at DESC, key_id DESC LIMIT $2";
        let rows: Vec<KeyRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL)
                .bind(without_nul(hospital.as_str()))
                .bind(KEYS_MAX)
                .fetch_all(pool)
                .await
        })
        .map_err(RecordError::attempt("read vault keys"))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Returns every wrapped key of the site. They are few: some for each hospital.
    ///
    /// Errors: the engine fails.
    pub async fn all_vault_keys(&self) -> Result<Vec<WrappedKey>, RecordError> {
        const SQL: &str = "SELECT hospital, key_id, site_key_id, wrapped, made_at FROM vault_key \
             ORDER BY hospital, key_id, site_key_id";
        let rows: Vec<KeyRow> = on_readers!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await)
            .map_err(RecordError::attempt("read vault keys"))?;
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
