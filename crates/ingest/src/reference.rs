//! Reference sequences: an indexed FASTA file, plain or compressed with bgzip.
//!
//! The file must be of an assembly that its chromosome lengths show; a name is not trusted. Not here:
//! downloading one, and building an index (`samtools faidx`).

use std::{
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use model::genome::{Assembly, Position1, chromosome_without_prefix};
use noodles_core::{Position, Region};
use noodles_fasta::io::{BufReader, IndexedReader, indexed_reader};

mod lengths;

pub use lengths::{assembly_of, chromosome_length};

/// Longest piece of sequence that is read at once. Units: bases.
pub const PIECE_BASES_MAX: u64 = 100_000;

/// A reference could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenReferenceError {
    /// The FASTA or an index beside it could not be read.
    #[error(
        "opening the reference {path} and its index (.fai, and .gzi when compressed); make them with samtools faidx",
        path = .path.display()
    )]
    Open {
        /// The FASTA file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The chromosome lengths are those of no known assembly.
    #[error(
        "recognising the assembly of {path}: its chromosome lengths are neither those of GRCh37 nor those of GRCh38",
        path = .path.display()
    )]
    UnknownAssembly {
        /// The FASTA file.
        path: PathBuf,
    },
}

/// A piece of the reference could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadReferenceError {
    /// The reference has no sequence of that name.
    #[error("the reference has no sequence {0:?}")]
    NoSequence(String),
    /// The piece passes the end of the sequence, or is longer than [`PIECE_BASES_MAX`].
    #[error("positions {first} to {last} are not within the sequence, or too long a piece")]
    OutOfSequence {
        /// First base. Units: 1-based.
        first: u64,
        /// Last base. Units: 1-based, inclusive.
        last: u64,
    },
    /// The file could not be read.
    #[error("reading the reference")]
    Read(#[source] io::Error),
}

/// A reference sequence.
pub struct Reference {
    path: PathBuf,
    assembly: Assembly,
    reader: Mutex<IndexedReader<BufReader<File>>>,
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference")
            .field("path", &self.path)
            .field("assembly", &self.assembly)
            .finish_non_exhaustive()
    }
}

impl Reference {
    /// Opens an indexed FASTA and recognises its assembly.
    ///
    /// Errors: a file or index that cannot be read; lengths of no known assembly.
    pub fn open(path: &Path) -> Result<Self, OpenReferenceError> {
        let reader = indexed_reader::Builder::default()
            .build_from_path(path)
            .map_err(|source| OpenReferenceError::Open { path: path.to_owned(), source })?;
        let records: &[_] = reader.index().as_ref();
        let lengths = records.iter().filter_map(|record| {
            let name = std::str::from_utf8(record.name()).ok()?;
            Some((name, record.length()))
        });
        let assembly = assembly_of(lengths)
            .ok_or_else(|| OpenReferenceError::UnknownAssembly { path: path.to_owned() })?;
        Ok(Self { path: path.to_owned(), assembly, reader: Mutex::new(reader) })
    }

    /// Returns the assembly.
    pub fn assembly(&self) -> Assembly {
        self.assembly
    }

    /// Returns the bases of a piece, in upper case. The chromosome may be named with or without `chr`.
    ///
    /// Units: 1-based, inclusive. Errors: no such sequence, a piece beyond its end, an unreadable file.
    pub fn bases(
        &self,
        chromosome: &str,
        first: Position1,
        last: Position1,
    ) -> Result<String, ReadReferenceError> {
        let out_of_sequence = || ReadReferenceError::OutOfSequence { first: first.0, last: last.0 };
        let is_short = last.0.checked_sub(first.0).is_some_and(|rest| rest < PIECE_BASES_MAX);
        if !is_short {
            return Err(out_of_sequence());
        }
        // A poisoned lock only means that another reading panicked; the reader seeks anew each time.
        let mut reader = self.reader.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let records: &[_] = reader.index().as_ref();
        let record = records
            .iter()
            .find(|record| is_named(record.name(), chromosome))
            .ok_or_else(|| ReadReferenceError::NoSequence(chromosome.chars().take(64).collect()))?;
        if last.0 > record.length() {
            return Err(out_of_sequence());
        }
        let position = |position: Position1| {
            usize::try_from(position.0).ok().and_then(|position| Position::try_from(position).ok())
        };
        let (Some(start), Some(end)) = (position(first), position(last)) else {
            return Err(out_of_sequence());
        };
        let region = Region::new(record.name().to_vec(), start..=end);
        let piece = reader.query(&region).map_err(ReadReferenceError::Read)?;
        let bases = piece.sequence().as_ref();
        Ok(String::from_utf8_lossy(bases).to_ascii_uppercase())
    }
}

/// Returns whether a sequence's name is that of a chromosome, `chr` and the spelling of the mitochondrion aside.
fn is_named(name: &[u8], chromosome: &str) -> bool {
    std::str::from_utf8(name)
        .is_ok_and(|name| chromosome_without_prefix(name) == chromosome_without_prefix(chromosome))
}
