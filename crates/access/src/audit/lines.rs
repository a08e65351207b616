//! The log as lines of a file: entries in order, each signed head after the last entry that it covers.
//!
//! Shape: `{"sequence":0,"leaf":"…","entry":{…}}` and `{"head":{…}}`, one a line, without white space; at the end
//! `{"end":{…},"heads":3}` with the head over all entries once more and how many heads stand before. Every line has one writing only, so that no byte of the
//! file can change unseen.

use std::io::{self, Write};

use super::{head::SignedHead, merkle::NodeHash, verify::Written};

const SEQUENCE: &[u8] = b"{\"sequence\":";
const LEAF: &[u8] = b",\"leaf\":\"";
const ENTRY: &[u8] = b"\",\"entry\":";
const HEAD: &[u8] = b"{\"head\":";
const END: &[u8] = b"{\"end\":";
const HEADS: &str = ",\"heads\":";
/// Hexadecimal digits of a hash.
const HASH_DIGITS: usize = 64;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// An entry.
    Entry(Written<'a>),
    /// A head.
    Head(SignedHead),
    /// The end, with the head over everything and the number of heads before it.
    End(SignedHead, u64),
}

/// A line that the program does not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not read a line of the audit log")]
pub struct ReadLineError;

/// Reads a line without its line feed.
///
/// Errors: it is not exactly as this program writes it.
pub fn read_line(line: &[u8]) -> Result<Line<'_>, ReadLineError> {
    let inner = line.strip_suffix(b"}").ok_or(ReadLineError)?;
    let head = |bytes| {
        let text = std::str::from_utf8(bytes).map_err(|_| ReadLineError)?;
        SignedHead::of_line(text).ok_or(ReadLineError)
    };
    if let Some(bytes) = inner.strip_prefix(HEAD) {
        return head(bytes).map(Line::Head);
    }
    if let Some(bytes) = inner.strip_prefix(END) {
        let text = std::str::from_utf8(bytes).map_err(|_| ReadLineError)?;
        let (newest, count) = text.rsplit_once(HEADS).ok_or(ReadLineError)?;
        return Ok(Line::End(head(newest.as_bytes())?, number(count)?));
    }
    let rest = inner.strip_prefix(SEQUENCE).ok_or(ReadLineError)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (sequence, rest) = rest.split_at(digits);
    let rest = rest.strip_prefix(LEAF).ok_or(ReadLineError)?;
    let (leaf, rest) = rest.split_at_checked(HASH_DIGITS).ok_or(ReadLineError)?;
    let document = rest.strip_prefix(ENTRY).ok_or(ReadLineError)?;
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| ReadLineError);
    let sequence = number(text(sequence)?)?;
    let leaf: NodeHash = text(leaf)?.parse().map_err(|_| ReadLineError)?;
    Ok(Line::Entry(Written { sequence, document, leaf, index: None }))
}

/// Reads a number in the one writing that it has: digits alone, and no zero before them.
fn number(text: &str) -> Result<u64, ReadLineError> {
    let number = text.parse::<u64>().map_err(|_| ReadLineError)?;
    if number.to_string() == text { Ok(number) } else { Err(ReadLineError) }
}

/// Writes an entry's line.
///
/// Errors: the place it is written to fails.
pub fn write_entry_line(
    to: &mut impl Write,
    sequence: u64,
    leaf: NodeHash,
    document: &str,
) -> io::Result<()> {
    writeln!(to, "{{\"sequence\":{sequence},\"leaf\":\"{leaf}\",\"entry\":{document}}}")
}

/// Writes a head's line.
///
/// Errors: the place it is written to fails.
pub fn write_head_line(to: &mut impl Write, head: &SignedHead) -> io::Result<()> {
    writeln!(to, "{{\"head\":{}}}", head.to_line().map_err(io::Error::other)?)
}

/// Writes the last line, with the head over everything and the number of heads that were written before it.
///
/// Errors: the place it is written to fails.
pub fn write_end_line(to: &mut impl Write, head: &SignedHead, heads: u64) -> io::Result<()> {
    let head = head.to_line().map_err(io::Error::other)?;
    writeln!(to, "{{\"end\":{head}{HEADS}{heads}}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Entry, SigningKey, TreeHead, leaf_hash};
    use chrono::DateTime;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let at = DateTime::from_timestamp_millis(1_780_000_000_123).unwrap();
        let document = Entry::by_system(at, "x", "y").to_canonical().unwrap();
        let leaf = leaf_hash(document.as_bytes());
        let mut bytes = Vec::new();
        write_entry_line(&mut bytes, 12, leaf, &document).unwrap();
        let line = bytes.strip_suffix(b"\n").unwrap();
        let Ok(Line::Entry(read)) = read_line(line) else { panic!("an entry") };
        assert_eq!((read.sequence, read.leaf, read.document), (12, leaf, document.as_bytes()));

        let key = SigningKey::of_seed([1; 32]).unwrap();
        let head = key.sign(&TreeHead { size: 1, root: leaf, at });
        let mut bytes = Vec::new();
        write_head_line(&mut bytes, &head).unwrap();
        assert_eq!(read_line(bytes.strip_suffix(b"\n").unwrap()), Ok(Line::Head(head.clone())));
        let mut bytes = Vec::new();
        write_end_line(&mut bytes, &head, 7).unwrap();
        let line_of_end = bytes.strip_suffix(b"\n").unwrap();
        assert_eq!(read_line(line_of_end), Ok(Line::End(head, 7)));
        let end = String::from_utf8(line_of_end.to_vec()).unwrap();
        for wrong in ["07", "+7", " 7", "", "-7"] {
            let wrong = end.replace(":7}", &format!(":{wrong}}}"));
            assert_eq!(read_line(wrong.as_bytes()), Err(ReadLineError), "{wrong}");
        }

        let text = String::from_utf8(line.to_vec()).unwrap();
        for wrong in [
            text.replacen("12", "012", 1),
            text.replacen(':', ": ", 1),
            text.replacen("12", "", 1),
            text.replacen("12", "+12", 1),
            text.replacen(&leaf.to_string(), &leaf.to_string().to_uppercase(), 1),
            format!("{text} "),
            String::new(),
            "{}".to_owned(),
            "{\"head\":{}}".to_owned(),
        ] {
            assert_eq!(read_line(wrong.as_bytes()), Err(ReadLineError), "{wrong}");
        }
    }
}
