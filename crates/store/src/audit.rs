//! The audit log: appending in the transaction of what it tells of, and reading.
//!
//! Entries wait in their [`Batch`] until it is committed and are appended last of all, so that the one row that
//! holds the tree's state is locked for as short as possible and in the same order by everybody.

mod head;
mod search;
mod verify;

pub use search::{AuditFilter, AuditPage};

use access::audit::{CompactRange, Entry, Index, NodeHash, leaf_hash};
use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    row::row,
};

/// Most entries of one batch.
const ENTRIES_PER_BATCH_MAX: usize = 200_000;
/// Rows of one statement, from the largest: few sizes, so that the engine knows every statement already.
const STATEMENT_ROWS: [usize; 4] = [256, 32, 4, 1];
/// How far the clock may stand behind the entry before without being called wrong: requests overtake each other.
/// Units: milliseconds.
const OVERTAKING_MAX_MS: i64 = 1_000;

/// An entry in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntry {
    /// Its number. Units: 0-based.
    pub sequence: u64,
    /// What is written down.
    pub entry: Entry,
    /// Its canonical bytes, as text.
    pub document: String,
    /// Its hash in the tree.
    pub leaf: NodeHash,
}

/// What appending needs to know of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditState {
    /// The tree.
    pub tree: CompactRange,
    /// When the newest entry was made, as the clock told then.
    pub last_at: Option<DateTime<Utc>>,
}

row! {
    struct TreeRow { size: i64, peaks: Vec<u8>, last_ms: Option<i64> }
}

impl TreeRow {
    fn read(self) -> Result<AuditState, RecordError> {
        let size = sequence_of(self.size)?;
        let tree = CompactRange::of_parts(size, &self.peaks).ok_or_else(|| RecordError::Value {
            what: "audit tree",
            value: format!("{size} entries"),
        })?;
        Ok(AuditState { tree, last_at: self.last_ms.and_then(DateTime::from_timestamp_millis) })
    }
}

row! {
    /// An entry with everything that is kept of it.
    pub(crate) struct EntryRow {
        sequence: i64, told_ms: i64, person_id: Option<Uuid>, name: String,
        organisation: Option<String>, hospital: Option<String>, case_id: Option<Uuid>,
        action: String, outcome: String, document: String, leaf_hash: Vec<u8>,
    }
}

pub(crate) const ENTRY_COLUMNS: &str = "sequence, told_ms, person_id, name, organisation, hospital, case_id, \
     action, outcome, document, leaf_hash";

impl EntryRow {
    fn leaf(&self) -> Result<NodeHash, RecordError> {
        hash_of(&self.leaf_hash)
    }

    fn index(&self) -> Index<'_> {
        Index {
            at_ms: self.told_ms,
            person: self.person_id.map(PersonId),
            name: &self.name,
            organisation: self.organisation.as_deref(),
            hospital: self.hospital.as_deref(),
            case: self.case_id.map(CaseId),
            action: &self.action,
            outcome: &self.outcome,
        }
    }

    fn read(self) -> Result<StoredEntry, RecordError> {
        let sequence = sequence_of(self.sequence)?;
        let entry = Entry::of_canonical(self.document.as_bytes())
            .map_err(|_| RecordError::Value { what: "audit entry", value: sequence.to_string() })?;
        Ok(StoredEntry { sequence, entry, leaf: self.leaf()?, document: self.document })
    }
}

fn hash_of(bytes: &[u8]) -> Result<NodeHash, RecordError> {
    bytes
        .try_into()
        .map(NodeHash)
        .map_err(|_| RecordError::Value { what: "audit hash", value: hex::encode(bytes) })
}

pub(crate) fn sequence_of(number: i64) -> Result<u64, RecordError> {
    u64::try_from(number)
        .map_err(|_| RecordError::Value { what: "audit sequence", value: number.to_string() })
}

