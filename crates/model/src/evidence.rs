//! The words in which evidence is spoken of: level, type, direction, tumour relation, accessibility.
//!
//! Not here: how a level is reached from a source's own level; that is a versioned table in `knowledge`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A level of clinical evidence, strongest first; `R` is resistance.
///
/// Source: the scale of the guidance by three Japanese societies (version 2.1, 2020), as far as it is
/// public. How this programme assigns levels is its own table and not an official one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EvidenceLevel {
    /// Approved drug or guideline for this biomarker in this tumour type.
    A,
    /// Reliable clinical trials with expert consensus in this tumour type.
    B,
    /// Approved drug or reliable trials in another tumour type, or small trials in any.
    C,
    /// Case reports in any tumour type.
    D,
    /// Preclinical evidence.
    E,
    /// Known to take part in oncogenesis.
    F,
    /// Resistance to a drug.
    R,
}

impl EvidenceLevel {
    /// Every level in the order in which it is shown.
    pub const ALL: [Self; 7] = [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F, Self::R];

    /// Returns the letter.
    pub fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
            Self::R => "R",
        }
    }
}

impl fmt::Display for EvidenceLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

/// What an evidence item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EvidenceType {
    /// Response or resistance to a therapy.
    Predictive,
    /// Diagnosis.
    Diagnostic,
    /// Prognosis.
    Prognostic,
    /// Inherited predisposition.
    Predisposing,
    /// Part in oncogenesis.
    Oncogenic,
    /// Effect on the gene product.
    Functional,
}

/// Whether an item speaks for or against its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EvidenceDirection {
    /// Supports the claim.
    Supports,
    /// Does not support the claim.
    DoesNotSupport,
}

/// What an evidence item claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClinicalSignificance {
    /// Sensitivity or response.
    Sensitivity,
    /// Reduced sensitivity.
    ReducedSensitivity,
    /// Resistance.
    Resistance,
    /// Adverse response.
    AdverseResponse,
    /// Positive for a diagnosis.
    Positive,
    /// Negative for a diagnosis.
    Negative,
    /// Better outcome.
    BetterOutcome,
    /// Poor outcome.
    PoorOutcome,
    /// Predisposition.
    Predisposition,
    /// Protectiveness.
    Protectiveness,
    /// Oncogenicity.
    Oncogenicity,
    /// Gain of function.
    GainOfFunction,
    /// Loss of function.
    LossOfFunction,
    /// Dominant negative.
    DominantNegative,
    /// Neomorphic.
    Neomorphic,
    /// Unaltered function.
    UnalteredFunction,
    /// Uncertain.
    Uncertain,
}

/// How strong the source itself calls an item, strongest first. Source: the five levels that CIViC uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceStrength {
    /// Validated: guideline or consensus.
    Validated,
    /// Clinical trials or other primary patient data.
    Clinical,
    /// Case study.
    CaseStudy,
    /// Preclinical.
    Preclinical,
    /// Inferential.
    Inferential,
}

/// How the patient's tumour type stands to the evidence's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TumourRelation {
    /// The same tumour type.
    Same,
    /// The evidence is for a broader type that contains the patient's, or for all solid tumours.
    Ancestor,
    /// Another tumour type.
    Other,
    /// The patient's or the evidence's tumour type is not known.
    Unknown,
}

impl TumourRelation {
    /// Returns whether the evidence speaks for the patient's tumour type.
    pub fn is_this_tumour(self) -> bool {
        matches!(self, Self::Same | Self::Ancestor)
    }
}

/// How the drug can be reached. The official values are not public: the words are ours and configurable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DrugAccessibility {
    /// Approved here for this tumour type and biomarker.
    ApprovedHere,
    /// Approved here for another tumour type or biomarker.
    ApprovedHereOtherIndication,
    /// Approved abroad only.
    ApprovedAbroad,
    /// In trials only.
    TrialOnly,
    /// Not known.
    Unknown,
}
