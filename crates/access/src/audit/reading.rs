//! Verifying a log that was written as lines.

use std::io::{self, BufRead};

use super::{
    flaw::Flaw,
    head::{SignedHead, VerifyingKey},
    lines::{Line, read_line},
    verify::{Verification, Verifier, Written},
};

/// Bytes of lines that are looked at together. Units: bytes.
const LINES_BYTES: usize = 4 << 20;
/// Longest line. Units: bytes.
const LINE_BYTES_MAX: usize = 4 << 20;

/// Verifies lines from the first to the last, by the keys given, with heads that were kept elsewhere.
///
/// Errors: the lines cannot be read to their end.
pub fn verify_lines(
    lines: &mut impl BufRead,
    keys: Vec<VerifyingKey>,
    outside: Vec<SignedHead>,
) -> io::Result<Verification> {
    let mut reading = Reading::new(keys, outside);
    let mut gathered = Vec::new();
    loop {
        let read = lines.read_until(b'\n', &mut gathered)?;
        if read > LINE_BYTES_MAX {
            return Err(io::Error::other("a line is longer than any that is written"));
        }
        if read == 0 || gathered.len() >= LINES_BYTES {
            reading.take(&gathered);
            gathered.clear();
        }
        if read == 0 {
            return Ok(reading.end());
        }
    }
}

/// Lines while they are read.
struct Reading {
    verifier: Verifier,
    flaws: Vec<Flaw>,
    line: u64,
    ended: bool,
    heads: u64,
}

impl Reading {
    fn new(keys: Vec<VerifyingKey>, outside: Vec<SignedHead>) -> Self {
        let mut verifier = Verifier::new(Some(keys));
        verifier.expect(outside);
        Self { verifier, flaws: Vec::new(), line: 0, ended: false, heads: 0 }
    }

