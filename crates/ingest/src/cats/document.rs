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

mod markers;
mod variants;

pub use markers::{
    BiomarkerMetric, CompositeBiomarker, Expression, NonHumanContent, OtherBiomarker,
};
pub use variants::{
    Breakend, CopyNumberAlteration, CopyNumberMetric, ExpressionLevelMetric, Rearrangement,
    RegionTranscript, ShortVariant, Transcript, Variants,
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
