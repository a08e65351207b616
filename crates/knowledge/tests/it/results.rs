//! Small results for tests.

use model::{
    alteration::{
        Biomarker, BiomarkerKind, BiomarkerState, Breakend, CopyNumberAlteration, CopyNumberKind,
        Rearrangement, RearrangementKind, ShortVariant, SkippedExons, TranscriptChange,
        WrittenChange,
    },
    gene::GeneSymbol,
    genome::Position1,
    result::{ResultFormat, TestResult, TestType},
};

/// Makes an empty result of a tumour-only test.
pub(crate) fn result() -> TestResult {
    let mut result = TestResult::empty(ResultFormat::Cats { version: "1.2.1".to_owned() });
    result.test.test_type = Some(TestType::TumourAndMatchedNormal);
    result
}

/// Adds a short variant of `GENE change` with effects.
pub(crate) fn variant(mut result: TestResult, gene: &str, change: &str) -> TestResult {
    let at = result.short_variants.len();
    let coding = change.starts_with("c.");
    let written = || Some(WrittenChange { written: change.to_owned(), hgvs: None });
    result.short_variants.push(ShortVariant {
        item_id: format!("v{at}"),
        chromosome: "1".to_owned(),
        position: Position1(1),
        reference: "A".to_owned(),
        alternate: "C".to_owned(),
        allele_frequency: Some(0.3),
        depth_total: None,
        depth_alternate: None,
        transcripts: vec![TranscriptChange {
            gene: Some(GeneSymbol::new(gene)),
            coding: if coding { written() } else { None },
            protein: if coding { None } else { written() },
            protein_change: change.parse().ok(),
            ..TranscriptChange::default()
        }],
        sample_item_id: None,
        origin: None,
        matched: Some(true),
        reported: true,
    });
    result
}

/// Adds an effect to the last short variant.
pub(crate) fn effect(mut result: TestResult, effect: &str) -> TestResult {
    if let Some(transcript) =
        result.short_variants.last_mut().and_then(|variant| variant.transcripts.first_mut())
    {
        transcript.effects.push(effect.to_owned());
    }
    result
}

/// Adds a copy-number alteration.
pub(crate) fn copies(mut result: TestResult, gene: &str, kind: CopyNumberKind) -> TestResult {
    result.copy_number_alterations.push(CopyNumberAlteration {
        item_id: format!("c{}", result.copy_number_alterations.len()),
        chromosome: None,
        start: None,
        end: None,
        kind: Some(kind),
        metrics: Vec::new(),
        genes: vec![GeneSymbol::new(gene)],
        sample_item_id: None,
        origin: None,
        matched: None,
        reported: true,
    });
    result
}

/// Adds a rearrangement between two genes; ordered when `pair` is true.
pub(crate) fn rearranged(
    mut result: TestResult,
    kind: RearrangementKind,
    genes: [&str; 2],
    pair: bool,
) -> TestResult {
    let breakend =
        |gene: &str| Breakend { genes: vec![GeneSymbol::new(gene)], ..Breakend::default() };
    result.rearrangements.push(Rearrangement {
        item_id: format!("r{}", result.rearrangements.len()),
        kind,
        kind_written: String::new(),
        breakends: genes.iter().map(|gene| breakend(gene)).collect(),
        gene_pairs: if pair {
            vec![(GeneSymbol::new(genes[0]), GeneSymbol::new(genes[1]))]
        } else {
            Vec::new()
        },
        skipped_exons: Vec::new(),
        supporting_reads: None,
        allele_frequency: None,
        sample_item_id: None,
        origin: None,
        matched: None,
        reported: true,
    });
    result
}

/// Adds a fusion, five-prime partner first.
pub(crate) fn fusion(result: TestResult, five: &str, three: &str) -> TestResult {
    rearranged(result, RearrangementKind::Fusion, [five, three], true)
}

/// Adds skipped exons of a gene.
pub(crate) fn skipped(result: TestResult, gene: &str, first: u32, last: u32) -> TestResult {
    let mut result = rearranged(result, RearrangementKind::ExonSkipping, [gene, gene], false);
    if let Some(rearrangement) = result.rearrangements.last_mut() {
        rearrangement.skipped_exons =
            vec![SkippedExons { gene: Some(GeneSymbol::new(gene)), first, last }];
    }
    result
}

/// Adds a genome-wide marker.
pub(crate) fn marker(
    mut result: TestResult,
    kind: BiomarkerKind,
    state: BiomarkerState,
) -> TestResult {
    result.biomarkers.push(Biomarker {
        item_id: format!("b{}", result.biomarkers.len()),
        kind,
        state: Some(state),
        metrics: Vec::new(),
        sample_item_id: None,
        origin: None,
        reported: true,
    });
    result
}

/// Says which genes the test covers.
pub(crate) fn covering(mut result: TestResult, genes: &[&str]) -> TestResult {
    result.test.covered_genes = Some(genes.iter().map(|gene| GeneSymbol::new(*gene)).collect());
    result
}
