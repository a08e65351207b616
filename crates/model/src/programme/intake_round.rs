//! The rounds in which applications of partners are taken, about every six months.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Period;

/// Half of a fiscal year. Shape: `2026-1` (April to September) or `2026-2` (October to March).
///
/// Source: partners are taken about every six months (the ministry's account of 2018-02). That a round is half of the fiscal year is
/// ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IntakeRound {
    fiscal_year: i32,
    second: bool,
}

/// Text that names no round.
#[derive(Debug, thiserror::Error)]
#[error("not an intake round: {0:?}")]
pub struct ParseIntakeRoundError(String);

impl IntakeRound {
    /// Returns the round that a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        let fiscal_year = if day.month() < 4 { day.year() - 1 } else { day.year() };
        Self { fiscal_year, second: !(4..10).contains(&day.month()) }
    }

    /// Returns the days of the round.
    pub fn period(self) -> Period {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
        if self.second {
            Period::between(day(self.fiscal_year, 10, 1), day(self.fiscal_year + 1, 3, 31))
        } else {
            Period::between(day(self.fiscal_year, 4, 1), day(self.fiscal_year, 9, 30))
        }
    }

    /// Returns the next round.
    #[must_use]
    pub fn next(self) -> Self {
        let fiscal_year = self.fiscal_year + i32::from(self.second);
        Self { fiscal_year, second: !self.second }
    }
}

impl fmt::Display for IntakeRound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{}", self.fiscal_year, if self.second { 2 } else { 1 })
    }
}

impl FromStr for IntakeRound {
    type Err = ParseIntakeRoundError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (year, half) = text.split_once('-')?;
            let fiscal_year = year.parse().ok().filter(|year| (1900..=9000).contains(year))?;
            let second = match half {
                "1" => false,
                "2" => true,
                _ => return None,
            };
            Some(Self { fiscal_year, second })
        };
        read().ok_or_else(|| ParseIntakeRoundError(text.chars().take(32).collect()))
    }
}

impl From<IntakeRound> for String {
    fn from(round: IntakeRound) -> Self {
        round.to_string()
    }
}

impl TryFrom<String> for IntakeRound {
    type Error = ParseIntakeRoundError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_lies_in_its_round_and_rounds_join() {
        let mut day: NaiveDate = "2024-01-01".parse().unwrap();
        for _ in 0..1_000 {
            let round = IntakeRound::of(day);
            assert!(round.period().holds(day), "{day}");
            let next = round.next().period().from;
            assert_eq!(round.period().until.unwrap().succ_opt().unwrap(), next);
            assert_eq!(round.to_string().parse::<IntakeRound>().unwrap(), round);
            day = day.succ_opt().unwrap();
        }
        assert_eq!(IntakeRound::of("2026-03-31".parse().unwrap()).to_string(), "2025-2");
    }
}
