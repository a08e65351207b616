//! From records to rows.

use model::{
    catalogue::{Catalogue, CodeLists, Document, Item},
    clinical_record::{BlockCode, CellValue, ClinicalRecord, RowId},
};

use super::{CaseKey, FileForm, PortalCase, PortalFile, RowLayout, usual_header};

/// Returns a record with the Japanese label of every code beside it, as the portal writes it.
pub fn labelled(record: &ClinicalRecord, lists: &CodeLists) -> ClinicalRecord {
    let mut labelled = record.clone();
    for (address, value) in record.cells() {
        let item = Catalogue::get().item(address.item.as_str());
        let Some(item) = item.filter(|item| item.label_column.is_some()) else { continue };
        if value.label.is_some() || value.is_unknown {
            continue;
        }
        if let Some(label) = label_of(item, &value.written, lists) {
            labelled.set(&address, Some(CellValue::labelled(&*value.written, label)));
        }
    }
    labelled
}

fn label_of(item: &Item, code: &str, lists: &CodeLists) -> Option<String> {
    let entry = lists.list(item.list?)?.get(code)?;
    Some(entry.label.ja.clone().into_owned())
}

/// Makes a file of records: as many rows a case as its longest repeated block, single items in each.
pub fn file_of(
    document: Document,
    records: impl IntoIterator<Item = ClinicalRecord>,
) -> PortalFile {
    let mut number = 0_usize;
    let cases = records.into_iter().map(|record| {
        let text = |item: &str| record.value(item).map(|value| value.written.clone());
        let key = CaseKey {
            facility: text("facility_id"),
            registration: text("registration_id"),
            hash: text("hash_id"),
        };
        let blocks: Vec<(&str, Vec<RowId>)> = Catalogue::get()
            .blocks()
            .iter()
            .map(|block| (block.code, record.rows(block.code).map(|(id, _)| id).collect()))
            .collect();
        let count = blocks.iter().map(|(_, ids)| ids.len()).max().unwrap_or_default().max(1);
        let rows = (0..count).map(|place| {
            let held = blocks
                .iter()
                .filter_map(|(block, ids)| ids.get(place).map(|id| (BlockCode::new(*block), *id)));
            let layout = RowLayout {
                number,
                line: u64::try_from(number).unwrap_or(u64::MAX).saturating_add(2),
                blocks: held.collect(),
                ..RowLayout::default()
            };
            number = number.saturating_add(1);
            layout
        });
        let rows = rows.collect();
        PortalCase { key, record, rows }
    });
    PortalFile {
        document,
        cases: cases.collect(),
        header: usual_header(document),
        form: FileForm::default(),
    }
}
