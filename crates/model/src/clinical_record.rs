//! A case's clinical record: a typed document keyed by the items of the catalogue.
//!
//! A value is kept as it was written; its typed reading follows from the item. An item that is not there
//! was not asked or not entered; that is neither "unknown" ([`CellValue::unknown`] or a code that means
//! it) nor "no". Items of repeated blocks lie in rows, each with an identifier of its own, so that a row
//! keeps its identity while others come and go.
//!
//! Not here: who entered what and when (`store`), files (`ingest`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    address::{BlockCode, CellAddress, ItemCode, ParseCellAddressError, RowId},
    checks::{Check, Finding, check},
    completeness::{Completeness, completeness},
    meaning::RecordReader,
    panel_side::{PANEL_SIDES, PanelSide},
    value::{CellValue, Day, Value},
};

mod address;
mod checks;
mod completeness;
mod meaning;
mod panel_side;
mod value;

/// What the field of a row of a repeated block says while the row is there.
pub const ROW_PRESENT: &str = "present";
/// What the field of a row of a repeated block says when the row was taken away.
pub const ROW_REMOVED: &str = "removed";

/// The values of one row, by item.
pub type Row = BTreeMap<ItemCode, CellValue>;

/// A case's clinical record.
///
/// Shape in JSON: `{"values":{ITEM:CELL},"blocks":{BLOCK:{ROW:{ITEM:CELL}}}}`, keys in their order, so that the
/// same record is always the same text.
///
/// ```
/// use model::clinical_record::{CellValue, ClinicalRecord};
/// let mut record = ClinicalRecord::default();
/// let address = "sex".parse().unwrap();
/// record.set(&address, Some(CellValue::written("2")));
/// assert_eq!(record.get(&address).unwrap().written, "2");
/// assert_eq!(serde_json_text(&record), r#"{"values":{"sex":{"written":"2"}}}"#);
/// # fn serde_json_text(record: &ClinicalRecord) -> String { serde_json::to_string(record).unwrap() }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClinicalRecord {
    /// Items that a case has once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: Row,
    /// Rows of repeated blocks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    blocks: BTreeMap<BlockCode, BTreeMap<RowId, Row>>,
}

impl ClinicalRecord {
    /// Sets a cell, or clears it. A row is there as long as one of its cells is.
    pub fn set(&mut self, address: &CellAddress, value: Option<CellValue>) {
        let Some((block, row)) = &address.block else {
            match value {
                Some(value) => drop(self.values.insert(address.item.clone(), value)),
                None => drop(self.values.remove(&address.item)),
            }
            return;
        };
        match value {
            Some(value) => {
                let rows = self.blocks.entry(block.clone()).or_default();
                rows.entry(*row).or_default().insert(address.item.clone(), value);
            }
            None => self.clear_in_row(block, *row, &address.item),
        }
    }

    fn clear_in_row(&mut self, block: &BlockCode, row: RowId, item: &ItemCode) {
        let Some(rows) = self.blocks.get_mut(block) else { return };
        if let Some(cells) = rows.get_mut(&row) {
            cells.remove(item);
            if cells.is_empty() {
                rows.remove(&row);
            }
        }
        if rows.is_empty() {
            self.blocks.remove(block);
        }
    }

    /// Sets an item that a case has once.
    pub fn set_value(&mut self, item: ItemCode, value: CellValue) {
        self.values.insert(item, value);
    }

    /// Sets a row of a repeated block with all its cells; one without any is no row.
    pub fn set_row(&mut self, block: BlockCode, row: RowId, cells: Row) {
        if !cells.is_empty() {
            self.blocks.entry(block).or_default().insert(row, cells);
        }
    }

    /// Removes a row with all its cells, and returns them.
    pub fn remove_row(&mut self, block: &str, row: RowId) -> Option<Row> {
        let rows = self.blocks.get_mut(block)?;
        let removed = rows.remove(&row);
        if rows.is_empty() {
            self.blocks.remove(block);
        }
        removed
    }

