//! Looking up drugs by any of their names.

use std::collections::HashMap;

use model::text::LocalizedText;

use crate::drug::{Drug, Regimen};

/// Drugs by identifier, name and alias, in lower case.
pub(super) struct DrugNames<'a>(HashMap<String, &'a Drug>);

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
        Self(names)
    }

    /// Reads a regimen: `+` joins its drugs.
    pub(super) fn regimen(&self, written: &str) -> Regimen {
        let mut keys = Vec::new();
        let (mut ja, mut en) = (Vec::new(), Vec::new());
        for name in written.split('+').map(str::trim).filter(|name| !name.is_empty()) {
            match self.0.get(&name.to_lowercase()) {
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
        Regimen { name: LocalizedText::new(ja.join(" + "), en.join(" + ")), keys }
    }
}
