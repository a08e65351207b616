//! Names of the search as people know them.

use knowledge::Release;
use model::{programme::Registry, text::Language, tumour::TumourTypeCode};
use research::cohort::{Item, Labels, NameList};

/// Names of the release and of the registry.
pub(crate) struct ClinicLabels<'a> {
    pub(crate) release: &'a Release,
    pub(crate) registry: &'a Registry,
}

impl Labels for ClinicLabels<'_> {
    fn label(&self, list: NameList, name: &str, language: Language) -> Option<String> {
        match list {
            NameList::Tumour => {
                let tumour = self.release.tumour_type(&TumourTypeCode::new(name))?;
                Some(format!("{} {name}", tumour.name.get(language)))
            }
            NameList::Hospital => {
                self.registry.hospital_name(name, language).map(ToOwned::to_owned)
            }
            NameList::Drug => {
                self.release.drug(name).map(|drug| drug.name.get(language).to_owned())
            }
            _ => None,
        }
    }
}

impl ClinicLabels<'_> {
    /// Returns a name of an item as people know it, or the name itself.
    pub(crate) fn of_item(&self, item: Item, name: &str, language: Language) -> String {
        let list = NameList::of_item(item);
        let label = list.and_then(|list| self.label(list, name, language));
        label.unwrap_or_else(|| name.to_owned())
    }

    /// Returns a drug's name.
    pub(crate) fn drug(&self, code: &str, language: Language) -> String {
        self.label(NameList::Drug, code, language).unwrap_or_else(|| code.to_owned())
    }
}
