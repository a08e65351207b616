//! A cell's value: as written, and read by its item's type.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Item, ItemType};

/// Years that a date of a record may have.
const YEARS: std::ops::RangeInclusive<i32> = 1880..=2200;

/// A cell's value, kept as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CellValue {
    /// What was written: a code for an item with a code list.
    #[serde(default)]
    pub written: String,
    /// The code's label as the sender wrote it, which need not be the list's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it was asked and is not known; for items that have no code for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unknown: bool,
}

impl CellValue {
    /// How "asked, and not known" is entered into an item without a code for it.
    pub const NOT_KNOWN: &str = "@unknown";

    /// Makes a value of what was written.
    pub fn written(text: impl Into<String>) -> Self {
        Self { written: text.into(), ..Self::default() }
    }

    /// Makes a code with its label.
    pub fn labelled(code: impl Into<String>, label: impl Into<String>) -> Self {
        Self { written: code.into(), label: Some(label.into()), is_unknown: false }
    }

    /// Makes the value of what was asked and is not known.
    pub fn unknown() -> Self {
        Self { is_unknown: true, ..Self::default() }
    }

    /// Makes the value of a text that somebody entered; [`Self::NOT_KNOWN`] stands for "asked, and not known".
    pub fn of_entered(text: &str) -> Self {
        if text == Self::NOT_KNOWN { Self::unknown() } else { Self::written(text) }
    }

    /// Returns the text by which the value is entered.
    pub fn entered(&self) -> &str {
        if self.is_unknown { Self::NOT_KNOWN } else { &self.written }
    }

    /// Reads the value by an item's type.
    pub fn read(&self, item: &Item) -> Value<'_> {
        if self.is_unknown {
            return Value::Unknown;
        }
        let text = self.written.trim();
        let read = match item.item_type {
            ItemType::Text => Some(Value::Text(text)),
            ItemType::Code => Some(Value::Code(text)),
            ItemType::Date => Day::read(text).map(Value::Day),
            ItemType::Integer => half_width(text).parse().ok().map(Value::Integer),
            ItemType::Decimal => {
                let number = half_width(text).parse::<f64>().ok();
                number.filter(|number| number.is_finite()).map(Value::Decimal)
            }
        };
        read.filter(|_| !text.is_empty()).unwrap_or(Value::Unreadable)
    }
}

/// A value read by its item's type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Asked, and not known.
    Unknown,
    /// A day, month or year.
    Day(Day),
    /// A whole number.
    Integer(i64),
    /// A number.
    Decimal(f64),
    /// Free text.
    Text(&'a str),
    /// A code, which the list may or may not have.
    Code(&'a str),
    /// Something that the item's type does not allow.
    Unreadable,
}

/// A day, as precise as it was written: the first and the last day it may be.
///
/// ```
/// use model::clinical_record::Day;
/// let month = Day::read("2024/2").unwrap();
/// assert_eq!(month.last.to_string(), "2024-02-29");
/// assert!(!month.is_exact());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// First day that it may be.
    pub first: NaiveDate,
    /// Last day that it may be.
    pub last: NaiveDate,
}

impl Day {
    /// Makes an exact day.
    pub fn exact(day: NaiveDate) -> Self {
        Self { first: day, last: day }
    }