/// Returns a number as both engines keep it; one beyond their range is beyond every row.
pub(crate) fn kept_number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Batch {
    /// Writes down what the batch does. The entry is appended when the batch is committed, and not without it.
    ///
    /// Errors: the batch has too many entries already.
    pub async fn append_audit(&mut self, entry: &Entry) -> Result<(), RecordError> {
        if self.audit.len() >= ENTRIES_PER_BATCH_MAX {
            let reason = "there are too many in one transaction";
            return Err(RecordError::Refused { what: "audit entry", reason });
        }
        self.audit.push(entry.clone());
        Ok(())
    }

    /// Appends the entries that wait in the batch.
    pub(crate) async fn write_audit(&mut self) -> Result<(), RecordError> {
        let entries = std::mem::take(&mut self.audit);
        if entries.is_empty() {
            return Ok(());
        }
        let AuditState { mut tree, mut last_at } = self.lock_audit().await?;
        let mut rows = Vec::with_capacity(entries.len());
        for mut entry in entries {
            let behind = last_at.map_or(0, |last| (last - entry.at).num_milliseconds());
            entry.skew_ms = (behind > OVERTAKING_MAX_MS).then_some(behind);
            last_at = Some(entry.at);
            let document = entry
                .to_canonical()
                .map_err(|source| RecordError::Write { what: "audit entry", source })?;
            let leaf = leaf_hash(document.as_bytes());
            rows.push(StoredEntry { sequence: tree.size(), entry, document, leaf });
            tree.push(leaf);
        }
        self.insert_audit(&rows).await?;
        self.keep_audit_tree(&AuditState { tree, last_at }).await
    }

    /// Reads the tree's state, and keeps everybody else from appending until the batch ends.
    async fn lock_audit(&mut self) -> Result<AuditState, RecordError> {
        // An update that changes nothing locks the row on both engines with one text.
        const SQL: &str = "UPDATE audit_tree SET number = number WHERE number = 1 \
             RETURNING size, peaks, last_ms";
        let row: TreeRow =
            on_batch!(self, |connection| sqlx::query_as(SQL).fetch_one(connection).await)
                .map_err(RecordError::attempt("append to the audit log"))?;
        row.read()
    }

    async fn insert_audit(&mut self, rows: &[StoredEntry]) -> Result<(), RecordError> {
        let mut rest = rows;
        for size in STATEMENT_ROWS {
            while let Some((chunk, after)) = rest.split_at_checked(size) {
                rest = after;
                on_batch!(self, |connection| {
                    let mut query = QueryBuilder::new("INSERT INTO audit_entry (");
                    query.push(ENTRY_COLUMNS).push(") VALUES (");
                    let mut is_first = true;
                    for row in chunk {
                        let index = row.entry.index();
                        if !is_first {
                            query.push("), (");
                        }
                        is_first = false;
                        let mut values = query.separated(", ");
                        values.push_bind(kept_number(row.sequence)).push_bind(index.at_ms);
                        values.push_bind(index.person.map(|person| person.0));
                        values.push_bind(index.name).push_bind(index.organisation);
                        values.push_bind(index.hospital).push_bind(index.case.map(|case| case.0));
                        values.push_bind(index.action).push_bind(index.outcome);
                        values.push_bind(row.document.as_str()).push_bind(row.leaf.0.to_vec());
                    }
                    query.push(")");
                    query.build().execute(connection).await.map(drop)
                })
                .map_err(RecordError::attempt("append to the audit log"))?;
            }
        }
        Ok(())
    }

    async fn keep_audit_tree(&mut self, state: &AuditState) -> Result<(), RecordError> {
        const SQL: &str =
            "UPDATE audit_tree SET size = $1, peaks = $2, last_ms = $3 WHERE number = 1";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(kept_number(state.tree.size()))
                .bind(state.tree.peaks())
                .bind(state.last_at.map(|at| at.timestamp_millis()))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("append to the audit log"))
    }

    /// Appends entries of another record as they are, where this record's log ends at the first of them.
    pub(crate) async fn copy_audit(&mut self, rows: &[StoredEntry]) -> Result<(), RecordError> {
        let AuditState { mut tree, mut last_at } = self.lock_audit().await?;
        for row in rows {
            if row.sequence != tree.size() {
                let reason = "the target's log grew meanwhile";
                return Err(RecordError::Refused { what: "audit entry", reason });
            }
            tree.push(row.leaf);
            last_at = Some(row.entry.at);
        }
        self.insert_audit(rows).await?;
        self.keep_audit_tree(&AuditState { tree, last_at }).await
    }
}

impl Store {
    /// Returns the state of the log: how many entries there are, and what binds them.
    ///
    /// Errors: the engine fails, or the state cannot be read.
    pub async fn audit_state(&self) -> Result<AuditState, RecordError> {
        const SQL: &str = "SELECT size, peaks, last_ms FROM audit_tree WHERE number = 1";
        let row: TreeRow = on_readers!(self, |pool| sqlx::query_as(SQL).fetch_one(pool).await)
            .map_err(RecordError::attempt("read the audit log"))?;
        row.read()
    }

    /// Returns entries in their order, from a number on.
    ///
    /// Errors: the engine fails, or an entry cannot be read.
    pub async fn audit_entries(
        &self,
        from: u64,
        rows: u32,
    ) -> Result<Vec<StoredEntry>, RecordError> {
        let rows = self.audit_rows(kept_number(from), rows).await?;
        rows.into_iter().map(EntryRow::read).collect()
    }

    async fn audit_rows(&self, from: i64, rows: u32) -> Result<Vec<EntryRow>, RecordError> {
        const SQL: &str = "SELECT sequence, told_ms, person_id, name, organisation, hospital, case_id, \
             action, outcome, document, leaf_hash FROM audit_entry WHERE sequence >= $1 ORDER BY sequence LIMIT $2";
        on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(from).bind(i64::from(rows)).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read the audit log"))
    }

    /// Returns one entry.
    ///
    /// Errors: the engine fails, or the entry cannot be read.
    pub async fn audit_entry(&self, sequence: u64) -> Result<Option<StoredEntry>, RecordError> {
        let found = self.audit_entries(sequence, 1).await?;
        Ok(found.into_iter().find(|stored| stored.sequence == sequence))
    }

    /// Returns the hashes of the first entries, from which proofs are made.
    ///
    /// Errors: the engine fails, or a hash cannot be read.
    pub async fn audit_leaves(&self, size: u64) -> Result<Vec<NodeHash>, RecordError> {
        const SQL: &str = "SELECT leaf_hash FROM audit_entry WHERE sequence < $1 ORDER BY sequence";
        let leaves: Vec<Vec<u8>> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(kept_number(size)).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read the audit log"))?;
        leaves.iter().map(|leaf| hash_of(leaf)).collect()
    }
}

/// Returns the code of an organisation as text.
pub(crate) fn codes(organisations: &[OrganisationCode]) -> Vec<&str> {
    organisations.iter().map(OrganisationCode::as_str).collect()
}
