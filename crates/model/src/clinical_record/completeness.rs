//! How far a record is filled, by the catalogue's requirement rules.

use chrono::NaiveDate;
use serde::Serialize;

use super::{CellAddress, CellValue, ClinicalRecord, RecordReader, RowId, meaning::address};
use crate::catalogue::{Block, Catalogue, Document, Item, Phase};

/// How far a record is filled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Completeness {
    /// How many cells must be filled.
    pub required: usize,
    /// How many of them are.
    pub filled: usize,
    /// Those that are not; a row that is yet to be made has [`RowId::UNMADE`].
    pub missing: Vec<CellAddress>,
}

impl Completeness {
    /// Returns the filled share. Units: per cent, rounded down; 100 where nothing is required.
    pub fn percent(&self) -> usize {
        self.filled.saturating_mul(100).checked_div(self.required).unwrap_or(100)
    }

    /// Adds another record's counts, for a hospital's figure; its missing cells are not kept.
    pub fn add_counts(&mut self, other: &Self) {
        self.required = self.required.saturating_add(other.required);
        self.filled = self.filled.saturating_add(other.filled);
    }
}

/// Returns how far a record is filled on a day, up to a phase.
///
/// "Unknown" fills a cell: it was asked. A rule whose condition is not known asks for nothing; the cell it
/// depends on is usually required itself. Source of the rules: ours (`items.tsv`), not official.
pub fn completeness(record: &ClinicalRecord, date: NaiveDate, phase: Phase) -> Completeness {
    RecordReader::new(record).completeness(date, phase)
}

impl RecordReader<'_> {
    /// Returns how far the record is filled; see [`completeness`].
    pub fn completeness(&self, date: NaiveDate, phase: Phase) -> Completeness {
        let catalogue = Catalogue::get();
        let mut outcome = Completeness::default();
        for section in catalogue.sections() {
            if self.holds(&section.applies, None) != Some(true) {
                continue;
            }
            for item in catalogue.items_of_section(section.code) {
                let in_force = item.requirement.as_ref().is_some_and(|requirement| {
                    requirement.phase <= phase && requirement.is_in_force(date)
                });
                if !in_force || !item.documents.contains(&Document::Case) {
                    continue;
                }
                match item.block.and_then(|block| catalogue.block(block)) {
                    None => self.count_single(item, &mut outcome),
                    Some(block) => self.count_rows(item, block, &mut outcome),
                }
            }
        }
        outcome
    }

    fn count_single(&self, item: &Item, outcome: &mut Completeness) {
        let when = item.requirement.as_ref().map(|requirement| &requirement.when);
        if when.is_some_and(|when| self.holds(when, None) == Some(true)) {
            count(self.record.value(item.code), item, RowId::UNMADE, outcome);
        }
    }

    fn count_rows(&self, item: &Item, block: &Block, outcome: &mut Completeness) {
        let Some(requirement) = &item.requirement else { return };
        let mut has_rows = false;
        for (id, row) in self.record.rows(block.code) {
            has_rows = true;
            if self.holds(&requirement.when, Some(row)) == Some(true) {
                count(row.get(item.code), item, id, outcome);
            }
        }
        let is_needed = !block.needed.is_always() && self.holds(&block.needed, None) == Some(true);
        if !has_rows && is_needed && requirement.when.is_always() {
            count(None, item, RowId::UNMADE, outcome);
        }
    }
}

fn count(value: Option<&CellValue>, item: &Item, row: RowId, outcome: &mut Completeness) {
    outcome.required += 1;
    if value.is_some_and(|value| value.is_unknown || !value.written.trim().is_empty()) {
        outcome.filled += 1;
    } else {
        outcome.missing.push(address(item, row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(record: &mut ClinicalRecord, item: &str, written: &str) {
        record.set(&CellAddress::single(item), Some(CellValue::written(written)));
    }

    fn at(record: &ClinicalRecord, phase: Phase) -> Completeness {
        completeness(record, NaiveDate::from_ymd_opt(2026, 4, 1).unwrap(), phase)
    }

    fn misses(outcome: &Completeness, item: &str) -> bool {
        outcome.missing.iter().any(|address| address.item.as_str() == item)
    }

    #[test]
    fn an_empty_record_misses_what_every_case_must_say() {
        let outcome = at(&ClinicalRecord::default(), Phase::Registration);
        assert_eq!(outcome.filled, 0);
        assert_eq!(outcome.missing.len(), outcome.required);
        assert!(misses(&outcome, "sex") && misses(&outcome, "tumour_type"));
        assert!(!misses(&outcome, "smoking_years") && !misses(&outcome, "outcome"));
        assert!(misses(&at(&ClinicalRecord::default(), Phase::FollowUp), "outcome"));
        assert_eq!(outcome.percent(), 0);
        assert_eq!(Completeness::default().percent(), 100);
    }

    #[test]
    fn a_yes_asks_for_more_and_unknown_fills() {
        let mut record = ClinicalRecord::default();
        let before = at(&record, Phase::Registration).required;
        set(&mut record, "smoking", "1");
        let outcome = at(&record, Phase::Registration);
        assert!(misses(&outcome, "smoking_years") && !misses(&outcome, "smoking"));
        assert_eq!(outcome.required, before + 2);
        record.set(&CellAddress::single("smoking_years"), Some(CellValue::unknown()));
        assert!(!misses(&at(&record, Phase::Registration), "smoking_years"));
        set(&mut record, "smoking", "9");
        assert_eq!(at(&record, Phase::Registration).required, before);
        set(&mut record, "smoking", " ");
        assert!(misses(&at(&record, Phase::Registration), "smoking"));
    }

    #[test]
    fn a_needed_block_without_rows_is_missing_and_each_row_counts() {
        let mut record = ClinicalRecord::default();
        set(&mut record, "therapy_before", "1");
        let outcome = at(&record, Phase::Registration);
        let unmade = CellAddress::in_row("regimen_before", RowId::UNMADE, "before_start");
        assert!(outcome.missing.contains(&unmade));
        assert!(!misses(&outcome, "before_end"));
        let row = RowId::numbered(0);
        let cell = |item: &str| CellAddress::in_row("regimen_before", row, item);
        record.set(&cell("before_start"), Some(CellValue::written("2024/1/1")));
        record.set(&cell("before_continues"), Some(CellValue::written("ended")));
        let outcome = at(&record, Phase::Registration);
        assert!(!outcome.missing.contains(&unmade) && !misses(&outcome, "before_start"));
        assert!(outcome.missing.contains(&cell("before_end")));
        assert!(outcome.missing.contains(&cell("before_response")));
    }

    #[test]
    fn markers_are_asked_of_their_organ_only() {
        let mut record = ClinicalRecord::default();
        set(&mut record, "tumour_type", "LUAD");
        let outcome = at(&record, Phase::Registration);
        assert!(misses(&outcome, "lung_egfr") && !misses(&outcome, "breast_er"));
    }

    #[test]
    fn counts_add_up_to_a_hospitals() {
        let mut total = Completeness { required: 4, filled: 1, missing: Vec::new() };
        total.add_counts(&Completeness { required: 4, filled: 4, missing: Vec::new() });
        assert_eq!((total.required, total.filled, total.percent()), (8, 5, 62));
    }
}
