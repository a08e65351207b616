//! Evidence items: what a source says of a biomarker in a tumour type.

use std::sync::Arc;

use model::{
    evidence::{ClinicalSignificance, EvidenceDirection, EvidenceType, SourceStrength},
    text::LocalizedText,
};

use crate::{biomarker::Biomarker, drug::Regimen, tumour::TumourScope};

/// How the drugs of one item belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interaction {
    /// Given together.
    Combination,
    /// Given one after the other.
    Sequential,
    /// Any one of them.
    Substitutes,
}

/// A publication.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// Identifier with its register, such as `PMID:15118125`, `ASCO:144142` or `DOI:10.1000/1`.
    pub id: String,
    /// Where it can be read, when the register is known.
    pub url: Option<String>,
}

impl Reference {
    /// Makes a reference of its identifier; the address follows from the register.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        let url = id.split_once(':').and_then(|(register, number)| match register {
            "PMID" => Some(format!("https://pubmed.ncbi.nlm.nih.gov/{number}/")),
            "DOI" => Some(format!("https://doi.org/{number}")),
            _ => None,
        });
        Self { id, url }
    }
}

/// One evidence item.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Identifier within the release, such as `EID1409` (CIViC) or `T001` (starter).
    pub id: String,
    /// Which of the manifest's sources it is from: index into [`crate::Manifest::sources`].
    pub source: usize,
    /// What must be found in a result, as a value.
    pub biomarker: Arc<Biomarker>,
    /// The same as the source writes it.
    pub biomarker_label: String,
    /// The tumour type as the source names it; empty where it names none.
    pub tumour_type_name: String,
    /// The tumour type's Disease Ontology identifier without prefix, when the source gives one.
    pub doid: Option<String>,
    /// The tumour types it speaks of.
    pub tumours: TumourScope,
    /// Drugs, as the source writes them; each element is one regimen, `+` joins a combination.
    pub drugs: Vec<String>,
    /// The same regimens with each drug looked up.
    pub regimens: Vec<Regimen>,
    /// How the drugs belong together, when there are several.
    pub interaction: Option<Interaction>,
    /// What it is about.
    pub evidence_type: EvidenceType,
    /// For or against the claim; `None` where the source does not say.
    pub direction: Option<EvidenceDirection>,
    /// The claim; `None` where the source does not say.
    pub significance: Option<ClinicalSignificance>,
    /// How strong the source calls it.
    pub strength: SourceStrength,
    /// Publications.
    pub references: Vec<Reference>,
    /// The item's own page.
    pub url: Option<String>,
    /// A remark by the source, when there is one.
    pub note: Option<LocalizedText>,
}
