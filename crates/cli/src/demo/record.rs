//! Clinical records of the synthetic patients, entered as an import would.

use access::Action;
use chrono::{DateTime, Utc};
use model::{
    clinical_record::{CellAddress, CellValue, ClinicalRecord},
    identity::{CaseId, FieldEventId, PersonId},
    organisation::OrganisationCode,
};
use store::{EntrySource, FieldEvent, RecordError, Store, identifier_v7};
use synthetic::SyntheticRecord;

use super::fill::entry;

/// Enters the record of each case that came, in one transaction.
pub(super) async fn add(
    store: &Store,
    by: PersonId,
    now: DateTime<Utc>,
    records: impl IntoIterator<Item = (CaseId, SyntheticRecord, DateTime<Utc>)>,
) -> Result<(), RecordError> {
    let mut batch = store.begin().await?;
    let mut entered = Vec::new();
    for (case, synthetic, at) in records {
        entered.extend(events(case, by, &synthetic.record, at));
        let hospital = synthetic.case.hospital.as_deref().map(OrganisationCode::new);
        batch.append_audit(&entry(now, Action::WriteCase).on_case(case, hospital)).await?;
    }
    batch.save_fields(&entered).await?;
    batch.commit().await
}

/// Makes one entry of each cell. The same cell of the same case is the same entry again.
fn events(
    case: CaseId,
    by: PersonId,
    record: &ClinicalRecord,
    at: DateTime<Utc>,
) -> Vec<FieldEvent> {
    let event = |(address, value): (CellAddress, &CellValue)| {
        let address = address.to_string();
        let id = identifier_v7(at, &["demo field", &case.to_string(), &address]);
        Some(FieldEvent {
            id: FieldEventId(id),
            case,
            address: address.parse().ok()?,
            value: Some(value.entered().to_owned()),
            base: None,
            merged: Vec::new(),
            person: by,
            source: EntrySource::Import,
            saved_at: at,
        })
    };
    record.cells().filter_map(event).collect()
}
