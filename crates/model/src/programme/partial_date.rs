//! Days of which a source may give only the month or the year.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A day, a month or a year, as a source gives it. Shape: `2018`, `2018-12` or `2018-12-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    first: NaiveDate,
    precision: Precision,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Precision {
    Year,
    Month,
    Day,
}

/// Text that is no day, month or year.
#[derive(Debug, thiserror::Error)]
#[error("not a day, month or year: {0:?}")]
pub struct ParsePartialDateError(String);

impl PartialDate {
    /// Makes one of a whole day.
    pub fn day(day: NaiveDate) -> Self {
        Self { first: day, precision: Precision::Day }
    }

    /// Returns the first day that it may mean.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// Returns whether the day is known.
    pub fn is_day(self) -> bool {
        self.precision == Precision::Day
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match self.precision {
            Precision::Year => "%Y",
            Precision::Month => "%Y-%m",
            Precision::Day => "%Y-%m-%d",
        };
        write!(f, "{}", self.first.format(shape))
    }
}

impl FromStr for PartialDate {
    type Err = ParsePartialDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let padded = match text.len() {
            4 => Some((format!("{text}-01-01"), Precision::Year)),
            7 => Some((format!("{text}-01"), Precision::Month)),
            10 => Some((text.to_owned(), Precision::Day)),
            _ => None,
        };
        padded
            .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
            .and_then(|(padded, precision)| {
                let first = NaiveDate::parse_from_str(&padded, "%Y-%m-%d").ok()?;
                Some(Self { first, precision })
            })
            // What does not read back as it was written is something else, such as `2018-1-1`.
            .filter(|date| date.to_string() == text)
            .ok_or_else(|| ParsePartialDateError(text.chars().take(32).collect()))
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for PartialDate {
    type Error = ParsePartialDateError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_the_source_says_and_no_more() {
        for text in ["2018", "2018-12", "2018-12-25"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
        for wrong in ["", "18", "2018-13", "2018-02-30", "2018-1-1", "2018/12", "+201", "-201-01"] {
            assert!(wrong.parse::<PartialDate>().is_err(), "{wrong}");
        }
        assert!(!"2018-12".parse::<PartialDate>().unwrap().is_day());
    }
}
