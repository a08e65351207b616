//! A query as it was written, before its names are looked up: what JSON and text have in common.

use model::problem::{Place, Problem};

use super::problems;
use crate::cohort::evaluate::{MAX_DEPTH, MAX_TERMS};

/// A piece of text and where it stood.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) text: String,
    pub(super) place: Place,
}

/// What a field is to be.
#[derive(Clone, Debug)]
pub(super) enum WrittenValue {
    /// One of some values.
    Any(Vec<Placed>),
    /// Within bounds; a bound may itself be left out.
    Between { low: Option<Bound>, high: Option<Bound> },
}

/// A bound.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) written: Placed,
    /// Whether the bound itself is within.
    pub(super) included: bool,
}

/// A field of a term.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: Placed,
    pub(super) value: WrittenValue,
}

/// A query as written.
#[derive(Clone, Debug)]
pub(super) enum Written {
    Everything,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    /// One item, which is its only field.
    Item(Field),
    /// Something a case may have several of, with its fields.
    Several(Placed, Vec<Field>),
}

/// Keeps count of terms and of how deep they lie.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    terms: usize,
    depth: usize,
}

impl Bounds {
    /// Counts terms.
    pub(super) fn count(&mut self, terms: usize, place: &Place) -> Result<(), Box<Problem>> {
        self.terms = self.terms.saturating_add(terms);
        if self.terms > MAX_TERMS { Err(problems::too_many_terms(place.clone())) } else { Ok(()) }
    }

    /// Goes one deeper.
    pub(super) fn enter(&mut self, place: &Place) -> Result<(), Box<Problem>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(problems::too_deep(place.clone())) } else { Ok(()) }
    }

    /// Comes back.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}
