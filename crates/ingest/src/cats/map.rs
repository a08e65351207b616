//! From a CATS document to a test result.
//!
//! What the document does not say stays unknown. Words that no version has are left out: the reader has
//! reported them. Positions stay in the document's own assembly; `lift` moves them.

use model::{
    alteration as to,
    gene::GeneSymbol,
    genome::{Assembly, Position1, Strand, chromosome_without_prefix},
    hgvs::{
        coding,
        protein::{self, ProteinChange},
    },
    result::{
        NucleicAcid, ResultFormat, SequencedSample, TestDescription, TestResult, TestType,
        TissueKind,
    },
};

use super::{
    document::{
        BiomarkerMetric, Breakend, CopyNumberAlteration, Document, Expression, OtherBiomarker,
        Rearrangement, SequencingSample, ShortVariant, TestInfo, Transcript,
    },
    value::Number,
};
use crate::lift::{Chain, lift};

/// Turns a document into a test result in the document's own assembly.
pub fn to_result(document: &Document) -> TestResult {
    let fusion_words = fusion_words(document);
    TestResult {
        assembly: assembly(document),
        test: test(&document.test_info),
        samples: document.samples().iter().map(sample).collect(),
        short_variants: document.short_variants().iter().map(short_variant).collect(),
        copy_number_alterations: document
            .copy_number_alterations()
            .iter()
            .map(copy_number_alteration)
            .collect(),
        rearrangements: document
            .rearrangements()
            .iter()
            .map(|rearranged| rearrangement(rearranged, &fusion_words))
            .collect(),
        biomarkers: document.biomarkers().iter().filter_map(biomarker).collect(),
        expressions: document.gene_expressions().iter().map(expression).collect(),
        ..TestResult::empty(ResultFormat::Cats {
            version: document.meta_data.schema_version.clone(),
        })
    }
}

/// Turns a document into a test result, moved from GRCh37 to GRCh38 where a chain is given.
///
/// What cannot be moved is told by [`read`](super::read::read) with the same chain.
pub fn to_lifted_result(document: &Document, chain: Option<&Chain>) -> TestResult {
    let result = to_result(document);
    match chain {
        Some(chain) => lift(result, chain).0,
        None => result,
    }
}

/// Returns the assembly that the document's positions refer to, when it is one that is known.
pub fn assembly(document: &Document) -> Option<Assembly> {
    document.release().and_then(|release| release.parse().ok())
}

/// Returns the rearrangement types that the document asks to be read as gene fusions.
///
/// The laboratory may say so itself in `configOptions`; otherwise they are the three forms of fusion.
pub fn fusion_words(document: &Document) -> Vec<String> {
    const USUAL: [&str; 4] = [
        "gene fusion",
        "gene fusion and frameshift variant",
        "frameshift gene fusion",
        "bidirectional gene fusion",
    ];
    let options = document.meta_data.config_options.as_ref();
    let labels =
        options.and_then(|options| options.type_labels_interpreted_as_kb_gene_fusion.as_deref());
    let Some(labels) = labels.filter(|labels| !labels.is_empty()) else {
        return USUAL.iter().map(|word| (*word).to_owned()).collect();
    };
    labels
        .iter()
        .filter_map(|label| label.split_once(':'))
        .filter(|(kind, _)| kind.trim() == "rearrangementType")
        .map(|(_, word)| word.trim().to_owned())
        .collect()
}

fn test(info: &TestInfo) -> TestDescription {
    let test_type = match info.test_type.as_str() {
        "tumor-only" => Some(TestType::TumourOnly),
        "tumor and matched-normal" => Some(TestType::TumourAndMatchedNormal),
        "tumor-only (cell-free)" => Some(TestType::CellFreeTumourOnly),
        "tumor (cell-free) and matched-normal" => Some(TestType::CellFreeTumourAndMatchedNormal),
        _ => None,
    };
    TestDescription {
        test_id: Some(info.test_id.clone()),
        test_type,
        panel_name: Some(info.panel_name.clone()),
        panel_version: Some(info.panel_version.clone()),
        software_name: info.software_name.clone(),
        software_version: info.software_version.clone(),
        reference_only: info.test_for_reference_only,
        covered_genes: None,
    }
}

fn sample(sample: &SequencingSample) -> SequencedSample {
    let tissue = match sample.tumor_or_normal.as_str() {
        "tumor" => Some(TissueKind::Tumour),
        "normal" => Some(TissueKind::Normal),
        _ => None,
    };
    let nucleic_acid = match sample.nucleic_acid.as_deref().or(sample.test_method.as_deref()) {
        Some("DNA" | "DNA-seq") => Some(NucleicAcid::Dna),
        Some("RNA" | "RNA-seq") => Some(NucleicAcid::Rna),
        _ => None,
    };
    SequencedSample {
        item_id: sample.item_id.clone(),
        tissue,
        nucleic_acid,
        depth_mean: sample.mean_read_depth.map(Number::as_f64),
        depth_median: sample.median_read_depth.map(Number::as_f64),
        suspected_states: sample.suspected_sample_states.clone().unwrap_or_default(),
    }
}

