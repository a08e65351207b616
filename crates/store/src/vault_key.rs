//! Keys of hospitals, wrapped by the site's vault key: the record keeps them and cannot use them.
//!
//! Not here: wrapping and unwrapping (`access::vault`), and changing keys (`care::vault`).

use chrono::{DateTime, Utc};
use model::organisation::OrganisationCode;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::without_nul,
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most keys of one hospital that are read.
const KEYS_MAX: i64 = 1_000;

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
    /// When the hospital's key was made, however often it is wrapped anew.
    pub made_at: DateTime<Utc>,
}

/// How many rows a key of a hospital seals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The hospital.
    pub hospital: OrganisationCode,
    /// The hospital's key.
    pub key_id: String,
    /// How many rows it seals.
    pub rows: u64,
}

row! {
    struct KeyRow {
        hospital: String, key_id: String, site_key_id: String, wrapped: Vec<u8>,
        made_at: DateTime<Utc>,
    }
}
row! {
    struct UseRow { hospital: String, key_id: String, rows: i64 }
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

    /// Takes a wrapped key out of the record; false where it is not there.
    ///
    /// Errors: the key is needed and the engine refuses (see migration 13), or the engine fails.
    pub async fn remove_vault_key(&mut self, key: &WrappedKey) -> Result<bool, RecordError> {
        const SQL: &str =
            "DELETE FROM vault_key WHERE hospital = $1 AND key_id = $2 AND site_key_id = $3";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(without_nul(key.hospital.as_str()))
                .bind(&key.key_id)
                .bind(&key.site_key_id)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("take a vault key out of the record"))
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

    /// Returns how many rows each key seals, for keys that seal any, also such that are not in the record.
    ///
    /// Errors: the engine fails.
    pub async fn vault_key_uses(&self) -> Result<Vec<KeyUse>, RecordError> {
        const SQL: &str = "SELECT hospital, key_id, count(*) AS rows FROM patient_identifier \
             GROUP BY hospital, key_id ORDER BY hospital, key_id";
        let rows: Vec<UseRow> = on_readers!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await)
            .map_err(RecordError::attempt("count what vault keys seal"))?;
        Ok(rows
            .into_iter()
            .map(|row| KeyUse {
                hospital: OrganisationCode::new(&row.hospital),
                key_id: row.key_id,
                rows: u64::try_from(row.rows).unwrap_or(0),
            })
            .collect())
    }
}
