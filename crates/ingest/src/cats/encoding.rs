//! From bytes to text, and from offsets to lines.

use model::problem::Place;

use super::problems::{Findings, file};

/// Returns the text of a file in UTF-8, without a byte order mark, or reports why it is none.
pub(super) fn text<'b>(bytes: &'b [u8], findings: &mut Findings) -> Option<&'b str> {
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => {
            findings.push(file::byte_order_mark());
            rest
        }
        None => bytes,
    };
    if let Some((ja, en)) = utf_16_or_32(bytes) {
        findings.push(file::wrong_encoding(Place::file(), ja, en));
        return None;
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        findings.push(file::empty());
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let (line, column) = Lines::of_bytes(bytes, 1).place(at);
            let (ja, en) = guess(bytes);
            findings.push(file::wrong_encoding(Place::line(line, Some(column)), ja, en));
            return None;
        }
    };
    if let Some(at) = text.find('\0') {
        findings.push(file::nul_byte(place(text, at)));
        return None;
    }
    Some(text)
}

/// Returns the place of an offset as line and column.
pub(super) fn place(text: &str, offset: usize) -> Place {
    let (line, column) = Lines::of(text, 1).place(offset);
    Place::line(line, Some(column))
}

/// Most places that are found by counting lines anew, which is quicker than listing all lines.
const COUNTED_MAX: usize = 16;

/// Finds the line of an offset.
pub(super) struct Lines<'b> {
    bytes: &'b [u8],
    /// Offsets after each line feed, where many places are to be found. Units: bytes.
    starts: Option<Vec<usize>>,
}

impl<'b> Lines<'b> {
    /// Prepares for finding a number of places.
    pub(super) fn of(text: &'b str, places: usize) -> Self {
        Self::of_bytes(text.as_bytes(), places)
    }

    fn of_bytes(bytes: &'b [u8], places: usize) -> Self {
        let starts = (places > COUNTED_MAX).then(|| {
            let feeds = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
            feeds.map(|(at, _)| at.saturating_add(1)).collect()
        });
        Self { bytes, starts }
    }

    /// Returns line and column of an offset. Units: 1-based, columns in bytes.
    pub(super) fn place(&self, offset: usize) -> (u64, u64) {
        let (lines_before, line_start) = match &self.starts {
            Some(starts) => {
                let before = starts.partition_point(|start| *start <= offset);
                let start = before.checked_sub(1).and_then(|at| starts.get(at)).copied();
                (before, start.unwrap_or_default())
            }
            None => {
                let before = self.bytes.get(..offset).unwrap_or(self.bytes);
                let feeds = before.iter().filter(|byte| **byte == b'\n').count();
                let start = before.iter().rposition(|byte| *byte == b'\n');
                (feeds, start.map_or(0, |at| at.saturating_add(1)))
            }
        };
        (lines_before as u64 + 1, offset.saturating_sub(line_start) as u64 + 1)
    }
}

/// Returns what a file in UTF-16 or UTF-32 looks like, by its mark or by the zero bytes of its first two letters.
fn utf_16_or_32(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const UTF_16: (&str, &str) = ("UTF-16のようです", "it looks like UTF-16");
    const UTF_32: (&str, &str) = ("UTF-32のようです", "it looks like UTF-32");
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some(UTF_32),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some(UTF_16),
        [first, 0, 0, 0, ..] if *first != 0 => Some(UTF_32),
        [0, 0, 0, fourth, ..] if *fourth != 0 => Some(UTF_32),
        [first, 0, third, 0, ..] if *first != 0 && *third != 0 => Some(UTF_16),
        [0, second, 0, fourth, ..] if *second != 0 && *fourth != 0 => Some(UTF_16),
        _ => None,
    }
}

/// Guesses the encoding of bytes that are no UTF-8, among those usual in Japan.
fn guess(bytes: &[u8]) -> (&'static str, &'static str) {
    let pairs = |is_lead: fn(u8) -> bool, is_trail: fn(u8) -> bool, is_alone: fn(u8) -> bool| {
        let mut rest = bytes.iter();
        while let Some(byte) = rest.next() {
            let fits = byte.is_ascii()
                || is_alone(*byte)
                || is_lead(*byte) && rest.next().is_some_and(|trail| is_trail(*trail));
            if !fits {
                return false;
            }
        }
        true
    };
    let is_euc = pairs(
        |lead| matches!(lead, 0xA1..=0xFE | 0x8E),
        |trail| matches!(trail, 0xA1..=0xFE),
        |_| false,
    );
    let is_shift_jis = pairs(
        |lead| matches!(lead, 0x81..=0x9F | 0xE0..=0xFC),
        |trail| matches!(trail, 0x40..=0x7E | 0x80..=0xFC),
        |alone| matches!(alone, 0xA1..=0xDF),
    );
    match (is_shift_jis, is_euc) {
        (_, true) => ("EUC-JPのようです", "it looks like EUC-JP"),
        (true, false) => ("Shift_JISのようです", "it looks like Shift_JIS"),
        (false, false) => ("文字コードは不明です", "the encoding is not known"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, Lines, guess, text};

    #[test]
    fn finds_line_and_column() {
        for places in [1, 1_000] {
            let lines = Lines::of("a\nbc\n", places);
            assert_eq!(lines.place(0), (1, 1));
            assert_eq!(lines.place(2), (2, 1));
            assert_eq!(lines.place(3), (2, 2));
            assert_eq!(lines.place(5), (3, 1));
        }
    }

    #[test]
    fn guesses_encodings_usual_in_japan() {
        assert_eq!(guess(b"\x95\xcf\x88\xd9").1, "it looks like Shift_JIS");
        assert_eq!(guess(b"\xca\xd1\xb0\xdb").1, "it looks like EUC-JP");
        assert_eq!(guess(b"\xff\xff").1, "the encoding is not known");
    }

    #[test]
    fn refuses_what_is_no_text() {
        let code = |bytes: &[u8]| {
            let mut findings = Findings::default();
            let is_text = text(bytes, &mut findings).is_some();
            (is_text, findings.into_problems().first().map(|problem| problem.code.to_string()))
        };
        assert_eq!(code(b"{}"), (true, None));
        assert_eq!(code(b"\xEF\xBB\xBF{}").1.unwrap(), "cats.encoding.byte_order_mark");
        assert_eq!(code(b"{\0}\0").1.unwrap(), "cats.encoding.not_utf8");
        assert_eq!(code(b"{\"a\0\"}").1.unwrap(), "cats.encoding.nul");
        assert_eq!(code(b" \n").1.unwrap(), "cats.file.empty");
    }
}
