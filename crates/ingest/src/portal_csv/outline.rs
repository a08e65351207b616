//! Where the rows of each case lie in a file.

use std::{borrow::Cow, collections::HashMap, io};

use memchr::memrchr2;
use model::{
    catalogue::Document,
    problem::{Problem, Severity},
};
use sha2::{Digest as _, Sha256};

use super::{
    CaseKey, ReadOptions,
    columns::{Columns, document_of},
    gather::filled,
    problems,
    source::ReadAt,
    split::{Cells, line_feeds, row_end, skip_line_ends, width},
};
use crate::problem_list::ProblemList;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// How much is read at once. Units: bytes.
const PIECE_BYTES: usize = 4 << 20;
/// No stretch comes after.
const NONE: u32 = u32::MAX;

/// Rows of one case that lie behind one another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    /// Where the first row begins. Units: bytes.
    pub(super) offset: u64,
    /// Up to where the last row ends. Units: bytes.
    pub(super) bytes: u64,
    /// Line of the first row. Units: 1-based.
    pub(super) line: u64,
    /// Place of the first row among the file's. Units: 0-based.
    pub(super) row: u64,
    next: u32,
}

/// Where a case's rows are.
#[derive(Clone, Copy, Debug)]
struct Extent {
    first: u32,
    last: u32,
    bytes: u64,
    is_named: bool,
}

/// Stands for a case's key: 16 bytes of its SHA-256, so that two cases do not share one.
type KeyDigest = [u8; 16];

/// Where the rows of each case lie.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) columns: Columns,
    pub(super) header: Vec<String>,
    /// What is wrong with the file's form.
    pub(super) problems: ProblemList,
    stretches: Vec<Stretch>,
    cases: Vec<Extent>,
    places: HashMap<KeyDigest, u32>,
}

impl Outline {
    /// Returns how many cases there are.
    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    /// Returns the place of the case that has a key; of rows without a name, nothing tells whose they are.
    pub(super) fn place_of(&self, key: &CaseKey) -> Option<usize> {
        let place = self.places.get(&digest(key)).filter(|_| key.is_named())?;
        usize::try_from(*place).ok()
    }

    /// Returns whether a case has a name.
    pub(super) fn is_named(&self, place: usize) -> bool {
        self.cases.get(place).is_some_and(|case| case.is_named)
    }

    /// Returns the line of a case's first row.
    pub(super) fn line(&self, place: usize) -> u64 {
        self.stretches(place).next().map_or(0, |stretch| stretch.line)
    }

    /// Returns where the rows of a case are, in the order of the file.
    pub(super) fn stretches(&self, place: usize) -> impl Iterator<Item = Stretch> + '_ {
        let mut next = self.cases.get(place).map_or(NONE, |case| case.first);
        std::iter::from_fn(move || {
            let stretch = self.stretches.get(usize::try_from(next).ok()?).copied()?;
            next = stretch.next;
            Some(stretch)
        })
    }
}

/// Finds the rows of every case; `look` sees every byte of the file once, in order.
///
/// What cannot be used at all gives nothing but problems.
pub(super) fn outline(
    source: &(impl ReadAt + ?Sized),
    options: &ReadOptions,
    look: &mut dyn FnMut(&[u8]),
) -> io::Result<Result<Outline, Vec<Problem>>> {
    let length = source.length()?;
    if length > options.max_bytes as u64 {
        return Ok(Err(vec![problems::too_large(length, options.max_bytes)]));
    }
    let mut finding = Finding::new(options);
    let mut buffer: Vec<u8> = Vec::new();
    let mut offset = 0;
    loop {
        let known = buffer.len();
        let from = offset + known as u64;
        let left = usize::try_from(length.saturating_sub(from)).unwrap_or(PIECE_BYTES);
        let wanted = left.min(PIECE_BYTES);
        buffer.resize(known + wanted, 0);
        let read = read_full(source, buffer.get_mut(known..).unwrap_or_default(), from)?;
        buffer.truncate(known + read);
        look(buffer.get(known..).unwrap_or_default());
        let is_end = read < wanted || wanted == left;
        match finding.piece(&buffer, offset, is_end) {
            Some(used) if !is_end => {
                drop(buffer.drain(..used));
                offset += used as u64;
            }
            _ => return Ok(finding.finish()),
        }
    }
}

