//! Terms of which a case may meet several occurrences, and terms of words and names.
//!
//! Each of the functions for occurrences returns two sets: the cases that certainly have one, and the cases
//! that have or may have one because some value of theirs is not known.

use super::{Bitmap, Search};
use crate::cohort::{
    case::Name,
    item::{Item, level_place},
    query::{AlterationTerm, EventTerm, Range, TherapyTerm},
    segment::{AlterationTable, recorded},
    word::{AlterationKind, Side, Word},
};

/// Whether something is so.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Truth {
    No,
    Maybe,
    Yes,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Says whether a value is among those asked for, where 0 is not known and no list asks nothing.
    fn among<T: Copy + PartialEq + Default>(value: T, asked: &[T]) -> Self {
        if asked.is_empty() {
            Self::Yes
        } else if value == T::default() {
            Self::Maybe
        } else {
            Self::of(asked.contains(&value))
        }
    }

    /// Says whether a number is within bounds, where `unknown` is not known.
    fn within(value: u16, unknown: u16, range: Range) -> Self {
        if range.is_open() {
            Self::Yes
        } else if value == unknown {
            Self::Maybe
        } else {
            Self::of(range.contains(value))
        }
    }
}

fn places<W: Word>(words: &[W]) -> Vec<u8> {
    words.iter().map(|word| word.place()).collect()
}

/// An alteration term by numbers instead of names.
struct AskedAlteration<'t> {
    term: &'t AlterationTerm,
    kinds: Vec<u8>,
    classes: Vec<u8>,
    class_kinds: Vec<u8>,
    origins: Vec<u8>,
    levels: Vec<u8>,
    partners: Vec<u16>,
}

impl AskedAlteration<'_> {
    /// Says whether a distinct alteration is what is asked for, whatever its occurrences' values are.
    fn key(&self, table: &AlterationTable, key: usize) -> Truth {
        let kind = table.kinds[key];
        let is = |asked: AlterationKind| asked.place() == kind;
        let mut truth = Truth::of(self.kinds.is_empty() || self.kinds.contains(&kind));
        if !self.term.changes.is_empty() {
            truth = truth.min(if !is(AlterationKind::Short) {
                Truth::No
            } else {
                let mut asked = self.term.changes.iter();
                let is = asked.try_fold(false, |is, asked| Some(is | table.is_change(key, asked)?));
                is.map_or(Truth::Maybe, Truth::of)
            });
        }
        if !self.term.codons.is_open() {
            let (first, last) = (table.firsts[key], table.last_codons[key]);
            let range = self.term.codons;
            truth = truth.min(if !is(AlterationKind::Short) {
                Truth::No
            } else if first == 0 {
                Truth::Maybe
            } else {
                let starts_below = range.high.is_none_or(|high| first <= high);
                Truth::of(starts_below && range.low.is_none_or(|low| low <= last))
            });
        }
        if !self.classes.is_empty() {
            let possible = Truth::of(self.class_kinds.contains(&kind));
            truth = truth.min(possible.min(Truth::among(table.classes[key], &self.classes)));
        }
        if !self.term.partners.is_empty() {
            truth = truth.min(if is(AlterationKind::Rearrangement) {
                Truth::among(table.firsts[key], &self.partners)
            } else {
                Truth::No
            });
        }
        let is_copy_number = is(AlterationKind::CopyNumber);
        if !self.term.copies.is_open() && !is_copy_number
            || !self.term.allele_frequency.is_open() && is_copy_number
        {
            return Truth::No;
        }
        truth
    }

    /// Says whether an occurrence's values are as asked.
    fn occurrence(&self, table: &AlterationTable, place: usize) -> Truth {
        let flags = table.flags[place];
        // The key's kind decides which of the two bounds can be asked for at all.
        let range =
            if self.term.copies.is_open() { self.term.allele_frequency } else { self.term.copies };
        Truth::within(table.values[place], u16::MAX, range)
            .min(Truth::among(flags & 3, &self.origins))
            .min(Truth::among(flags >> 2, &self.levels))
    }

    fn asks_of_occurrences(&self) -> bool {
        !(self.term.copies.is_open()
            && self.term.allele_frequency.is_open()
            && self.origins.is_empty()
            && self.levels.is_empty())
    }
}