    /// Reads `2024/2/9`, `2024-02-09`, `2024年2月9日`, `20240209`; also without the day, or with the year alone.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        // The portal's own form, which nearly every date has, needs no other signs.
        if let Some((year, rest)) = text.split_once('/')
            && let Some((month, day)) = rest.split_once('/')
            && [year, month, day].iter().all(|part| is_digits(part))
        {
            return Self::of(year, Some(month), Some(day));
        }
        let text = half_width(text);
        if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            let (year, rest) = text.split_at(4);
            let (month, day) = rest.split_at(2);
            return Self::of(year, Some(month), Some(day));
        }
        let plain = text.replace(['年', '月', '-', '.'], "/");
        let plain = plain.trim_end_matches(['日', '/']);
        let mut parts = plain.split('/');
        let year = parts.next()?;
        let (month, day) = (parts.next(), parts.next());
        if parts.next().is_some() { None } else { Self::of(year, month, day) }
    }

    fn of(year: &str, month: Option<&str>, day: Option<&str>) -> Option<Self> {
        let number = |text: &str, width: std::ops::RangeInclusive<usize>| {
            let is_number = width.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| text.parse::<u32>().ok()).flatten()
        };
        let year = i32::try_from(number(year, 4..=4)?).ok().filter(|year| YEARS.contains(year))?;
        let Some(month) = month else {
            return Some(Self {
                first: NaiveDate::from_ymd_opt(year, 1, 1)?,
                last: NaiveDate::from_ymd_opt(year, 12, 31)?,
            });
        };
        let month = number(month, 1..=2)?;
        let Some(day) = day else {
            let first = NaiveDate::from_ymd_opt(year, month, 1)?;
            let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
            return Some(Self { first, last });
        };
        NaiveDate::from_ymd_opt(year, month, number(day, 1..=2)?).map(Self::exact)
    }

    /// Returns whether the day itself is known.
    pub fn is_exact(self) -> bool {
        self.first == self.last
    }

    /// Returns whether this is certainly before the other.
    pub fn is_before(self, other: Self) -> bool {
        self.last < other.first
    }

    /// Returns whole years from this to the other, the least and the greatest they may be.
    pub fn years_until(self, other: Self) -> (i32, i32) {
        let years = |from: NaiveDate, to: NaiveDate| {
            let is_early = (to.month(), to.day()) < (from.month(), from.day());
            to.year() - from.year() - i32::from(is_early)
        };
        (years(self.last, other.first), years(self.first, other.last))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_exact() {
            return self.first.fmt(f);
        }
        let is_month = self.first.month() == self.last.month();
        self.first.format(if is_month { "%Y-%m" } else { "%Y" }).fmt(f)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns text with full-width digits and signs as half-width ones; Japanese keyboards make both.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' | '／' | '．' | '－' => {
            char::from_u32(u32::from(c).saturating_sub(0xFEE0)).unwrap_or(c)
        }
        other => other,
    };
    text.chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn reads_dates_as_they_are_written_in_japan() {
        let day = |text: &str| Day::read(text).map(|day| day.to_string());
        for text in
            ["2024/2/9", "2024-02-09", "2024年2月9日", "２０２４／２／９", "20240209", "2024.2.9"]
        {
            assert_eq!(day(text).as_deref(), Some("2024-02-09"), "{text}");
        }
        assert_eq!(day("2024/2").as_deref(), Some("2024-02"));
        assert_eq!(day("2024年").as_deref(), Some("2024"));
        assert_eq!(day("2024/2/").as_deref(), Some("2024-02"));
        assert_eq!(day("2024/2/-").as_deref(), Some("2024-02"));
        for text in [
            "",
            "NA",
            "2024/13/1",
            "2024/2/30",
            "24/2/9",
            "2024/2/9/1",
            "+024/1/1",
            "9/2/2024",
            "2024/2/9.1",
            "2024-1/2/3",
            "1700/1/1",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_is_before_a_day_only_when_all_of_it_is() {
        let day = |text: &str| Day::read(text).unwrap();
        assert!(day("2024/1").is_before(day("2024/2/1")));
        assert!(!day("2024/2").is_before(day("2024/2/9")));
        assert_eq!(day("1960/6/15").years_until(day("2024/6/14")), (63, 63));
        assert_eq!(day("1960").years_until(day("2024/6/14")), (63, 64));
    }

    #[test]
    fn reads_by_the_items_type() {
        let item = |code: &str| Catalogue::get().item(code).unwrap();
        let read = |code: &str, text: &str| match CellValue::written(text).read(item(code)) {
            Value::Integer(number) => format!("{number}"),
            Value::Decimal(number) => format!("{number}"),
            Value::Unreadable => "unreadable".to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(read("age", "６３"), "63");
        assert_eq!(read("age", "about 60"), "unreadable");
        assert_eq!(read("after_weight", "52.5"), "52.5");
        assert_eq!(read("after_weight", "NaN"), "unreadable");
        assert_eq!(read("age", " "), "unreadable");
        assert_eq!(CellValue::unknown().read(item("age")), Value::Unknown);
        assert_eq!(CellValue::written("2").read(item("sex")), Value::Code("2"));
    }
}
