//! The bytes as they came, by their digest.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::identity::Digest;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::{Packed, unpack},
    error::RecordError,
    identifier::{digest_of, to_milliseconds},
    row::row,
};

/// Bytes to be kept, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOriginal {
    /// Digest of the bytes as they came.
    pub digest: Digest,
    /// Size of the bytes as they came. Units: bytes.
    pub size_bytes: u64,
    /// The bytes; `None` where the file was too large to be kept.
    pub content: Option<Packed>,
}

impl NewOriginal {
    /// Takes the digest of bytes and packs them. This is work for the processor, and needs no store.
    ///
    /// Errors: there is not enough memory.
    pub fn of(bytes: &[u8]) -> Result<Self, RecordError> {
        Ok(Self {
            digest: digest_of(bytes),
            size_bytes: bytes.len() as u64,
            content: Some(Packed::bytes("original", bytes)?),
        })
    }
}

/// Bytes as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Digest.
    pub digest: Digest,
    /// Size. Units: bytes.
    pub size_bytes: u64,
    /// The bytes; `None` where the file was too large to be kept.
    pub bytes: Option<Vec<u8>>,
    /// When they were first received.
    pub first_received_at: DateTime<Utc>,
}

row! {
    pub(crate) struct OriginalRow {
        digest: String, size_bytes: i64, content: Option<Vec<u8>>, first_received_at: DateTime<Utc>,
    }
}

impl OriginalRow {
    pub(crate) fn read(self) -> Result<Original, RecordError> {
        let size_bytes = u64::try_from(self.size_bytes)
            .map_err(|_| RecordError::Value { what: "size", value: self.size_bytes.to_string() })?;
        let bytes = match &self.content {
            Some(content) => Some(unpack(&format!("original {}", self.digest), content)?),
            None => None,
        };
        Ok(Original {
            digest: Digest(self.digest),
            size_bytes,
            bytes,
            first_received_at: self.first_received_at,
        })
    }
}

impl Batch {
    /// Keeps bytes; returns false where bytes of the same digest are there already.
    ///
    /// Errors: the engine fails.
    pub async fn insert_original(
        &mut self,
        original: &NewOriginal,
        received_at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO original (digest, size_bytes, content, first_received_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING";
        let size_bytes = i64::try_from(original.size_bytes)
            .map_err(|_| RecordError::Refused { what: "file", reason: "it is too large" })?;
        let content = original.content.as_ref().map(|packed| packed.0.as_slice());
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(&original.digest.0)
                .bind(size_bytes)
                .bind(content)
                .bind(to_milliseconds(received_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("keep a file's bytes"))
    }
}

impl Store {
    /// Returns the bytes with a digest.
    ///
    /// Errors: the engine fails, or the bytes cannot be unpacked.
    pub async fn original(&self, digest: &Digest) -> Result<Option<Original>, RecordError> {
        const SQL: &str =
            "SELECT digest, size_bytes, content, first_received_at FROM original WHERE digest = $1";
        let row: Option<OriginalRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(&digest.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a file's bytes"))?;
        row.map(OriginalRow::read).transpose()
    }

    /// Returns the digest of everything that was received. Units of the cost: about 100 bytes of memory each.
    ///
    /// Errors: the engine fails.
    pub async fn known_digests(&self) -> Result<BTreeSet<Digest>, RecordError> {
        let digests: Vec<String> = on_readers!(self, |pool| {
            sqlx::query_scalar("SELECT digest FROM original ORDER BY digest").fetch_all(pool).await
        })
        .map_err(RecordError::attempt("list what was received"))?;
        Ok(digests.into_iter().map(Digest).collect())
    }

    /// Returns the digest of every file of which a result was rejected.
    ///
    /// Errors: the engine fails.
    pub async fn rejected_digests(&self) -> Result<BTreeSet<Digest>, RecordError> {
        const SQL: &str = "SELECT DISTINCT digest FROM result WHERE status = 'rejected'";
        let digests: Vec<String> =
            on_readers!(self, |pool| sqlx::query_scalar(SQL).fetch_all(pool).await)
                .map_err(RecordError::attempt("list what was rejected"))?;
        Ok(digests.into_iter().map(Digest).collect())
    }
}