impl Search<'_> {
    /// Returns the cases whose word or name is one of some.
    pub(super) fn is(&self, item: Item, codes: &[Name]) -> Bitmap {
        let mut found = Bitmap::empty(self.segment.len());
        let Some(column) = self.segment.coded(item) else { return found };
        for code in codes {
            for key in self.keys_of(item, code) {
                column.postings.or_into(key, &mut found);
            }
        }
        found
    }

    /// Returns the codes in the column of a word or name; of a tumour type with those below it.
    fn keys_of(&self, item: Item, code: &str) -> Vec<u32> {
        let names = self.dictionaries;
        let one = |number: Option<u32>| number.map(|number| number + 1).into_iter().collect();
        match item {
            Item::Tumour => self.tumours.get(code).cloned().unwrap_or_default(),
            Item::Hospital => one(names.hospitals.number(code)),
            Item::Collection => one(names.collections.number(code)),
            Item::Panel => {
                let panels = names.panels().iter().enumerate();
                panels
                    .filter(|(_, panel)| *panel.name == *code)
                    .map(|(at, _)| at as u32 + 1)
                    .collect()
            }
            _ => item.word_place(code).map(u32::from).into_iter().collect(),
        }
    }

    /// Returns the cases whose test is known to cover what a term asks for.
    ///
    /// Where kinds are asked for, every one must be covered; otherwise one that the term could mean.
    pub(super) fn covered(&self, term: &AlterationTerm) -> Bitmap {
        let mut covered = Bitmap::empty(self.segment.len());
        let Some(column) = self.segment.coded(Item::Panel) else { return covered };
        let genes: Vec<_> =
            term.genes.iter().map(|gene| self.dictionaries.genes.number(gene)).collect();
        let possible = possible_kinds(term);
        for (number, panel) in self.dictionaries.panels().iter().enumerate() {
            let Some(coverage) = self.dictionaries.covered(number as u32) else { continue };
            let covers = |gene: u32| {
                if term.kinds.is_empty() {
                    possible.iter().any(|kind| coverage.covers(gene, *kind))
                } else {
                    coverage.covers_all(gene, &term.kinds)
                }
            };
            let all = if genes.is_empty() {
                panel.coverage.is_some()
            } else {
                genes.iter().all(|gene| gene.is_some_and(covers))
            };
            if all {
                column.postings.or_into(number as u32 + 1, &mut covered);
            }
        }
        covered
    }

    pub(super) fn alteration(&self, term: &AlterationTerm) -> (Bitmap, Bitmap) {
        let mut found = Bitmap::empty(self.segment.len());
        if is_gene_alone(term) {
            for gene in term.genes.iter().filter_map(|gene| self.dictionaries.genes.number(gene)) {
                self.segment.genes.or_into(gene * 4, &mut found);
                self.segment.genes_elsewhere.or_into(gene * 4, &mut found);
            }
            return (found.clone(), found);
        }
        let mut possible = found.clone();
        let table = &self.segment.alterations;
        let numbers = |names: &[Name]| -> Vec<u16> {
            names
                .iter()
                .filter_map(|name| self.dictionaries.genes.number(name))
                .map(|n| n as u16)
                .collect()
        };
        let class_kinds = term.classes.iter().map(|class| class.kind().place()).collect();
        // A partner that no case has is no number; without any, the term would ask nothing.
        let number = |name: &Name| self.dictionaries.genes.number(name);
        let partners =
            term.partners.iter().map(|name| number(name).map_or(u16::MAX, |n| n as u16 + 1));
        let partners = partners.collect();
        let asked = AskedAlteration {
            term,
            kinds: places(&term.kinds),
            classes: places(&term.classes),
            class_kinds,
            origins: places(&term.origins),
            levels: term.levels.iter().map(|level| level_place(Some(*level))).collect(),
            partners,
        };
        let ranges = if term.genes.is_empty() {
            std::iter::once(0..table.keys()).collect()
        } else {
            numbers(&term.genes).iter().map(|gene| table.of_gene(*gene)).collect::<Vec<_>>()
        };
        for key in ranges.into_iter().flatten() {
            let truth = asked.key(table, key);
            if truth == Truth::No {
                continue;
            }
            if !asked.asks_of_occurrences() {
                let set = if truth == Truth::Yes { &mut found } else { &mut possible };
                table.incidence.or_into(key, set);
                continue;
            }
            for place in table.incidence.range(key) {
                let ordinal = usize::from(table.incidence.ordinals[place]);
                match truth.min(asked.occurrence(table, place)) {
                    Truth::Yes => found.insert(ordinal),
                    Truth::Maybe => possible.insert(ordinal),
                    Truth::No => {}
                }
            }
        }
        possible.or(&found);
        (found, possible)
    }

    pub(super) fn therapies_recorded(&self, side: Option<Side>) -> Bitmap {
        self.segment.recorded(match side {
            Some(Side::Before) => recorded::BEFORE,
            Some(Side::After) => recorded::AFTER,
            None => recorded::BEFORE | recorded::AFTER,
        })
    }

    pub(super) fn therapy(&self, term: &TherapyTerm) -> (Bitmap, Bitmap) {
        let mut found = Bitmap::empty(self.segment.len());
        let mut possible = found.clone();
        let table = &self.segment.therapies;
        let drugs: Vec<_> =
            term.drugs.iter().filter_map(|drug| self.dictionaries.drugs.number(drug)).collect();
        let classes: Vec<_> = term
            .classes
            .iter()
            .filter_map(|class| self.dictionaries.classes.number(class))
            .collect();
        let responses = places(&term.responses);
        let any = |own: &[u16], asked: &[u32]| {
            own.iter().any(|number| asked.contains(&u32::from(*number)))
        };
        let regimens: Vec<bool> = (0..table.drug_ends.len() as u32)
            .map(|regimen| {
                (term.drugs.is_empty() || any(table.drugs_of(regimen), &drugs))
                    && (term.classes.is_empty() || any(table.classes_of(regimen), &classes))
            })
            .collect();
        for key in 0..table.keys() {
            if !regimens[table.regimens[key] as usize]
                || term.side.is_some_and(|side| side.place() != table.sides[key])
            {
                continue;
            }
            let truth = Truth::within(table.lines[key].into(), 0, term.lines)
                .min(Truth::among(table.responses[key], &responses));
            if truth == Truth::No {
                continue;
            }
            for place in table.incidence.range(key) {
                let ordinal = usize::from(table.incidence.ordinals[place]);
                match truth.min(Truth::within(table.starts[place], u16::MAX, term.started)) {
                    Truth::Yes => found.insert(ordinal),
                    Truth::Maybe => possible.insert(ordinal),
                    Truth::No => {}
                }
            }
        }
        possible.or(&found);
        (found, possible)
    }

    pub(super) fn events_recorded(&self) -> Bitmap {
        self.segment.recorded(recorded::EVENTS)
    }

    pub(super) fn event(&self, term: &EventTerm) -> (Bitmap, Bitmap) {
        let mut found = Bitmap::empty(self.segment.len());
        let mut possible = found.clone();
        let table = &self.segment.events;
        let codes: Vec<_> =
            term.codes.iter().filter_map(|code| self.dictionaries.events.number(code)).collect();
        for key in 0..table.codes.len() {
            let is_code = term.codes.is_empty() || codes.contains(&table.codes[key].into());
            if !is_code || term.side.is_some_and(|side| side.place() != table.sides[key]) {
                continue;
            }
            match Truth::within(table.grades[key].into(), 0, term.grades) {
                Truth::Yes => table.incidence.or_into(key, &mut found),
                Truth::Maybe => table.incidence.or_into(key, &mut possible),
                Truth::No => {}
            }
        }
        possible.or(&found);
        (found, possible)
    }
}

/// Returns whether a term asks for genes and for nothing else.
fn is_gene_alone(term: &AlterationTerm) -> bool {
    let genes = AlterationTerm { genes: term.genes.clone(), ..AlterationTerm::default() };
    !term.genes.is_empty() && genes == *term
}

/// Returns the kinds that an alteration can have that a term without kinds asks for.
pub(crate) fn possible_kinds(term: &AlterationTerm) -> Vec<AlterationKind> {
    use AlterationKind as K;
    let may = |kind: K| {
        (term.changes.is_empty() && term.codons.is_open() || kind == K::Short)
            && (term.partners.is_empty() || kind == K::Rearrangement)
            && (term.copies.is_open() || kind == K::CopyNumber)
            && (term.allele_frequency.is_open() || kind != K::CopyNumber)
            && (term.classes.is_empty() || term.classes.iter().any(|class| class.kind() == kind))
    };
    K::ALL.iter().copied().filter(|kind| may(*kind)).collect()
}
