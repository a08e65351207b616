//! Whether what is derived of the entries is what they say, and making it anew.

use std::collections::{BTreeMap, HashMap};

use model::identity::{CaseId, FieldEventId};

use super::{FieldAddress, FieldEvent, fold::fold};
use crate::{
    db::{Batch, Store, on_batch},
    error::RecordError,
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
        on_batch!(self, |connection| {
            sqlx::query("DELETE FROM record_cell WHERE case_id = $1")
                .bind(case.0)
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("rebuild a case's fields"))?;
        let states: BTreeMap<_, _> = fold(events);
        let heads: Vec<_> = states
            .into_iter()
            .flat_map(|(address, state)| {
                state.heads.into_iter().map(move |head| ((case, address.clone()), head))
            })
            .collect();
        self.insert_cells(&heads).await
    }

    /// Writes entries of another record as they are there, and brings what is derived up to date.
    pub(crate) async fn copy_field_events(
        &mut self,
        case: CaseId,
        new: &[FieldEvent],
        all: &[FieldEvent],
    ) -> Result<(), RecordError> {
        self.write_events(new).await?;
        self.rebuild_fields(case, all).await?;
        self.mark_pending(new).await
    }
}
