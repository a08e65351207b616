//! Which column holds what, by name.

use std::collections::HashMap;

use model::catalogue::{Catalogue, Document, Item};

use super::Held;

/// Where an item stands in a file. Units: columns, 0-based.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) item: &'static Item,
    pub(super) value: Option<usize>,
    pub(super) label: Option<usize>,
}

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) document: Document,
    /// What each column holds.
    pub(super) held: Vec<Held>,
    /// Items that a case has once.
    pub(super) single: Vec<Place>,
    /// Items of each repeated block.
    pub(super) blocks: Vec<(&'static str, Vec<Place>)>,
    /// Names of columns that the file lacks.
    pub(super) missing: Vec<&'static str>,
    /// Columns that the catalogue does not know. Units: 0-based.
    pub(super) unknown: Vec<usize>,
    /// Columns whose name stood there before. Units: 0-based.
    pub(super) doubled: Vec<usize>,
    /// Whether the known columns stand in the catalogue's order.
    pub(super) in_order: bool,
}

/// Returns a name with every sign that is no letter, digit or underscore as a dot.
pub(super) fn plain(name: &str) -> String {
    let dotted = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '.' };
    name.trim().chars().map(dotted).collect()
}

/// Returns which of the two files a header belongs to: the one that has more of its columns.
pub(super) fn document_of(header: &[String]) -> Option<Document> {
    let count = |document| {
        let columns = Catalogue::get().columns(document);
        let own: std::collections::HashSet<&str> = columns
            .iter()
            .filter(|column| column.item.documents.len() == 1)
            .map(|column| column.name)
            .collect();
        header.iter().filter(|name| own.contains(plain(name).as_str())).count()
    };
    let (case, report) = (count(Document::Case), count(Document::Report));
    match case.cmp(&report) {
        std::cmp::Ordering::Greater => Some(Document::Case),
        std::cmp::Ordering::Less => Some(Document::Report),
        std::cmp::Ordering::Equal => None,
    }
}

impl Columns {
    /// Finds the catalogue's items in a header.
    pub(super) fn of(header: &[String], document: Document) -> Self {
        let known = Catalogue::get().columns(document);
        let places: HashMap<&str, usize> =
            known.iter().enumerate().map(|(place, column)| (column.name, place)).collect();
        let mut found: Vec<Option<usize>> = vec![None; known.len()];
        let mut columns = Self {
            document,
            held: Vec::with_capacity(header.len()),
            single: Vec::new(),
            blocks: Vec::new(),
            missing: Vec::new(),
            unknown: Vec::new(),
            doubled: Vec::new(),
            in_order: true,
        };
        let mut latest = 0;
        for (at, name) in header.iter().enumerate() {
            let held = match places.get(plain(name).as_str()) {
                None => {
                    columns.unknown.push(at);
                    Held::Unknown
                }
                Some(place) if found.get(*place).copied().flatten().is_some() => {
                    columns.doubled.push(at);
                    Held::Unknown
                }
                Some(place) => {
                    columns.in_order &= latest <= *place;
                    latest = *place;
                    columns.take(*place, at, &mut found, &known)
                }
            };
            columns.held.push(held);
        }
        columns.gather(&known, &found);
        columns
    }

    fn take(
        &self,
        place: usize,
        at: usize,
        found: &mut [Option<usize>],
        known: &[model::catalogue::Column<'static>],
    ) -> Held {
        if let Some(slot) = found.get_mut(place) {
            *slot = Some(at);
        }
        match known.get(place) {
            Some(column) if column.is_label => Held::Label(column.item),
            Some(column) => Held::Value(column.item),
            None => Held::Unknown,
        }
    }

    /// Gathers value and label columns by item, and items by block.
    fn gather(&mut self, known: &[model::catalogue::Column<'static>], found: &[Option<usize>]) {
        for (column, at) in known.iter().zip(found) {
            if at.is_none() {
                self.missing.push(column.name);
            }
            let places = match column.item.block {
                None => &mut self.single,
                Some(block) => {
                    if !self.blocks.iter().any(|(code, _)| *code == block) {
                        self.blocks.push((block, Vec::new()));
                    }
                    match self.blocks.iter_mut().find(|(code, _)| *code == block) {
                        Some((_, places)) => places,
                        None => continue,
                    }
                }
            };
            match places.last_mut().filter(|place| place.item.code == column.item.code) {
                Some(place) if column.is_label => place.label = *at,
                _ => places.push(Place { item: column.item, value: *at, label: None }),
            }
        }
    }

    /// Returns the column of an item that a case has once. Units: 0-based.
    pub(super) fn value_of(&self, item: &str) -> Option<usize> {
        self.single.iter().find(|place| place.item.code == item).and_then(|place| place.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal_csv::usual_header;

    #[test]
    fn the_usual_header_is_found_whole() {
        for document in [Document::Case, Document::Report] {
            let header = usual_header(document);
            assert_eq!(document_of(&header), Some(document));
            let columns = Columns::of(&header, document);
            assert!(columns.missing.is_empty() && columns.unknown.is_empty() && columns.in_order);
            let items = columns.blocks.iter().map(|(_, places)| places.len()).sum::<usize>()
                + columns.single.len();
            let expected = Catalogue::get().items().iter();
            assert_eq!(items, expected.filter(|item| item.documents.contains(&document)).count());
        }
    }

    #[test]
    fn the_portals_own_signs_are_taken_for_dots() {
        assert_eq!(plain("症例.基本情報.性別(名称)"), "症例.基本情報.性別.名称.");
        assert_eq!(plain("C-CAT調査結果.基本項目.施設ID"), "C.CAT調査結果.基本項目.施設ID");
        let header = ["症例.基本情報.性別（名称）", "症例.基本情報.性別", "x"].map(str::to_owned);
        let columns = Columns::of(&header, Document::Case);
        assert_eq!(columns.value_of("sex"), Some(1));
        assert!(!columns.in_order);
        assert_eq!(columns.unknown, [2]);
        assert_eq!(columns.missing.len(), 367);
    }

    #[test]
    fn a_doubled_column_is_held_once() {
        let header = ["症例.基本情報.性別", "症例.基本情報.性別"].map(str::to_owned);
        let columns = Columns::of(&header, Document::Case);
        assert_eq!(columns.doubled, [1]);
        assert!(matches!(columns.held[1], Held::Unknown));
    }

    #[test]
    fn a_header_of_neither_file_is_of_neither() {
        assert_eq!(document_of(&["a".to_owned(), "b".to_owned()]), None);
        assert_eq!(document_of(&[]), None);
    }
}
