//! The therapies of a segment: each distinct regimen, line, side and response once.

use std::{collections::HashMap, sync::Arc};

use crate::cohort::{
    case::{CohortCase, Name, TherapyLine},
    day::CohortDay,
    dictionary::{Dictionaries, Dictionary},
    incidence::Incidence,
    word::{Response, Side, Word},
};

/// What a line of therapy is, wherever it occurs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    regimen: u32,
    line: u8,
    side: u8,
    response: u8,
}

/// Therapies by regimen, line, side and response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TherapyTable {
    /// Where each regimen's drugs end.
    pub(crate) drug_ends: Vec<u32>,
    /// Drugs, regimen by regimen.
    pub(crate) drugs: Vec<u16>,
    /// Where each regimen's classes end.
    pub(crate) class_ends: Vec<u32>,
    /// Classes, regimen by regimen.
    pub(crate) classes: Vec<u16>,
    /// Regimen of each key.
    pub(crate) regimens: Vec<u32>,
    /// Line; 0 is unknown.
    pub(crate) lines: Vec<u8>,
    /// Place of the side.
    pub(crate) sides: Vec<u8>,
    /// Place of the response; 0 is unknown.
    pub(crate) responses: Vec<u8>,
    /// Which cases have them.
    pub(crate) incidence: Incidence,
    /// First day of each occurrence; 65,535 is unknown.
    pub(crate) starts: Vec<u16>,
    /// Last day of each occurrence.
    pub(crate) ends: Vec<u16>,
    /// Where each case's keys begin, and where the last one's end.
    pub(crate) case_starts: Vec<u32>,
    /// Keys, case by case, for a few cases of which all are asked.
    pub(crate) case_keys: Vec<u32>,
}

impl TherapyTable {
    /// Lays out the therapies of cases whose names all have numbers.
    pub(crate) fn build(cases: &[&CohortCase], dictionaries: &Dictionaries) -> Self {
        let mut table = Self::default();
        let mut regimens = HashMap::<(&[Name], &[Name]), u32>::new();
        let mut numbers = HashMap::<Key, u32>::new();
        let mut keys = Vec::new();
        let mut occurrences = Vec::new();
        let mut days = Vec::new();
        for (ordinal, case) in cases.iter().enumerate() {
            for therapy in &case.therapies {
                let regimen = *regimens
                    .entry((&therapy.drugs, &therapy.classes))
                    .or_insert_with(|| table.push_regimen(therapy, dictionaries));
                let key = Key {
                    regimen,
                    line: therapy.line.unwrap_or(0),
                    side: therapy.side.place(),
                    response: therapy.response.map_or(0, Word::place),
                };
                let number = *numbers.entry(key).or_insert_with(|| {
                    keys.push(key);
                    keys.len() as u32 - 1
                });
                occurrences.push((number, ordinal as u16));
                days.push((CohortDay::column(therapy.start), CohortDay::column(therapy.end)));
            }
        }
        table.case_starts.push(0);
        for ordinal in 0..cases.len() {
            let from = table.case_keys.len();
            let own = occurrences.get(from..).unwrap_or_default().iter();
            let own = own.take_while(|(_, of)| usize::from(*of) == ordinal);
            table.case_keys.extend(own.map(|(key, _)| *key));
            table.case_starts.push(table.case_keys.len() as u32);
        }
        let (incidence, order) = Incidence::of(&occurrences, keys.len());
        table.regimens = keys.iter().map(|key| key.regimen).collect();
        table.lines = keys.iter().map(|key| key.line).collect();
        table.sides = keys.iter().map(|key| key.side).collect();
        table.responses = keys.iter().map(|key| key.response).collect();
        table.incidence = incidence;
        table.starts = order.iter().map(|at| days[*at as usize].0).collect();
        table.ends = order.iter().map(|at| days[*at as usize].1).collect();
        table
    }

