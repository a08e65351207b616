//! Copying the entries of clinical records; what is derived of them is made anew in the target.

use std::collections::{BTreeMap, HashSet};

use model::identity::CaseId;
use uuid::Uuid;

use crate::{
    clinical_record::{EventRow, FieldEvent},
    copy::{CopyProgress, CopyRecordError, CopySummary, count},
    copy_rows::{EntryRow, KeptRow as _, Stretch},
    db::Store,
    error::RecordError,
};

impl EntryRow {
    fn event(&self) -> Result<FieldEvent, RecordError> {
        let Self { id, case_id, address, value, base_id, merged, person_id, source, saved_at } =
            self.clone();
        EventRow { id, case_id, address, value, base_id, merged, person_id, source, saved_at }
            .read()
    }
}

impl Store {
    pub(crate) async fn copy_fields(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        while let Some((first, last)) = EntryRow::stretch(self, after.as_ref()).await? {
            let entries = Stretch::<EntryRow>::read(self, target, &first, &last).await?;
            let cases: HashSet<Uuid> = entries.rows.iter().map(|row| row.case_id).collect();
            entries.require_nothing_else(&cases)?;
            let changed: HashSet<Uuid> = entries.new_rows().map(|row| row.case_id).collect();
            let mut all: BTreeMap<CaseId, Vec<FieldEvent>> = BTreeMap::new();
            for row in entries.rows.iter().filter(|row| changed.contains(&row.case_id)) {
                all.entry(CaseId(row.case_id)).or_default().push(row.event()?);
            }
            let new: Vec<FieldEvent> =
                entries.new_rows().map(EntryRow::event).collect::<Result<_, _>>()?;
            let mut batch = target.begin().await?;
            entries.write(&mut batch).await?;
            batch.rebuild_copied_fields(&all, &new).await?;
            batch.commit().await?;
            cases.iter().for_each(|case| count(summary, changed.contains(case)));
            rows += entries.rows.len() as u64;
            tick(CopyProgress { what: "入力 entries", rows });
            after = Some(last);
        }
        Ok(())
    }
}