/// Reads until the buffer is full or the source ends.
fn read_full(source: &(impl ReadAt + ?Sized), buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// What is known of a file while it is read.
struct Finding<'o> {
    options: &'o ReadOptions,
    problems: ProblemList,
    header: Option<(Columns, Vec<String>)>,
    /// Columns of facility, registration and hash.
    key_columns: [Option<usize>; 3],
    line: u64,
    rows: u64,
    stretches: Vec<Stretch>,
    cases: Vec<Extent>,
    places: HashMap<KeyDigest, u32>,
    /// What the row before has up to the last column of its key, and its case.
    before: (String, Option<u32>),
    /// Nothing but the text is looked at any more.
    is_full: bool,
    /// Why nothing can be used.
    refused: Option<Vec<Problem>>,
}

impl<'o> Finding<'o> {
    fn new(options: &'o ReadOptions) -> Self {
        Self {
            options,
            problems: ProblemList::new(options.max_problems),
            header: None,
            key_columns: [None; 3],
            line: 1,
            rows: 0,
            stretches: Vec::new(),
            cases: Vec::new(),
            places: HashMap::new(),
            before: (String::new(), None),
            is_full: false,
            refused: None,
        }
    }

    /// Takes a piece of the file, and returns how much of it was used; `None` where the rest is not wanted.
    fn piece(&mut self, bytes: &[u8], offset: u64, is_end: bool) -> Option<usize> {
        let whole_lines = memrchr2(b'\r', b'\n', bytes).map_or(0, |at| at + 1);
        let known = if is_end { bytes.len() } else { whole_lines };
        let text = match std::str::from_utf8(bytes.get(..known)?) {
            Ok(text) => text,
            Err(error) => {
                let before = line_feeds(bytes.get(..error.valid_up_to())?);
                self.refused = Some(vec![problems::not_utf8(self.line + before)]);
                return None;
            }
        };
        let used = self.rows(text, offset, is_end);
        let max = self.options.max_case_bytes;
        if !is_end && bytes.len() - used > max {
            self.problems.push_always(problems::case_too_large(self.line, max));
            return None;
        }
        Some(used)
    }

