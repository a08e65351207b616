//! Panels: which genes a test covers, for which kinds of alteration.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{case::Name, word::AlterationKind};

/// Which genes a panel reports on, for each kind of alteration. Shape: sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PanelCoverage {
    /// Genes covered for short variants.
    #[serde(default)]
    pub short: Vec<Name>,
    /// Genes covered for copy numbers.
    #[serde(default)]
    pub copy_number: Vec<Name>,
    /// Genes covered for rearrangements.
    #[serde(default)]
    pub rearrangement: Vec<Name>,
}

impl PanelCoverage {
    /// Returns the coverage of a panel that reports the same genes for some kinds.
    pub fn of(genes: &[Name], kinds: &[AlterationKind]) -> Self {
        let list = |kind| if kinds.contains(&kind) { genes.to_vec() } else { Vec::new() };
        Self {
            short: list(AlterationKind::Short),
            copy_number: list(AlterationKind::CopyNumber),
            rearrangement: list(AlterationKind::Rearrangement),
        }
        .sorted()
    }

    /// Returns the genes covered for a kind.
    pub fn genes(&self, kind: AlterationKind) -> &[Name] {
        match kind {
            AlterationKind::Short => &self.short,
            AlterationKind::CopyNumber => &self.copy_number,
            AlterationKind::Rearrangement => &self.rearrangement,
        }
    }

    /// Returns whether a gene is covered for a kind.
    pub fn covers(&self, gene: &str, kind: AlterationKind) -> bool {
        self.genes(kind).binary_search_by(|known| (**known).cmp(gene)).is_ok()
    }

    fn sorted(mut self) -> Self {
        for list in [&mut self.short, &mut self.copy_number, &mut self.rearrangement] {
            list.sort_unstable();
            list.dedup();
        }
        self
    }
}

/// A panel as it was used for a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CohortPanel {
    /// Name and version.
    pub name: Name,
    /// What it covers; `None` where that is not known, so that nothing follows from a gene's absence.
    pub coverage: Option<PanelCoverage>,
}

impl CohortPanel {
    /// Makes a panel, with the lists of its coverage in order.
    pub fn new(name: &str, coverage: Option<PanelCoverage>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), coverage: coverage.map(PanelCoverage::sorted) })
    }

    /// Returns whether the panel is known to cover a gene for a kind.
    pub fn covers(&self, gene: &str, kind: AlterationKind) -> bool {
        self.coverage.as_ref().is_some_and(|coverage| coverage.covers(gene, kind))
    }
}
