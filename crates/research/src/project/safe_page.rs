//! The counts of a cohort that a project may be shown.

use crate::cohort::{GeneShare, Item, Name};

/// Why a search gets no count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// It found at least one case and fewer than the threshold.
    #[error("the search found too few cases")]
    Few,
    /// Its count would tell, with what was told before, of fewer cases than the threshold.
    #[error("the search differs by too few cases from what was told before")]
    Differs,
}

/// One value of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeValue {
    /// Code of the word or name; `None` is unknown.
    pub code: Option<Name>,
    /// Place of the word in the item's closed list (from 1); 0 for a name.
    pub place: u8,
    /// Cases; `None` is hidden.
    pub cases: Option<u64>,
}

/// The values of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeFacet {
    /// The item.
    pub item: Item,
    /// The values that any case has: words in the order of their list, names by number of cases with hidden ones last.
    pub values: Vec<SafeValue>,
}

/// An altered gene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeGene {
    /// Gene.
    pub gene: Name,
    /// Cases in which it is altered, of those whose test covers it; `None` is hidden.
    pub share: Option<GeneShare>,
}

/// A drug that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeDrug {
    /// Drug.
    pub drug: Name,
    /// Cases; `None` is hidden.
    pub cases: Option<u64>,
    /// Lines of therapy with complete or partial response among those of known response. Units: whole per cent; `None` is
    /// hidden.
    pub responded: Option<u32>,
}

/// Counts of a cohort, of which those that are small or would tell small ones are hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafePage {
    /// Cases.
    pub cases: u64,
    /// Single-valued items.
    pub facets: Vec<SafeFacet>,
    /// Altered genes, by number of cases, hidden ones last by name.
    pub genes: Vec<SafeGene>,
    /// Drugs, by number of cases, hidden ones last by name.
    pub drugs: Vec<SafeDrug>,
}
