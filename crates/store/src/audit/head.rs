//! Signed tree heads in the record.

use access::audit::SignedHead;
use chrono::DateTime;

use super::{hash_of, kept_number, sequence_of};
use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    row::row,
};

row! {
    struct HeadRow { size: i64, key_name: String, signed_ms: i64, root: Vec<u8>, signature: Vec<u8> }
}

impl HeadRow {
    fn read(self) -> Result<SignedHead, RecordError> {
        let at = DateTime::from_timestamp_millis(self.signed_ms).ok_or_else(|| {
            RecordError::Value { what: "audit head", value: self.signed_ms.to_string() }
        })?;
        Ok(SignedHead {
            size: sequence_of(self.size)?,
            root: hash_of(&self.root)?,
            at,
            key: self.key_name,
            signature: hex::encode(&self.signature),
        })
    }
}

impl Batch {
    /// Keeps a signed head; one of the same size and key that is there already stays.
    ///
    /// Errors: the head has no signature that can be kept, or the engine fails.
    pub async fn add_audit_head(&mut self, head: &SignedHead) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO audit_head (size, key_name, signed_ms, root, signature) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (size, key_name) DO NOTHING";
        let signature = hex::decode(&head.signature).map_err(|_| RecordError::Refused {
            what: "audit head",
            reason: "its signature is not hexadecimal",
        })?;
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(kept_number(head.size))
                .bind(&head.key)
                .bind(head.at.timestamp_millis())
                .bind(head.root.0.to_vec())
                .bind(&signature)
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("keep a signed head of the audit log"))
    }
}

impl Store {
    /// Returns every signed head, by size.
    ///
    /// Errors: the engine fails, or a head cannot be read.
    pub async fn audit_heads(&self) -> Result<Vec<SignedHead>, RecordError> {
        const SQL: &str = "SELECT size, key_name, signed_ms, root, signature FROM audit_head \
             ORDER BY size, key_name";
        let rows: Vec<HeadRow> =
            on_readers!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await)
                .map_err(RecordError::attempt("read the heads of the audit log"))?;
        rows.into_iter().map(HeadRow::read).collect()
    }

    /// Returns the newest signed head.
    ///
    /// Errors: the engine fails, or the head cannot be read.
    pub async fn newest_audit_head(&self) -> Result<Option<SignedHead>, RecordError> {
        const SQL: &str = "SELECT size, key_name, signed_ms, root, signature FROM audit_head \
             ORDER BY size DESC, key_name DESC LIMIT 1";
        let row: Option<HeadRow> =
            on_readers!(self, |pool| sqlx::query_as(SQL).fetch_optional(pool).await)
                .map_err(RecordError::attempt("read the heads of the audit log"))?;
        row.map(HeadRow::read).transpose()
    }
}
