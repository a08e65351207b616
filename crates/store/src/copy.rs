//! Copying a record into another, of either engine, through the types of the domain.
//!
//! Every page is one transaction, and what is there already is compared and not written again: a copy
//! that was ended goes on where it was when it is run again.

use model::{identity::CaseId, text::LocalizedText};

use crate::{
    case::{CaseRevision, NewCase},
    db::{Batch, Store, on_batch},
    document::Packed,
    error::RecordError,
    original::{NewOriginal, Original},
    report::{NewReport, StoredReport},
    result::{NewResult, PackedResult, StoredResult},
};

/// Packed bytes at which a transaction is committed. Units: bytes.
const TRANSACTION_MAX_BYTES: usize = 32 << 20;

/// Entries of the audit log copied at once.
const AUDIT_ENTRIES_AT_ONCE: u32 = 2_048;
/// Tables whose rows a copy leaves out on purpose: they belong to the site that issued them, or are derived.
pub(crate) const NOT_COPIED: [&str; 10] = [
    "api_token",
    "audit_tree",
    "case_change",
    "case_change_count",
    "invitation",
    "oidc_flow",
    "one_time_code",
    "patient_session",
    "session",
    "sign_in_failure",
];

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    /// What is being copied, in both languages.
    pub what: &'static str,
    /// How many of them are done.
    pub rows: u64,
}

/// What a copy did. Units: cases, files' bytes, results, reports, releases, audit entries and heads together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopySummary {
    /// Written now.
    pub copied: u64,
    /// There already, and the same.
    pub already_there: u64,
}

/// Why a record could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyRecordError {
    /// The target says something else under the same identifier.
    #[error("the target has another {what} {id}")]
    Differs {
        /// What it is.
        what: &'static str,
        /// Its identifier.
        id: String,
    },
    /// A table was not copied whole, which is a fault of this program.
    #[error("the copy of the table {table} has {found} rows of {rows}")]
    Incomplete {
        /// The table.
        table: String,
        /// Rows of the original.
        rows: u64,
        /// Rows of the copy.
        found: u64,
    },
    /// Reading or writing failed.
    #[error("could not copy the record")]
    Record(#[from] RecordError),
}

impl CopyRecordError {
    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::Differs { what, id } => LocalizedText::new(
                format!(
                    "写し先に、同じ番号で内容の違うもの({what} {id})があります。写し先を確かめてください。"
                ),
                format!(
                    "The target has something else under the same identifier ({what} {id}): check that it is the right target."
                ),
            ),
            Self::Incomplete { table, rows, found } => LocalizedText::new(
                format!(
                    "表「{table}」の {rows} 行のうち {found} 行しか写せませんでした。この写しは使わず、開発者に知らせてください。"
                ),
                format!(
                    "Only {found} of the {rows} rows of the table “{table}” were copied: do not use this copy, and tell the developers."
                ),
            ),
            Self::Record(error) => error.explain(),
        }
    }
}

impl Store {
    /// Copies everything into another record, which may hold a part of it already.
    ///
    /// `tick` is called after each transaction.
    ///
    /// Errors: the target says something else under the same identifier, or an engine fails; what was
    /// committed stays, and the copy can be run again.
    pub async fn copy_to(
        &self,
        target: &Store,
        mut tick: impl FnMut(CopyProgress),
    ) -> Result<CopySummary, CopyRecordError> {
        let mut summary = CopySummary::default();
        self.copy_releases(target, &mut summary).await?;
        self.copy_cases(target, &mut summary, &mut tick).await?;
        self.copy_originals(target, &mut summary, &mut tick).await?;
        self.copy_results(target, &mut summary, &mut tick).await?;
        self.copy_reports(target, &mut summary, &mut tick).await?;
        self.copy_people(target, &mut summary, &mut tick).await?;
        self.copy_consents(target, &mut summary, &mut tick).await?;
        self.copy_registry(target, &mut summary, &mut tick).await?;
        self.copy_audit(target, &mut summary, &mut tick).await?;
        self.copy_orders(target, &mut summary, &mut tick).await?;
        self.copy_identifiers(target, &mut summary, &mut tick).await?;
        self.copy_fields(target, &mut summary, &mut tick).await?;
        self.copy_research(target, &mut summary, &mut tick).await?;
        let mut batch = target.begin().await?;
        batch.rebuild_case_list().await?;
        batch.commit().await?;
        Ok(summary)
    }