    fn push_regimen(&mut self, therapy: &TherapyLine, dictionaries: &Dictionaries) -> u32 {
        let number = |dictionary: &Dictionary, name: &Name| {
            dictionary.number(name).unwrap_or_default() as u16
        };
        self.drugs.extend(therapy.drugs.iter().map(|drug| number(&dictionaries.drugs, drug)));
        let classes = therapy.classes.iter();
        self.classes.extend(classes.map(|class| number(&dictionaries.classes, class)));
        self.drug_ends.push(self.drugs.len() as u32);
        self.class_ends.push(self.classes.len() as u32);
        self.drug_ends.len() as u32 - 1
    }

    /// Returns how many distinct keys there are.
    pub(crate) fn keys(&self) -> usize {
        self.regimens.len()
    }

    /// Returns the keys of a case, each as often as it occurs.
    pub(crate) fn keys_of(&self, ordinal: usize) -> &[u32] {
        let at = |at: usize| self.case_starts.get(at).map_or(0, |start| *start as usize);
        self.case_keys.get(at(ordinal)..at(ordinal + 1)).unwrap_or_default()
    }

    /// Returns the drugs of a regimen.
    pub(crate) fn drugs_of(&self, regimen: u32) -> &[u16] {
        slice(&self.drugs, &self.drug_ends, regimen)
    }

    /// Returns the classes of a regimen's drugs.
    pub(crate) fn classes_of(&self, regimen: u32) -> &[u16] {
        slice(&self.classes, &self.class_ends, regimen)
    }

    /// Returns one occurrence as it was in its case.
    pub(crate) fn therapy(
        &self,
        key: usize,
        place: usize,
        dictionaries: &Dictionaries,
    ) -> Option<TherapyLine> {
        let names = |dictionary: &Dictionary, numbers: &[u16]| -> Vec<Name> {
            numbers
                .iter()
                .filter_map(|number| dictionary.name((*number).into()))
                .map(Arc::clone)
                .collect()
        };
        let regimen = self.regimens[key];
        Some(TherapyLine {
            start: CohortDay::of_number(self.starts[place]),
            end: CohortDay::of_number(self.ends[place]),
            side: Side::at(self.sides[key])?,
            line: Some(self.lines[key]).filter(|line| *line > 0),
            drugs: names(&dictionaries.drugs, self.drugs_of(regimen)),
            classes: names(&dictionaries.classes, self.classes_of(regimen)),
            response: Response::at(self.responses[key]),
        })
    }

    /// Returns how much memory it takes. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.drug_ends.len() * 8
            + (self.drugs.len() + self.classes.len()) * 2
            + self.keys() * 7
            + self.incidence.bytes()
            + self.starts.len() * 4
            + (self.case_starts.len() + self.case_keys.len()) * 4
    }

    /// Returns whether its parts fit each other and a number of cases.
    pub(crate) fn is_whole(&self, cases: usize) -> bool {
        let keys = self.keys();
        let ends = |ends: &[u32], len: usize| {
            ends.is_sorted() && ends.last().is_none_or(|end| *end as usize <= len)
        };
        self.lines.len() == keys
            && self.sides.len() == keys
            && self.responses.len() == keys
            && ends(&self.drug_ends, self.drugs.len())
            && ends(&self.class_ends, self.classes.len())
            && self.regimens.iter().all(|regimen| (*regimen as usize) < self.drug_ends.len())
            && self.incidence.is_whole(keys, cases)
            && self.starts.len() == self.incidence.ordinals.len()
            && self.ends.len() == self.starts.len()
            && self.sides.iter().all(|side| Side::at(*side).is_some())
            && self.responses.iter().all(|response| usize::from(*response) <= Response::ALL.len())
            && self.case_starts.len() == cases + 1
            && self.case_starts.is_sorted()
            && self.case_starts.last().is_some_and(|end| *end as usize == self.case_keys.len())
            && self.case_keys.iter().all(|key| (*key as usize) < keys)
    }
}

fn slice<'a>(values: &'a [u16], ends: &[u32], at: u32) -> &'a [u16] {
    let at = at as usize;
    let start = at.checked_sub(1).and_then(|at| ends.get(at)).map_or(0, |end| *end as usize);
    let end = ends.get(at).map_or(start, |end| *end as usize);
    values.get(start..end).unwrap_or_default()
}
