//! Copying the entries of clinical records; what is derived of them is made anew in the target.

use std::collections::{HashMap, HashSet};

use model::identity::FieldEventId;

use crate::{
    clinical_record::FieldEvent,
    copy::{CopyProgress, CopyRecordError, CopySummary, count, differs},
    db::Store,
};

impl Store {
    pub(crate) async fn copy_fields(
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
                let events = self.field_events(case).await?;
                if events.is_empty() {
                    continue;
                }
                let there = target.field_events(case).await?;
                let known: HashMap<FieldEventId, &FieldEvent> =
                    there.iter().map(|event| (event.id, event)).collect();
                let ours: HashSet<FieldEventId> = events.iter().map(|event| event.id).collect();
                let same = |event: &FieldEvent| known.get(&event.id).is_none_or(|it| *it == event);
                if !events.iter().all(same) || !there.iter().all(|it| ours.contains(&it.id)) {
                    return Err(differs("record of case", &case));
                }
                let new: Vec<FieldEvent> =
                    events.iter().filter(|event| !known.contains_key(&event.id)).cloned().collect();
                rows += events.len() as u64;
                count(summary, !new.is_empty());
                if !new.is_empty() {
                    batch.copy_field_events(case, &new, &events).await?;
                }
            }
            batch.commit().await?;
            tick(CopyProgress { what: "入力 entries", rows });
        }
    }
}
