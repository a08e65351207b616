//! The typed CATS document, able to hold every version without loss.
//!
//! Names, words and units are kept as written; their rules are in `rules`, their meaning in `map`.
//! A member that every version requires is a plain value, every other is an `Option`, or a [`Nullable`]
//! where `null` is allowed beside absence. Members that no version knows are reported by the reader and
//! not kept here: the original bytes are what is stored.

use serde::{Deserialize, Serialize};

use super::{
    value::{Nullable, Number},
    version::Version,
};

/// A whole CATS file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Version, reference genome, options and comments.
    pub meta_data: MetaData,
    /// What was tested, and how.
    pub test_info: TestInfo,
    /// What was sequenced; required since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencing_samples: Option<Vec<SequencingSample>>,
    /// Alterations of the sequence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variants: Option<Variants>,
    /// TMB, MSI and LOH.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_biomarkers: Option<Vec<OtherBiomarker>>,
    /// Biomarkers made of several items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composite_biomarkers: Option<Vec<CompositeBiomarker>>,
    /// Gene expressions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expressions: Option<Vec<Expression>>,
    /// Viruses and other organisms found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non_human_contents: Option<Vec<NonHumanContent>>,
}

/// Facts about the file itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetaData {
    /// Version of the schema, as written.
    pub schema_version: String,
    /// The reference that positions refer to.
    pub reference_genome: ReferenceGenome,
    /// How the knowledge base should read the laboratory's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_options: Option<ConfigOptions>,
    /// Free remarks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<Vec<Comment>>,
}

/// The reference that positions refer to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceGenome {
    /// Name; up to 1.0.1 the release itself, such as `GRCh37`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Patch of the release, such as `p13`; up to 1.0.1.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub patch: Nullable<String>,
    /// Release with its patch, such as `GRCh37.p13`; since 1.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grc_release: Option<String>,
    /// Free descriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptions: Option<Vec<String>>,
}

/// How the knowledge base should read the laboratory's words, and what a report should hide.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigOptions {
    /// Type labels taken as the concept Amplification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_amplification: Option<Vec<String>>,
    /// Type labels taken as the concept Loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_loss: Option<Vec<String>>,
    /// Type labels taken as the concept GeneFusion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_gene_fusion: Option<Vec<String>>,
    /// Type labels taken as the concept Duplication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_duplication: Option<Vec<String>>,
    /// Type labels taken as the concept Deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_deletion: Option<Vec<String>>,
    /// Type labels taken as the concept Inversion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_inversion: Option<Vec<String>>,
    /// Type labels taken as the concept Truncation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_truncation: Option<Vec<String>>,
    /// Type labels taken as the concept ExonSkipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_exon_skipping: Option<Vec<String>>,
    /// Type labels taken as the concept Rearrangement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_labels_interpreted_as_kb_rearrangement: Option<Vec<String>>,
    /// Whether a report hides allele frequencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_allele_frequency: Option<bool>,
    /// Whether a report hides copy-number values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_cna_value: Option<bool>,
    /// Whether a report hides the MSI value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_msi_value: Option<bool>,
    /// Whether a report hides the TMB value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_tmb_value: Option<bool>,
    /// Whether a report hides the LOH value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hide_loh_value: Option<bool>,
}

/// A free remark on items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    /// The items it is about.
    pub item_ids: Vec<String>,
    /// Its sentences.
    pub contents: Vec<String>,
}

/// What was tested, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestInfo {
    /// The laboratory's identifier of the test.
    pub test_id: String,
    /// Such as `tumor and matched-normal`.
    pub test_type: String,
    /// Version of the target region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_region_version: Option<String>,
    /// Analysis software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_name: Option<String>,
    /// Version of the software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Name of the gene panel.
    pub panel_name: String,
    /// Version of the gene panel.
    pub panel_version: String,
    /// Whether the test is for reference only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_for_reference_only: Option<bool>,
}

/// A sequenced sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SequencingSample {
    /// Identifier within the file.
    pub item_id: String,
    /// `tumor` or `normal`.
    pub tumor_or_normal: String,
    /// `DNA` or `RNA`; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nucleic_acid: Option<String>,
    /// `DNA-seq` or `RNA-seq`; up to 1.1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_method: Option<String>,
    /// Reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_read_count: Option<Number>,
    /// Mapped reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_mapped_read_count: Option<Number>,
    /// Duplicate reads. Units: per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_reads_percentage: Option<Number>,
    /// Mapped reads. Units: per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapped_reads_percentage: Option<Number>,
    /// Mean depth. Units: reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_read_depth: Option<Number>,
    /// Median depth. Units: reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_read_depth: Option<Number>,
    /// Such as `contaminated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspected_sample_states: Option<Vec<String>>,
}

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

