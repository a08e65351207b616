//! The clinical item catalogue: every item that a case's record may hold, once, as data.
//!
//! The tables lie in `crates/model/catalogue`: `items.tsv` (one line an item), `sections.tsv`,
//! `blocks.tsv` (what is repeated), `lists.tsv` and `codes.tsv` (code lists), `organs.tsv` (first level
//! of OncoTree of common tumour types). Forms, completeness, checks and the portal's CSV files follow
//! from them; a new year's items are a change of data.
//!
//! Column names are those of the portal's exports. The labels, the requirement rules and every code that
//! [`Standing::Ours`] marks are ours, not official: the official list of items is not public.
//!
//! Not here: a patient's values ([`crate::clinical_record`]), reading and writing files (`ingest`).

use std::{collections::HashMap, sync::OnceLock};

pub use self::{
    code_list::{Code, CodeList, CodeLists, LoadCodeListError, Standing},
    condition::{Condition, ORGAN, Term},
    item::{Block, Column, Document, Item, ItemType, Phase, Requirement, Section},
    read::ReadCatalogueError,
};

mod code_list;
mod condition;
mod item;
mod read;
mod tables;

/// Version of the embedded catalogue: the day of the portal export whose columns it lists.
pub const VERSION: &str = "2024-08-29";

/// All items, sections, blocks and code lists.
#[derive(Debug)]
pub struct Catalogue {
    items: Vec<Item>,
    sections: Vec<Section>,
    blocks: Vec<Block>,
    lists: CodeLists,
    organs: HashMap<&'static str, &'static str>,
    by_code: HashMap<&'static str, usize>,
    /// Places of the items of each section.
    by_section: HashMap<&'static str, Vec<usize>>,
}

impl Catalogue {
    /// Returns the embedded catalogue; the first call reads it.
    ///
    /// ```
    /// use model::catalogue::{Catalogue, ItemType};
    /// let item = Catalogue::get().item("specimen_collected").expect("the catalogue has it");
    /// assert_eq!(item.item_type, ItemType::Date);
    /// assert_eq!(item.label.en, "Day the tumour specimen was taken");
    /// ```
    pub fn get() -> &'static Self {
        static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
        CATALOGUE.get_or_init(|| match read::embedded() {
            Ok(catalogue) => catalogue,
            Err(error) => unreachable!("the embedded catalogue is whole: {error}"),
        })
    }

    /// Returns every item, in the order of the portal's columns.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Returns an item by its code.
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.by_code.get(code).and_then(|place| self.items.get(*place))
    }

    /// Returns every section, in the order of a form.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Returns a section by its code.
    pub fn section(&self, code: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.code == code)
    }

    /// Returns the items of a section, in their order.
    pub fn items_of_section<'a>(&'a self, section: &'a str) -> impl Iterator<Item = &'a Item> {
        let places = self.by_section.get(section).into_iter().flatten();
        places.filter_map(|place| self.items.get(*place))
    }

    /// Returns every repeated block.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Returns a repeated block by its code.
    pub fn block(&self, code: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.code == code)
    }

    /// Returns the items of a repeated block, in their order.
    pub fn items_of_block<'a>(&'a self, block: &'a str) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(move |item| item.block == Some(block))
    }

    /// Returns the code lists as they are without anything loaded.
    pub fn lists(&self) -> &CodeLists {
        &self.lists
    }

    /// Returns the first level of OncoTree of a tumour type, such as `LUNG` of `LUAD`, where it is known here.
    pub fn organ_of(&self, tumour_type: &str) -> Option<&'static str> {
        self.organs.get(tumour_type).copied()
    }

    /// Returns the columns of one of the portal's CSV files, in their order.
    pub fn columns(&self, document: Document) -> Vec<Column<'_>> {
        let mut columns = Vec::new();
        for item in self.items.iter().filter(|item| item.documents.contains(&document)) {
            columns.push(Column { name: item.column, item, is_label: false });
            if let Some(name) = item.label_column {
                columns.push(Column { name, item, is_label: true });
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_portals_columns() {
        let catalogue = Catalogue::get();
        assert_eq!(catalogue.columns(Document::Case).len(), 369);
        assert_eq!(catalogue.columns(Document::Report).len(), 64);
        for document in [Document::Case, Document::Report] {
            let mut names: Vec<_> =
                catalogue.columns(document).iter().map(|column| column.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "a column name is doubled in {document:?}");
        }
    }

    #[test]
    fn every_name_in_a_table_is_found_in_the_others() {
        let catalogue = Catalogue::get();
        for item in catalogue.items() {
            assert!(catalogue.section(item.section).is_some(), "{}", item.code);
            if let Some(block) = item.block {
                assert!(catalogue.block(block).is_some(), "{}: {block}", item.code);
            }
            assert_eq!(item.list.is_some(), item.item_type == ItemType::Code, "{}", item.code);
            if let Some(list) = item.list {
                let list = catalogue.lists().list(list).expect(item.code);
                let may_be_empty = list.standing == Standing::ToLoad;
                assert!(may_be_empty || !list.codes().is_empty(), "{}: no codes", item.code);
            }
            assert!(!item.label.ja.is_empty() && !item.label.en.is_empty(), "{}", item.code);
        }
        let items: usize = catalogue
            .sections()
            .iter()
            .map(|section| catalogue.items_of_section(section.code).count())
            .sum();
        assert_eq!(items, catalogue.items().len());
        for block in catalogue.blocks() {
            assert!(catalogue.items_of_block(block.code).next().is_some(), "{}", block.code);
        }
    }

    #[test]
    fn conditions_name_items_and_meanings_that_exist() {
        let catalogue = Catalogue::get();
        let of_items = catalogue.items().iter().filter_map(|item| item.requirement.as_ref());
        let conditions = of_items
            .map(|requirement| &requirement.when)
            .chain(catalogue.sections().iter().map(|section| &section.applies))
            .chain(catalogue.blocks().iter().map(|block| &block.needed));
        for term in conditions.flat_map(|condition| &condition.terms) {
            if term.subject == ORGAN {
                continue;
            }
            let item = catalogue.item(term.subject).expect(term.subject);
            let list = catalogue.lists().list(item.list.expect(term.subject)).unwrap();
            for meaning in &term.any_of {
                assert!(
                    list.codes().iter().any(|code| code.meaning == *meaning),
                    "{} has no {meaning}",
                    term.subject
                );
            }
        }
    }

    #[test]
    fn knows_the_organ_of_common_tumour_types() {
        let catalogue = Catalogue::get();
        assert_eq!(catalogue.organ_of("LUAD"), Some("LUNG"));
        assert_eq!(catalogue.organ_of("NOSUCH"), None);
    }
}
