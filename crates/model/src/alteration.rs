//! Alterations that a test can report.

use serde::{Deserialize, Serialize};

use crate::{
    gene::GeneSymbol,
    genome::{Position1, Strand},
    hgvs::protein::ProteinChange,
};

/// Where a variant comes from, as the laboratory judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VariantOrigin {
    /// Somatic.
    Somatic,
    /// Germline.
    Germline,
    /// Likely somatic.
    LikelySomatic,
    /// Likely germline.
    LikelyGermline,
}

impl VariantOrigin {
    /// Returns whether the laboratory calls the variant germline or likely germline.
    pub fn is_germline(self) -> bool {
        matches!(self, Self::Germline | Self::LikelyGermline)
    }
}

/// A change as written by the sender, and as HGVS where it could be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WrittenChange {
    /// What the sender wrote, kept as it was.
    pub written: String,
    /// The same in HGVS, when it could be read; `None` means it could not, not that there is no change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hgvs: Option<String>,
}

/// An effect of a variant on one transcript.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptChange {
    /// Transcript identifier, such as `NM_000368.4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript_id: Option<String>,
    /// Gene.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene: Option<GeneSymbol>,
    /// Strand of the transcript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strand: Option<Strand>,
    /// Coding change; HGVS begins with `c.` or `n.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coding: Option<WrittenChange>,
    /// Amino-acid change; HGVS is three-letter, such as `p.Gln654Glu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protein: Option<WrittenChange>,
    /// The amino-acid change as a value, when it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protein_change: Option<ProteinChange>,
    /// Sequence Ontology terms, such as `missense_variant`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// Exon number where the sender gives it. Units: 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exon: Option<u32>,
}

/// A single-nucleotide variant, insertion, deletion or delins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShortVariant {
    /// Identifier within the file.
    pub item_id: String,
    /// Chromosome without `chr`.
    pub chromosome: String,
    /// Position of the first reference base. Units: 1-based.
    pub position: Position1,
    /// Reference allele.
    pub reference: String,
    /// Alternate allele.
    pub alternate: String,
    /// Frequency of the alternate allele. Units: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allele_frequency: Option<f64>,
    /// Depth at the position. Units: reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_total: Option<f64>,
    /// Depth of the alternate allele. Units: reads; some senders write fractions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_alternate: Option<f64>,
    /// Effects on transcripts; the first is the sender's representative one.
    #[serde(default)]
    pub transcripts: Vec<TranscriptChange>,
    /// Sample in which it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<VariantOrigin>,
    /// Whether tumour and matched normal were both used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<bool>,
    /// Whether the laboratory includes it in the report; an item is processed only when this is true.
    pub reported: bool,
}

/// How a gene's copy number is altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CopyNumberKind {
    /// Amplification.
    Amplification,
    /// Gain.
    Gain,
    /// Duplication.
    Duplication,
    /// Loss.
    Loss,
    /// Deletion.
    Deletion,
    /// Homozygous deletion.
    HomozygousDeletion,
    /// No change.
    Neutral,
}

/// A value with the unit the sender wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metric {
    /// The value.
    pub value: f64,
    /// The unit as written; `None` where the sender wrote null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What was measured, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A copy-number alteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyNumberAlteration {
    /// Identifier within the file.
    pub item_id: String,
    /// Chromosome without `chr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chromosome: Option<String>,
    /// First base. Units: 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Position1>,
    /// Last base. Units: 1-based, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Position1>,
    /// Kind; `None` where the sender's word is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CopyNumberKind>,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Genes altered, in the sender's order, each once.
    #[serde(default)]
    pub genes: Vec<GeneSymbol>,
    /// Sample in which it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<VariantOrigin>,
    /// Whether tumour and matched normal were both used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<bool>,
    /// Whether the laboratory includes it in the report.
    pub reported: bool,
}

