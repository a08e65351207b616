//! The adverse events of a segment: each distinct event, grade and side once.

use std::{collections::HashMap, sync::Arc};

use crate::cohort::{
    case::{AdverseEvent, CohortCase},
    dictionary::Dictionaries,
    incidence::Incidence,
    word::{Side, Word as _},
};

/// Adverse events by code, grade and side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventTable {
    /// Code of each key.
    pub(crate) codes: Vec<u16>,
    /// Grade; 0 is unknown.
    pub(crate) grades: Vec<u8>,
    /// Place of the side.
    pub(crate) sides: Vec<u8>,
    /// Which cases have them.
    pub(crate) incidence: Incidence,
}

impl EventTable {
    /// Lays out the adverse events of cases whose names all have numbers.
    pub(crate) fn build(cases: &[&CohortCase], dictionaries: &Dictionaries) -> Self {
        let mut numbers = HashMap::<(u16, u8, u8), u32>::new();
        let mut keys = Vec::new();
        let mut occurrences = Vec::new();
        for (ordinal, case) in cases.iter().enumerate() {
            for event in &case.events {
                let code = dictionaries.events.number(&event.code).unwrap_or_default();
                let key = (code as u16, event.grade.unwrap_or(0), event.side.place());
                let number = *numbers.entry(key).or_insert_with(|| {
                    keys.push(key);
                    keys.len() as u32 - 1
                });
                occurrences.push((number, ordinal as u16));
            }
        }
        let (incidence, _) = Incidence::of(&occurrences, keys.len());
        Self {
            codes: keys.iter().map(|key| key.0).collect(),
            grades: keys.iter().map(|key| key.1).collect(),
            sides: keys.iter().map(|key| key.2).collect(),
            incidence,
        }
    }

    /// Returns one key as it was in a case.
    pub(crate) fn event(&self, key: usize, dictionaries: &Dictionaries) -> Option<AdverseEvent> {
        Some(AdverseEvent {
            code: Arc::clone(dictionaries.events.name(self.codes[key].into())?),
            grade: Some(self.grades[key]).filter(|grade| *grade > 0),
            side: Side::at(self.sides[key])?,
        })
    }

    /// Returns how much memory it takes. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.codes.len() * 4 + self.incidence.bytes()
    }

    /// Returns whether its parts fit each other and a number of cases.
    pub(crate) fn is_whole(&self, cases: usize) -> bool {
        let keys = self.codes.len();
        self.grades.len() == keys
            && self.sides.len() == keys
            && self.incidence.is_whole(keys, cases)
    }
}
