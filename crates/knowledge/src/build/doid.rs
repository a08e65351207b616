//! From Disease Ontology to OncoTree: `crates/knowledge/tables/doid_oncotree.tsv`, made by us.
//!
//! Where no identifier is given, the name decides. A type that OncoTree does not have is mapped only
//! where a code means the same; a broader code would claim more than the source does.

use std::{collections::HashMap, sync::LazyLock};

use crate::table::Table;

const TABLE: &str = include_str!("../../tables/doid_oncotree.tsv");

/// OncoTree codes joined with `|`, and the biomarker that defines the type beyond them.
pub(super) type Codes = (&'static str, &'static str);

struct Index {
    by_doid: HashMap<&'static str, Codes>,
    by_name: HashMap<String, Codes>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { by_doid: HashMap::new(), by_name: HashMap::new() };
    let table = Table::read(TABLE);
    if let Ok([doid, name, codes, requires]) = table.columns(["doid", "name", "codes", "requires"])
    {
        for row in table {
            let entry = (row.get(codes), row.get(requires));
            if !row.get(doid).is_empty() {
                index.by_doid.insert(row.get(doid), entry);
            }
            index.by_name.insert(row.get(name).to_lowercase(), entry);
        }
    }
    index
});

/// Returns what a disease is in OncoTree: no codes where OncoTree has none of the same meaning, `None` where
/// the disease is not in the table.
pub(super) fn lookup(doid: &str, name: &str) -> Option<Codes> {
    let doid = doid.trim().trim_start_matches("DOID:");
    let found = INDEX.by_doid.get(doid).or_else(|| INDEX.by_name.get(&name.trim().to_lowercase()));
    found.copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::biomarker::{Biomarker, Readability};

    #[test]
    fn every_row_can_be_used() {
        assert!(INDEX.by_doid.len() > 200, "{}", INDEX.by_doid.len());
        for (codes, requires) in INDEX.by_doid.values().chain(INDEX.by_name.values()) {
            assert!(
                codes.split('|').all(|code| code.trim() == code && !code.contains(' ')),
                "{codes}"
            );
            if !requires.is_empty() {
                let biomarker = Biomarker::parse(requires, None);
                assert_eq!(biomarker.readability(), Readability::Matchable, "{requires}");
            }
        }
    }

    #[test]
    fn finds_by_identifier_and_by_name() {
        assert_eq!(lookup("3908", "").map(|codes| codes.0), Some("NSCLC"));
        assert_eq!(lookup("", "Solid Tumor").map(|codes| codes.0), Some("*solid"));
        assert_eq!(lookup("0", "Nothing Known"), None);
    }
}