    /// Takes the rows that end within a text, and returns where the first one begins that does not.
    fn rows(&mut self, text: &str, offset: u64, is_end: bool) -> usize {
        let mut at = 0;
        // The `csv` crate takes off a mark too, so that of two neither is a part of the first name.
        while offset == 0
            && at <= MARK.len()
            && text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(MARK))
        {
            at += MARK.len();
        }
        loop {
            let (start, feeds) = skip_line_ends(text.as_bytes(), at);
            self.line += feeds;
            let end = match row_end(text.as_bytes(), start) {
                Some(end) => end,
                None if is_end => text.len(),
                None => return start,
            };
            if start >= end {
                return start;
            }
            let row = text.get(start..end).unwrap_or_default();
            self.row(row, offset + start as u64);
            self.line += line_feeds(row.as_bytes());
            at = end;
        }
    }

    fn row(&mut self, row: &str, offset: u64) {
        // Of what is refused the rest is still looked through for bytes that are no text, which would be the reason.
        if self.is_full || self.refused.is_some() {
            return;
        }
        let Some((columns, _)) = &self.header else { return self.header(row) };
        if self.rows >= self.options.max_rows as u64 {
            self.is_full = true;
            let max = self.options.max_rows;
            return self.problems.push_always(problems::too_many_rows(self.line, max));
        }
        let (found, expected) = (width(row), columns.held.len());
        if found != expected {
            let line = self.line;
            self.problems.push(Severity::Error, || problems::row_width(line, found, expected));
        }
        let place = self.place(row);
        self.extend(place, row, offset);
        self.rows += 1;
    }

    /// Adds a row to its case.
    fn extend(&mut self, place: u32, row: &str, offset: u64) {
        let next = u32::try_from(self.stretches.len()).unwrap_or(NONE);
        let follows = self.before.1 == Some(place);
        let Some(case) = self.cases.get_mut(place as usize) else { return };
        self.before.1 = Some(place);
        let end = offset + row.len() as u64;
        let latest = self.stretches.get_mut(case.last as usize).filter(|_| follows);
        let before = latest.as_ref().map_or(0, |latest| latest.bytes);
        let bytes = latest.as_ref().map_or(row.len() as u64, |latest| end - latest.offset);
        let max = self.options.max_case_bytes;
        if case.bytes > max as u64 {
            return;
        }
        case.bytes += bytes - before;
        if case.bytes > max as u64 {
            return self.problems.push_always(problems::case_too_large(self.line, max));
        }
        if let Some(latest) = latest {
            latest.bytes = bytes;
            return;
        }
        if let Some(last) = self.stretches.get_mut(case.last as usize) {
            last.next = next;
        } else {
            case.first = next;
        }
        case.last = next;
        let (line, row) = (self.line, self.rows);
        self.stretches.push(Stretch { offset, bytes, line, row, next: NONE });
    }

    /// Returns the place of a row's case, a new one at its first row.
    fn place(&mut self, row: &str) -> u32 {
        let last = self.key_columns.iter().flatten().max().map_or(0, |last| last + 1);
        let mut cells = Cells::of(row);
        let mut parts: [Option<String>; 3] = [None, None, None];
        // The text up to the last column of the key, so that a row like the one before need not be cut.
        let beginning = {
            let mut cut = Cells::of(row);
            cut.by_ref().take(last).for_each(drop);
            row.get(..row.len() - cut.rest().len()).unwrap_or(row)
        };
        if let (before, Some(place)) = &self.before
            && before == beginning
            && self.cases.get(*place as usize).is_some_and(|case| case.is_named)
        {
            return *place;
        }
        for (at, cell) in cells.by_ref().take(last).enumerate() {
            for (part, column) in parts.iter_mut().zip(self.key_columns) {
                if column == Some(at) {
                    *part = filled(&cell).map(str::to_owned);
                }
            }
        }
        self.before.0.clear();
        self.before.0.push_str(beginning);
        let [facility, registration, hash] = parts;
        let key = CaseKey { facility, registration, hash };
        let new = u32::try_from(self.cases.len()).unwrap_or(NONE);
        let is_named = key.is_named();
        let place = if is_named { *self.places.entry(digest(&key)).or_insert(new) } else { new };
        if place == new {
            self.cases.push(Extent { first: NONE, last: NONE, bytes: 0, is_named });
        }
        place
    }

    fn header(&mut self, row: &str) {
        let header: Vec<String> = Cells::of(row).map(Cow::into_owned).collect();
        match columns(&header, self.options, &mut self.problems) {
            Some(columns) => {
                let column = |item| columns.value_of(item);
                self.key_columns = ["facility_id", "registration_id", "hash_id"].map(column);
                self.header = Some((columns, header));
            }
            None => self.refused = Some(self.problems.clone().finish()),
        }
    }

    fn finish(mut self) -> Result<Outline, Vec<Problem>> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let Some((columns, header)) = self.header else {
            self.problems.push_always(problems::empty());
            return Err(self.problems.finish());
        };
        if self.rows == 0 {
            self.problems.push_always(problems::no_rows());
        }
        let (problems, stretches) = (self.problems, self.stretches);
        let (cases, places) = (self.cases, self.places);
        Ok(Outline { columns, header, problems, stretches, cases, places })
    }
}

fn digest(key: &CaseKey) -> KeyDigest {
    let mut hasher = Sha256::new();
    for part in [&key.facility, &key.registration, &key.hash] {
        // A part that is there has a sign.
        let text = part.as_deref().unwrap_or_default();
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    let mut digest = KeyDigest::default();
    digest.iter_mut().zip(hasher.finalize()).for_each(|(own, byte)| *own = byte);
    digest
}

/// Finds what the columns hold; `None` where the header is none of the portal's.
fn columns(
    header: &[String],
    options: &ReadOptions,
    problems: &mut ProblemList,
) -> Option<Columns> {
    if header.len() > options.max_columns {
        problems.push_always(problems::too_wide(header.len(), options.max_columns));
        return None;
    }
    let Some(found) = document_of(header) else {
        problems.push_always(problems::not_the_portals());
        return None;
    };
    if options.document.is_some_and(|wanted| wanted != found) {
        problems.push_always(problems::other_document(found == Document::Case));
        return None;
    }
    let columns = Columns::of(header, found);
    if !columns.missing.is_empty() {
        problems.push_always(problems::missing_columns(&columns.missing));
    }
    for at in &columns.unknown {
        let name = header.get(*at).map_or("", String::as_str);
        problems.push(Severity::Warning, || problems::unknown_column(*at, name));
    }
    for at in &columns.doubled {
        let name = header.get(*at).map_or("", String::as_str);
        problems.push(Severity::Error, || problems::doubled_column(*at, name));
    }
    if !columns.in_order {
        problems.push_always(problems::other_order());
    }
    Some(columns)
}
