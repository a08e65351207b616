//! Biomarkers, expressions and organisms.

use serde::{Deserialize, Serialize};

use super::{ExpressionLevelMetric, Transcript};
use crate::cats::value::{Nullable, Number};

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

impl BiomarkerMetric {
    /// Returns what was measured, whichever member of its version holds it.
    pub fn kind(&self) -> Option<&str> {
        self.metric_type.as_deref().or(self.type_.as_deref())
    }
}
