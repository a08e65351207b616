//! Days as searches see them.

use std::fmt;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The day that has the number 0.
const FIRST: Option<NaiveDate> = NaiveDate::from_ymd_opt(1900, 1, 1);

/// A day. Units: days since 1900-01-01; the last is 2079-06-05. Shape in JSON: `YYYY-MM-DD`.
///
/// ```
/// use research::cohort::CohortDay;
/// let day: CohortDay = "2026-11-27".parse().unwrap();
/// assert_eq!(day.to_string(), "2026-11-27");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CohortDay(u16);

impl CohortDay {
    /// What a column holds where the day is not known.
    pub(crate) const UNKNOWN: u16 = u16::MAX;

    /// Returns the day of a date; `None` before 1900 and after 2079-06-05.
    pub fn of(date: NaiveDate) -> Option<Self> {
        let number = u16::try_from((date - FIRST?).num_days()).ok()?;
        (number != Self::UNKNOWN).then_some(Self(number))
    }

    /// Returns the day of a number; `None` for the number that stands for unknown.
    pub fn of_number(number: u16) -> Option<Self> {
        (number != Self::UNKNOWN).then_some(Self(number))
    }

    /// Returns the number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Returns the date.
    pub fn date(self) -> NaiveDate {
        FIRST
            .and_then(|first| first.checked_add_days(Days::new(self.0.into())))
            .unwrap_or(NaiveDate::MIN)
    }

    /// Returns what a column holds.
    pub(crate) fn column(day: Option<Self>) -> u16 {
        day.map_or(Self::UNKNOWN, |day| day.0)
    }
}

impl fmt::Display for CohortDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

/// Text that is no day of a search.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("read a day: {0:?} is not YYYY-MM-DD between 1900 and 2079")]
pub struct ParseCohortDayError(String);

impl std::str::FromStr for CohortDay {
    type Err = ParseCohortDayError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        date.and_then(Self::of).ok_or_else(|| ParseCohortDayError(text.chars().take(32).collect()))
    }
}

impl Serialize for CohortDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CohortDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1900() {
        let day: CohortDay = "1900-01-02".parse().unwrap();
        assert_eq!(day.number(), 1);
        assert_eq!("2079-06-05".parse::<CohortDay>().unwrap().number(), 65_534);
        for wrong in ["2079-06-06", "1899-12-31", "2026-02-30", "", "昨日"] {
            assert!(wrong.parse::<CohortDay>().is_err(), "{wrong}");
        }
        assert_eq!(CohortDay::of_number(CohortDay::UNKNOWN), None);
    }
}
