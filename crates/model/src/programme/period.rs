//! A stretch of days.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Days from one to another, both included; without an end it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day, where one is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Makes a period that goes on.
    pub fn since(from: NaiveDate) -> Self {
        Self { from, until: None }
    }

    /// Makes a period with an end.
    pub fn between(from: NaiveDate, until: NaiveDate) -> Self {
        Self { from, until: Some(until) }
    }

    /// Returns whether it ends no earlier than it begins.
    pub fn is_sound(&self) -> bool {
        self.until.is_none_or(|until| until >= self.from)
    }

    /// Returns whether a day lies in it.
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// Returns whether the two have a day in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.until.is_none_or(|until| other.from <= until)
            && other.until.is_none_or(|until| self.from <= until)
    }
}
