//! Whether what is derived of the entries is what they say, and making it anew.

use std::collections::{BTreeMap, HashMap};

use model::identity::{CaseId, FieldEventId};

use sqlx::QueryBuilder;

use super::{FieldAddress, FieldEvent, FieldHead, fold::fold, save::Cell};
use crate::{
    db::{Batch, Store, on_batch},
    error::RecordError,
    row::STATEMENT_ROWS_MAX,
};

impl Store {
    /// Returns whether a case's fields say what its entries say.
    pub(crate) async fn fields_are_derived(&self, case: CaseId) -> Result<bool, RecordError> {
        let events = self.field_events(case).await?;
        Ok(fold(&events) == self.record_fields(case).await?)
    }

    /// Returns whether each entry names entries into the same field of the same case.
    pub(crate) async fn entries_hold_together(&self, case: CaseId) -> Result<bool, RecordError> {
        let events = self.field_events(case).await?;
        let fields: HashMap<FieldEventId, &FieldAddress> =
            events.iter().map(|event| (event.id, &event.address)).collect();
        let holds = |event: &FieldEvent| {
            event.superseded().all(|id| id != event.id && fields.get(&id) == Some(&&event.address))
        };
        Ok(events.iter().all(holds))
    }
}

impl Batch {
    /// Throws what the fields of a case say away, and makes it again from its entries.
    ///
    /// Errors: the engine fails.
    pub async fn rebuild_fields(
        &mut self,
        case: CaseId,
        events: &[FieldEvent],
    ) -> Result<(), RecordError> {
        self.remove_fields(&[case]).await?;
        self.insert_cells(&heads_of(case, events)).await
    }

    async fn remove_fields(&mut self, cases: &[CaseId]) -> Result<(), RecordError> {
        for chunk in cases.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("DELETE FROM record_cell WHERE case_id IN (");
                let mut ids = query.separated(", ");
                for case in chunk {
                    ids.push_bind(case.0);
                }
                query.push(")");
                query.build().persistent(false).execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("rebuild the fields of cases"))?;
        }
        Ok(())
    }

    /// Brings what is derived of entries up to date that were copied from another record: of all entries of the cases, and of
    /// those that are new.
    pub(crate) async fn rebuild_copied_fields(
        &mut self,
        all: &BTreeMap<CaseId, Vec<FieldEvent>>,
        new: &[FieldEvent],
    ) -> Result<(), RecordError> {
        let cases: Vec<CaseId> = all.keys().copied().collect();
        self.remove_fields(&cases).await?;
        let heads: Vec<_> = all.iter().flat_map(|(case, events)| heads_of(*case, events)).collect();
        self.insert_cells(&heads).await?;
        self.mark_pending(new).await
    }
}

/// Returns what the fields of a case say.
fn heads_of(case: CaseId, events: &[FieldEvent]) -> Vec<(Cell, FieldHead)> {
    let states = fold(events).into_iter();
    let heads = states.flat_map(|(address, state)| {
        state.heads.into_iter().map(move |head| ((case, address.clone()), head))
    });
    heads.collect()
}