    /// Returns a cell.
    pub fn get(&self, address: &CellAddress) -> Option<&CellValue> {
        match &address.block {
            None => self.values.get(&address.item),
            Some((block, row)) => self.blocks.get(block)?.get(row)?.get(&address.item),
        }
    }

    /// Returns the value of an item that a case has once.
    pub fn value(&self, item: &str) -> Option<&CellValue> {
        self.values.get(item)
    }

    /// Returns the rows of a block, in the order of their identifiers.
    pub fn rows(&self, block: &str) -> impl DoubleEndedIterator<Item = (RowId, &Row)> {
        self.blocks.get(block).into_iter().flatten().map(|(id, row)| (*id, row))
    }

    /// Returns a row of a block.
    pub fn row(&self, block: &str, row: RowId) -> Option<&Row> {
        self.blocks.get(block)?.get(&row)
    }

    /// Returns every cell with its address: items that a case has once, then rows block by block.
    pub fn cells(&self) -> impl Iterator<Item = (CellAddress, &CellValue)> {
        self.entries().map(|(row, item, value)| {
            let block = row.map(|(block, id)| (block.clone(), id));
            (CellAddress { block, item: item.clone() }, value)
        })
    }

    /// Returns every cell with its row and item, in the order of [`Self::cells`] and without making addresses.
    pub fn entries(
        &self,
    ) -> impl Iterator<Item = (Option<(&BlockCode, RowId)>, &ItemCode, &CellValue)> {
        let single = self.values.iter().map(|(item, value)| (None, item, value));
        let repeated = self.blocks.iter().flat_map(|(block, rows)| {
            rows.iter().flat_map(move |(id, row)| {
                row.iter().map(move |(item, value)| (Some((block, *id)), item, value))
            })
        });
        single.chain(repeated)
    }

    /// Returns whether nothing is in the record.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.blocks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> CellAddress {
        text.parse().unwrap()
    }

    #[test]
    fn a_row_is_there_as_long_as_one_of_its_cells() {
        let mut record = ClinicalRecord::default();
        let drug = CellAddress::in_row("regimen_after", RowId::numbered(0), "after_regimen");
        let start = CellAddress::in_row("regimen_after", RowId::numbered(0), "after_start");
        record.set(&drug, Some(CellValue::written("A")));
        record.set(&start, Some(CellValue::written("2024/1/1")));
        record.set(&drug, None);
        assert_eq!(record.rows("regimen_after").count(), 1);
        record.set(&start, None);
        assert_eq!(record.rows("regimen_after").count(), 0);
        assert!(record.is_empty());
        record.set(&start, None);
        assert!(record.is_empty());
    }

    #[test]
    fn json_is_the_same_whatever_the_order_of_setting() {
        let cells = [
            address("sex"),
            address("age"),
            CellAddress::in_row("family_member", RowId::numbered(1), "family_cancer"),
            CellAddress::in_row("family_member", RowId::numbered(0), "family_age"),
        ];
        let make = |order: &[usize]| {
            let mut record = ClinicalRecord::default();
            for place in order {
                record.set(&cells[*place], Some(CellValue::written(place.to_string())));
            }
            serde_json::to_string(&record).unwrap()
        };
        let text = make(&[0, 1, 2, 3]);
        assert_eq!(text, make(&[3, 1, 0, 2]));
        let read: ClinicalRecord = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert_eq!(read.cells().count(), 4);
        assert!(serde_json::from_str::<ClinicalRecord>(r#"{"valeus":{}}"#).is_err());
    }

    #[test]
    fn removing_a_row_returns_its_cells() {
        let mut record = ClinicalRecord::default();
        let cell = CellAddress::in_row("family_member", RowId::numbered(0), "family_age");
        record.set(&cell, Some(CellValue::unknown()));
        let row = record.remove_row("family_member", RowId::numbered(0)).unwrap();
        assert!(row["family_age"].is_unknown && record.is_empty());
        assert!(record.remove_row("family_member", RowId::numbered(0)).is_none());
    }
}
