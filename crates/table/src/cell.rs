//! What stands in a table.

use std::{borrow::Cow, fmt};

use chrono::NaiveDate;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Days.
    Day,
    /// Words.
    Words,
}

/// What stands in one place. Its text is that of CSV.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not known, or not told. It may stand in any column.
    Unknown,
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A day.
    Day(NaiveDate),
    /// Words.
    Words(Cow<'static, str>),
}

impl fmt::Display for Cell {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::Integer(number) => number.fmt(text),
            Self::Number(number) => number.fmt(text),
            Self::Day(day) => day.fmt(text),
            Self::Words(words) => words.fmt(text),
        }
    }
}

impl<C: Into<Cell>> From<Option<C>> for Cell {
    fn from(cell: Option<C>) -> Self {
        cell.map_or(Self::Unknown, Into::into)
    }
}

impl From<u64> for Cell {
    /// A count beyond 2^63, which nothing that is counted reaches, is the highest.
    fn from(count: u64) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Cell {
    fn from(count: u32) -> Self {
        Self::Integer(count.into())
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<NaiveDate> for Cell {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<&'static str> for Cell {
    fn from(words: &'static str) -> Self {
        Self::Words(words.into())
    }
}

impl From<String> for Cell {
    fn from(words: String) -> Self {
        Self::Words(words.into())
    }
}
