//! Mutation Annotation Format: one table of somatic mutations of one or many tumours.
//!
//! Reads the dialects of the GDC, of TCGA (MC3, Firehose), of vcf2maf, Oncotator and Funcotator, and
//! tables with a subset of their columns; columns are found by name, in any order. Plain, gzip and zstd
//! are told apart by magic number. What a column does not say stays unknown.
//!
//! Alleles are kept as the format writes them: `-` stands for no base, an insertion's position is the
//! base before it, a deletion's position is the first deleted base. Nothing is re-anchored here, because
//! that needs the reference sequence.
//!
//! `FILTER`: every row is kept. A row is reported when its `FILTER` is absent, empty, `.` or `PASS`, or
//! when every one of its marks is among [`ReadOptions::accepted_filters`]; the rest are kept with
//! `reported: false`, and a note counts them by mark. TCGA MC3 marks every row of two whole-genome
//! amplified cohorts (OV, LAML) `wga`: accept `wga` for those two and for no other.

use std::io::Read;

use model::{genome::Assembly, result::TestResult};

use crate::reading::Reading;

pub mod columns;
pub mod map;
mod oncotator;
mod problems;
mod read;

/// How a table is read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Most bytes after decompression. Units: bytes.
    pub max_bytes: u64,
    /// Longest line. Units: bytes.
    pub max_line_bytes: usize,
    /// Most columns.
    pub max_columns: usize,
    /// Most tumours in one file.
    pub max_tumours: usize,
    /// Most variants in one file; each takes about a kilobyte of memory.
    pub max_variants: usize,
    /// Most problems listed one by one.
    pub max_problems: usize,
    /// Assembly to assume where the table has no `NCBI_Build`.
    pub assembly: Option<Assembly>,
    /// Marks in `FILTER` with which a row is reported all the same.
    pub accepted_filters: Vec<String>,
    /// Words of `Variant_Classification` with which a row is kept but not reported, such as `Silent`.
    pub unreported_classifications: Vec<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            max_bytes: 2 << 30,
            max_line_bytes: 1 << 20,
            max_columns: 2_000,
            max_tumours: 100_000,
            max_variants: 1_000_000,
            max_problems: 1_000,
            assembly: None,
            accepted_filters: Vec::new(),
            unreported_classifications: Vec::new(),
        }
    }
}

/// Results by tumour sample barcode, in the order of first appearance.
pub type Tumours = Vec<(String, TestResult)>;

/// Reads a table in memory.
///
/// The value is `None` when no header could be read; broken lines are left out, each with a problem.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Reading<Tumours> {
    read_from(bytes, options)
}

/// Reads a table from a stream, holding one line at a time.
pub fn read_from(source: impl Read, options: &ReadOptions) -> Reading<Tumours> {
    read::read(source, options)
}
