//! The alterations of a segment: each distinct one once, its occurrences sorted below it.

use std::{collections::HashMap, ops::Range, sync::Arc};

use crate::cohort::{
    case::{CohortAlteration, CohortCase, Name},
    dictionary::Dictionaries,
    incidence::Incidence,
    item::{level_at, level_place},
    word::{AlterationClass, AlterationKind, Origin, Word},
};

/// An unknown allele frequency or number of copies.
pub(crate) const UNKNOWN_VALUE: u16 = u16::MAX;

/// What an alteration is, wherever it occurs. Numbers of names are one more than in the dictionaries, and 0
/// where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    gene: u16,
    kind: u8,
    first_codon: u16,
    last_codon: u16,
    class: u8,
    change: u32,
    partner: u16,
}

/// Alterations by gene, kind, codon and class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AlterationTable {
    /// Gene of each key, ascending.
    pub(crate) genes: Vec<u16>,
    /// Place of the kind.
    pub(crate) kinds: Vec<u8>,
    /// First codon; 0 where none is known.
    pub(crate) first_codons: Vec<u16>,
    /// Last codon.
    pub(crate) last_codons: Vec<u16>,
    /// Place of the class; 0 is unknown.
    pub(crate) classes: Vec<u8>,
    /// Change: one more than its place among the texts; 0 is unknown.
    pub(crate) changes: Vec<u32>,
    /// Partner: one more than its number; 0 where there is none.
    pub(crate) partners: Vec<u16>,
    /// All changes, one after the other.
    pub(crate) text: String,
    /// Where each change ends in the text.
    pub(crate) text_ends: Vec<u32>,
    /// Which cases have them.
    pub(crate) incidence: Incidence,
    /// Allele frequency or copies of each occurrence.
    pub(crate) values: Vec<u16>,
    /// Origin and evidence level of each occurrence: the origin's place, and four times the level's.
    pub(crate) flags: Vec<u8>,
}

impl AlterationTable {
    /// Lays out the alterations of cases whose names all have numbers.
    pub(crate) fn build(cases: &[CohortCase], dictionaries: &Dictionaries) -> Self {
        let mut table = Self::default();
        let mut changes = HashMap::<&str, u32>::new();
        let mut numbers = HashMap::<Key, u32>::new();
        let mut keys = Vec::new();
        let mut occurrences = Vec::new();
        let mut values = Vec::new();
        for (ordinal, case) in cases.iter().enumerate() {
            for alteration in &case.alterations {
                let change = alteration.change.as_deref().map_or(0, |change| {
                    *changes.entry(change).or_insert_with(|| table.push_text(change))
                });
                let key = key_of(alteration, change, dictionaries);
                let number = *numbers.entry(key).or_insert_with(|| {
                    keys.push(key);
                    keys.len() as u32 - 1
                });
                occurrences.push((number, ordinal as u16));
                let value = alteration.allele_frequency.or(alteration.copies);
                let origin = alteration.origin.map_or(0, Word::place);
                values.push((
                    value.unwrap_or(UNKNOWN_VALUE),
                    origin | level_place(alteration.level) << 2,
                ));
            }
        }
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        order.sort_unstable_by_key(|at| keys[*at as usize]);
        let mut rank = vec![0_u32; keys.len()];
        for (place, at) in order.iter().enumerate() {
            rank[*at as usize] = place as u32;
            table.push_key(keys[*at as usize]);
        }
        for (key, _) in &mut occurrences {
            *key = rank[*key as usize];
        }
        let (incidence, order) = Incidence::of(&occurrences, keys.len());
        table.incidence = incidence;
        table.values = order.iter().map(|at| values[*at as usize].0).collect();
        table.flags = order.iter().map(|at| values[*at as usize].1).collect();
        table
    }

    fn push_text(&mut self, text: &str) -> u32 {
        self.text.push_str(text);
        self.text_ends.push(self.text.len() as u32);
        self.text_ends.len() as u32
    }

