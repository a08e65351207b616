//! The names that a query may use.

use std::collections::BTreeSet;

use knowledge::Release;

use crate::cohort::{dictionary::Dictionaries, item::Item};

/// A list of names that queries use and that no program has in itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameList {
    /// Tumour types, by OncoTree code.
    Tumour,
    /// Panels.
    Panel,
    /// Hospitals, by code.
    Hospital,
    /// Collections.
    Collection,
    /// Genes, by symbol.
    Gene,
    /// Drugs, by code.
    Drug,
    /// Classes of drugs.
    DrugClass,
    /// Adverse events, by code.
    Event,
}

impl NameList {
    /// Returns the list that an item's names are of.
    pub fn of_item(item: Item) -> Option<Self> {
        Some(match item {
            Item::Tumour => Self::Tumour,
            Item::Panel => Self::Panel,
            Item::Hospital => Self::Hospital,
            Item::Collection => Self::Collection,
            _ => return None,
        })
    }

    /// Returns what its names are called, in Japanese and English.
    pub(super) fn what(self) -> (&'static str, &'static str) {
        match self {
            Self::Tumour => ("がん種", "tumour type"),
            Self::Panel => ("パネル", "panel"),
            Self::Hospital => ("病院", "hospital"),
            Self::Collection => ("コレクション", "collection"),
            Self::Gene => ("遺伝子", "gene"),
            Self::Drug => ("薬剤", "drug"),
            Self::DrugClass => ("薬剤の種類", "class of drugs"),
            Self::Event => ("有害事象", "adverse event"),
        }
    }
}

/// The names that a query may use: those of the cases, and those that a knowledge release knows besides.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary<'a> {
    dictionaries: &'a Dictionaries,
    release: Option<&'a Release>,
}

impl<'a> Vocabulary<'a> {
    /// Takes the names of cases.
    pub fn of(dictionaries: &'a Dictionaries) -> Self {
        Self { dictionaries, release: None }
    }

    /// Takes the genes, tumour types and drugs of a release too.
    #[must_use]
    pub fn with_release(self, release: &'a Release) -> Self {
        Self { release: Some(release), ..self }
    }

    /// Returns the version of OncoTree by whose hierarchy tumour types are asked for; `None` where no release is at hand or it
    /// does not say so.
    pub fn oncotree_version(&self) -> Option<&'a str> {
        self.release.and_then(Release::oncotree_version)
    }

    /// Returns whether a name may be used.
    pub fn knows(&self, list: NameList, name: &str) -> bool {
        let names = self.dictionaries;
        let release = self.release;
        match list {
            NameList::Tumour => {
                names.tumours.number(name).is_some()
                    || release.is_some_and(|release| {
                        release.tumour_types().any(|tumour| tumour.code.as_str() == name)
                    })
            }
            NameList::Panel => names.panels().iter().any(|panel| *panel.name == *name),
            NameList::Hospital => names.hospitals.number(name).is_some(),
            NameList::Collection => names.collections.number(name).is_some(),
            NameList::Gene => {
                names.genes.number(name).is_some()
                    || release
                        .and_then(|release| release.gene(name))
                        .is_some_and(|gene| gene.symbol.as_str() == name)
            }
            NameList::Drug => {
                names.drugs.number(name).is_some()
                    || release.is_some_and(|release| release.drug(name).is_some())
            }
            NameList::DrugClass => {
                names.classes.number(name).is_some()
                    || release.is_some_and(|release| {
                        release.drugs().any(|drug| drug.classes.iter().any(|class| class == name))
                    })
            }
            NameList::Event => names.events.number(name).is_some(),
        }
    }

    /// Returns every name of a list, in order.
    pub fn names(&self, list: NameList) -> Vec<String> {
        let names = self.dictionaries;
        let own: Vec<String> = match list {
            NameList::Tumour => texts(names.tumours()),
            NameList::Panel => names.panels().iter().map(|panel| panel.name.to_string()).collect(),
            NameList::Hospital => texts(names.hospitals()),
            NameList::Collection => texts(names.collections()),
            NameList::Gene => texts(names.genes()),
            NameList::Drug => texts(names.drugs()),
            NameList::DrugClass => texts(names.drug_classes()),
            NameList::Event => texts(names.adverse_events()),
        };
        let mut all: BTreeSet<String> = own.into_iter().collect();
        if let Some(release) = self.release {
            match list {
                NameList::Tumour => {
                    all.extend(release.tumour_types().map(|tumour| tumour.code.to_string()));
                }
                NameList::Gene => all.extend(release.genes().map(|gene| gene.symbol.to_string())),
                NameList::Drug => all.extend(release.drugs().map(|drug| drug.id.clone())),
                NameList::DrugClass => {
                    all.extend(release.drugs().flat_map(|drug| drug.classes.clone()));
                }
                NameList::Panel | NameList::Hospital | NameList::Collection | NameList::Event => {}
            }
        }
        all.into_iter().collect()
    }
}

fn texts(names: &[crate::cohort::case::Name]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
