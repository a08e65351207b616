//! Copying the registry into another record, revision by revision.

use super::{COLUMNS, NewRow, RegistryRow};
use crate::{
    case::revision_number,
    copy::{CopyProgress, CopyRecordError, CopySummary, differs},
    db::{Store, on_readers},
    error::RecordError,
};
use model::{identity::PersonId, programme::DocumentKind};

/// Rows copied in one transaction.
const PAGE_ROWS: i64 = 512;

impl Store {
    /// Copies every revision; one that is there already must say the same.
    pub(crate) async fn copy_registry(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let mut rows_done = 0;
        for kind in DocumentKind::ALL {
            let mut after = (String::new(), 0);
            loop {
                let rows = self.registry_page(kind.word(), &after).await?;
                let Some(last) = rows.last() else { break };
                after = (last.document_key.clone(), last.revision);
                rows_done += rows.len() as u64;
                let mut batch = target.begin().await?;
                for row in &rows {
                    let new = NewRow {
                        kind: kind.word(),
                        key: &row.document_key,
                        revision: revision_number(row.revision)?,
                        text: &row.document,
                        recorded_by: row.recorder_id.map(PersonId),
                        recorded_at: row.recorded_at,
                    };
                    if batch.insert_registry_row(&new).await? {
                        summary.copied += 1;
                    } else {
                        target.must_say_the_same(kind.word(), row).await?;
                        summary.already_there += 1;
                    }
                }
                batch.commit().await?;
                tick(CopyProgress { what: "登録簿 registry", rows: rows_done });
            }
        }
        Ok(())
    }

    async fn must_say_the_same(
        &self,
        kind: &'static str,
        row: &RegistryRow,
    ) -> Result<(), CopyRecordError> {
        let after = (row.document_key.clone(), row.revision - 1);
        let there = self.registry_page(kind, &after).await?.into_iter().next();
        let same = there.is_some_and(|there| {
            there.document_key == row.document_key
                && there.revision == row.revision
                && there.document == row.document
                && there.recorder_id == row.recorder_id
                && there.recorded_at == row.recorded_at
        });
        if same { Ok(()) } else { Err(differs(kind, &row.document_key)) }
    }

    /// Returns the rows of a kind after a key and revision, in order.
    pub(super) async fn registry_page(
        &self,
        kind: &'static str,
        (key, revision): &(String, i64),
    ) -> Result<Vec<RegistryRow>, RecordError> {
        let sql = format!(
            "{COLUMNS} FROM registry_revision WHERE kind = $1 \
             AND (document_key > $2 OR (document_key = $2 AND revision > $3)) \
             ORDER BY document_key, revision LIMIT $4"
        );
        on_readers!(self, |pool| {
            sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
                .bind(kind)
                .bind(key)
                .bind(revision)
                .bind(PAGE_ROWS)
                .fetch_all(pool)
                .await
        })
        .map_err(RecordError::attempt("walk through the registry"))
    }
}
