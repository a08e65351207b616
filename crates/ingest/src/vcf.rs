//! Annotated Variant Call Format: the variants of one tumour, with what an annotator says of them.
//!
//! Reads the annotations of Ensembl VEP (`CSQ`), SnpEff (`ANN`) and `bcftools csq` (`BCSQ`), taking the
//! order of their fields from the header; plain, gzip and zstd. One alternate allele gives one variant.
//! Alleles and positions stay as written. What a field does not say stays unknown.
//!
//! **Which sample.** The tumour is, in this order: the sample named in [`ReadOptions::sample`], the one
//! that `##tumor_sample` or a `##SAMPLE` line names, a column with the word TUMOR in its name, the one that is left when the
//! others are named as normal, or the only one. Anything else is refused with an error that lists the
//! samples, because a guess could report another person's or another tissue's variants. A file without
//! sample columns is one result without a name, and its `AF` and `DP` in INFO are the tumour's.
//!
//! **What is reported.** A variant is reported when `FILTER` is `PASS` or `.`, or all of its marks are in
//! [`ReadOptions::accepted_filters`], and the tumour's genotype does not deny the allele (`0/0`). The rest
//! are kept with `reported: false`, and a note counts them.
//!
//! **Structural variants.** Breakends and symbolic alleles become rearrangements, or copy-number
//! alterations where a copy number is given, when an annotation names a gene; a note counts the rest,
//! which is left out.

use std::io::Read;

use model::{genome::Assembly, result::TestResult};

use crate::reading::Reading;

mod annotation;
mod assembly;
mod header;
mod problems;
mod read;
mod record;
mod sample;
mod structural;

/// How a file is read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Most bytes after decompression. Units: bytes.
    pub max_bytes: u64,
    /// Longest line. Units: bytes.
    pub max_line_bytes: usize,
    /// Most sample columns.
    pub max_samples: usize,
    /// Most alternate alleles in one record.
    pub max_alternates: usize,
    /// Most transcripts kept for one variant.
    pub max_transcripts: usize,
    /// Most variants and structural variants.
    pub max_variants: usize,
    /// Most problems listed one by one.
    pub max_problems: usize,
    /// Name of the tumour's column.
    pub sample: Option<String>,
    /// Assembly to assume where the header does not say.
    pub assembly: Option<Assembly>,
    /// Marks in `FILTER` with which a variant is reported all the same.
    pub accepted_filters: Vec<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            max_bytes: 2 << 30,
            max_line_bytes: 8 << 20,
            max_samples: 10_000,
            max_alternates: 64,
            max_transcripts: 128,
            max_variants: 1_000_000,
            max_problems: 1_000,
            sample: None,
            assembly: None,
            accepted_filters: Vec::new(),
        }
    }
}

/// Reads a file in memory: the tumour sample's name (empty where the file has none) and its result.
///
/// The value is `None` when there is no header line or the tumour sample cannot be told.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Reading<Vec<(String, TestResult)>> {
    read_from(bytes, options)
}

/// Reads a file from a stream, holding one line at a time.
pub fn read_from(source: impl Read, options: &ReadOptions) -> Reading<Vec<(String, TestResult)>> {
    read::read(source, options)
}
