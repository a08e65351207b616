//! What is sent to the laboratory.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::word::words;

words! {
    /// What a specimen is made of.
    pub enum SpecimenMaterial as "specimen material" {
        /// Formalin-fixed, paraffin-embedded tissue.
        Ffpe = "ffpe", "FFPE(ホルマリン固定パラフィン包埋)組織", "FFPE tissue";
        /// Fresh or frozen tissue.
        FreshTissue = "fresh-tissue", "新鮮・凍結組織", "Fresh or frozen tissue";
        /// Blood, as the matched normal sample.
        Blood = "blood", "血液(正常対照)", "Blood (matched normal)";
        /// Plasma, for cell-free DNA.
        Plasma = "plasma", "血漿(血中循環DNA)", "Plasma (cell-free DNA)";
        /// Bone marrow.
        BoneMarrow = "bone-marrow", "骨髄液", "Bone marrow";
        /// Buccal swab, as the matched normal sample.
        BuccalSwab = "buccal-swab", "口腔粘膜(正常対照)", "Buccal swab (matched normal)";
        /// Nail, as the matched normal sample.
        Nail = "nail", "爪(正常対照)", "Nail (matched normal)";
    }
}

/// One specimen of an order. It carries no pathology number: that would lead back to the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderedSpecimen {
    /// What it is made of.
    pub material: SpecimenMaterial,
    /// Where it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Day on which it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<NaiveDate>,
    /// Tumour cell content. Units: per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tumour_content_percent: Option<u8>,
}
