//! Looking up drugs by any of their names.

use std::collections::HashMap;

use model::text::LocalizedText;

use crate::drug::{Drug, Regimen};

/// Drugs by identifier, name and alias, in lower case, and how combinations are called.
pub(super) struct DrugNames<'a> {
    drugs: HashMap<String, &'a Drug>,
    /// Combinations by their sorted keys: sources write the drugs of one combination in any order,
    /// and the order first met stands for all.
    combinations: HashMap<Vec<String>, LocalizedText>,
}

impl<'a> DrugNames<'a> {
    /// Indexes drugs; an identifier or a name goes before an alias.
    pub(super) fn new(drugs: &'a [Drug]) -> Self {
        let mut names = HashMap::new();
        for drug in drugs {
            names.insert(drug.id.to_lowercase(), drug);
            names.insert(drug.name.en.to_lowercase(), drug);
            names.insert(drug.name.ja.to_lowercase(), drug);
        }
        for drug in drugs {
            for alias in &drug.aliases {
                names.entry(alias.to_lowercase()).or_insert(drug);
            }
        }
        Self { drugs: names, combinations: HashMap::new() }
    }

    /// Reads a regimen: `+` joins its drugs.
    pub(super) fn regimen(&mut self, written: &str) -> Regimen {
        let mut keys = Vec::new();
        let (mut ja, mut en) = (Vec::new(), Vec::new());
        for name in written.split('+').map(str::trim).filter(|name| !name.is_empty()) {
            match self.drugs.get(&name.to_lowercase()) {
                Some(drug) => {
                    keys.push(drug.id.clone());
                    ja.push(drug.name.ja.as_ref());
                    en.push(drug.name.en.as_ref());
                }
                None => {
                    keys.push(name.to_lowercase());
                    ja.push(name);
                    en.push(name);
                }
            }
        }
        keys.sort();
        keys.dedup();
        let written = || LocalizedText::new(ja.join(" + "), en.join(" + "));
        let name = self.combinations.entry(keys.clone()).or_insert_with(written).clone();
        Regimen { name, keys }
    }
}