    /// Copies the audit log and its heads as they are: a log has one beginning, so the target holds a part of
    /// the same log or none.
    async fn copy_audit(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let mut rows = 0;
        loop {
            let entries = self.audit_entries(rows, AUDIT_ENTRIES_AT_ONCE).await?;
            let Some(last) = entries.last() else { break };
            let after = last.sequence + 1;
            let there = target.audit_entries(rows, AUDIT_ENTRIES_AT_ONCE).await?;
            if let Some((other, _)) = there.iter().zip(&entries).find(|(other, own)| other != own) {
                return Err(differs("audit entry", &other.sequence));
            }
            let known = there.len().min(entries.len());
            summary.already_there += known as u64;
            let new = entries.get(known..).unwrap_or_default();
            let mut batch = target.begin().await?;
            batch.copy_audit(new).await?;
            batch.commit().await?;
            summary.copied += new.len() as u64;
            rows = after;
            tick(CopyProgress { what: "監査記録 audit entries", rows });
        }
        let there = target.audit_heads().await?;
        let mut batch = target.begin().await?;
        for head in self.audit_heads().await? {
            let is_new = !there.contains(&head);
            if is_new {
                batch.add_audit_head(&head).await?;
            }
            count(summary, is_new);
        }
        Ok(batch.commit().await?)
    }

    async fn copy_releases(
        &self,
        target: &Store,
        summary: &mut CopySummary,
    ) -> Result<(), CopyRecordError> {
        let mut batch = target.begin().await?;
        for release in self.releases().await? {
            match target.release(&release.id).await? {
                // The moments of registration are each record's own.
                Some(there) if there.manifest == release.manifest => summary.already_there += 1,
                Some(_) => return Err(differs("knowledge release", &release.id)),
                None => {
                    batch.register_release(&release).await?;
                    summary.copied += 1;
                }
            }
        }
        Ok(batch.commit().await?)
    }

    async fn copy_cases(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        loop {
            let keys = self.case_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            let mut batch = target.begin().await?;
            for case in keys {
                let mut revisions = self.case_revisions(case).await?;
                revisions.reverse();
                let there = target.case_revisions(case).await?;
                let mut is_new = false;
                for revision in &revisions {
                    match there.iter().find(|other| other.revision == revision.revision) {
                        Some(same) if same == revision => {}
                        Some(_) => return Err(differs("case", &case)),
                        None => {
                            insert_revision(&mut batch, revision).await?;
                            is_new = true;
                        }
                    }
                }
                count(summary, is_new);
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "症例 cases", rows });
        }
    }

    async fn copy_originals(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        loop {
            let keys = self.original_keys(after.as_ref()).await?;
            let Some(last) = keys.last().cloned() else { return Ok(()) };
            after = Some(last);
            let mut batch = target.begin().await?;
            let mut weight_bytes = 0;
            for digest in keys {
                let Some(original) = self.original(&digest).await? else { continue };
                let is_new = match target.original(&digest).await? {
                    Some(there) if same_original(&there, &original) => false,
                    Some(_) => return Err(differs("original", &digest)),
                    None => {
                        let content = match &original.bytes {
                            Some(bytes) => Some(Packed::bytes("original", bytes)?),
                            None => None,
                        };
                        weight_bytes += content.as_ref().map_or(0, Packed::len);
                        let Original { digest, size_bytes, first_received_at, .. } = original;
                        let new = NewOriginal { digest, size_bytes, content };
                        batch.insert_original(&new, first_received_at).await?
                    }
                };
                count(summary, is_new);
                rows += 1;
                if weight_bytes > TRANSACTION_MAX_BYTES {
                    batch.commit().await?;
                    batch = target.begin().await?;
                    weight_bytes = 0;
                }
            }
            batch.commit().await?;
            tick(CopyProgress { what: "原本 originals", rows });
        }
    }

    async fn copy_results(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        loop {
            let keys = self.result_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            let mut batch = target.begin().await?;
            for id in keys {
                let Some(result) = self.result(id).await? else { continue };
                let is_new = match target.result(id).await? {
                    Some(there) if there == result => false,
                    Some(_) => return Err(differs("result", &id)),
                    None => {
                        let there = batch.insert_result(&again(result)?).await?;
                        if !there {
                            return Err(differs("result", &id));
                        }
                        true
                    }
                };
                count(summary, is_new);
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "結果 results", rows });
        }
    }

    async fn copy_reports(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        loop {
            let keys = self.report_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            let mut batch = target.begin().await?;
            for id in keys {
                let Some(report) = self.report(id).await? else { continue };
                let is_new = match target.report(id).await? {
                    Some(there) if there == report => false,
                    Some(_) => return Err(differs("report", &id)),
                    None => {
                        if !batch.add_report(&report_again(report)?).await? {
                            return Err(differs("report", &id));
                        }
                        true
                    }
                };
                count(summary, is_new);
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "報告書 reports", rows });
        }
    }
}

