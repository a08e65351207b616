//! Dictionaries: each name once, by a number.

use std::{collections::HashMap, sync::Arc};

use super::{
    case::{CohortCase, Name},
    panel::CohortPanel,
    word::{AlterationKind, Word as _},
};

/// Names by number. A number once given never changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    names: Vec<Name>,
    numbers: HashMap<Name, u32>,
}

impl Dictionary {
    /// Returns a name's number, giving it one where it has none.
    pub(crate) fn intern(&mut self, name: &Name) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(Arc::clone(name));
        self.numbers.insert(Arc::clone(name), number);
        number
    }

    /// Returns a name's number.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// Returns the name of a number.
    pub(crate) fn name(&self, number: u32) -> Option<&Name> {
        self.names.get(number as usize)
    }

    /// Returns every name, in the order of the numbers.
    pub(crate) fn names(&self) -> &[Name] {
        &self.names
    }

    fn bytes(&self) -> usize {
        self.names.iter().map(|name| name.len() + 64).sum()
    }
}

/// A panel's coverage as bits by gene number, for each kind of alteration.
#[derive(Clone, Debug, Default)]
pub(crate) struct CoveredGenes {
    kinds: [Vec<u64>; 3],
    known: bool,
}

impl CoveredGenes {
    /// Returns whether a gene is covered for a kind.
    pub(crate) fn covers(&self, gene: u32, kind: AlterationKind) -> bool {
        let words = self.kinds.get(usize::from(kind.place()) - 1);
        let word = words.and_then(|words| words.get(gene as usize / 64));
        word.is_some_and(|word| word >> (gene % 64) & 1 == 1)
    }

    /// Returns whether a gene is covered for every kind of a list.
    pub(crate) fn covers_all(&self, gene: u32, kinds: &[AlterationKind]) -> bool {
        self.known && kinds.iter().all(|kind| self.covers(gene, *kind))
    }
}

/// The names of an index and the panels with what they cover.
#[derive(Clone, Debug, Default)]
pub struct Dictionaries {
    pub(crate) genes: Dictionary,
    pub(crate) drugs: Dictionary,
    pub(crate) classes: Dictionary,
    pub(crate) tumours: Dictionary,
    pub(crate) hospitals: Dictionary,
    pub(crate) collections: Dictionary,
    pub(crate) events: Dictionary,
    panels: Vec<Arc<CohortPanel>>,
    covered: Vec<CoveredGenes>,
    panel_numbers: HashMap<Arc<CohortPanel>, u32>,
}

impl Dictionaries {
    /// Returns the genes that any panel covers or any case has altered.
    pub fn genes(&self) -> &[Name] {
        self.genes.names()
    }

    /// Returns the drugs that any case was given.
    pub fn drugs(&self) -> &[Name] {
        self.drugs.names()
    }

    /// Returns the classes of those drugs.
    pub fn drug_classes(&self) -> &[Name] {
        self.classes.names()
    }

    /// Returns the tumour types that any case has.
    pub fn tumours(&self) -> &[Name] {
        self.tumours.names()
    }

    /// Returns the hospitals.
    pub fn hospitals(&self) -> &[Name] {
        self.hospitals.names()
    }

    /// Returns the collections.
    pub fn collections(&self) -> &[Name] {
        self.collections.names()
    }

    /// Returns the codes of adverse events that any case had.
    pub fn adverse_events(&self) -> &[Name] {
        self.events.names()
    }

    /// Returns the panels, in the order of their numbers.
    pub fn panels(&self) -> &[Arc<CohortPanel>] {
        &self.panels
    }

    /// Returns what a panel covers.
    pub(crate) fn covered(&self, panel: u32) -> Option<&CoveredGenes> {
        self.covered.get(panel as usize)
    }

    /// Returns what every panel covers, in the order of the panels' numbers.
    pub(crate) fn coverages(&self) -> &[CoveredGenes] {
        &self.covered
    }

    /// Returns a panel's number.
    pub(crate) fn panel_number(&self, panel: &Arc<CohortPanel>) -> Option<u32> {
        self.panel_numbers.get(panel).copied()
    }

    /// Gives every name of a case a number.
    pub(crate) fn intern(&mut self, case: &CohortCase) {
        self.collections.intern(&case.collection);
        if let Some(tumour) = &case.tumour {
            self.tumours.intern(tumour);
        }
        if let Some(hospital) = &case.hospital {
            self.hospitals.intern(hospital);
        }
        if let Some(panel) = &case.panel {
            self.intern_panel(panel);
        }
        for alteration in &case.alterations {
            self.genes.intern(&alteration.gene);
            if let Some(partner) = &alteration.partner {
                self.genes.intern(partner);
            }
        }
        for therapy in &case.therapies {
            for drug in &therapy.drugs {
                self.drugs.intern(drug);
            }
            for class in &therapy.classes {
                self.classes.intern(class);
            }
        }
        for event in &case.events {
            self.events.intern(&event.code);
        }
    }

    /// Gives a panel a number.
    pub(crate) fn intern_panel(&mut self, panel: &Arc<CohortPanel>) -> u32 {
        // Cases of one panel mostly share it; looking at the place is quicker than at every gene.
        let same = |known: &Arc<CohortPanel>| Arc::ptr_eq(known, panel);
        if let Some(number) = self.panels.iter().position(same) {
            return number as u32;
        }
        if let Some(number) = self.panel_numbers.get(panel) {
            return *number;
        }
        let mut covered =
            CoveredGenes { known: panel.coverage.is_some(), ..CoveredGenes::default() };
        for kind in AlterationKind::ALL {
            let genes = panel.coverage.as_ref().map(|coverage| coverage.genes(*kind));
            for gene in genes.unwrap_or_default() {
                let number = self.genes.intern(gene) as usize;
                let words = &mut covered.kinds[usize::from(kind.place()) - 1];
                if words.len() <= number / 64 {
                    words.resize(number / 64 + 1, 0);
                }
                words[number / 64] |= 1 << (number % 64);
            }
        }
        let number = self.panels.len() as u32;
        self.panels.push(Arc::clone(panel));
        self.covered.push(covered);
        self.panel_numbers.insert(Arc::clone(panel), number);
        number
    }

    /// Returns about how much memory they take. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        let of = |dictionary: &Dictionary| dictionary.bytes();
        let panels = self.panels.iter().flat_map(|panel| &panel.coverage);
        let panel_bytes = |coverage: &super::panel::PanelCoverage| {
            (coverage.short.len() + coverage.copy_number.len() + coverage.rearrangement.len()) * 16
        };
        of(&self.genes)
            + of(&self.drugs)
            + of(&self.classes)
            + of(&self.tumours)
            + of(&self.hospitals)
            + of(&self.collections)
            + of(&self.events)
            + panels.map(panel_bytes).sum::<usize>()
    }
}
