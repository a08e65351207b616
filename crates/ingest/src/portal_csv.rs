//! The portal's two CSV files: the case CSV (369 columns) and the report CSV (64 columns).
//!
//! One row holds a case's single items and one row of each repeated block, so a case spans many rows, which need not
//! lie behind one another. [`PortalCases`] looks through a file once for where they lie, and then reads any case; so
//! large files are read by several threads, and nothing is kept of them. [`read`] gathers every case into a
//! [`ClinicalRecord`]; what a record cannot say again is kept beside it, row by row, so that writing gives the same
//! cells in the same order. Columns are found by
//! name: a header of another version, with columns missing, added or in another order, is read and
//! reported. Names are compared letter by letter with every other sign taken for a dot, because the
//! portal's own names and those that R makes of them differ in that.
//!
//! `NA` and an empty cell both say nothing; which of the two it was is kept.

use model::{
    catalogue::{Catalogue, Document, Item},
    clinical_record::{BlockCode, ClinicalRecord, RowId},
};

pub use self::{
    check::{
        CaseVerdict, case_problems, case_without_report, check, check_pair, report_without_case,
    },
    gather::RowProblems,
    map::{file_of, labelled},
    result::{Evidence, ReportedCase, reported_case, reported_result},
    source::{CaseRead, PortalCases, ReadAt},
    write::rows as write_rows,
};
use crate::reading::Reading;

mod check;
mod columns;
mod gather;
mod map;
mod outline;
mod problems;
mod read;
mod result;
mod source;
mod split;
mod write;

/// What stands in a cell that says nothing.
pub const NOTHING: &str = "NA";

/// How a file is read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Largest file. Units: bytes.
    pub max_bytes: usize,
    /// Most rows.
    pub max_rows: usize,
    /// Most that the rows of one case may take, lines between them included. Units: bytes.
    pub max_case_bytes: usize,
    /// Most columns.
    pub max_columns: usize,
    /// Most problems listed one by one.
    pub max_problems: usize,
    /// Which of the two files it must be; told by the columns where it is `None`.
    pub document: Option<Document>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            max_bytes: 1 << 30,
            max_rows: 2_000_000,
            max_case_bytes: 64 << 20,
            max_columns: 2_000,
            max_problems: 1_000,
            document: None,
        }
    }
}

/// A file, case by case.
#[derive(Clone, Debug, PartialEq)]
pub struct PortalFile {
    /// Which of the two files it is.
    pub document: Document,
    /// Names of the columns, as written.
    pub header: Vec<String>,
    /// The cases, in the order of their first rows.
    pub cases: Vec<PortalCase>,
    /// How the file is written around its cells.
    pub form: FileForm,
}

/// How a file is written around its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileForm {
    /// Whether it begins with the byte order mark of UTF-8.
    pub has_mark: bool,
    /// Whether its lines end with a carriage return and a line feed.
    pub has_carriage_returns: bool,
    /// Whether its last line has an ending.
    pub ends_with_line_end: bool,
}

impl Default for FileForm {
    /// The form that the portal itself writes.
    fn default() -> Self {
        Self { has_mark: true, has_carriage_returns: true, ends_with_line_end: false }
    }
}

/// What tells a case from the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseKey {
    /// Facility, often masked.
    pub facility: Option<String>,
    /// Registration, often masked.
    pub registration: Option<String>,
    /// Hash.
    pub hash: Option<String>,
}

impl CaseKey {
    /// Returns whether anything tells the case from the others.
    pub fn is_named(&self) -> bool {
        self.name() != "?"
    }

    /// Returns the best name of the case: hash, else registration.
    pub fn name(&self) -> &str {
        let is_masked = |name: &&String| name.chars().all(|c| c == '*');
        let registration = self.registration.as_ref().filter(|name| !is_masked(name));
        self.hash.as_ref().or(registration).map_or("?", String::as_str)
    }
}

/// A case of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PortalCase {
    /// What tells it from the others.
    pub key: CaseKey,
    /// What the file says of it.
    pub record: ClinicalRecord,
    /// Its rows in the file.
    pub rows: Vec<RowLayout>,
}

/// What a row of the file says beyond, or unlike, its case's record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowLayout {
    /// Place among the file's rows. Units: 0-based.
    pub number: usize,
    /// Line in the file. Units: 1-based.
    pub line: u64,
    /// How many cells it has, where that is not the header's number.
    pub width: Option<usize>,
    /// The row of each repeated block that it holds.
    pub blocks: Vec<(BlockCode, RowId)>,
    /// Cells that the record does not say, by column (0-based): unknown columns, `NA` against empty, rows that contradict.
    pub cells: Vec<(usize, String)>,
}

impl RowLayout {
    fn block(&self, block: &str) -> Option<RowId> {
        self.blocks.iter().find(|(code, _)| code.as_str() == block).map(|(_, row)| *row)
    }
}

/// What a column of a file holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Held {
    /// An item's value.
    Value(&'static Item),
    /// The label of an item's code.
    Label(&'static Item),
    /// Nothing that the catalogue knows, or what another column holds already.
    Unknown,
}

/// Reads a file in memory.
///
/// The value is `None` when there is no header that the portal would write.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Reading<PortalFile> {
    read::read(bytes, options)
}

/// Writes a file; one that was read gets the same cells in the same order.
pub fn write(file: &PortalFile) -> Vec<u8> {
    write::write(file)
}

/// Refuses a file by its size, without reading it.
pub fn refuse_by_size(bytes: u64, options: &ReadOptions) -> Reading<PortalFile> {
    Reading::failed(vec![problems::too_large(bytes, options.max_bytes)])
}

/// Returns what a record says in a column of a row.
fn said<'a>(held: Held, record: &'a ClinicalRecord, row: &RowLayout) -> &'a str {
    let item = match held {
        Held::Value(item) | Held::Label(item) => item,
        Held::Unknown => return NOTHING,
    };
    let value = match item.block {
        None => record.value(item.code),
        Some(block) => {
            let id = row.block(block);
            id.and_then(|id| record.row(block, id)).and_then(|cells| cells.get(item.code))
        }
    };
    let text = value.and_then(|value| match held {
        Held::Label(_) => value.label.as_deref(),
        _ => Some(value.written.as_str()),
    });
    text.filter(|text| !text.is_empty()).unwrap_or(NOTHING)
}

/// Returns the catalogue's column names of a file.
fn usual_header(document: Document) -> Vec<String> {
    let columns = Catalogue::get().columns(document);
    columns.iter().map(|column| column.name.to_owned()).collect()
}
