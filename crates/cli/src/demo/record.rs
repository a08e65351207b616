//! Clinical records of the synthetic patients, entered as an import would.

use chrono::{DateTime, Utc};
use model::{
    clinical_record::ClinicalRecord,
    identity::{CaseId, FieldEventId, PersonId},
};
use store::{EntrySource, FieldEvent, RecordError, Store, identifier_v7};
use synthetic::SyntheticRecord;

/// Enters the record of each case that came, in one transaction.
pub(super) async fn add(
    store: &Store,
    by: PersonId,
    records: impl IntoIterator<Item = (CaseId, SyntheticRecord, DateTime<Utc>)>,
) -> Result<(), RecordError> {
    let events: Vec<FieldEvent> = records
        .into_iter()
        .flat_map(|(case, synthetic, at)| events(case, by, &synthetic.record, at))
        .collect();
    let mut batch = store.begin().await?;
    batch.save_fields(&events).await?;
    batch.commit().await
}

/// Makes one entry of each cell. The same cell of the same case is the same entry again.
fn events(
    case: CaseId,
    by: PersonId,
    record: &ClinicalRecord,
    at: DateTime<Utc>,
) -> Vec<FieldEvent> {
    let event = |(address, value): (model::clinical_record::CellAddress, _)| {
        let address = address.to_string();
        let id = identifier_v7(at, &["demo field", &case.to_string(), &address]);
        Some(FieldEvent {
            id: FieldEventId(id),
            case,
            address: address.parse().ok()?,
            value: Some(server::entered_text(value)),
            base: None,
            merged: Vec::new(),
            person: by,
            source: EntrySource::Import,
            saved_at: at,
        })
    };
    record.cells().filter_map(event).collect()
}