fn short_variant(variant: &ShortVariant) -> to::ShortVariant {
    to::ShortVariant {
        item_id: variant.item_id.clone(),
        chromosome: chromosome(&variant.chromosome),
        position: Position1(variant.position.as_u64().unwrap_or_default()),
        reference: variant.reference_allele.clone(),
        alternate: variant.alternate_allele.clone(),
        allele_frequency: Some(variant.alternate_allele_frequency.as_f64()),
        depth_total: variant.total_read_depth.map(Number::as_f64),
        depth_alternate: variant.alternate_allele_read_depth.map(Number::as_f64),
        transcripts: variant.transcripts.iter().map(transcript).collect(),
        sample_item_id: variant.sample_item_id.clone(),
        origin: origin(variant.variant_origin.as_deref()),
        matched: variant.matched,
        reported: variant.reported,
    }
}

fn transcript(transcript: &Transcript) -> to::TranscriptChange {
    let strand = match transcript.strand.text() {
        Some("+") => Some(Strand::Forward),
        Some("-") => Some(Strand::Reverse),
        _ => None,
    };
    let written_protein = transcript.amino_acids_change.text();
    let protein_change: Option<ProteinChange> = written_protein.and_then(|text| text.parse().ok());
    to::TranscriptChange {
        transcript_id: transcript.transcript_id.text().map(str::to_owned),
        gene: transcript.gene_symbol.text().map(GeneSymbol::new),
        strand,
        coding: transcript.cds_change.text().map(|text| to::WrittenChange {
            written: text.to_owned(),
            hgvs: coding::normalise(text).ok(),
        }),
        protein: written_protein.map(|text| to::WrittenChange {
            written: text.to_owned(),
            hgvs: protein::normalise(text),
        }),
        protein_change,
        effects: transcript.calculated_effects.clone().unwrap_or_default(),
        exon: None,
    }
}

fn copy_number_alteration(alteration: &CopyNumberAlteration) -> to::CopyNumberAlteration {
    let kind = match alteration.copy_number_alteration_type.as_str() {
        "amplification" => Some(to::CopyNumberKind::Amplification),
        "gain" => Some(to::CopyNumberKind::Gain),
        "duplication" => Some(to::CopyNumberKind::Duplication),
        "loss" => Some(to::CopyNumberKind::Loss),
        "deletion" => Some(to::CopyNumberKind::Deletion),
        "homozygous deletion" => Some(to::CopyNumberKind::HomozygousDeletion),
        "neutral" => Some(to::CopyNumberKind::Neutral),
        _ => None,
    };
    let metrics = alteration.copy_number_metrics.iter().flatten().map(|metric| to::Metric {
        value: metric.value.as_f64(),
        unit: Some(metric.unit.clone()),
        kind: None,
    });
    to::CopyNumberAlteration {
        item_id: alteration.item_id.clone(),
        chromosome: alteration.chromosome.as_deref().map(chromosome),
        start: alteration.start_position.and_then(position),
        end: alteration.end_position.and_then(position),
        kind,
        metrics: metrics.collect(),
        genes: genes(&alteration.transcripts),
        sample_item_id: alteration.sample_item_id.clone(),
        origin: origin(alteration.variant_origin.as_deref()),
        matched: alteration.matched,
        reported: alteration.reported,
    }
}

fn rearrangement(rearranged: &Rearrangement, fusion_words: &[String]) -> to::Rearrangement {
    let written = rearranged.rearrangement_type.as_str();
    let kind = match written {
        _ if fusion_words.iter().any(|word| word == written) => to::RearrangementKind::Fusion,
        "duplication" => to::RearrangementKind::Duplication,
        "tandem duplication" => to::RearrangementKind::TandemDuplication,
        "deletion" => to::RearrangementKind::Deletion,
        "inversion" => to::RearrangementKind::Inversion,
        "truncation" => to::RearrangementKind::Truncation,
        "splice variant" => to::RearrangementKind::SpliceVariant,
        "exon skipping" => to::RearrangementKind::ExonSkipping,
        _ => to::RearrangementKind::Other,
    };
    let skipped = rearranged.skipped_exon_ranges.iter().flatten().filter_map(|range| {
        let exon = |index: usize| {
            range.exon_range.get(index).and_then(|n| u32::try_from(n.as_u64()?).ok())
        };
        Some(to::SkippedExons {
            gene: range.gene_symbol.text().map(GeneSymbol::new),
            first: exon(0)?,
            last: exon(1)?,
        })
    });
    to::Rearrangement {
        item_id: rearranged.item_id.clone(),
        kind,
        kind_written: written.to_owned(),
        breakends: rearranged.breakends.iter().map(breakend).collect(),
        gene_pairs: gene_pairs(rearranged),
        skipped_exons: skipped.collect(),
        supporting_reads: rearranged.supporting_read_count.and_then(Number::as_i64),
        allele_frequency: rearranged.alternate_allele_frequency.map(Number::as_f64),
        sample_item_id: rearranged.sample_item_id.clone(),
        origin: origin(rearranged.variant_origin.as_deref()),
        matched: rearranged.matched,
        reported: rearranged.reported,
    }
}

