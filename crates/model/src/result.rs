//! A test result: what a laboratory reports of one patient's test, whatever the file format.
//!
//! Values are those of the sender. What the sender does not say is `None`.

use serde::{Deserialize, Serialize};

use crate::{
    alteration::{Biomarker, CopyNumberAlteration, GeneExpression, Rearrangement, ShortVariant},
    gene::GeneSymbol,
    genome::Assembly,
};

/// The file format that a result was read from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "camelCase")]
pub enum ResultFormat {
    /// CATS, the national result format, with its schema version.
    Cats {
        /// Schema version as written, such as `1.2.0`.
        version: String,
    },
    /// Mutation Annotation Format table.
    Maf,
    /// Annotated Variant Call Format.
    Vcf,
    /// cBioPortal study files.
    CBioPortal,
    /// The report CSV of the portal: a summary of a findings report.
    PortalReport,
}

/// What was sequenced against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TestType {
    /// Tumour tissue alone: a germline origin cannot be told apart.
    TumourOnly,
    /// Tumour tissue and a matched normal sample.
    TumourAndMatchedNormal,
    /// Cell-free DNA alone.
    CellFreeTumourOnly,
    /// Cell-free DNA and a matched normal sample.
    CellFreeTumourAndMatchedNormal,
}

impl TestType {
    /// Returns whether a matched normal sample was sequenced too.
    pub fn has_matched_normal(self) -> bool {
        matches!(self, Self::TumourAndMatchedNormal | Self::CellFreeTumourAndMatchedNormal)
    }
}

/// What was tested and with what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestDescription {
    /// The laboratory's identifier of the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_id: Option<String>,
    /// What was sequenced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_type: Option<TestType>,
    /// Name of the gene panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel_name: Option<String>,
    /// Version of the gene panel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel_version: Option<String>,
    /// Name of the analysis software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_name: Option<String>,
    /// Version of the analysis software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Whether the test is for reference only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_only: Option<bool>,
    /// Genes the test could have reported on, where the file itself says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered_genes: Option<Vec<GeneSymbol>>,
}

/// Tumour or normal tissue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TissueKind {
    /// Tumour.
    Tumour,
    /// Normal.
    Normal,
}

/// Which nucleic acid was sequenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NucleicAcid {
    /// DNA.
    #[serde(rename = "DNA")]
    Dna,
    /// RNA.
    #[serde(rename = "RNA")]
    Rna,
}

/// One sequenced sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SequencedSample {
    /// Identifier within the file.
    pub item_id: String,
    /// Tumour or normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tissue: Option<TissueKind>,
    /// DNA or RNA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nucleic_acid: Option<NucleicAcid>,
    /// Mean read depth. Units: reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_mean: Option<f64>,
    /// Median read depth. Units: reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_median: Option<f64>,
    /// States the laboratory suspects, such as `contaminated` or `deaminated`, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspected_states: Vec<String>,
}

/// A test result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// The format it was read from.
    pub source: ResultFormat,
    /// The assembly its positions refer to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assembly: Option<Assembly>,
    /// The assembly the sender's positions referred to, when they were lifted to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_from: Option<Assembly>,
    /// What was tested.
    pub test: TestDescription,
    /// What was sequenced.
    #[serde(default)]
    pub samples: Vec<SequencedSample>,
    /// Single-nucleotide variants, insertions, deletions and delins.
    #[serde(default)]
    pub short_variants: Vec<ShortVariant>,
    /// Copy-number alterations.
    #[serde(default)]
    pub copy_number_alterations: Vec<CopyNumberAlteration>,
    /// Rearrangements, fusions and splice variants.
    #[serde(default)]
    pub rearrangements: Vec<Rearrangement>,
    /// Tumour mutational burden, microsatellite instability, loss of heterozygosity.
    #[serde(default)]
    pub biomarkers: Vec<Biomarker>,
    /// Gene expressions.
    #[serde(default)]
    pub expressions: Vec<GeneExpression>,
}

impl TestResult {
    /// Makes a result that says nothing yet.
    pub fn empty(source: ResultFormat) -> Self {
        Self {
            source,
            assembly: None,
            lifted_from: None,
            test: TestDescription::default(),
            samples: Vec::new(),
            short_variants: Vec::new(),
            copy_number_alterations: Vec::new(),
            rearrangements: Vec::new(),
            biomarkers: Vec::new(),
            expressions: Vec::new(),
        }
    }

    /// Returns the sample that an alteration was seen in.
    pub fn sample(&self, item_id: &str) -> Option<&SequencedSample> {
        self.samples.iter().find(|sample| sample.item_id == item_id)
    }
}
