//! Doubts: what is allowed and still looks wrong. All of them are warnings.

use std::collections::HashSet;

use model::hgvs::{coding, protein};

use super::{BIOMARKERS, COPY_NUMBER_ALTERATIONS, REARRANGEMENTS, SHORT_VARIANTS, pointer};
use crate::cats::{
    document::{Document, ShortVariant, Transcript},
    problems::{Findings, meaning},
    value::Number,
};

/// How far a written frequency may be from that of the reads. Units: fraction of 1.
const FREQUENCY_DIFFERENCE_MAX: f64 = 0.1;

/// Looks at every item.
pub(super) fn check(document: &Document, findings: &mut Findings) {
    let has_normal = samples(document, findings);
    for (index, variant) in document.short_variants().iter().enumerate() {
        short_variant(variant, index, findings);
    }
    origins(document, has_normal, findings);
    ranges(document, findings);
    genes(document, findings);
    markers(document, findings);
}

/// Compares the test type with the samples, and returns whether the test has a matched normal.
fn samples(document: &Document, findings: &mut Findings) -> bool {
    let says_normal = document.test_info.test_type.contains("matched-normal");
    let is_normal_there = document.samples().iter().any(|s| s.tumor_or_normal == "normal");
    if says_normal && !document.samples().is_empty() && !is_normal_there {
        findings.push(meaning::normal_sample_missing("/testInfo/testType"));
    }
    says_normal || is_normal_there
}

fn short_variant(variant: &ShortVariant, index: usize, findings: &mut Findings) {
    let here = |member: &str| pointer(SHORT_VARIANTS, index, member);
    if variant.reference_allele == variant.alternate_allele {
        findings.push(meaning::alleles_equal(here("alternateAllele")));
    }
    let total = variant.total_read_depth.map(Number::as_f64);
    let alternate = variant.alternate_allele_read_depth.map(Number::as_f64);
    if let (Some(total), Some(alternate)) = (total, alternate) {
        let frequency = variant.alternate_allele_frequency.as_f64();
        if alternate > total {
            let problem =
                meaning::depth_exceeds_total(here("alternateAlleleReadDepth"), alternate, total);
            findings.push(problem);
        } else if total > 0.0 && (alternate / total - frequency).abs() > FREQUENCY_DIFFERENCE_MAX {
            let counted = alternate / total;
            let place = here("alternateAlleleFrequency");
            findings.push(meaning::frequency_disagrees(place, frequency, counted));
        }
    }
    let list = here("transcripts");
    for (at, transcript) in variant.transcripts.iter().enumerate() {
        if let Some(text) = transcript.amino_acids_change.text()
            && protein::normalise(text).is_none()
        {
            let place = pointer(&list, at, "aminoAcidsChange");
            findings.push(meaning::protein_unreadable(place, text));
        }
        if let Some(text) = transcript.cds_change.text()
            && coding::normalise(text).is_err()
        {
            let place = pointer(&list, at, "cdsChange");
            findings.push(meaning::coding_unreadable(place, text));
        }
    }
}

/// Doubts a germline origin where no normal sample was sequenced.
fn origins(document: &Document, has_normal: bool, findings: &mut Findings) {
    if has_normal {
        return;
    }
    let mut doubt = |list: &str, index: usize, origin: Option<&str>, member: &str| {
        if let Some(origin @ "germline") = origin {
            findings.push(meaning::germline_without_normal(pointer(list, index, member), origin));
        }
    };
    for (index, item) in document.short_variants().iter().enumerate() {
        doubt(SHORT_VARIANTS, index, item.variant_origin.as_deref(), "variantOrigin");
    }
    for (index, item) in document.copy_number_alterations().iter().enumerate() {
        doubt(COPY_NUMBER_ALTERATIONS, index, item.variant_origin.as_deref(), "variantOrigin");
    }
    for (index, item) in document.rearrangements().iter().enumerate() {
        doubt(REARRANGEMENTS, index, item.variant_origin.as_deref(), "variantOrigin");
    }
    for (index, item) in document.biomarkers().iter().enumerate() {
        doubt(BIOMARKERS, index, item.biomarker_origin.as_deref(), "biomarkerOrigin");
    }
}

/// Doubts ranges that end before they start.
fn ranges(document: &Document, findings: &mut Findings) {
    let mut doubt = |place: String, start: Option<Number>, end: Option<Number>| {
        let ends = (start.and_then(Number::as_i64), end.and_then(Number::as_i64));
        if let (Some(start), Some(end)) = ends
            && end < start
        {
            findings.push(meaning::range_reversed(place, start, end));
        }
    };
    for (index, item) in document.copy_number_alterations().iter().enumerate() {
        let place = pointer(COPY_NUMBER_ALTERATIONS, index, "endPosition");
        doubt(place, item.start_position, item.end_position);
    }
    for (index, item) in document.rearrangements().iter().enumerate() {
        let breakends = pointer(REARRANGEMENTS, index, "breakends");
        for (at, end) in item.breakends.iter().enumerate() {
            let place = pointer(&breakends, at, "endPosition");
            doubt(place, Some(end.start_position), Some(end.end_position));
        }
        let skipped = pointer(REARRANGEMENTS, index, "skippedExonRanges");
        for (at, range) in item.skipped_exon_ranges.iter().flatten().enumerate() {
            let exon = |index: usize| range.exon_range.get(index).copied();
            doubt(pointer(&skipped, at, "exonRange"), exon(0), exon(1));
        }
    }
}

/// Doubts reported items that no evidence can be matched to for want of a gene.
fn genes(document: &Document, findings: &mut Findings) {
    let mut doubt = |list: &str, index: usize, reported: bool, transcripts: &[Transcript]| {
        let has_gene = transcripts.iter().any(|t| t.gene_symbol.text().is_some());
        if reported && !has_gene && !transcripts.is_empty() {
            findings.push(meaning::gene_missing(pointer(list, index, "transcripts")));
        }
    };
    for (index, item) in document.short_variants().iter().enumerate() {
        doubt(SHORT_VARIANTS, index, item.reported, &item.transcripts);
    }
    for (index, item) in document.copy_number_alterations().iter().enumerate() {
        doubt(COPY_NUMBER_ALTERATIONS, index, item.reported, &item.transcripts);
    }
}

/// Doubts a marker that is reported twice of one sample.
fn markers(document: &Document, findings: &mut Findings) {
    let mut seen: HashSet<(&str, Option<&str>)> = HashSet::new();
    for (index, marker) in document.biomarkers().iter().enumerate().filter(|(_, m)| m.reported) {
        let key = (marker.biomarker_type.as_str(), marker.sample_item_id.as_deref());
        if !seen.insert(key) {
            let place = pointer(BIOMARKERS, index, "biomarkerType");
            findings.push(meaning::marker_repeated(place, &marker.biomarker_type));
        }
    }
}