    /// Takes whole lines.
    fn take(&mut self, lines: &[u8]) {
        let mut entries: Vec<Written<'_>> = Vec::new();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            self.line += 1;
            // A last line without its end was cut off; after the end comes nothing.
            let whole = line.strip_suffix(b"\n").filter(|_| !self.ended);
            let (head, told) = match whole.map(read_line) {
                Some(Ok(Line::Entry(entry))) => {
                    entries.push(entry);
                    continue;
                }
                Some(Ok(Line::Head(head))) => (head, None),
                Some(Ok(Line::End(head, told))) => (head, Some(told)),
                Some(Err(_)) | None => {
                    self.flaws.push(Flaw::Line { line: self.line });
                    continue;
                }
            };
            self.verifier.take(&entries);
            entries.clear();
            match told {
                None => self.heads += 1,
                Some(told) => {
                    self.ended = true;
                    if told != self.heads {
                        self.flaws.push(Flaw::HeadsLost { told, found: self.heads });
                    }
                }
            }
            if !self.verifier.head_here(head) {
                self.flaws.push(Flaw::HeadMoved { line: self.line });
            }
        }
        self.verifier.take(&entries);
    }

    fn end(self) -> Verification {
        let mut found = self.verifier.end(None);
        if !self.ended || found.unsigned() > 0 {
            found.add(Flaw::NoEnd);
        }
        for flaw in self.flaws {
            found.add(flaw);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::{prelude::Rng as _, test_runner::TestRng};

    use super::*;
    use crate::audit::{
        CompactRange, Entry, SigningKey, TreeHead, leaf_hash, write_end_line, write_entry_line,
        write_head_line,
    };

    /// How often the log is tampered with.
    const TAMPERINGS: u32 = 10_000;
    /// Entries of the log.
    const ENTRIES: i64 = 40;
    /// Entries between two heads.
    const ENTRIES_PER_HEAD: i64 = 12;

    fn key() -> SigningKey {
        SigningKey::of_seed([1; 32]).unwrap()
    }

    fn log() -> (Vec<u8>, Vec<SignedHead>) {
        let (mut bytes, mut heads, mut tree) = (Vec::new(), Vec::new(), CompactRange::default());
        for number in 0..ENTRIES {
            let at = DateTime::from_timestamp_millis(1_780_000_000_000 + number).unwrap();
            let entry = Entry::by_system(at, "合成 person", "read-case").with_items(["a", "b"]);
            let document = entry.to_canonical().unwrap();
            let leaf = leaf_hash(document.as_bytes());
            write_entry_line(&mut bytes, tree.size(), leaf, &document).unwrap();
            tree.push(leaf);
            if (number + 1) % ENTRIES_PER_HEAD == 0 || number + 1 == ENTRIES {
                heads.push(key().sign(&TreeHead { size: tree.size(), root: tree.root(), at }));
                write_head_line(&mut bytes, heads.last().unwrap()).unwrap();
            }
        }
        write_end_line(&mut bytes, heads.last().unwrap(), heads.len() as u64).unwrap();
        (bytes, heads)
    }

    fn verify(mut bytes: &[u8], outside: Vec<SignedHead>) -> Verification {
        verify_lines(&mut bytes, vec![key().public()], outside).unwrap()
    }

    /// One of four ways to tamper; `None` where chance changed nothing.
    fn tampered(whole: &[u8], random: &mut TestRng) -> Option<Vec<u8>> {
        let mut below = |bound: usize| random.next_u64() as usize % bound;
        let mut bytes = whole.to_vec();
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        match below(6) {
            0 => {
                let place = below(bytes.len());
                bytes[place] ^= 1 + below(255) as u8;
            }
            1 => {
                let begin = below(bytes.len());
                let end = (begin + 1 + below(400)).min(bytes.len());
                bytes.drain(begin..end);
            }
            2 => {
                let (one, other) = (below(bytes.len()), below(bytes.len()));
                bytes.swap(one, other);
            }
            3 => bytes.truncate(below(bytes.len())),
            4 => {
                let mut lines = lines;
                let (one, other) = (below(lines.len()), below(lines.len()));
                lines.swap(one, other);
                bytes = lines.concat();
            }
            _ => {
                let mut lines = lines;
                let begin = below(lines.len());
                let end = (begin + 1 + below(5)).min(lines.len());
                lines.drain(begin..end);
                bytes = lines.concat();
            }
        }
        (bytes != whole).then_some(bytes)
    }

    /// Where two logs begin to differ, and what stands there in each.
    fn difference(whole: &[u8], tampered: &[u8]) -> String {
        let same = whole.iter().zip(tampered).take_while(|(one, other)| one == other).count();
        let piece = |bytes: &[u8]| {
            let (begin, end) = (same.saturating_sub(20), (same + 60).min(bytes.len()));
            String::from_utf8_lossy(&bytes[begin..end]).into_owned()
        };
        let (whole, tampered) = (piece(whole), piece(tampered));
        format!("undetected at byte {same}: {whole:?} became {tampered:?}")
    }

    #[test]
    fn ten_thousand_tamperings_are_all_found() {
        let (whole, heads) = log();
        assert_eq!(verify(&whole, heads.clone()).flaws, []);
        assert_eq!(verify(&whole, Vec::new()).unsigned(), 0);
        let mut random = TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
        let mut tried = 0;
        while tried < TAMPERINGS {
            let Some(bytes) = tampered(&whole, &mut random) else { continue };
            tried += 1;
            let found = verify(&bytes, Vec::new());
            assert!(!found.is_whole(), "{}", difference(&whole, &bytes));
        }
    }

    /// Whoever rewrites the log with fitting hashes cannot sign it.
    #[test]
    fn a_rewritten_log_is_found_by_its_heads() {
        let (whole, heads) = log();
        let text = String::from_utf8(whole).unwrap();
        let rewritten = text.lines().map(|line| {
            let Ok(Line::Entry(entry)) = read_line(line.as_bytes()) else {
                return format!("{line}\n");
            };
            let document = String::from_utf8(entry.document.to_vec()).unwrap();
            let document =
                if entry.sequence == 20 { document.replace("person", "nobody") } else { document };
            let mut bytes = Vec::new();
            let leaf = leaf_hash(document.as_bytes());
            write_entry_line(&mut bytes, entry.sequence, leaf, &document).unwrap();
            String::from_utf8(bytes).unwrap()
        });
        let found = verify(rewritten.collect::<String>().as_bytes(), Vec::new());
        assert_eq!(found.flaws[0], Flaw::Root { agreed: 12, size: 24 });

        // An older, whole export shown as the newest is found by a head kept elsewhere.
        let end = text.lines().position(|line| line.starts_with("{\"head\"")).unwrap();
        let mut older: String =
            text.lines().take(end + 1).map(|line| format!("{line}\n")).collect();
        let newest = text.lines().nth(end).unwrap().replacen("head", "end", 1);
        older.push_str(&format!("{},\"heads\":1}}\n", newest.strip_suffix('}').unwrap()));
        assert_eq!(verify(older.as_bytes(), Vec::new()).flaws, []);
        let found = verify(older.as_bytes(), heads);
        assert_eq!(found.flaws, [Flaw::CutOff { entries: 12, signed: 40 }]);
    }
}
