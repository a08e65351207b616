//! Where rows and cells end.
//!
//! The rows and cells are those that the `csv` crate makes of the same bytes, which a test compares: an empty line is no
//! row, a quote begins a quoted cell only as the cell's first sign, and what follows a closing quote belongs to the cell.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr3};

/// Returns where the row that begins at `start` ends, before its line end; `None` where that is not among the bytes.
pub(super) fn row_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let found = at + memchr3(b'"', b'\r', b'\n', bytes.get(at..)?)?;
        if bytes.get(found) != Some(&b'"') {
            return Some(found);
        }
        let begins_cell = found == start || bytes.get(found - 1) == Some(&b',');
        at = if begins_cell { quoted_end(bytes, found + 1)? } else { found + 1 };
    }
}

/// Returns the place after the closing quote of a cell whose text begins at `at`.
fn quoted_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let quote = at + memchr(b'"', bytes.get(at..)?)?;
        match bytes.get(quote + 1)? {
            b'"' => at = quote + 2,
            _ => return Some(quote + 1),
        }
    }
}

/// Returns the first place at or after `at` that is no line end, and how many line feeds were passed.
pub(super) fn skip_line_ends(bytes: &[u8], at: usize) -> (usize, u64) {
    let ends = bytes.iter().skip(at).take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let (count, feeds) =
        ends.fold((0, 0), |(count, feeds), byte| (count + 1, feeds + u64::from(*byte == b'\n')));
    (at + count, feeds)
}

/// Returns how many line feeds there are.
pub(super) fn line_feeds(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// Returns how many cells a row has.
pub(super) fn width(row: &str) -> usize {
    if memchr(b'"', row.as_bytes()).is_none() {
        memchr_iter(b',', row.as_bytes()).count() + 1
    } else {
        Cells::of(row).count()
    }
}

/// The cells of a row, without the quotes around them.
#[derive(Clone, Debug)]
pub(super) struct Cells<'t> {
    rest: Option<&'t str>,
}

impl<'t> Cells<'t> {
    /// Cuts a row that has at least one sign.
    pub(super) fn of(row: &'t str) -> Self {
        Self { rest: Some(row) }
    }

    /// Returns what of the row was not cut yet.
    pub(super) fn rest(&self) -> &'t str {
        self.rest.unwrap_or_default()
    }

    /// Takes what is before the next comma, and leaves what is behind it.
    fn up_to_comma(&mut self, text: &'t str) -> &'t str {
        match memchr(b',', text.as_bytes()).and_then(|at| text.split_at_checked(at)) {
            Some((cell, rest)) => {
                self.rest = rest.get(1..);
                cell
            }
            None => {
                self.rest = None;
                text
            }
        }
    }

    fn quoted(&mut self, text: &'t str) -> Cow<'t, str> {
        let mut cell = String::new();
        let mut left = text;
        loop {
            let Some((before, quote)) =
                memchr(b'"', left.as_bytes()).and_then(|at| left.split_at_checked(at))
            else {
                self.rest = None;
                return if cell.is_empty() { Cow::Borrowed(left) } else { Cow::Owned(cell + left) };
            };
            let behind = quote.get(1..).unwrap_or_default();
            if let Some(more) = behind.strip_prefix('"') {
                cell.push_str(before);
                cell.push('"');
                left = more;
                continue;
            }
            let tail = self.up_to_comma(behind);
            if cell.is_empty() && tail.is_empty() {
                return Cow::Borrowed(before);
            }
            cell.push_str(before);
            cell.push_str(tail);
            return Cow::Owned(cell);
        }
    }
}

impl<'t> Iterator for Cells<'t> {
    type Item = Cow<'t, str>;

    fn next(&mut self) -> Option<Cow<'t, str>> {
        let rest = self.rest?;
        Some(match rest.strip_prefix('"') {
            Some(text) => self.quoted(text),
            None => Cow::Borrowed(self.up_to_comma(rest)),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows as this module cuts them: line and cells.
    fn ours(text: &str) -> Vec<(u64, Vec<String>)> {
        let (mut at, mut line) = (0, 1);
        let mut rows = Vec::new();
        loop {
            let (start, feeds) = skip_line_ends(text.as_bytes(), at);
            line += feeds;
            if start >= text.len() {
                return rows;
            }
            at = row_end(text.as_bytes(), start).unwrap_or(text.len());
            let row = &text[start..at];
            let cells: Vec<String> = Cells::of(row).map(Cow::into_owned).collect();
            assert_eq!(width(row), cells.len());
            rows.push((line, cells));
            line += line_feeds(row.as_bytes());
        }
    }

    /// The same of the `csv` crate.
    fn theirs(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let rows = reader.records().map(|record| {
            let record = record.unwrap();
            let position = record.position().unwrap();
            let rest = &text.as_bytes()[position.byte() as usize..];
            let ahead = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let feeds = ahead.filter(|byte| **byte == b'\n').count() as u64;
            (position.line() + feeds, record.iter().map(str::to_owned).collect())
        });
        rows.collect()
    }

    #[test]
    fn quotes_and_line_ends_are_cut_as_everywhere() {
        for text in [
            "a,b\r\nc,d",
            "\n\n a,\"b\"\"\",\"c\nd\"e,\r\r\n\"\"\n,\n",
            "a\"b,\"c\",\"d",
            "\"a\"\"",
            "\"\"\"",
            ",,",
        ] {
            assert_eq!(ours(text), theirs(text), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_is_cut_as_the_csv_crate_does(text in "[a,\"\r\nあ]{0,24}") {
            prop_assert_eq!(ours(&text), theirs(&text));
        }
    }
}