    fn push_key(&mut self, key: Key) {
        self.genes.push(key.gene);
        self.kinds.push(key.kind);
        self.first_codons.push(key.first_codon);
        self.last_codons.push(key.last_codon);
        self.classes.push(key.class);
        self.changes.push(key.change);
        self.partners.push(key.partner);
    }

    /// Returns how many distinct alterations there are.
    pub(crate) fn keys(&self) -> usize {
        self.genes.len()
    }

    /// Returns the keys of a gene.
    pub(crate) fn of_gene(&self, gene: u16) -> Range<usize> {
        let start = self.genes.partition_point(|known| *known < gene);
        let end = self.genes.partition_point(|known| *known <= gene);
        start..end
    }

    /// Returns the change at a place (from 1) among the texts.
    pub(crate) fn change(&self, place: u32) -> Option<&str> {
        let at = (place as usize).checked_sub(1)?;
        let start = at.checked_sub(1).map_or(Some(0), |at| self.text_ends.get(at).copied())?;
        self.text.get(start as usize..*self.text_ends.get(at)? as usize)
    }

    /// Returns the changes as names, by place less one.
    pub(crate) fn change_names(&self) -> Vec<Name> {
        (1..=self.text_ends.len() as u32)
            .map(|place| self.change(place).unwrap_or_default().into())
            .collect()
    }

    /// Returns one occurrence as it was in its case.
    pub(crate) fn alteration(
        &self,
        key: usize,
        place: usize,
        changes: &[Name],
        dictionaries: &Dictionaries,
    ) -> Option<CohortAlteration> {
        let kind = AlterationKind::at(self.kinds[key])?;
        let gene = dictionaries.genes.name(self.genes[key].into())?;
        let value = Some(self.values[place]).filter(|value| *value != UNKNOWN_VALUE);
        let is_copy_number = kind == AlterationKind::CopyNumber;
        let partner = u32::from(self.partners[key]).checked_sub(1);
        let change = (self.changes[key] as usize).checked_sub(1);
        Some(CohortAlteration {
            gene: Arc::clone(gene),
            kind,
            codons: (self.first_codons[key] > 0)
                .then(|| (self.first_codons[key], self.last_codons[key])),
            class: AlterationClass::at(self.classes[key]),
            change: change.and_then(|at| changes.get(at)).cloned(),
            partner: partner.and_then(|number| dictionaries.genes.name(number)).cloned(),
            origin: Origin::at(self.flags[place] & 3),
            allele_frequency: value.filter(|_| !is_copy_number),
            copies: value.filter(|_| is_copy_number),
            level: level_at(self.flags[place] >> 2),
        })
    }

    /// Returns how much memory it takes. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.keys() * 14
            + self.text.len()
            + self.text_ends.len() * 4
            + self.incidence.bytes()
            + self.values.len() * 3
    }

    /// Returns whether its parts fit each other and a number of cases.
    pub(crate) fn is_whole(&self, cases: usize) -> bool {
        let keys = self.keys();
        let lengths = [
            self.kinds.len(),
            self.first_codons.len(),
            self.last_codons.len(),
            self.classes.len(),
            self.changes.len(),
            self.partners.len(),
        ];
        lengths.iter().all(|len| *len == keys)
            && self.genes.is_sorted()
            && self.text_ends.is_sorted()
            && self.incidence.is_whole(keys, cases)
            && self.values.len() == self.incidence.ordinals.len()
            && self.flags.len() == self.values.len()
    }
}

fn key_of(alteration: &CohortAlteration, change: u32, dictionaries: &Dictionaries) -> Key {
    let gene = |name: &str| dictionaries.genes.number(name).unwrap_or_default();
    let (first_codon, last_codon) = alteration.codons.unwrap_or_default();
    Key {
        gene: gene(&alteration.gene) as u16,
        kind: alteration.kind.place(),
        first_codon,
        last_codon,
        class: alteration.class.map_or(0, Word::place),
        change,
        partner: alteration.partner.as_deref().map_or(0, |partner| gene(partner) as u16 + 1),
    }
}
