//! Pages of lists: by key, so that a page stays the same page while new rows arrive.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Rows on a page unless another number is asked for.
pub const PAGE_ROWS_DEFAULT: u32 = 50;
/// Most rows on a page.
pub const PAGE_ROWS_MAX: u32 = 500;

/// The last row of a page: the next page begins after it.
///
/// Shape as text: milliseconds since 1970, `-`, and the identifier in 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The row's moment.
    pub at: DateTime<Utc>,
    /// The row's identifier.
    pub id: Uuid,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.timestamp_millis(), self.id.simple())
    }
}

/// A text that is no cursor.
#[derive(Debug, thiserror::Error)]
#[error("could not read the place in the list: {0:?}")]
pub struct ParseCursorError(String);

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (milliseconds, id) = text.split_once('-')?;
            let at = DateTime::from_timestamp_millis(milliseconds.parse().ok()?)?;
            Some(Self { at, id: Uuid::try_parse(id).ok()? })
        };
        read().ok_or_else(|| ParseCursorError(text.chars().take(80).collect()))
    }
}

/// Which page of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest {
    /// Most rows; more than [`PAGE_ROWS_MAX`] counts as that, 0 as 1.
    pub rows: u32,
    /// Where the page before ended; `None` for the first page.
    pub after: Option<Cursor>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { rows: PAGE_ROWS_DEFAULT, after: None }
    }
}

impl PageRequest {
    /// Returns the number of rows within the limits.
    pub(crate) fn rows_bounded(self) -> u32 {
        self.rows.clamp(1, PAGE_ROWS_MAX)
    }
}

/// One page of a list, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
    /// How many rows the whole list has.
    pub total: u64,
}

impl<T> Page<T> {
    /// Makes a page of rows read with one more than asked for.
    pub(crate) fn of(
        mut rows: Vec<T>,
        request: PageRequest,
        total: u64,
        cursor_of: impl Fn(&T) -> Cursor,
    ) -> Self {
        let limit = request.rows_bounded() as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(cursor_of) } else { None };
        Self { rows, next, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_a_url() {
        let cursor = Cursor {
            at: DateTime::from_timestamp_millis(1_700_000_000_123).unwrap(),
            id: Uuid::from_u128(7),
        };
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        for wrong in ["", "-", "1-", "x-00", "99999999999999999999-0"] {
            assert!(wrong.parse::<Cursor>().is_err(), "{wrong:?}");
        }
    }
}
