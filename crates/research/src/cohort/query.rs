//! What a search asks for.

use super::{
    case::Name,
    item::Item,
    word::{AlterationClass, AlterationKind, Origin, Response, Side},
};
use std::collections::BTreeSet;

use model::evidence::EvidenceLevel;

mod excludes;
mod fields;
mod json;
mod line;
mod problems;
mod resolve;
mod text;
mod vocabulary;
mod written;

pub use self::{
    line::{Labels, NoLabels},
    vocabulary::{NameList, Vocabulary},
};

/// Bounds, both included; in the steps of what they bound.
///
/// Units: years of age, per cent, hundredths of a mutation per megabase, days since 1900-01-01, codons,
/// per ten thousand of an allele frequency, tenths of a copy, lines of therapy, grades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Range {
    /// Lowest; `None` is as low as may be.
    pub low: Option<u16>,
    /// Highest; `None` is as high as may be.
    pub high: Option<u16>,
}

impl Range {
    /// Makes bounds.
    pub fn of(low: impl Into<Option<u16>>, high: impl Into<Option<u16>>) -> Self {
        Self { low: low.into(), high: high.into() }
    }

    /// Returns whether a number is within.
    #[inline(always)]
    pub fn contains(self, number: u16) -> bool {
        self.low.is_none_or(|low| low <= number) && self.high.is_none_or(|high| number <= high)
    }

    /// Returns whether nothing is asked.
    pub fn is_open(self) -> bool {
        self.low.is_none() && self.high.is_none()
    }
}

/// An alteration as it is asked for. An empty list asks nothing; of a list any one suffices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AlterationTerm {
    /// Genes.
    pub genes: Vec<Name>,
    /// Kinds.
    pub kinds: Vec<AlterationKind>,
    /// Protein changes in one-letter spelling, such as `G12C`.
    pub changes: Vec<Name>,
    /// Codons, any of which it touches. Units: 1-based.
    pub codons: Range,
    /// Classes.
    pub classes: Vec<AlterationClass>,
    /// Partners in a fusion.
    pub partners: Vec<Name>,
    /// Origins.
    pub origins: Vec<Origin>,
    /// Allele frequency. Units: per ten thousand.
    pub allele_frequency: Range,
    /// Copies. Units: tenths of a copy.
    pub copies: Range,
    /// Evidence levels.
    pub levels: Vec<EvidenceLevel>,
}

/// A line of therapy as it is asked for. An empty list asks nothing; of a list any one suffices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TherapyTerm {
    /// Drugs.
    pub drugs: Vec<Name>,
    /// Classes of drugs.
    pub classes: Vec<Name>,
    /// Lines. Units: 1-based.
    pub lines: Range,
    /// Before or after the panel.
    pub side: Option<Side>,
    /// Best responses.
    pub responses: Vec<Response>,
    /// First day. Units: days since 1900-01-01.
    pub started: Range,
}

/// An adverse event as it is asked for. An empty list asks nothing; of a list any one suffices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EventTerm {
    /// Codes.
    pub codes: Vec<Name>,
    /// Grades.
    pub grades: Range,
    /// Before or after the panel.
    pub side: Option<Side>,
}

/// A search. What is not known is neither found by a term nor by its opposite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Query {
    /// Every case.
    #[default]
    Everything,
    /// All of these.
    And(Vec<Self>),
    /// Any of these.
    Or(Vec<Self>),
    /// Not this; what is not known is not found.
    Not(Box<Self>),
    /// An item's value is not known.
    Unknown(Item),
    /// An item's word or name is one of these codes.
    Is(Item, Vec<Name>),
    /// An item's number or day is within bounds.
    Within(Item, Range),
    /// The case has such an alteration.
    Alteration(Box<AlterationTerm>),
    /// The case was given such a therapy.
    Therapy(Box<TherapyTerm>),
    /// The case had such an adverse event.
    Event(Box<EventTerm>),
    /// Tumour types are meant with what lies below them in this version of OncoTree. It is true of every case; a query that names
    /// another version than that at hand cannot be read.
    OncoTree(Name),
}

impl Query {
    /// Asks for a gene altered in any way.
    pub fn gene(gene: &str) -> Self {
        let genes = vec![gene.into()];
        Self::Alteration(Box::new(AlterationTerm { genes, ..AlterationTerm::default() }))
    }

    /// Asks for one word or name of an item.
    pub fn is(item: Item, code: &str) -> Self {
        Self::Is(item, vec![code.into()])
    }

    /// Returns the codes of everything that the query asks about: items, and `alteration`, `therapy` and `event`.
    ///
    /// A project may ask about no more than its permission names.
    pub fn uses(&self) -> BTreeSet<&'static str> {
        let mut used = BTreeSet::new();
        let mut open = vec![self];
        while let Some(query) = open.pop() {
            match query {
                Self::Everything | Self::OncoTree(_) => {}
                Self::And(parts) | Self::Or(parts) => open.extend(parts),
                Self::Not(inner) => open.push(inner),
                Self::Unknown(item) | Self::Is(item, _) | Self::Within(item, _) => {
                    used.insert(item.code());
                }
                Self::Alteration(_) => {
                    used.insert("alteration");
                }
                Self::Therapy(_) => {
                    used.insert("therapy");
                }
                Self::Event(_) => {
                    used.insert("event");
                }
            }
        }
        used
    }

    /// Asks for the opposite.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// Returns whether a word is one of some.
pub(crate) fn is_joining_word(word: &str) -> bool {
    ["and", "or", "not", "everything", "nothing"].contains(&word)
}