pub(crate) fn count(summary: &mut CopySummary, is_new: bool) {
    if is_new {
        summary.copied += 1;
    } else {
        summary.already_there += 1;
    }
}

pub(crate) fn differs(what: &'static str, id: &impl ToString) -> CopyRecordError {
    CopyRecordError::Differs { what, id: id.to_string() }
}

fn same_original(one: &Original, other: &Original) -> bool {
    one.digest == other.digest && one.size_bytes == other.size_bytes && one.bytes == other.bytes
}

async fn insert_revision(
    batch: &mut Batch,
    revision: &CaseRevision,
) -> Result<(), CopyRecordError> {
    if revision.revision == 1 {
        let new =
            NewCase { id: revision.case, document: revision.document.clone(), revises: false };
        insert_identity(batch, &new, revision).await?;
    }
    let CaseRevision { case, revision, document, recorded_at, .. } = revision;
    if batch.insert_revision(*case, *revision, document, *recorded_at).await? {
        Ok(())
    } else {
        Err(differs("case", case))
    }
}

async fn insert_identity(
    batch: &mut Batch,
    case: &NewCase,
    revision: &CaseRevision,
) -> Result<(), CopyRecordError> {
    let CaseId(id) = case.id;
    let inserted = on_batch!(batch, |connection| {
        sqlx::query(
            "INSERT INTO patient_case (id, reference, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(&case.document.reference)
        .bind(revision.created_at)
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
    })
    .map_err(RecordError::attempt("insert a case"))?;
    if inserted { Ok(()) } else { Err(differs("case", &case.document.reference)) }
}

/// Makes the result to be written of one that was read.
fn again(stored: StoredResult) -> Result<NewResult, RecordError> {
    let StoredResult { row, document, problems } = stored;
    let content =
        PackedResult::of(row.digest, &row.label, &row.file_name, document.as_ref(), &problems)?;
    // What was judged then is not judged anew.
    let content = PackedResult { status: row.status, panel: row.panel, ..content };
    Ok(NewResult { id: row.id, case: row.case, content, received_at: row.received_at })
}

fn report_again(stored: StoredReport) -> Result<NewReport, RecordError> {
    Ok(NewReport {
        id: stored.id,
        result: stored.result,
        case: stored.case,
        case_revision: stored.case_revision,
        release: stored.release,
        program_version: stored.program_version,
        digest: stored.digest,
        document: Packed::bytes("report", &stored.json)?,
        highest_level: stored.highest_level,
        finding_count: stored.finding_count,
        composed_at: stored.composed_at,
    })
}
