//! Tumour types and how a patient's stands to the evidence's.

use std::sync::Arc;

use model::{text::LocalizedText, tumour::TumourTypeCode};

use crate::biomarker::Biomarker;

/// A tumour type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TumourType {
    /// Code.
    pub code: TumourTypeCode,
    /// Name in both languages; the English name stands for both where no Japanese one is known.
    pub name: LocalizedText,
    /// The broader type.
    pub parent: Option<TumourTypeCode>,
    /// Tissue.
    pub tissue: String,
    /// Disease Ontology identifiers without prefix.
    pub doids: Vec<String>,
    /// Whether it is a tumour of blood or lymph.
    pub haematological: bool,
}

/// The tumour types that an evidence item or an approval speaks of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TumourScope {
    /// OncoTree codes; any one of them.
    pub codes: Vec<TumourTypeCode>,
    /// OncoTree codes that are left out, with everything below them.
    pub except: Vec<TumourTypeCode>,
    /// Every solid tumour.
    pub any_solid: bool,
    /// Every tumour of blood or lymph.
    pub any_haematological: bool,
    /// A biomarker that defines the type beyond its code, such as HER2 in HER2-positive breast cancer.
    pub requires: Option<Arc<Biomarker>>,
}

impl TumourScope {
    /// Returns whether no tumour type is known.
    pub fn is_unknown(&self) -> bool {
        self.codes.is_empty() && !self.any_solid && !self.any_haematological
    }

    /// Reads a list of codes: `*solid`, `*haematological` and `*any` stand for all such tumours, and
    /// `!CODE` leaves a type out.
    pub fn parse<'a>(codes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut scope = Self::default();
        for code in codes {
            match (code, code.strip_prefix('!')) {
                ("*solid", _) => scope.any_solid = true,
                ("*haematological", _) => scope.any_haematological = true,
                ("*any", _) => {
                    scope.any_solid = true;
                    scope.any_haematological = true;
                }
                (_, Some(left_out)) => scope.except.push(TumourTypeCode::new(left_out)),
                (code, None) => scope.codes.push(TumourTypeCode::new(code)),
            }
        }
        scope
    }
}