/// TMB, MSI or LOH.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherBiomarker {
    /// Identifier within the file.
    pub item_id: String,
    /// `TMB`, `MSI` or `LOH`.
    pub biomarker_type: String,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub biomarker_metrics: Option<Vec<BiomarkerMetric>>,
    /// Such as `high`.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub state: Nullable<String>,
    /// Free descriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptions: Option<Vec<String>>,
    /// Such as `somatic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub biomarker_origin: Option<String>,
    /// The sample it was seen in; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Whether tumour and matched normal were both used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<bool>,
    /// Whether it is reported; only then it is processed.
    pub reported: bool,
}

/// A measured value with its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BiomarkerMetric {
    /// Value.
    pub value: Number,
    /// Unit.
    #[serde(default, skip_serializing_if = "Nullable::is_absent")]
    pub unit: Nullable<String>,
    /// What was measured; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_type: Option<String>,
    /// What was measured, as some files of 1.3.0 name it.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
}

/// A biomarker made of several items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompositeBiomarker {
    /// Identifier within the file.
    pub item_id: String,
    /// The items it is made of.
    pub component_item_ids: Vec<String>,
    /// Names.
    pub biomarker_names: Vec<String>,
    /// Free descriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptions: Option<Vec<String>>,
    /// Whether it is reported; only then it is processed.
    pub reported: bool,
}

/// The expression of a gene.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expression {
    /// Identifier within the file.
    pub item_id: String,
    /// The gene.
    pub transcripts: Vec<Transcript>,
    /// Measured values.
    pub expression_level_metrics: Vec<ExpressionLevelMetric>,
    /// Reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_count: Option<Number>,
    /// The sample it was seen in; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Whether it is reported; only then it is processed.
    pub reported: bool,
}

/// A virus or other organism found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NonHumanContent {
    /// Identifier within the file.
    pub item_id: String,
    /// Organism.
    pub organism: String,
    /// Measured values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_metrics: Option<Vec<BiomarkerMetric>>,
    /// Free descriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptions: Option<Vec<String>>,
    /// The sample it was seen in; since 1.2.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_item_id: Option<String>,
    /// Whether it is reported; only then it is processed.
    pub reported: bool,
}

impl Document {
    /// Returns the schema version, when it is one that is known.
    pub fn version(&self) -> Option<Version> {
        self.meta_data.schema_version.parse().ok()
    }

    /// Returns the reference release as written, whichever member of its version holds it.
    pub fn release(&self) -> Option<&str> {
        let genome = &self.meta_data.reference_genome;
        genome.grc_release.as_deref().or(genome.name.as_deref())
    }

    /// Returns the sequenced samples.
    pub fn samples(&self) -> &[SequencingSample] {
        self.sequencing_samples.as_deref().unwrap_or_default()
    }

    /// Returns the short variants.
    pub fn short_variants(&self) -> &[ShortVariant] {
        self.variants.as_ref().and_then(|v| v.short_variants.as_deref()).unwrap_or_default()
    }

    /// Returns the copy-number alterations.
    pub fn copy_number_alterations(&self) -> &[CopyNumberAlteration] {
        self.variants
            .as_ref()
            .and_then(|variants| variants.copy_number_alterations.as_deref())
            .unwrap_or_default()
    }

    /// Returns the rearrangements.
    pub fn rearrangements(&self) -> &[Rearrangement] {
        self.variants.as_ref().and_then(|v| v.rearrangements.as_deref()).unwrap_or_default()
    }

    /// Returns the biomarkers TMB, MSI and LOH.
    pub fn biomarkers(&self) -> &[OtherBiomarker] {
        self.other_biomarkers.as_deref().unwrap_or_default()
    }

    /// Returns the biomarkers made of several items.
    pub fn composites(&self) -> &[CompositeBiomarker] {
        self.composite_biomarkers.as_deref().unwrap_or_default()
    }

    /// Returns the gene expressions.
    pub fn gene_expressions(&self) -> &[Expression] {
        self.expressions.as_deref().unwrap_or_default()
    }

    /// Returns the organisms found.
    pub fn organisms(&self) -> &[NonHumanContent] {
        self.non_human_contents.as_deref().unwrap_or_default()
    }
}

impl BiomarkerMetric {
    /// Returns what was measured, whichever member of its version holds it.
    pub fn kind(&self) -> Option<&str> {
        self.metric_type.as_deref().or(self.type_.as_deref())
    }
}
