//! Variants and what belongs to them.

use serde::{Deserialize, Serialize};

use crate::cats::value::{Nullable, Number};

/// Alterations of the sequence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Variants {
    /// Single-nucleotide variants, insertions, deletions and delins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_variants: Option<Vec<ShortVariant>>,
    /// Copy-number alterations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_number_alterations: Option<Vec<CopyNumberAlteration>>,
    /// Rearrangements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rearrangements: Option<Vec<Rearrangement>>,
}

/// A single-nucleotide variant, insertion, deletion or delins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShortVariant {
    /// Identifier within the file.
    pub item_id: String,
    /// Chromosome.
    pub chromosome: String,
    /// Position of the first reference base. Units: 1-based.
    pub position: Number,
    /// Reference allele.
    pub reference_allele: String,
    /// Alternate allele.
    pub alternate_allele: String,
    /// Frequency. Units: 0 to 1.
    pub alternate_allele_frequency: Number,
    /// Depth. Units: reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_read_depth: Option<Number>,
    /// Depth of the alternate allele. Units: reads; a fraction up to 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate_allele_read_depth: Option<Number>,
    /// Such as `SNV`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_type: Option<String>,
    /// Effects on transcripts; the first is the representative one.
    pub transcripts: Vec<Transcript>,
    /// `DNA-seq` or `RNA-seq`; up to 1.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_method: Option<String>,
    /// The sample it was seen in; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Such as `somatic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_origin: Option<String>,
    /// Whether tumour and matched normal were both used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<bool>,
    /// Whether it is reported; only then it is processed.
    pub reported: bool,
}

/// A transcript and what happens to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// Such as `NM_000368.4`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub transcript_id: Nullable<String>,
    /// `RefSeq` or `Ensembl`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub transcript_database_name: Nullable<String>,
    /// Version of the database.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub transcript_database_version: Nullable<String>,
    /// Gene.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub gene_symbol: Nullable<String>,
    /// `+` or `-`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub strand: Nullable<String>,
    /// Coding change.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub cds_change: Nullable<String>,
    /// Amino-acid change.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub amino_acids_change: Nullable<String>,
    /// Effects, as terms of the Sequence Ontology.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calculated_effects: Option<Vec<String>>,
}

/// A copy-number alteration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyNumberAlteration {
    /// Identifier within the file.
    pub item_id: String,
    /// Chromosome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chromosome: Option<String>,
    /// First base. Units: 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_position: Option<Number>,
    /// Last base. Units: 1-based, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_position: Option<Number>,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_number_metrics: Option<Vec<CopyNumberMetric>>,
    /// Such as `amplification`.
    pub copy_number_alteration_type: String,
    /// The genes.
    pub transcripts: Vec<Transcript>,
    /// `DNA-seq` or `RNA-seq`; up to 1.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_method: Option<String>,
    /// The sample it was seen in; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Such as `somatic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_origin: Option<String>,
    /// Whether tumour and matched normal were both used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<bool>,
    /// Whether it is reported; only then it is processed.
    pub reported: bool,
}

/// A measured copy-number value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyNumberMetric {
    /// Value.
    pub value: Number,
    /// Such as `fold-change`.
    pub unit: String,
}

/// A rearrangement, fusion or splice variant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rearrangement {
    /// Identifier within the file.
    pub item_id: String,
    /// The two sides.
    pub breakends: Vec<Breakend>,
    /// Bases between the two sides.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub inserted_sequence: Nullable<String>,
    /// Supporting reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supporting_read_count: Option<Number>,
    /// All reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_read_count: Option<Number>,
    /// Frequency. Units: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate_allele_frequency: Option<Number>,
    /// Expression of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression_level_metrics: Option<Vec<ExpressionLevelMetric>>,
    /// Pairs such as `CD74-ERBB4`; up to 1.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene_pairs: Option<Vec<String>>,
    /// Five-prime and three-prime gene of each product; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_gene_pairs: Option<Vec<Vec<Option<String>>>>,
    /// Skipped exons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped_exon_ranges: Option<Vec<RegionTranscript>>,
    /// Names given by the laboratory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rearrangement_names: Option<Vec<String>>,
    /// Such as `gene fusion`.
    pub rearrangement_type: String,
    /// `DNA-seq` or `RNA-seq`; up to 1.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_method: Option<String>,
    /// The sample it was seen in; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Such as `somatic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant_origin: Option<String>,
    /// Whether tumour and matched normal were both used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<bool>,
    /// Whether it is reported; only then it is processed.
    pub reported: bool,
}

/// One side of a rearrangement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakend {
    /// Chromosome.
    pub chromosome: String,
    /// First base. Units: 1-based.
    pub start_position: Number,
    /// Last base. Units: 1-based, inclusive.
    pub end_position: Number,
    /// `upstream` or `downstream`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mate_piece_location: Option<String>,
    /// The genes.
    pub transcripts: Vec<Transcript>,
    /// Supporting reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supporting_read_count: Option<Number>,
    /// All reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_read_count: Option<Number>,
    /// Frequency. Units: 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate_allele_frequency: Option<Number>,
}

/// A measured expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpressionLevelMetric {
    /// Value.
    pub value: Number,
    /// Such as `TPM`.
    pub unit: String,
    /// Such as `mean`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub statistic_type: Nullable<String>,
    /// Samples behind a statistic.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub sample_size: Nullable<Number>,
    /// Whether it is that of controls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_control: Option<bool>,
}

/// A range of exons of a transcript.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionTranscript {
    /// Such as `NM_000245`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub transcript_id: Nullable<String>,
    /// `RefSeq` or `Ensembl`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub transcript_database_name: Nullable<String>,
    /// Version of the database.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub transcript_database_version: Nullable<String>,
    /// Gene.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub gene_symbol: Nullable<String>,
    /// `+` or `-`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub strand: Nullable<String>,
    /// First and last exon. Units: 1-based, inclusive.
    pub exon_range: Vec<Number>,
}
