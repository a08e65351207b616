//! Tables of the programme registry as CSV: hospitals, designations, links, requirements, laboratories, their
//! papers, and panels.
//!
//! Which table a file is, its header says; columns may stand in any order. UTF-8 with or without a byte
//! order mark, and Shift_JIS. Rows are merged into a registry: what a row names is added or replaced, what no row
//! names stays, so that reading the same file again changes nothing. What is written reads back the same.
//!
//! Not here: applications, which are a way to go and no table.

use std::fmt;

pub use self::{map::Merging, read::read, write::write};

mod map;
mod problems;
mod read;
mod write;

/// Largest file. Units: bytes.
pub const FILE_MAX_BYTES: usize = 16 << 20;
/// Most rows of one file.
pub const ROWS_MAX: usize = 100_000;
/// Longest text of one cell. Units: characters.
pub const CELL_MAX_CHARS: usize = 32_000;
/// What stands between the values of one cell that holds several.
const SEPARATOR: char = '|';

/// A table of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProgrammeTable {
    /// Hospitals.
    Hospitals,
    /// What hospitals are, and since when.
    Designations,
    /// Whom partners are linked to.
    Links,
    /// Checklists of requirements.
    Requirements,
    /// Laboratories.
    Laboratories,
    /// Laboratories' certifications, contracts and assessments.
    Papers,
    /// Versions of panels.
    Panels,
}

impl ProgrammeTable {
    /// Every table, in the order in which they are merged.
    pub const ALL: [Self; 7] = [
        Self::Hospitals,
        Self::Designations,
        Self::Links,
        Self::Requirements,
        Self::Laboratories,
        Self::Papers,
        Self::Panels,
    ];

    /// Returns the name of the file that is written.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Hospitals => "hospitals.csv",
            Self::Designations => "designations.csv",
            Self::Links => "links.csv",
            Self::Requirements => "requirements.csv",
            Self::Laboratories => "laboratories.csv",
            Self::Papers => "laboratory_papers.csv",
            Self::Panels => "panels.csv",
        }
    }

    /// Returns the columns as they are written; the first ones of [`Self::required`] must be there.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Hospitals => &[
                "code",
                "name_ja",
                "prefecture",
                "name_en",
                "contact_ja",
                "contact_en",
                "source",
                "synthetic",
            ],
            Self::Designations => &["hospital", "kind", "from", "until", "start", "source"],
            Self::Links => &["hospital", "linked_to", "from", "until", "source"],
            Self::Requirements => &["hospital", "requirement", "state", "evidence", "checked"],
            Self::Laboratories => &[
                "code",
                "kind",
                "name_ja",
                "name_en",
                "contact_ja",
                "contact_en",
                "source",
                "synthetic",
            ],
            Self::Papers => &["laboratory", "paper", "title", "from", "until", "number", "outcome"],
            Self::Panels => &[
                "code",
                "name_ja",
                "version",
                "name_en",
                "maker",
                "approved",
                "insured",
                "companion_diagnostic",
                "from",
                "until",
                "gene_count",
                "genes",
                "samples",
                "reports",
                "source",
                "synthetic",
            ],
        }
    }

    /// Returns the columns by which the table is known; they must be there.
    pub fn required(self) -> &'static [&'static str] {
        let count = if self == Self::Papers { 4 } else { 3 };
        self.columns().get(..count).unwrap_or_default()
    }
}

impl fmt::Display for ProgrammeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file_name())
    }
}

/// A file read as cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvTable {
    /// Which table it is.
    pub table: ProgrammeTable,
    /// Which column of the file each column of the table is, in the table's order. Units: 0-based.
    columns: Vec<Option<usize>>,
    rows: Vec<CsvRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct CsvRow {
    /// Line on which it begins. Units: 1-based.
    line: u64,
    cells: Vec<String>,
}

impl CsvTable {
    /// Returns how many rows it has.
    pub fn row_count(&self) -> usize {
        self.rows.len()
    }
}
