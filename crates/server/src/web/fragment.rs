//! The part of a file that a problem speaks of, cut out for show.

use model::problem::Place;
use serde_json::Value;

use crate::limits::{FRAGMENT_LINE_CHARS_MAX, FRAGMENT_LINES_MAX, FRAGMENT_SOURCE_BYTES_MAX};

/// A file from which parts are cut.
pub(crate) enum Source {
    /// JSON, by pointer.
    Json(Value),
    /// Lines of text.
    Text(String),
    /// Nothing to show: too large, compressed, or not text.
    Nothing,
}

impl Source {
    /// Reads a file; this is work for the processor.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if bytes.len() > FRAGMENT_SOURCE_BYTES_MAX {
            return Self::Nothing;
        }
        if let Ok(value) = serde_json::from_slice(bytes) {
            return Self::Json(value);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Nothing,
        }
    }

    /// Cuts the part out that a place speaks of.
    pub(crate) fn cut(&self, place: &Place, cut_mark: &str) -> Option<String> {
        match self {
            Self::Json(root) => cut_json(root, &place.pointer, cut_mark),
            Self::Text(text) => cut_lines(text, place.line?, place.column),
            Self::Nothing => None,
        }
    }
}

/// Cuts the value at a pointer, or the nearest one around it where something is missing.
fn cut_json(root: &Value, pointer: &str, cut_mark: &str) -> Option<String> {
    let mut at = pointer;
    let found = loop {
        if at.is_empty() {
            return None;
        }
        if let Some(found) = root.pointer(at) {
            break found;
        }
        at = at.rsplit_once('/').map_or("", |(parent, _)| parent);
    };
    let name = at.rsplit_once('/').map_or("", |(_, name)| name);
    let text = serde_json::to_string_pretty(found).ok()?;
    let label = name.replace("~1", "/").replace("~0", "~");
    let text = if label.bytes().all(|byte| byte.is_ascii_digit()) {
        text
    } else {
        format!("{}: {text}", Value::String(label))
    };
    let mut lines = text.lines().take(FRAGMENT_LINES_MAX).map(shorten).collect::<Vec<_>>();
    if text.lines().count() > FRAGMENT_LINES_MAX {
        lines.push(cut_mark.to_owned());
    }
    Some(lines.join("\n"))
}

/// Cuts the line with a number, and a mark under the column.
fn cut_lines(text: &str, line: u64, column: Option<u64>) -> Option<String> {
    let index = usize::try_from(line.checked_sub(1)?).ok()?;
    let found = text.lines().nth(index)?;
    let column = column.and_then(|column| usize::try_from(column).ok()).unwrap_or(0);
    // Columns count bytes; a long line is shown around the place that is meant.
    let start = column.saturating_sub(FRAGMENT_LINE_CHARS_MAX / 2);
    let from = (start..=found.len()).find(|at| found.is_char_boundary(*at)).unwrap_or(0);
    let shown = shorten(found.get(from..).unwrap_or(found));
    Some(format!("{line}: {}{shown}", if from > 0 { "…" } else { "" }))
}

fn shorten(line: &str) -> String {
    if line.chars().count() <= FRAGMENT_LINE_CHARS_MAX {
        return line.to_owned();
    }
    let mut short = line.chars().take(FRAGMENT_LINE_CHARS_MAX).collect::<String>();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json() -> Source {
        Source::of(br#"{"a":{"list":[{"x":1},{"x":2}],"b/c":"d"}}"#)
    }

    #[test]
    fn cuts_the_value_at_a_pointer() {
        let cut = |pointer: &str| json().cut(&Place::pointer(pointer), "…");
        assert_eq!(cut("/a/list/1/x").unwrap(), "\"x\": 2");
        assert_eq!(cut("/a/list/1").unwrap(), "{\n  \"x\": 2\n}");
        assert_eq!(cut("/a/b~1c").unwrap(), "\"b/c\": \"d\"");
    }

    #[test]
    fn shows_what_is_around_a_missing_value() {
        let cut = json().cut(&Place::pointer("/a/list/0/missing"), "…").unwrap();
        assert_eq!(cut, "{\n  \"x\": 1\n}");
        assert_eq!(json().cut(&Place::pointer("/nowhere"), "…"), None);
        assert_eq!(json().cut(&Place::file(), "…"), None);
    }

    #[test]
    fn bounds_what_it_shows() {
        let long = serde_json::json!({ "a": vec!["x".repeat(500); 100] });
        let source = Source::of(&serde_json::to_vec(&long).unwrap());
        let cut = source.cut(&Place::pointer("/a"), "CUT").unwrap();
        assert_eq!(cut.lines().count(), FRAGMENT_LINES_MAX + 1);
        assert!(cut.ends_with("CUT"));
        assert!(cut.lines().all(|line| line.chars().count() <= FRAGMENT_LINE_CHARS_MAX + 1));
    }

    #[test]
    fn cuts_a_line_of_text_that_is_not_json() {
        let source = Source::of("{\n  \"a\": 変異,\n}".as_bytes());
        assert_eq!(source.cut(&Place::line(2, Some(9)), "…").unwrap(), "2:   \"a\": 変異,");
        assert_eq!(source.cut(&Place::line(99, None), "…"), None);
        assert_eq!(source.cut(&Place::line(0, None), "…"), None);
        let long = format!("{}X", "あ".repeat(1000));
        let source = Source::of(long.as_bytes());
        assert!(source.cut(&Place::line(1, Some(2999)), "…").unwrap().starts_with("1: …"));
        assert!(matches!(Source::of(&[0x1f, 0x8b, 0xff]), Source::Nothing));
    }
}
