//! Dates in order, none in the future, none before birth.

use chrono::Months;

use super::{Check, Checking, DATES, Trouble};
use crate::{
    catalogue::Catalogue,
    clinical_record::{CellAddress, Day, Value},
    text::LocalizedText,
};

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.date.future", future),
    Check::error("record.date.before_birth", before_birth),
    Check::error("record.date.diagnosed_after_registered", |checking| {
        checking.in_order("diagnosed", "registered")
    }),
    Check::error("record.date.specimen_after_panel", |checking| {
        checking.in_order("specimen_collected", "panel_held")
    }),
    Check::error("record.date.normal_after_panel", |checking| {
        checking.in_order("normal_collected", "panel_held")
    }),
    Check::warning("record.date.registered_after_panel", |checking| {
        checking.in_order("registered", "panel_held")
    }),
    Check::warning("record.date.specimen_long_before_diagnosis", specimen_long_before_diagnosis),
    Check::note("record.date.specimen_old", specimen_old),
];

/// A specimen this much older than the diagnosis belongs to another disease, or a date is wrong. Units: months.
const BEFORE_DIAGNOSIS_MONTHS_MAX: u32 = 12;
/// A specimen this much older than the registration seldom gives a result. Units: months.
const SPECIMEN_AGE_MONTHS_MAX: u32 = 60;

/// Returns every readable date of the record of which something holds.
fn days(checking: &Checking<'_>, holds: impl Fn(Day) -> bool) -> Vec<(CellAddress, Day)> {
    let dates = checking.cells.iter().filter_map(|cell| match cell.read {
        Value::Day(day) if holds(day) => Some((cell.address(), day)),
        _ => None,
    });
    dates.collect()
}

fn label(address: &CellAddress) -> LocalizedText {
    let item = Catalogue::get().item(address.item.as_str());
    item.map(|item| item.label.clone()).unwrap_or_default()
}

fn future(checking: &Checking<'_>) -> Vec<Trouble> {
    let today = Day::exact(checking.today);
    let late = days(checking, |day| today.is_before(day));
    let found = late.into_iter().map(|(address, day)| {
        let label = label(&address);
        Trouble::new(
            vec![address],
            LocalizedText::new(
                format!("「{}」({day})が未来の日付です。", label.ja),
                format!("\"{}\" ({day}) lies in the future.", label.en),
            ),
            LocalizedText::of(
                "年の入力を確かめ、予定の日付は入力しないでください。",
                "Check the year, and do not enter planned dates.",
            ),
        )
    });
    found.collect()
}

fn before_birth(checking: &Checking<'_>) -> Vec<Trouble> {
    let (Some(age), Some(registered)) = (checking.reader.number("age"), checking.day("registered"))
    else {
        return Vec::new();
    };
    // Nobody is older on the day of registration than one year more than the completed years.
    let months = Months::new((age.clamp(0.0, 150.0) as u32 + 1) * 12);
    let Some(birth) = registered.first.checked_sub_months(months) else { return Vec::new() };
    let early = days(checking, |day| day.is_before(Day::exact(birth)));
    let found = early.into_iter().map(|(address, day)| {
        let label = label(&address);
        Trouble::new(
            vec![address, CellAddress::single("age")],
            LocalizedText::new(
                format!("「{}」({day})が、{age}歳の患者の出生より前です。", label.ja),
                format!("\"{}\" ({day}) is before the birth of a patient aged {age}.", label.en),
            ),
            LocalizedText::of(
                "日付の年と、登録時の年齢を確かめてください。",
                "Check the year of the date and the age at registration.",
            ),
        )
    });
    found.collect()
}

fn specimen_long_before_diagnosis(checking: &Checking<'_>) -> Vec<Trouble> {
    let (Some(taken), Some(diagnosed)) =
        (checking.day("specimen_collected"), checking.day("diagnosed"))
    else {
        return Vec::new();
    };
    let earliest = diagnosed.first.checked_sub_months(Months::new(BEFORE_DIAGNOSIS_MONTHS_MAX));
    if !earliest.is_some_and(|earliest| taken.is_before(Day::exact(earliest))) {
        return Vec::new();
    }
    vec![Trouble::of(
        &["specimen_collected", "diagnosed"],
        LocalizedText::new(
            format!("検体の採取日({taken})が診断日({diagnosed})より1年以上前です。"),
            format!(
                "The specimen was taken ({taken}) more than a year before the diagnosis ({diagnosed})."
            ),
        ),
        DATES,
    )]
}

fn specimen_old(checking: &Checking<'_>) -> Vec<Trouble> {
    let (Some(taken), Some(registered)) =
        (checking.day("specimen_collected"), checking.day("registered"))
    else {
        return Vec::new();
    };
    let earliest = registered.first.checked_sub_months(Months::new(SPECIMEN_AGE_MONTHS_MAX));
    if !earliest.is_some_and(|earliest| taken.is_before(Day::exact(earliest))) {
        return Vec::new();
    }
    vec![Trouble::of(
        &["specimen_collected"],
        LocalizedText::new(
            format!("検体の採取日({taken})が登録の5年以上前です。"),
            format!(
                "The specimen was taken ({taken}) more than five years before the registration."
            ),
        ),
        LocalizedText::of(
            "日付が正しければ、新しい検体がないかを病理医に確かめてください。",
            "If the date is right, ask the pathologist whether there is a newer specimen.",
        ),
    )]
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    ("record.date.future", "registered=2026/4/2", "registered=2026/4/1"),
    ("record.date.future", "died=2027", "died=2026"),
    (
        "record.date.before_birth",
        "age=40 registered=2025/4/1 diagnosed=1980/4/1",
        "age=40 registered=2025/4/1 diagnosed=1984/4/1",
    ),
    (
        "record.date.diagnosed_after_registered",
        "diagnosed=2025/5/1 registered=2025/4/1",
        "diagnosed=2025/4 registered=2025/4/1",
    ),
    (
        "record.date.specimen_after_panel",
        "specimen_collected=2025/5/1 panel_held=2025/4/1",
        "specimen_collected=2025/4/1 panel_held=2025/4/1",
    ),
    (
        "record.date.normal_after_panel",
        "normal_collected=2025/5/1 panel_held=2025/4/1",
        "normal_collected=2025/3/1 panel_held=2025/4/1",
    ),
    (
        "record.date.registered_after_panel",
        "registered=2025/5/1 panel_held=2025/4/1",
        "registered=2025/3/1 panel_held=2025/4/1",
    ),
    (
        "record.date.specimen_long_before_diagnosis",
        "specimen_collected=2021/1/1 diagnosed=2023/1/1",
        "specimen_collected=2022/2/1 diagnosed=2023/1/1",
    ),
    (
        "record.date.specimen_old",
        "specimen_collected=2019/1/1 registered=2025/1/1",
        "specimen_collected=2021/1/1 registered=2025/1/1",
    ),
];