/// What kind of rearrangement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RearrangementKind {
    /// Gene fusion, in any of the three forms that CATS names.
    Fusion,
    /// Duplication (not in tandem, or not said).
    Duplication,
    /// Tandem duplication.
    TandemDuplication,
    /// Deletion.
    Deletion,
    /// Inversion.
    Inversion,
    /// Truncation.
    Truncation,
    /// Splice variant.
    SpliceVariant,
    /// Exon skipping.
    ExonSkipping,
    /// Something else, or a word not known.
    Other,
}

/// One side of a rearrangement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakend {
    /// Chromosome without `chr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chromosome: Option<String>,
    /// First base of the interval. Units: 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Position1>,
    /// Last base of the interval. Units: 1-based, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Position1>,
    /// Genes at the breakend; empty where there is none.
    #[serde(default)]
    pub genes: Vec<GeneSymbol>,
}

/// Exons left out of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SkippedExons {
    /// Gene.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene: Option<GeneSymbol>,
    /// First skipped exon. Units: 1-based.
    pub first: u32,
    /// Last skipped exon. Units: 1-based, inclusive.
    pub last: u32,
}

/// A rearrangement, fusion or splice variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rearrangement {
    /// Identifier within the file.
    pub item_id: String,
    /// Kind.
    pub kind: RearrangementKind,
    /// Kind as the sender wrote it.
    pub kind_written: String,
    /// The breakends.
    #[serde(default)]
    pub breakends: Vec<Breakend>,
    /// Five-prime and three-prime gene of each fusion product, where the sender orders them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gene_pairs: Vec<(GeneSymbol, GeneSymbol)>,
    /// Skipped exons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_exons: Vec<SkippedExons>,
    /// Reads that support it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supporting_reads: Option<i64>,
    /// Frequency. Units: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allele_frequency: Option<f64>,
    /// Sample in which it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<VariantOrigin>,
    /// Whether tumour and matched normal were both used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<bool>,
    /// Whether the laboratory includes it in the report.
    pub reported: bool,
}

impl Rearrangement {
    /// Returns every gene at a breakend, in a pair or with skipped exons, each once, in order.
    pub fn genes(&self) -> Vec<&GeneSymbol> {
        let in_pairs = self.gene_pairs.iter().flat_map(|(five, three)| [five, three]);
        let at_breakends = self.breakends.iter().flat_map(|breakend| breakend.genes.iter());
        let skipped = self.skipped_exons.iter().filter_map(|exons| exons.gene.as_ref());
        let mut genes = Vec::new();
        for gene in in_pairs.chain(at_breakends).chain(skipped) {
            if !genes.contains(&gene) {
                genes.push(gene);
            }
        }
        genes
    }
}

/// Which genome-wide marker was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BiomarkerKind {
    /// Tumour mutational burden.
    #[serde(rename = "TMB")]
    Tmb,
    /// Microsatellite instability.
    #[serde(rename = "MSI")]
    Msi,
    /// Genome-wide loss of heterozygosity.
    #[serde(rename = "LOH")]
    Loh,
}

/// What the laboratory concludes of a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BiomarkerState {
    /// High.
    High,
    /// Low.
    Low,
    /// Stable.
    Stable,
    /// Intermediate.
    Intermediate,
    /// Cannot be determined.
    Undetermined,
}

/// A genome-wide marker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Biomarker {
    /// Identifier within the file.
    pub item_id: String,
    /// Which marker.
    pub kind: BiomarkerKind,
    /// What the laboratory concludes; `None` where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<BiomarkerState>,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Sample in which it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<VariantOrigin>,
    /// Whether the laboratory includes it in the report.
    pub reported: bool,
}

/// A gene's expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GeneExpression {
    /// Identifier within the file.
    pub item_id: String,
    /// Gene.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene: Option<GeneSymbol>,
    /// Reads counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_count: Option<f64>,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Sample in which it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Whether the laboratory includes it in the report.
    pub reported: bool,
}
