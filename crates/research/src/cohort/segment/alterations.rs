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
    first: u16,
    last_codon: u16,
    class: u8,
    change: u32,
}

/// Alterations by gene, kind, codon and class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AlterationTable {
    /// Gene of each key, ascending.
    pub(crate) genes: Vec<u16>,
    /// Place of the kind.
    pub(crate) kinds: Vec<u8>,
    /// First codon of a short variant; partner of a rearrangement, one more than its number; 0 is unknown.
    pub(crate) firsts: Vec<u16>,
    /// Last codon.
    pub(crate) last_codons: Vec<u16>,
    /// Place of the class; 0 is unknown.
    pub(crate) classes: Vec<u8>,
    /// Change: one more than its place among the texts, or spelt out by [`spelt`]; 0 is unknown.
    pub(crate) changes: Vec<u32>,
    /// Changes that cannot be spelt out, one after the other.
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
    pub(crate) fn build(cases: &[&CohortCase], dictionaries: &Dictionaries) -> Self {
        let mut table = Self::default();
        let mut changes = HashMap::<&str, u32>::new();
        let mut numbers = HashMap::<Key, u32>::new();
        let mut keys = Vec::new();
        let mut occurrences = Vec::new();
        let mut values = Vec::new();
        for (ordinal, case) in cases.iter().enumerate() {
            for alteration in &case.alterations {
                let codon = alteration.codons.map_or(0, |codons| codons.0);
                let change = alteration.change.as_deref().map_or(0, |change| {
                    spelt(change, codon).unwrap_or_else(|| {
                        *changes.entry(change).or_insert_with(|| table.push_text(change))
                    })
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
        self.firsts.push(key.first);
        self.last_codons.push(key.last_codon);
        self.classes.push(key.class);
        self.changes.push(key.change);
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

    /// Returns whether a key's change is one; `None` where it is not known.
    pub(crate) fn is_change(&self, key: usize, asked: &str) -> Option<bool> {
        match self.changes[key] {
            0 => None,
            code if code & SPELT != 0 => Some(spelt(asked, self.firsts[key]) == Some(code)),
            place => Some(self.text_at(place) == Some(asked)),
        }
    }

    /// Returns the change at a place (from 1) among the texts.
    fn text_at(&self, place: u32) -> Option<&str> {
        let at = (place as usize).checked_sub(1)?;
        let start = at.checked_sub(1).map_or(Some(0), |at| self.text_ends.get(at).copied())?;
        self.text.get(start as usize..*self.text_ends.get(at)? as usize)
    }

    /// Returns one occurrence as it was in its case.
    pub(crate) fn alteration(
        &self,
        key: usize,
        place: usize,
        dictionaries: &Dictionaries,
    ) -> Option<CohortAlteration> {
        let kind = AlterationKind::at(self.kinds[key])?;
        let gene = dictionaries.genes.name(self.genes[key].into())?;
        let value = Some(self.values[place]).filter(|value| *value != UNKNOWN_VALUE);
        let is_copy_number = kind == AlterationKind::CopyNumber;
        let first = self.firsts[key];
        let is_short = kind == AlterationKind::Short;
        let partner = u32::from(first).checked_sub(1).filter(|_| !is_short);
        let change = match self.changes[key] {
            code if code & SPELT != 0 => Some(unspelt(code, first).into()),
            place => self.text_at(place).map(Name::from),
        };
        Some(CohortAlteration {
            gene: Arc::clone(gene),
            kind,
            codons: (is_short && first > 0).then(|| (first, self.last_codons[key])),
            class: AlterationClass::at(self.classes[key]),
            change,
            partner: partner.and_then(|number| dictionaries.genes.name(number)).cloned(),
            origin: Origin::at(self.flags[place] & 3),
            allele_frequency: value.filter(|_| !is_copy_number),
            copies: value.filter(|_| is_copy_number),
            level: level_at(self.flags[place] >> 2),
        })
    }

    /// Returns how much memory it takes. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.keys() * 12
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
            self.firsts.len(),
            self.last_codons.len(),
            self.classes.len(),
            self.changes.len(),
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
    let (codon, last_codon) = alteration.codons.unwrap_or_default();
    let partner = alteration.partner.as_deref();
    let first = partner.map_or(codon, |partner| gene(partner) as u16 + 1);
    Key {
        gene: gene(&alteration.gene) as u16,
        kind: alteration.kind.place(),
        first,
        last_codon,
        class: alteration.class.map_or(0, Word::place),
        change,
    }
}

/// Marks a change that is spelt out.
const SPELT: u32 = 1 << 31;
/// Endings of more than one sign that can be spelt out; their places are below every printable sign.
const ENDINGS: [&str; 3] = ["fs", "del", "dup"];

/// Spells a change such as `G12C` or `R80fs` out in a number, where the codon within it is the one given.
///
/// Most changes of most panels are of this form and seldom occur twice, so that texts would take most of the room.
fn spelt(change: &str, codon: u16) -> Option<u32> {
    let first = change.bytes().next().filter(u8::is_ascii_graphic)?;
    let rest = change.get(1..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, ending) = rest.split_at(digits);
    if number.starts_with('0') || number.parse::<u16>() != Ok(codon) {
        return None;
    }
    let ending = match ending.as_bytes() {
        [one] if one.is_ascii_graphic() => *one,
        _ => ENDINGS.iter().position(|known| *known == ending)? as u8 + 1,
    };
    Some(SPELT | u32::from(first) << 8 | u32::from(ending))
}

/// Returns the change that was spelt out.
fn unspelt(code: u32, codon: u16) -> String {
    let [.., first, ending] = code.to_be_bytes();
    let first = char::from(first);
    match ENDINGS.get(usize::from(ending).wrapping_sub(1)) {
        Some(ending) => format!("{first}{codon}{ending}"),
        None => format!("{first}{codon}{}", char::from(ending)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_are_spelt_out_are_read_back() {
        for (change, codon) in [("G12C", 12), ("R80fs", 80), ("Q7*", 7), ("E746del", 746)] {
            let code = spelt(change, codon).unwrap();
            assert_eq!(unspelt(code, codon), change);
            assert_eq!(spelt(change, codon + 1), None);
        }
        for change in ["", "G", "12", "G012C", "E746_A750del", "G12CC", "あ12C", "G12あ"] {
            assert_eq!(spelt(change, 12), None, "{change}");
        }
    }
}
