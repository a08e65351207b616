//! What a record's values mean together, told to the person who enters data.
//!
//! Every check is one entry of [`ALL`]: a stable code, a severity and a function. A check speaks only of
//! what is there; what is missing is told by [`super::completeness`]. Bounds and rules are ours unless a
//! check's documentation names a source.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    BlockCode, CellAddress, CellValue, ClinicalRecord, Day, ItemCode, RecordReader, Row, RowId,
    Value,
};
use crate::{
    catalogue::{Catalogue, CodeLists, Item},
    problem::{Place, Problem, Severity},
    text::LocalizedText,
};

mod adverse_events;
mod background;
mod dates;
mod outcome;
mod panel;
mod specimen;
mod therapy;
mod tumour;
mod values;

/// Most findings of one check in one record; more would hide the others.
const MAX_FINDINGS: usize = 50;

/// A check of a record.
#[derive(Clone, Copy)]
pub struct Check {
    /// Stable code, such as `record.date.future`; never reused for another meaning.
    pub code: &'static str,
    /// How much what it finds matters.
    pub severity: Severity,
    find: fn(&Checking<'_>) -> Vec<Trouble>,
}

impl Check {
    const fn error(code: &'static str, find: fn(&Checking<'_>) -> Vec<Trouble>) -> Self {
        Self { code, severity: Severity::Error, find }
    }

    const fn warning(code: &'static str, find: fn(&Checking<'_>) -> Vec<Trouble>) -> Self {
        Self { code, severity: Severity::Warning, find }
    }

    const fn note(code: &'static str, find: fn(&Checking<'_>) -> Vec<Trouble>) -> Self {
        Self { code, severity: Severity::Note, find }
    }

    /// Returns every check, in the order of the form.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        ALL.iter().copied().flatten()
    }
}

/// All checks.
const ALL: [&[Check]; 9] = [
    values::CHECKS,
    dates::CHECKS,
    background::CHECKS,
    tumour::CHECKS,
    specimen::CHECKS,
    therapy::CHECKS,
    adverse_events::CHECKS,
    panel::CHECKS,
    outcome::CHECKS,
];

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's code.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The cells it is about; the first is the one to look at first.
    pub addresses: Vec<CellAddress>,
    /// What is wrong, as one sentence in each language.
    pub message: LocalizedText,
    /// How to mend it, as one sentence in each language.
    pub remedy: LocalizedText,
}

impl Finding {
    /// Makes a problem of it, addressed to the person who enters data; its pointer is the first cell's address.
    pub fn to_problem(&self) -> Problem {
        let pointer = self.addresses.first().map(|address| format!("/{address}"));
        let place = Place::pointer(pointer.unwrap_or_default());
        let (message, remedy) = (self.message.clone(), self.remedy.clone());
        Problem { severity: self.severity, ..Problem::error(self.code, place, message, remedy) }
            .for_data_entry()
    }
}

/// Checks a record on a day.
pub fn check(record: &ClinicalRecord, today: NaiveDate) -> Vec<Finding> {
    RecordReader::new(record).check(today)
}

impl<'a> RecordReader<'a> {
    /// Checks the record on a day; see [`check`].
    pub fn check(&self, today: NaiveDate) -> Vec<Finding> {
        let cells = self.record.entries().map(|(row, code, value)| {
            let item = Catalogue::get().item(code.as_str());
            let read = item.map_or(Value::Unreadable, |item| value.read(item));
            Cell { row, code, item, value, read }
        });
        let checking = Checking { reader: *self, today, cells: cells.collect() };
        let mut findings = Vec::new();
        for check in Check::all() {
            for trouble in (check.find)(&checking).into_iter().take(MAX_FINDINGS) {
                findings.push(Finding {
                    code: check.code,
                    severity: trouble.severity.unwrap_or(check.severity),
                    addresses: trouble.addresses,
                    message: trouble.message,
                    remedy: trouble.remedy,
                });
            }
        }
        findings
    }
}

/// What one check found, before it has a code.
struct Trouble {
    addresses: Vec<CellAddress>,
    severity: Option<Severity>,
    message: LocalizedText,
    remedy: LocalizedText,
}

impl Trouble {
    fn new(addresses: Vec<CellAddress>, message: LocalizedText, remedy: LocalizedText) -> Self {
        Self { addresses, severity: None, message, remedy }
    }

    /// Makes the trouble of items that a case has once, in fixed words.
    fn of(items: &[&'static str], message: LocalizedText, remedy: LocalizedText) -> Self {
        Self::new(items.iter().map(|item| CellAddress::single(*item)).collect(), message, remedy)
    }

    fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}

/// A record while it is checked.
struct Checking<'a> {
    reader: RecordReader<'a>,
    today: NaiveDate,
    /// Every cell, looked up and read once for all checks.
    cells: Vec<Cell<'a>>,
}

/// A cell of the record.
struct Cell<'a> {
    row: Option<(&'a BlockCode, RowId)>,
    code: &'a ItemCode,
    /// The item, where the catalogue has it.
    item: Option<&'static Item>,
    value: &'a CellValue,
    /// The value read by the item's type.
    read: Value<'a>,
}

impl Cell<'_> {
    fn address(&self) -> CellAddress {
        let block = self.row.map(|(block, id)| (block.clone(), id));
        CellAddress { block, item: self.code.clone() }
    }
}

