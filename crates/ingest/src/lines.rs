//! Reads text line by line, with a limit on the length of a line.
//!
//! Lines end with a line feed, a carriage return and a line feed, or (old Macintosh tables still
//! in use) a carriage return alone; the first line's ending decides.

use std::io::{self, BufRead};

/// One line of a file.
pub(crate) enum Line<'a> {
    /// The line's bytes without its ending.
    Text(&'a [u8]),
    /// The line is longer than allowed and was passed over.
    TooLong,
}

/// Reads lines of limited length.
pub(crate) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    max_bytes: usize,
    ending: Option<u8>,
    /// Number of the line last returned. Units: 1-based; 0 before the first.
    pub(crate) number: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads lines of at most `max_bytes`.
    pub(crate) fn new(reader: R, max_bytes: usize) -> Self {
        Self { reader, buffer: Vec::new(), max_bytes, ending: None, number: 0 }
    }

    /// Returns the next line, or `None` at the end.
    ///
    /// Errors: what the reader says.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let mut too_long = false;
        let mut any = false;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            any = true;
            let (found, ending) = find_ending(available, self.ending);
            self.ending = self.ending.or(ending);
            let text = available.get(..found.unwrap_or(available.len())).unwrap_or_default();
            if self.buffer.len().saturating_add(text.len()) > self.max_bytes {
                too_long = true;
                self.buffer.clear();
            }
            if !too_long {
                self.buffer.extend_from_slice(text);
            }
            let used = found.map_or(available.len(), |at| at.saturating_add(1));
            self.reader.consume(used);
            if found.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        if too_long {
            return Ok(Some(Line::TooLong));
        }
        let text = self.buffer.strip_suffix(b"\r").unwrap_or(&self.buffer);
        Ok(Some(Line::Text(text)))
    }
}

/// Returns where the line ends in the bytes at hand, and which byte ends lines if that became clear.
fn find_ending(bytes: &[u8], known: Option<u8>) -> (Option<usize>, Option<u8>) {
    if let Some(ending) = known {
        return (bytes.iter().position(|byte| *byte == ending), known);
    }
    let Some(at) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
        return (None, None);
    };
    let next = bytes.get(at.saturating_add(1));
    match (bytes.get(at), next) {
        (Some(b'\n'), _) => (Some(at), Some(b'\n')),
        (Some(b'\r'), Some(b'\n')) => (next.map(|_| at.saturating_add(1)), Some(b'\n')),
        // A return at the very end of the buffer: take it as the file's ending only if nothing tells
        // otherwise; a following line feed then makes one empty line, which tables pass over.
        _ => (Some(at), Some(b'\r')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], max_bytes: usize) -> Vec<Option<String>> {
        let mut lines = Lines::new(bytes, max_bytes);
        let mut out = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            out.push(match line {
                Line::Text(text) => Some(String::from_utf8(text.to_vec()).unwrap()),
                Line::TooLong => None,
            });
        }
        out
    }

    fn some(lines: &[&str]) -> Vec<Option<String>> {
        lines.iter().map(|line| Some((*line).to_owned())).collect()
    }

    #[test]
    fn reads_the_three_endings() {
        assert_eq!(all(b"a\nb\n", 9), some(&["a", "b"]));
        assert_eq!(all(b"a\r\nb\r\n", 9), some(&["a", "b"]));
        assert_eq!(all(b"a\rb", 9), some(&["a", "b"]));
        assert_eq!(all(b"a\nb\rc", 9), some(&["a", "b\rc"]));
        assert_eq!(all(b"", 9), some(&[]));
    }

    #[test]
    fn passes_over_a_line_that_is_too_long() {
        assert_eq!(
            all(b"abc\nabcd\nab", 3),
            vec![Some("abc".to_owned()), None, Some("ab".to_owned())]
        );
    }
}
