//! Draws a clinical record for a synthetic patient: background, specimen, markers, therapies, outcome.
//!
//! The record belongs to the same patient as the result of the same seed and number. Frequencies are
//! round and invented. Some cells are left out, as they are in life; a few records are spoilt on purpose
//! ([`RecordFlaw`]), the others pass every check.

use chrono::{Datelike, Days, NaiveDate};
use model::{
    case::{PatientCase, Sex},
    catalogue::{Catalogue, ItemType},
    clinical_record::{CellAddress, CellValue, ClinicalRecord, RowId},
};

pub use self::flaw::RecordFlaw;
use crate::{
    draw::Draw,
    patient::{Design, Profile},
};

mod background;
mod flaw;
mod markers;
mod therapy;

/// The last day that any record knows of.
const HORIZON: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 9, 30);

/// Added to the seed, so that a record's draws do not disturb those of the result.
const RECORD_SEED: u64 = 0x636c_696e_6963;

/// How often a cell that may be left out is left out. Units: per mille.
const LEFT_OUT_PER_MILLE: u64 = 40;

/// Items that are left out now and then; none of them is asked for by a check of another.
const MAY_BE_LEFT_OUT: [&str; 14] = [
    "alcohol",
    "smoking_per_day",
    "family_age",
    "family_relationship",
    "sampling_method",
    "clinical_diagnosis",
    "pathological_diagnosis",
    "before_purpose",
    "before_place",
    "before_drug_status",
    "after_policy",
    "after_place",
    "after_drug_status",
    "same_organ_cancer",
];

/// A synthetic patient with a clinical record.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticRecord {
    /// The case; `synthetic` is always set.
    pub case: PatientCase,
    /// The record.
    pub record: ClinicalRecord,
    /// What was spoilt on purpose.
    pub flaw: Option<RecordFlaw>,
}

/// Returns the clinical records of a nation, in the order of the cases of [`crate::nation`].
///
/// ```
/// let first = synthetic::clinical_records(1, 1).next().expect("a nation of one has a first case");
/// assert_eq!(first.record.value("registration_id").unwrap().written, first.case.reference);
/// ```
pub fn clinical_records(seed: u64, cases: usize) -> impl Iterator<Item = SyntheticRecord> {
    (0..cases as u64).map(move |index| clinical_record(seed, index))
}

/// Returns the clinical record of the patient of one number (from 0).
pub fn clinical_record(seed: u64, index: u64) -> SyntheticRecord {
    let (case, profile) = crate::patient_of(&mut Draw::new(seed, index), seed, index);
    let mut draw = Draw::new(seed ^ RECORD_SEED, index);
    let mut sheet = Sheet { record: ClinicalRecord::default(), draw: &mut draw };
    let course = background::fill(&mut sheet, &case, &profile);
    markers::fill(&mut sheet);
    therapy::fill(&mut sheet, &course);
    let mut record = sheet.record;
    leave_out(&mut record, &mut draw);
    let flaw = RecordFlaw::draw(&mut draw).filter(|flaw| flaw.spoil(&mut record));
    SyntheticRecord { case, record, flaw }
}

fn leave_out(record: &mut ClinicalRecord, draw: &mut Draw) {
    let may = |address: &CellAddress| MAY_BE_LEFT_OUT.contains(&address.item.as_str());
    let addresses: Vec<_> = record.cells().map(|(address, _)| address).filter(may).collect();
    for address in addresses {
        if draw.happens(LEFT_OUT_PER_MILLE) {
            record.set(&address, None);
        }
    }
}

/// A record while it is filled.
struct Sheet<'d> {
    record: ClinicalRecord,
    draw: &'d mut Draw,
}

/// Returns a cell of an item that holds the code of a meaning.
pub(crate) fn cell_of_meaning(item: &'static str, meaning: &str) -> CellValue {
    cell(item, meaning.into())
}

impl Sheet<'_> {
    /// Writes an item that a case has once: a day, a number, a text, or what a code means.
    fn put(&mut self, item: &'static str, value: impl Into<Written>) {
        let value = cell(item, value.into());
        self.record.set(&CellAddress::single(item), Some(value));
    }

    /// Writes an item of a row.
    fn put_in(&mut self, row: (&'static str, u32), item: &'static str, value: impl Into<Written>) {
        let address = CellAddress::in_row(row.0, RowId::numbered(row.1), item);
        self.record.set(&address, Some(cell(item, value.into())));
    }

    /// Draws one meaning, each as likely as its weight.
    fn pick(&mut self, choices: &[(&'static str, u64)]) -> &'static str {
        self.draw.weighted(choices, |choice| choice.1).map_or("", |choice| choice.0)
    }
}

/// What is written into a cell.
enum Written {
    Text(String),
    Day(NaiveDate),
}

impl From<&str> for Written {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Written {
    fn from(number: u64) -> Self {
        Self::Text(number.to_string())
    }
}

impl From<NaiveDate> for Written {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

/// Makes a cell; an item with a code list is written as the code of the meaning.
fn cell(item: &str, written: Written) -> CellValue {
    let text = match written {
        Written::Text(text) => text,
        Written::Day(day) => format!("{}/{}/{}", day.year(), day.month(), day.day()),
    };
    let catalogue = Catalogue::get();
    let Some(item) = catalogue.item(item) else {
        unreachable!("the catalogue has the item {item}")
    };
    let list = item.list.and_then(|list| catalogue.lists().list(list));
    let code = list.and_then(|list| list.code_of(&text)).map(|code| code.code.clone());
    debug_assert!(item.item_type != ItemType::Code || !text.is_empty(), "{}", item.code);
    CellValue::written(code.map_or(text, std::borrow::Cow::into_owned))
}

/// What later parts of a record follow from.
struct Course {
    diagnosed: NaiveDate,
    registered: NaiveDate,
    age_years: u64,
}

/// Returns a day some days later, or the day itself where the calendar ends.
fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// Returns a day some days earlier, or the day itself where the calendar begins.
fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// Returns how a sex is written.
fn sex(case: &PatientCase) -> &'static str {
    match case.sex {
        Some(Sex::Female) => "female",
        Some(Sex::Male) => "male",
        Some(Sex::Other) | None => "unknown",
    }
}

/// Returns whether a test is of plasma.
fn is_plasma(profile: &Profile) -> bool {
    profile.design == Design::CellFree
}
