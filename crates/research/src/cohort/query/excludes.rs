//! Whether two queries exclude each other by how they are written.

use std::collections::HashSet;

use super::Query;
use crate::cohort::{Item, Name, TumourHierarchy};

impl Query {
    /// Returns whether no case can be found by both, as far as the queries themselves say so, whatever the cases are: one asks
    /// for the opposite of a term of the other, or they ask for different values of an item of which a case has one.
    pub fn excludes(&self, other: &Self, hierarchy: &dyn TumourHierarchy) -> bool {
        let [own, others] = [self, other].map(Self::terms);
        own.iter().any(|own| others.iter().any(|other| own.is_against(other, hierarchy)))
    }

    /// Returns the terms that must all hold.
    fn terms(&self) -> &[Self] {
        match self {
            Self::And(terms) => terms,
            one => std::slice::from_ref(one),
        }
    }

    fn is_against(&self, other: &Self, hierarchy: &dyn TumourHierarchy) -> bool {
        match (self, other) {
            (Self::Not(inner), term) | (term, Self::Not(inner)) if **inner == *term => true,
            (Self::Is(Item::Tumour, own), Self::Is(Item::Tumour, others)) => {
                let below = |codes: &[Name]| -> HashSet<String> {
                    codes.iter().flat_map(|code| hierarchy.with_descendants(code)).collect()
                };
                below(own).is_disjoint(&below(others))
            }
            (Self::Is(item, own), Self::Is(same, others)) if item == same => {
                !own.iter().any(|code| others.contains(code))
            }
            (Self::Within(item, own), Self::Within(same, other)) if item == same => {
                let below = |high: Option<u16>, low: Option<u16>| {
                    high.zip(low).is_some_and(|(high, low)| high < low)
                };
                below(own.high, other.low) || below(other.high, own.low)
            }
            (Self::Unknown(item), Self::Is(same, _) | Self::Within(same, _))
            | (Self::Is(same, _) | Self::Within(same, _), Self::Unknown(item)) => item == same,
            _ => false,
        }
    }
}
