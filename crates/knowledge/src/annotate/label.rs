//! Short names of alterations, the same in both languages.

use model::{
    alteration::{
        Biomarker, BiomarkerKind, BiomarkerState, CopyNumberAlteration, CopyNumberKind,
        Rearrangement, RearrangementKind, ShortVariant, TranscriptChange,
    },
    gene::GeneSymbol,
};

/// Names a short variant: gene and amino-acid change, else coding change, else place.
pub(super) fn short_variant(variant: &ShortVariant) -> String {
    let transcript = variant.transcripts.iter().find(|transcript| transcript.gene.is_some());
    let gene = transcript.and_then(|transcript| transcript.gene.as_ref());
    let change = transcript.and_then(change_name).unwrap_or_else(|| {
        let ShortVariant { chromosome, position, reference, alternate, .. } = variant;
        format!("{chromosome}:{position} {}>{}", cut(reference), cut(alternate))
    });
    match gene {
        Some(gene) => format!("{gene} {change}"),
        None => change,
    }
}

fn change_name(transcript: &TranscriptChange) -> Option<String> {
    if let Some(change) = &transcript.protein_change {
        return Some(change.to_string());
    }
    let written = |change: &model::alteration::WrittenChange| {
        change.hgvs.clone().unwrap_or_else(|| change.written.clone())
    };
    let named = |change: &Option<model::alteration::WrittenChange>| {
        change.as_ref().map(written).filter(|name| !name.trim().is_empty())
    };
    // At a splice site the effect on the protein is not known (`p.?`): the coding change says more.
    let protein = named(&transcript.protein).filter(|name| name != "p.?");
    protein.or_else(|| named(&transcript.coding)).or_else(|| named(&transcript.protein))
}

/// Cuts a long allele.
fn cut(allele: &str) -> String {
    const LONGEST: usize = 24;
    if allele.chars().count() <= LONGEST {
        return allele.to_owned();
    }
    let head: String = allele.chars().take(LONGEST).collect();
    format!("{head}…")
}

/// Names a copy-number alteration.
pub(super) fn copy_number(copy: &CopyNumberAlteration) -> String {
    let kind = match copy.kind {
        Some(CopyNumberKind::Amplification) => "amplification",
        Some(CopyNumberKind::Gain) => "gain",
        Some(CopyNumberKind::Duplication) => "duplication",
        Some(CopyNumberKind::Loss) => "loss",
        Some(CopyNumberKind::Deletion) => "deletion",
        Some(CopyNumberKind::HomozygousDeletion) => "homozygous deletion",
        Some(CopyNumberKind::Neutral) => "no copy-number change",
        None => "copy-number alteration",
    };
    named(&copy.genes, kind)
}

/// Names a rearrangement.
pub(super) fn rearrangement(rearrangement: &Rearrangement) -> String {
    if let Some(exons) = rearrangement.skipped_exons.first() {
        let range = if exons.first == exons.last {
            format!("exon {}", exons.first)
        } else {
            format!("exon {}-{}", exons.first, exons.last)
        };
        let genes: Vec<GeneSymbol> = exons.gene.clone().into_iter().collect();
        return named(&genes, &format!("{range} skipping"));
    }
    if rearrangement.kind == RearrangementKind::Fusion {
        if let Some((five, three)) = rearrangement.gene_pairs.first() {
            return format!("{five}::{three} fusion");
        }
        let genes: Vec<&str> = rearrangement.genes().into_iter().map(GeneSymbol::as_str).collect();
        return match genes.as_slice() {
            [] => "fusion".to_owned(),
            [one] => format!("{one} fusion"),
            [first, second, ..] => format!("{first}::{second} fusion"),
        };
    }
    let kind = match rearrangement.kind {
        RearrangementKind::Fusion => "fusion",
        RearrangementKind::Duplication => "duplication",
        RearrangementKind::TandemDuplication => "tandem duplication",
        RearrangementKind::Deletion => "deletion",
        RearrangementKind::Inversion => "inversion",
        RearrangementKind::Truncation => "truncation",
        RearrangementKind::SpliceVariant => "splice variant",
        RearrangementKind::ExonSkipping => "exon skipping",
        RearrangementKind::Other => "rearrangement",
    };
    let genes: Vec<GeneSymbol> = rearrangement.genes().into_iter().cloned().collect();
    named(&genes, kind)
}

/// Names a genome-wide marker.
pub(super) fn marker(marker: &Biomarker) -> String {
    let kind = match marker.kind {
        BiomarkerKind::Tmb => "TMB",
        BiomarkerKind::Msi => "MSI",
        BiomarkerKind::Loh => "LOH",
    };
    let state = match marker.state {
        Some(BiomarkerState::High) => "high",
        Some(BiomarkerState::Low) => "low",
        Some(BiomarkerState::Stable) => "stable",
        Some(BiomarkerState::Intermediate) => "intermediate",
        Some(BiomarkerState::Undetermined) => "undetermined",
        None => return kind.to_owned(),
    };
    format!("{kind} {state}")
}

fn named(genes: &[GeneSymbol], kind: &str) -> String {
    if genes.is_empty() {
        return kind.to_owned();
    }
    let genes: Vec<&str> = genes.iter().map(GeneSymbol::as_str).collect();
    format!("{} {kind}", genes.join("-"))
}
