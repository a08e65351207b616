//! Genes, by symbol.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A gene symbol as a source wrote it. Source: HGNC where the sender follows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GeneSymbol(pub String);

impl GeneSymbol {
    /// Makes a symbol of text.
    pub fn new(symbol: impl Into<String>) -> Self {
        Self(symbol.into())
    }

    /// Returns the symbol's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GeneSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a gene does in cancer when it is altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GeneRole {
    /// Gain of function drives tumours.
    Oncogene,
    /// Loss of function drives tumours.
    TumourSuppressor,
    /// Both, depending on the tumour or the alteration.
    Both,
}
