//! The dictionaries in a snapshot, as JSON.

use std::{io, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::cohort::{case::Name, dictionary::Dictionaries, panel::CohortPanel};

/// Names in the order of their numbers.
#[derive(Serialize, Deserialize)]
pub(super) struct Names {
    genes: Vec<Name>,
    drugs: Vec<Name>,
    classes: Vec<Name>,
    tumours: Vec<Name>,
    hospitals: Vec<Name>,
    collections: Vec<Name>,
    events: Vec<Name>,
    panels: Vec<Arc<CohortPanel>>,
}

impl Names {
    pub(super) fn of(dictionaries: &Dictionaries) -> Self {
        Self {
            genes: dictionaries.genes().to_vec(),
            drugs: dictionaries.drugs().to_vec(),
            classes: dictionaries.drug_classes().to_vec(),
            tumours: dictionaries.tumours().to_vec(),
            hospitals: dictionaries.hospitals().to_vec(),
            collections: dictionaries.collections().to_vec(),
            events: dictionaries.adverse_events().to_vec(),
            panels: dictionaries.panels().to_vec(),
        }
    }

    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(super) fn dictionaries(&self) -> Dictionaries {
        let mut dictionaries = Dictionaries::default();
        let names = &mut dictionaries;
        self.genes.iter().for_each(|name| _ = names.genes.intern(name));
        self.drugs.iter().for_each(|name| _ = names.drugs.intern(name));
        self.classes.iter().for_each(|name| _ = names.classes.intern(name));
        self.tumours.iter().for_each(|name| _ = names.tumours.intern(name));
        self.hospitals.iter().for_each(|name| _ = names.hospitals.intern(name));
        self.collections.iter().for_each(|name| _ = names.collections.intern(name));
        self.events.iter().for_each(|name| _ = names.events.intern(name));
        self.panels.iter().for_each(|panel| _ = names.intern_panel(panel));
        dictionaries
    }
}
