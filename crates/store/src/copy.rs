//! Copying a record into another, of either engine: rows that never change as they are kept ([`crate::copy_rows`]), what is
//! few through the types of the domain, and what is derived of either made anew.
//!
//! Every stretch is one transaction, and what is there already is compared and not written again: a copy
//! that was ended goes on where it was when it is run again.

use std::collections::HashSet;

use model::text::LocalizedText;
use uuid::Uuid;

use crate::{
    copy_rows::{
        CaseRevisionRow, IdentityRow, KeptRow as _, OriginalRow, ReportRow, ResultRow, Stretch,
        copy_table,
    },
    db::Store,
    error::RecordError,
};

/// Entries of the audit log copied at once.
const AUDIT_ENTRIES_AT_ONCE: u32 = 2_048;
/// Tables whose rows a copy leaves out on purpose: they belong to the site that issued them, or are derived.
pub(crate) const NOT_COPIED: [&str; 12] = [
    "api_token",
    "audit_tree",
    "case_change",
    "case_change_count",
    "invitation",
    "oidc_flow",
    "one_time_code",
    "patient_session",
    "record_completeness",
    "record_pending",
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
        copy_table::<OriginalRow>(self, target, "原本 originals", &mut summary, &mut tick).await?;
        copy_table::<ResultRow>(self, target, "結果 results", &mut summary, &mut tick).await?;
        copy_table::<ReportRow>(self, target, "報告書 reports", &mut summary, &mut tick).await?;
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

    /// Copies the cases with their revisions.
    async fn copy_cases(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        while let Some((first, last)) = IdentityRow::stretch(self, after.as_ref()).await? {
            let cases = Stretch::<IdentityRow>::read(self, target, &first, &last).await?;
            let revisions = Stretch::<CaseRevisionRow>::read(self, target, &first, &last).await?;
            let mut batch = target.begin().await?;
            cases.write(&mut batch).await?;
            revisions.write(&mut batch).await?;
            batch.commit().await?;
            let revised: HashSet<Uuid> = revisions.new_rows().map(|row| row.case_id).collect();
            for (case, is_new) in cases.rows.iter().zip(&cases.is_new) {
                count(summary, *is_new || revised.contains(&case.id));
            }
            rows += cases.rows.len() as u64;
            tick(CopyProgress { what: "症例 cases", rows });
            after = Some(last);
        }
        Ok(())
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
