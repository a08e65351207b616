//! Drugs, regimens and approvals.

use std::sync::Arc;

use model::text::LocalizedText;

use crate::{biomarker::Biomarker, tumour::TumourScope};

/// A drug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drug {
    /// Identifier within the release, such as `osimertinib`.
    pub id: String,
    /// Name in both languages.
    pub name: LocalizedText,
    /// What kinds of drug it is, such as `EGFR inhibitor`.
    pub classes: Vec<String>,
    /// Other names.
    pub aliases: Vec<String>,
}

/// Drugs given together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regimen {
    /// Name in both languages; ` + ` joins the drugs.
    pub name: LocalizedText,
    /// The drugs' keys, sorted: the identifier where the drug is known to the release, else the
    /// written name in lower case.
    pub keys: Vec<String>,
}

/// An approval of a regimen for a biomarker in tumour types.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// What is approved.
    pub regimen: Regimen,
    /// Where: ISO 3166 code, such as `JP` or `US`.
    pub region: String,
    /// In which tumour types.
    pub tumours: TumourScope,
    /// For which biomarker; `None` where none is asked for.
    pub biomarker: Option<Arc<Biomarker>>,
    /// The same as written.
    pub biomarker_label: String,
    /// When: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty where not said.
    pub approved: String,
    /// A remark.
    pub note: String,
}
