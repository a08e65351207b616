//! A file whose cases are read one at a time, wherever their rows lie.

use std::{fs::File, io};

use model::{catalogue::Document, clinical_record::ClinicalRecord, problem::Problem};

use super::{
    CaseKey, PortalCase, ReadOptions,
    gather::{Gathered, Row, RowProblems, gather},
    outline::{Outline, Stretch, outline},
    problems,
    split::{Cells, line_feeds, row_end, skip_line_ends},
};
use crate::reading::Reading;
use model::problem::Severity;

/// Bytes that are read from any place, by several threads at a time.
pub trait ReadAt: Sync {
    /// Returns how many bytes there are.
    ///
    /// Errors: the system does not tell.
    fn length(&self) -> io::Result<u64>;

    /// Reads some bytes from a place, as many as there are at once; none at the end.
    ///
    /// Errors: they cannot be read.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl ReadAt for File {
    fn length(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }

    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, buffer, offset)
    }
}

impl ReadAt for [u8] {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.get(at..));
        let mut rest = rest.unwrap_or_default();
        io::Read::read(&mut rest, buffer)
    }
}

impl<S: ReadAt + ?Sized> ReadAt for &S {
    fn length(&self) -> io::Result<u64> {
        (**self).length()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        (**self).read_at(buffer, offset)
    }
}

/// A case that was read from its place.
#[derive(Clone, Debug)]
pub struct CaseRead {
    /// What tells it from the others.
    pub key: CaseKey,
    /// Line of its first row. Units: 1-based.
    pub line: u64,
    /// What the file says of it.
    pub record: ClinicalRecord,
    /// What is wrong with its rows.
    pub problems: RowProblems,
}

/// A file of which is known where the rows of each case lie, and nothing else is kept.
///
/// Cases are in the order of their first rows. Memory: about 100 bytes a case.
#[derive(Debug)]
pub struct PortalCases<S> {
    source: S,
    pub(super) outline: Outline,
    max_problems: usize,
}

impl<S: ReadAt> PortalCases<S> {
    /// Looks through a file once, which `look` sees piece by piece.
    ///
    /// Of the problems those of the file's form are told; those of the rows come with the cases. Errors: it cannot be
    /// read.
    pub fn open(
        source: S,
        options: &ReadOptions,
        look: &mut dyn FnMut(&[u8]),
    ) -> io::Result<Reading<Self>> {
        Ok(match outline(&source, options, look)? {
            Err(problems) => Reading::failed(problems),
            Ok(outline) => {
                let problems = outline.problems.clone().finish();
                Reading::of(Self { source, outline, max_problems: options.max_problems }, problems)
            }
        })
    }

    /// Returns which of the two files it is.
    pub fn document(&self) -> Document {
        self.outline.columns.document
    }

    /// Returns how many cases there are.
    pub fn len(&self) -> usize {
        self.outline.len()
    }

    /// Returns whether there is no case.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the place of the case that has a key; without hash and registration nothing tells a case.
    pub fn place_of(&self, key: &CaseKey) -> Option<usize> {
        self.outline.place_of(key)
    }

    /// Returns the most problems that are listed one by one.
    pub fn max_problems(&self) -> usize {
        self.max_problems
    }

    /// Reads the case of a place (0-based); empty beyond the last one.
    ///
    /// Errors: it cannot be read, or the file is not what it was when it was opened.
    pub fn case(&self, place: usize) -> io::Result<CaseRead> {
        self.rows(place, |rows| {
            let gathered = gather(&self.outline.columns, rows);
            let key = self.key(rows);
            let line = self.outline.line(place);
            let problems = self.named(place, rows, gathered.problems);
            CaseRead { key, line, record: gathered.record, problems }
        })
    }

    /// Reads a case with all that its record does not say again.
    pub(super) fn whole_case(&self, place: usize) -> io::Result<(PortalCase, RowProblems)> {
        self.rows(place, |rows| {
            let gathered = gather(&self.outline.columns, rows);
            let layouts = gathered.layouts(&self.outline.columns, rows);
            let Gathered { record, problems, .. } = gathered;
            let case = PortalCase { key: self.key(rows), record, rows: layouts };
            (case, self.named(place, rows, problems))
        })
    }

    /// Returns every problem of the file, when those of all its cases are known.
    pub fn problems(&self, of_rows: RowProblems) -> Vec<Problem> {
        let mut problems = self.outline.problems.clone();
        let (told, hidden, labels_alone) = of_rows.finish(self.max_problems);
        for problem in told {
            problems.add(problem);
        }
        problems.hide(Severity::Warning, hidden);
        for (at, count) in labels_alone {
            problems.push(Severity::Note, || problems::label_alone(at, count));
        }
        problems.finish()
    }

    fn key(&self, rows: &[Row<'_>]) -> CaseKey {
        let part = |item: &str| {
            let at = self.outline.columns.value_of(item);
            rows.first().and_then(|row| row.filled(at)).map(str::to_owned)
        };
        CaseKey {
            facility: part("facility_id"),
            registration: part("registration_id"),
            hash: part("hash_id"),
        }
    }

    fn named(&self, place: usize, rows: &[Row<'_>], mut problems: RowProblems) -> RowProblems {
        if let Some(row) = rows.first().filter(|_| !self.outline.is_named(place)) {
            problems.add(row.number, problems::no_case(row.line));
        }
        problems
    }

    /// Reads the rows of a case.
    fn rows<T>(&self, place: usize, make: impl FnOnce(&[Row<'_>]) -> T) -> io::Result<T> {
        let mut bytes = Vec::new();
        for stretch in self.outline.stretches(place) {
            let start = bytes.len();
            let length = usize::try_from(stretch.bytes).map_err(io::Error::other)?;
            bytes.resize(start + length, 0);
            let mut unread = bytes.get_mut(start..).unwrap_or_default();
            let mut offset = stretch.offset;
            while !unread.is_empty() {
                let read = self.source.read_at(unread, offset)?;
                if read == 0 {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                }
                offset += read as u64;
                unread = unread.get_mut(read..).unwrap_or_default();
            }
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut rows = Vec::new();
        let mut at = 0;
        for stretch in self.outline.stretches(place) {
            let end = at + usize::try_from(stretch.bytes).map_err(io::Error::other)?;
            cut(
                text.get(at..end).unwrap_or_default(),
                &stretch,
                self.outline.columns.held.len(),
                &mut rows,
            );
            at = end;
        }
        Ok(make(&rows))
    }
}

/// Cuts rows that lie behind one another.
fn cut<'t>(text: &'t str, stretch: &Stretch, width: usize, rows: &mut Vec<Row<'t>>) {
    let (mut at, mut line, mut number) = (0, stretch.line, stretch.row);
    loop {
        let (start, feeds) = skip_line_ends(text.as_bytes(), at);
        line += feeds;
        if start >= text.len() {
            return;
        }
        at = row_end(text.as_bytes(), start).unwrap_or(text.len());
        let row = text.get(start..at).unwrap_or_default();
        let mut cells = Vec::with_capacity(width);
        cells.extend(Cells::of(row));
        rows.push(Row { number, line, cells });
        line += line_feeds(row.as_bytes());
        number += 1;
    }
}