impl<'a> Checking<'a> {
    fn record(&self) -> &'a ClinicalRecord {
        self.reader.record
    }

    fn lists(&self) -> &'a CodeLists {
        self.reader.lists
    }

    fn is(&self, item: &str, meaning: &str) -> bool {
        self.reader.meaning(item) == Some(meaning)
    }

    fn row_is(&self, row: &'a Row, item: &str, meaning: &str) -> bool {
        self.reader.meaning_in(row, item) == Some(meaning)
    }

    fn has(&self, item: &str) -> bool {
        self.record().value(item).is_some_and(|value| !value.written.trim().is_empty())
    }

    fn day(&self, item: &str) -> Option<Day> {
        self.reader.day(item)
    }

    fn rows(&self, block: &str) -> Vec<(RowId, &'a Row)> {
        self.record().rows(block).collect()
    }

    /// Returns the trouble of two single days of which the first must not be after the second.
    fn in_order(&self, first: &'static str, second: &'static str) -> Vec<Trouble> {
        let (Some(earlier), Some(later)) = (self.day(first), self.day(second)) else {
            return Vec::new();
        };
        if !later.is_before(earlier) {
            return Vec::new();
        }
        vec![Trouble::of(
            &[first, second],
            said(&[first, second], |[a, b]| {
                LocalizedText::new(
                    format!("「{}」({earlier})が「{}」({later})より後です。", a.ja, b.ja),
                    format!("\"{}\" ({earlier}) is after \"{}\" ({later}).", a.en, b.en),
                )
            }),
            DATES,
        )]
    }
}

/// What to do about two dates that contradict each other.
const DATES: LocalizedText = LocalizedText::of(
    "診療録で両方の日付を確かめ、誤っている方を直してください。",
    "Look both dates up in the chart and mend the wrong one.",
);

/// Returns whether a row's cell is filled.
fn filled(row: &Row, item: &str) -> bool {
    row.get(item).is_some_and(|value| !value.written.trim().is_empty())
}

/// Makes a sentence with the labels of items.
fn said<const N: usize>(
    items: &[&str; N],
    sentence: impl FnOnce([&LocalizedText; N]) -> LocalizedText,
) -> LocalizedText {
    static NO_LABEL: LocalizedText = LocalizedText::of("", "");
    sentence(items.map(|item| Catalogue::get().item(item).map_or(&NO_LABEL, |item| &item.label)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Day of all tests.
    const TODAY: &str = "2026-04-01";

    /// Makes a record of `item=value` and, for items of blocks, `item@ROW=value`, parted by blanks; `~` in a value
    /// stands for a blank.
    fn record(text: &str) -> ClinicalRecord {
        let mut record = ClinicalRecord::default();
        for cell in text.split_whitespace() {
            let (place, value) = cell.split_once('=').expect(cell);
            let (item, row) = place.split_once('@').unwrap_or((place, "0"));
            let address = match Catalogue::get().item(item).and_then(|item| item.block) {
                Some(block) => {
                    CellAddress::in_row(block, RowId::numbered(row.parse().unwrap()), item)
                }
                None => CellAddress::single(item),
            };
            let (value, label) = value.split_once('|').map_or((value, None), |(v, l)| (v, Some(l)));
            let value = CellValue {
                label: label.map(str::to_owned),
                ..CellValue::written(value.replace('~', " "))
            };
            record.set(&address, Some(value));
        }
        record
    }

    fn codes(text: &str) -> BTreeSet<&'static str> {
        let findings = check(&record(text), TODAY.parse().unwrap());
        for finding in &findings {
            assert!(!finding.addresses.is_empty(), "{}", finding.code);
            let problem = finding.to_problem();
            for words in [&problem.message, &problem.remedy] {
                assert!(words.ja.ends_with('。') && words.en.ends_with('.'), "{words:?}");
                assert!(!words.ja.contains("「」") && !words.en.contains("\"\""), "{words:?}");
            }
        }
        findings.iter().map(|finding| finding.code).collect()
    }

    /// Every check with a record that it refuses and one, as near as can be, that it accepts.
    fn cases() -> Vec<(&'static str, &'static str, &'static str)> {
        [
            values::CASES,
            dates::CASES,
            background::CASES,
            tumour::CASES,
            specimen::CASES,
            therapy::CASES,
            adverse_events::CASES,
            panel::CASES,
            outcome::CASES,
        ]
        .concat()
    }

    #[test]
    fn every_check_refuses_and_accepts() {
        for (code, refused, accepted) in cases() {
            assert!(codes(refused).contains(code), "{code} must speak of {refused}");
            assert!(!codes(accepted).contains(code), "{code} must not speak of {accepted}");
        }
    }

    #[test]
    fn every_check_has_a_case_and_a_code_of_its_own() {
        let tested: BTreeSet<_> = cases().iter().map(|case| case.0).collect();
        let all: Vec<_> = Check::all().map(|check| check.code).collect();
        let unique: BTreeSet<_> = all.iter().copied().collect();
        assert_eq!(all.len(), unique.len());
        assert_eq!(tested, unique);
        assert!(unique.len() >= 25);
    }

    #[test]
    fn an_empty_record_contradicts_nothing() {
        assert_eq!(check(&ClinicalRecord::default(), TODAY.parse().unwrap()), []);
    }

    #[test]
    fn a_finding_becomes_a_problem_for_the_data_entry_person() {
        let findings = check(&record("registered=2027/1/1"), TODAY.parse().unwrap());
        let problem = findings[0].to_problem();
        assert_eq!(problem.code, "record.date.future");
        assert_eq!(problem.place.pointer, "/registered");
        assert_eq!(problem.audience, crate::problem::Audience::DataEntry);
    }
}
