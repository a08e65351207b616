//! Reads a record with the catalogue and the code lists in hand.

use super::{CellAddress, CellValue, ClinicalRecord, Day, Row, RowId, Value};
use crate::catalogue::{Catalogue, CodeLists, Condition, Item, ORGAN};

/// A record together with what is needed to understand it.
#[derive(Clone, Copy, Debug)]
pub struct RecordReader<'a> {
    /// The record.
    pub record: &'a ClinicalRecord,
    /// The code lists: the catalogue's, or with the user's own loaded.
    pub lists: &'a CodeLists,
}

impl<'a> RecordReader<'a> {
    /// Reads with the catalogue's own lists.
    pub fn new(record: &'a ClinicalRecord) -> Self {
        Self { record, lists: Catalogue::get().lists() }
    }

    /// Reads with lists that the user has loaded.
    pub fn with_lists(record: &'a ClinicalRecord, lists: &'a CodeLists) -> Self {
        Self { record, lists }
    }

    /// Returns what an item that a case has once means to programs; `None` where it is absent or its code not known.
    pub fn meaning(&self, item: &str) -> Option<&'a str> {
        self.meaning_of(item, self.record.value(item)?)
    }

    /// Returns what an item of a row means to programs.
    pub fn meaning_in(&self, row: &'a Row, item: &str) -> Option<&'a str> {
        self.meaning_of(item, row.get(item)?)
    }

    fn meaning_of(&self, item: &str, value: &'a CellValue) -> Option<&'a str> {
        let item = Catalogue::get().item(item)?;
        match value.read(item) {
            Value::Unknown => Some("unknown"),
            Value::Code(code) => self.lists.meaning(item.list?, code),
            _ => None,
        }
    }

    /// Returns the day of an item that a case has once.
    pub fn day(&self, item: &str) -> Option<Day> {
        day(item, self.record.value(item)?)
    }

    /// Returns the day of an item of a row.
    pub fn day_in(&self, row: &Row, item: &str) -> Option<Day> {
        day(item, row.get(item)?)
    }

    /// Returns the number of an item that a case has once.
    pub fn number(&self, item: &str) -> Option<f64> {
        number(item, self.record.value(item)?)
    }

    /// Returns the number of an item of a row.
    pub fn number_in(&self, row: &Row, item: &str) -> Option<f64> {
        number(item, row.get(item)?)
    }

    /// Returns the first level of OncoTree of the case's tumour type, where it is known.
    ///
    /// After a change of diagnosis it is that of the new diagnosis.
    pub fn organ(&self) -> Option<&'a str> {
        let changed = ("tumour_level1_changed", "tumour_type_changed");
        [changed, ("tumour_level1", "tumour_type")].into_iter().find_map(|(level1, tumour_type)| {
            let written = |item: &str| {
                let value = self.record.value(item)?;
                Some(value.written.trim()).filter(|text| !text.is_empty())
            };
            written(level1).or_else(|| Catalogue::get().organ_of(written(tumour_type)?))
        })
    }

    /// Returns whether a condition holds for the case, or for a row of it; `None` where that is not known.
    pub fn holds(&self, condition: &Condition, row: Option<&'a Row>) -> Option<bool> {
        condition.holds(|subject| {
            if subject == ORGAN {
                return self.organ();
            }
            let in_row = row.and_then(|row| self.meaning_in(row, subject));
            in_row.or_else(|| self.meaning(subject))
        })
    }

    /// Returns whether a section is for the case; one whose condition is not known is not.
    pub fn section_applies(&self, section: &str) -> bool {
        Catalogue::get()
            .section(section)
            .is_some_and(|section| self.holds(&section.applies, None) == Some(true))
    }
}

fn day(item: &str, value: &CellValue) -> Option<Day> {
    match value.read(Catalogue::get().item(item)?) {
        Value::Day(day) => Some(day),
        _ => None,
    }
}

fn number(item: &str, value: &CellValue) -> Option<f64> {
    match value.read(Catalogue::get().item(item)?) {
        Value::Integer(number) => Some(number as f64),
        Value::Decimal(number) => Some(number),
        _ => None,
    }
}

/// Returns the address of an item: in a row where it belongs to a block.
pub(super) fn address(item: &Item, row: RowId) -> CellAddress {
    match item.block {
        None => CellAddress::single(item.code),
        Some(block) => CellAddress::in_row(block, row, item.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[(&str, &str)]) -> ClinicalRecord {
        let mut record = ClinicalRecord::default();
        for (item, written) in cells {
            record.set(&CellAddress::single(*item), Some(CellValue::written(*written)));
        }
        record
    }

    #[test]
    fn the_organ_follows_the_level_the_type_or_the_change() {
        let organ = |cells: &[(&str, &str)]| {
            let record = record(cells);
            RecordReader::new(&record).organ().map(str::to_owned)
        };
        assert_eq!(organ(&[("tumour_type", "LUAD")]).as_deref(), Some("LUNG"));
        assert_eq!(
            organ(&[("tumour_type", "XYZ"), ("tumour_level1", "SKIN")]).as_deref(),
            Some("SKIN")
        );
        assert_eq!(
            organ(&[("tumour_type", "CUP"), ("tumour_type_changed", "PAAD")]).as_deref(),
            Some("PANCREAS")
        );
        assert_eq!(organ(&[("tumour_type", "XYZ")]), None);
    }

    #[test]
    fn sections_of_other_organs_do_not_apply() {
        let record = record(&[("tumour_type", "LUAD")]);
        let reader = RecordReader::new(&record);
        assert!(reader.section_applies("marker_lung") && reader.section_applies("basic"));
        assert!(!reader.section_applies("marker_breast") && !reader.section_applies("no_such"));
        assert!(!RecordReader::new(&ClinicalRecord::default()).section_applies("marker_lung"));
    }

    #[test]
    fn unknown_is_a_meaning_of_its_own() {
        let mut record = record(&[("smoking", "9"), ("metastasis", "77")]);
        record.set(&CellAddress::single("alcohol"), Some(CellValue::unknown()));
        let reader = RecordReader::new(&record);
        assert_eq!(reader.meaning("smoking"), Some("unknown"));
        assert_eq!(reader.meaning("alcohol"), Some("unknown"));
        assert_eq!(reader.meaning("metastasis"), None);
        assert_eq!(reader.meaning("sex"), None);
    }
}
