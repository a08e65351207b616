//! Converts a CATS document to the files that the national centre's annotation works on.
//!
//! - short variants to VCF, somatic and germline apart;
//! - copy-number alterations to BED;
//! - gene fusions to BEDPE, DNA and RNA apart;
//! - other rearrangements, expressions and biomarkers to JSON;
//! - and a reference map from each converted alteration back to the item it came from.
//!
//! The rules were derived from the official converter's public samples and give the same content. Where
//! the samples show only one case, the rest is ours and said so at the function. Positions must be on
//! GRCh38: [`convert`] refuses another assembly; [`lift_document`] moves one with a chain.
//!
//! An item that is not reported is not converted. Coordinates in BED and BEDPE stay 1-based, as the
//! official converter writes them, although both formats count from 0 elsewhere.
//!
//! Not here: cBioPortal studies (`cbioportal`), the format update (`upgrade`).

use model::{genome::Assembly, problem::Problem};

use super::document::Document;
use crate::reading::Reading;

mod biomarkers;
mod contigs;
mod copy_numbers;
mod cytobands;
mod expressions;
mod fusions;
pub(crate) mod item;
mod lift;
mod problems;
mod rearrangements;
mod reference_map;
mod short_variants;

pub use contigs::{Contig, ReadIndexError, main_contigs, read_index};
pub use cytobands::{Cytobands, ReadCytobandsError};
pub use lift::lift_document;
pub use reference_map::ReferenceMap;

/// A kind of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// Short variants.
    Vcf,
    /// Copy-number alterations.
    Bed,
    /// Gene fusions.
    Bedpe,
    /// Other rearrangements, expressions and biomarkers.
    Json,
}

impl Target {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Vcf, Self::Bed, Self::Bedpe, Self::Json];
}

/// What a conversion may use beside the document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Helpers<'a> {
    /// File name of the reference, written into the VCF header; `GRCh38` where not given.
    pub reference_name: Option<&'a str>,
    /// Contigs of the reference; without them the 25 main sequences are written.
    pub contigs: Option<&'a [Contig]>,
    /// Cytogenetic bands; without them a fusion's bands are written as `.`.
    pub cytobands: Option<&'a Cytobands>,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its name.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Converts a document to the files of the targets, each target at most once, and their reference map.
///
/// The value is `None` where the document is not on GRCh38.
pub fn convert(
    document: &Document,
    targets: &[Target],
    helpers: &Helpers<'_>,
) -> Reading<Vec<OutputFile>> {
    if super::assembly(document) != Some(Assembly::Grch38) {
        return Reading::failed(vec![problems::not_on_grch38(document.release())]);
    }
    let mut work = Work { document, helpers, map: ReferenceMap::default(), problems: Vec::new() };
    let mut files = Vec::new();
    for target in Target::ALL.into_iter().filter(|target| targets.contains(target)) {
        match target {
            Target::Vcf => files.extend(short_variants::files(&mut work)),
            Target::Bed => files.push(copy_numbers::file(&mut work)),
            Target::Bedpe => files.extend(fusions::files(&mut work)),
            Target::Json => {
                files.extend(rearrangements::files(&mut work));
                files.push(expressions::file(document));
                files.push(biomarkers::file(document));
            }
        }
    }
    if targets.iter().any(|target| *target != Target::Json) || !work.map.is_empty() {
        files.push(OutputFile { name: "reference_map.json", bytes: work.map.to_json() });
    }
    Reading::of(files, work.problems)
}

/// What the parts of a conversion share.
struct Work<'a> {
    document: &'a Document,
    helpers: &'a Helpers<'a>,
    map: ReferenceMap,
    problems: Vec<Problem>,
}
