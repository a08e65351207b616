//! Section 5: the literature, numbered in the order in which the report first cites it.

use std::collections::HashMap;

use knowledge::Evidence;
use serde::{Deserialize, Serialize};

/// One numbered reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceEntry {
    /// The number by which the report cites it. Units: 1-based.
    pub number: u32,
    /// Identifier, such as `PMID:12345`.
    pub id: String,
    /// Address of the abstract, where the identifier's register is known.
    pub url: Option<String>,
}

/// Gives each reference its number when it is first cited.
#[derive(Default)]
pub(super) struct Citations<'a> {
    numbers: HashMap<&'a str, u32>,
    entries: Vec<ReferenceEntry>,
}

impl<'a> Citations<'a> {
    /// Cites all literature of an item and adds the numbers to `numbers`, each once.
    pub(super) fn cite(&mut self, evidence: &'a Evidence, numbers: &mut Vec<u32>) {
        for reference in &evidence.references {
            let next = u32::try_from(self.entries.len()).unwrap_or(u32::MAX).saturating_add(1);
            let number = *self.numbers.entry(reference.id.as_str()).or_insert(next);
            if number == next {
                self.entries.push(ReferenceEntry {
                    number,
                    id: reference.id.clone(),
                    url: address(&reference.id),
                });
            }
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
    }

    /// Returns the list for section 5.
    pub(super) fn into_entries(self) -> Vec<ReferenceEntry> {
        self.entries
    }
}

/// Returns where an identifier's abstract can be read.
fn address(id: &str) -> Option<String> {
    if let Some(pmid) = id.strip_prefix("PMID:") {
        let digits = !pmid.is_empty() && pmid.bytes().all(|byte| byte.is_ascii_digit());
        return digits.then(|| format!("https://pubmed.ncbi.nlm.nih.gov/{pmid}/"));
    }
    let doi = id.strip_prefix("DOI:")?;
    let plain = doi.starts_with("10.") && doi.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| format!("https://doi.org/{doi}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_becomes_an_address() {
        assert_eq!(address("PMID:15118073").unwrap(), "https://pubmed.ncbi.nlm.nih.gov/15118073/");
        assert_eq!(address("PMID:1/../x"), None);
        assert_eq!(address("javascript:alert(1)"), None);
        assert_eq!(address("DOI:10.1/a b"), None);
    }
}