fn breakend(end: &Breakend) -> to::Breakend {
    to::Breakend {
        chromosome: Some(chromosome(&end.chromosome)),
        start: position(end.start_position),
        end: position(end.end_position),
        genes: genes(&end.transcripts),
    }
}

/// Returns the pairs that the sender orders, five-prime gene first.
fn gene_pairs(rearranged: &Rearrangement) -> Vec<(GeneSymbol, GeneSymbol)> {
    let ordered = rearranged.ordered_gene_pairs.iter().flatten().filter_map(|pair| {
        let gene = |index: usize| pair.get(index)?.as_deref().map(GeneSymbol::new);
        Some((gene(0)?, gene(1)?))
    });
    let hyphened =
        rearranged.gene_pairs.iter().flatten().filter_map(|pair| split_pair(rearranged, pair));
    ordered.chain(hyphened).collect()
}

/// Splits a pair such as `CD74-ERBB4` by the genes at the breakends, since a symbol may hold a hyphen.
pub(super) fn split_pair(
    rearranged: &Rearrangement,
    pair: &str,
) -> Option<(GeneSymbol, GeneSymbol)> {
    let at = |end: usize| {
        let transcripts = rearranged.breakends.get(end).map(|end| end.transcripts.as_slice());
        transcripts.unwrap_or_default().iter().filter_map(|t| t.gene_symbol.text())
    };
    let spelled = |five_end: usize, three_end: usize| {
        at(five_end).find_map(|five| {
            let rest = pair.strip_prefix(five)?.strip_prefix('-')?;
            at(three_end).find(|three| *three == rest).map(|three| (five, three))
        })
    };
    let (five, three) = spelled(0, 1).or_else(|| spelled(1, 0))?;
    Some((GeneSymbol::new(five), GeneSymbol::new(three)))
}

fn biomarker(marker: &OtherBiomarker) -> Option<to::Biomarker> {
    let kind = match marker.biomarker_type.as_str() {
        "TMB" => to::BiomarkerKind::Tmb,
        "MSI" => to::BiomarkerKind::Msi,
        "LOH" => to::BiomarkerKind::Loh,
        _ => return None,
    };
    let state = match marker.state.text() {
        Some("high") => Some(to::BiomarkerState::High),
        Some("low") => Some(to::BiomarkerState::Low),
        Some("stable") => Some(to::BiomarkerState::Stable),
        Some("intermediate") => Some(to::BiomarkerState::Intermediate),
        Some("cannot be determined") => Some(to::BiomarkerState::Undetermined),
        _ => None,
    };
    Some(to::Biomarker {
        item_id: marker.item_id.clone(),
        kind,
        state,
        metrics: marker.biomarker_metrics.iter().flatten().map(metric).collect(),
        sample_item_id: marker.sample_item_id.clone(),
        origin: origin(marker.biomarker_origin.as_deref()),
        reported: marker.reported,
    })
}

fn metric(metric: &BiomarkerMetric) -> to::Metric {
    to::Metric {
        value: metric.value.as_f64(),
        unit: metric.unit.text().map(str::to_owned),
        kind: metric.kind().map(str::to_owned),
    }
}

fn expression(expression: &Expression) -> to::GeneExpression {
    let metrics = expression.expression_level_metrics.iter().map(|metric| {
        let whose = metric.is_control.unwrap_or_default().then_some("control");
        let kind: Vec<&str> = [whose, metric.statistic_type.text()].into_iter().flatten().collect();
        to::Metric {
            value: metric.value.as_f64(),
            unit: Some(metric.unit.clone()),
            kind: (!kind.is_empty()).then(|| kind.join(" ")),
        }
    });
    to::GeneExpression {
        item_id: expression.item_id.clone(),
        gene: genes(&expression.transcripts).into_iter().next(),
        read_count: expression.read_count.map(Number::as_f64),
        metrics: metrics.collect(),
        sample_item_id: expression.sample_item_id.clone(),
        reported: expression.reported,
    }
}

/// Returns the genes of transcripts, each once, in the sender's order.
fn genes(transcripts: &[Transcript]) -> Vec<GeneSymbol> {
    let mut genes: Vec<GeneSymbol> = Vec::new();
    for symbol in transcripts.iter().filter_map(|transcript| transcript.gene_symbol.text()) {
        if genes.iter().all(|gene| gene.as_str() != symbol) {
            genes.push(GeneSymbol::new(symbol));
        }
    }
    genes
}

fn chromosome(name: &str) -> String {
    chromosome_without_prefix(name).to_owned()
}

fn position(number: Number) -> Option<Position1> {
    number.as_u64().map(Position1)
}

fn origin(word: Option<&str>) -> Option<to::VariantOrigin> {
    match word? {
        "somatic" => Some(to::VariantOrigin::Somatic),
        "germline" => Some(to::VariantOrigin::Germline),
        "likely somatic" => Some(to::VariantOrigin::LikelySomatic),
        "likely germline" => Some(to::VariantOrigin::LikelyGermline),
        _ => None,
    }
}
