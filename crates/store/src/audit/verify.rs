//! Verifying the whole log in the record.

use std::collections::HashSet;

use access::audit::{Flaw, SignedHead, Verification, Verifier, VerifyingKey, Written};

use super::EntryRow;
use crate::{db::Store, error::RecordError};

/// Entries read at once.
const ENTRIES_AT_ONCE: u32 = 8_192;

impl Store {
    /// Verifies the log from its first entry to its last, with the heads in the record and those that were kept
    /// outside it, by the keys given; without keys no signature is looked at.
    ///
    /// The log may grow meanwhile.
    ///
    /// Errors: the engine fails in a way that makes verifying impossible.
    pub async fn verify_audit(
        &self,
        keys: Option<Vec<VerifyingKey>>,
        outside: Vec<SignedHead>,
    ) -> Result<Verification, RecordError> {
        let mut verifier = Verifier::new(keys);
        let mut flaws = Vec::new();
        let heads = readable(&mut flaws, self.audit_heads().await)?.unwrap_or_default();
        flaws.extend(missing_head(&heads, &outside));
        let mut seen = HashSet::new();
        let all = heads.into_iter().chain(outside);
        verifier.expect(all.filter(|head| seen.insert(head.clone())).collect());
        if let Some(state) = readable(&mut flaws, self.audit_state().await)? {
            verifier.expect_state(state.tree);
        }
        let mut last_told = None;
        let mut page = self.audit_rows(i64::MIN, ENTRIES_AT_ONCE).await;
        while let Some(rows) = readable(&mut flaws, page)? {
            let Some(last) = rows.last() else { break };
            let Some(after) = last.sequence.checked_add(1) else { break };
            last_told = Some((last.sequence, last.told_ms));
            let looking = tokio::task::spawn_blocking(move || take(verifier, &rows));
            // The next entries are read while these are looked at.
            let (read, looked) = tokio::join!(self.audit_rows(after, ENTRIES_AT_ONCE), looking);
            let Ok((back, flaw)) = looked else { return Err(interrupted()) };
            verifier = back;
            flaws.extend(flaw);
            page = read;
        }
        let state = readable(&mut flaws, self.audit_state().await)?;
        let size = state.as_ref().map(|state| state.tree.size());
        let mut found = verifier.end(size);
        if let (Some(state), Some((sequence, told_ms))) = (state, last_told) {
            let is_newest = u64::try_from(sequence).ok() == state.tree.size().checked_sub(1);
            let kept_ms = state.last_at.map(|at| at.timestamp_millis());
            if is_newest && kept_ms != Some(told_ms) {
                found.add(Flaw::State { entries: found.entries, kept: state.tree.size() });
            }
        }
        for flaw in flaws {
            found.add(flaw);
        }
        Ok(found)
    }
}

fn interrupted() -> RecordError {
    RecordError::Value { what: "audit log", value: "verifying was interrupted".to_owned() }
}

/// Takes the rows up to the first that cannot be read.
fn take(mut verifier: Verifier, rows: &[EntryRow]) -> (Verifier, Option<Flaw>) {
    let mut entries = Vec::with_capacity(rows.len());
    let mut flaw = None;
    for row in rows {
        let (Ok(sequence), Ok(leaf)) = (u64::try_from(row.sequence), row.leaf()) else {
            flaw = Some(Flaw::Unreadable { what: format!("audit_entry {}", row.sequence) });
            break;
        };
        let document = row.document.as_bytes();
        entries.push(Written { sequence, document, leaf, index: Some(row.index()) });
    }
    verifier.take(&entries);
    (verifier, flaw)
}

/// A head that lies outside must lie in the record as well, but for the newest: the record gets it a moment later.
fn missing_head(heads: &[SignedHead], outside: &[SignedHead]) -> Option<Flaw> {
    let newest = outside.iter().map(|head| head.size).max()?;
    let inside: HashSet<&SignedHead> = heads.iter().collect();
    let missing = outside.iter().find(|head| head.size != newest && !inside.contains(head))?;
    Some(Flaw::HeadMissing { size: missing.size })
}

/// Takes a value that cannot be read as a flaw; any other error ends verifying.
fn readable<T>(
    flaws: &mut Vec<Flaw>,
    read: Result<T, RecordError>,
) -> Result<Option<T>, RecordError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(RecordError::Value { what, value }) => {
            flaws.push(Flaw::Unreadable { what: format!("{what}: {value}") });
            Ok(None)
        }
        Err(RecordError::Engine {
            source: source @ (sqlx::Error::ColumnDecode { .. } | sqlx::Error::RowNotFound),
            ..
        }) => {
            flaws.push(Flaw::Unreadable { what: source.to_string() });
            Ok(None)
        }
        Err(other) => Err(other),
    }
}
