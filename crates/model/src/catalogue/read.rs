//! Reads the embedded tables.

use std::{borrow::Cow, collections::HashMap};

use chrono::NaiveDate;

use super::{
    Catalogue,
    code_list::{Code, CodeList, CodeLists, Standing},
    condition::Condition,
    item::{Block, Document, Item, ItemType, Phase, Requirement, Section},
    tables::{Row, Table},
};
use crate::text::LocalizedText;

/// A table of the catalogue that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "read the catalogue: {table}, line {line}: the cell {column:?} is missing or has a wrong shape"
)]
pub struct ReadCatalogueError {
    /// The table.
    pub table: &'static str,
    /// The line. Units: 1-based.
    pub line: usize,
    /// The column; empty where the line as a whole is wrong.
    pub column: &'static str,
}

/// Reads the tables that are part of the program.
pub(super) fn embedded() -> Result<Catalogue, ReadCatalogueError> {
    let items = items(include_str!("../../catalogue/items.tsv"))?;
    let by_code = items.iter().enumerate().map(|(place, item)| (item.code, place)).collect();
    let mut by_section: HashMap<_, Vec<usize>> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        by_section.entry(item.section).or_default().push(place);
    }
    Ok(Catalogue {
        by_code,
        by_section,
        items,
        sections: sections(include_str!("../../catalogue/sections.tsv"))?,
        blocks: blocks(include_str!("../../catalogue/blocks.tsv"))?,
        lists: lists(
            include_str!("../../catalogue/lists.tsv"),
            include_str!("../../catalogue/codes.tsv"),
        )?,
        organs: organs(include_str!("../../catalogue/organs.tsv"))?,
    })
}

fn label(row: &Row<'_>) -> Result<LocalizedText, ReadCatalogueError> {
    Ok(LocalizedText::of(row.text("label_ja")?, row.text("label_en")?))
}

fn condition(row: &Row<'_>, column: &'static str) -> Result<Condition, ReadCatalogueError> {
    Condition::read(row.text(column)?).ok_or_else(|| row.broken(column))
}

fn items(text: &'static str) -> Result<Vec<Item>, ReadCatalogueError> {
    let mut items: Vec<Item> = Vec::new();
    Table::new("items.tsv", text).for_each(|row| {
        let code = row.text("code")?;
        if items.iter().any(|item| item.code == code) {
            return Err(row.broken("code"));
        }
        items.push(Item {
            code,
            documents: documents(row)?,
            section: row.text("section")?,
            block: row.filled("block")?,
            item_type: item_type(row)?,
            list: row.filled("list")?,
            unit: row.text("unit")?,
            range: range(row)?,
            requirement: requirement(row)?,
            since: row.text("since")?.parse().map_err(|_| row.broken("since"))?,
            label: label(row)?,
            column: row.text("column")?,
            label_column: row.filled("name_column")?,
        });
        Ok(())
    })?;
    Ok(items)
}

fn documents(row: &Row<'_>) -> Result<&'static [Document], ReadCatalogueError> {
    match row.text("documents")? {
        "case" => Ok(&[Document::Case]),
        "report" => Ok(&[Document::Report]),
        "both" => Ok(&[Document::Case, Document::Report]),
        _ => Err(row.broken("documents")),
    }
}

fn item_type(row: &Row<'_>) -> Result<ItemType, ReadCatalogueError> {
    match row.text("type")? {
        "date" => Ok(ItemType::Date),
        "integer" => Ok(ItemType::Integer),
        "decimal" => Ok(ItemType::Decimal),
        "text" => Ok(ItemType::Text),
        "code" => Ok(ItemType::Code),
        _ => Err(row.broken("type")),
    }
}

fn range(row: &Row<'_>) -> Result<Option<(f64, f64)>, ReadCatalogueError> {
    let Some(text) = row.filled("range")? else { return Ok(None) };
    let bounds = text.split_once("..").and_then(|(low, high)| {
        let (low, high) = (low.parse().ok()?, high.parse().ok()?);
        (low < high).then_some((low, high))
    });
    bounds.map(Some).ok_or_else(|| row.broken("range"))
}

/// Reads `PHASE [when CONDITION] [from DATE] [until DATE]`.
fn requirement(row: &Row<'_>) -> Result<Option<Requirement>, ReadCatalogueError> {
    let Some(text) = row.filled("requirement")? else { return Ok(None) };
    let broken = || row.broken("requirement");
    let mut words = text.split(' ');
    let phase = words.next().and_then(Phase::of_word).ok_or_else(broken)?;
    let mut rule = Requirement { phase, when: Condition::default(), from: None, until: None };
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(broken)?;
        match word {
            "when" => rule.when = Condition::read(value).ok_or_else(broken)?,
            "from" => rule.from = Some(date(value).ok_or_else(broken)?),
            "until" => rule.until = Some(date(value).ok_or_else(broken)?),
            _ => return Err(broken()),
        }
    }
    Ok(Some(rule))
}

fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn sections(text: &'static str) -> Result<Vec<Section>, ReadCatalogueError> {
    let mut sections = Vec::new();
    Table::new("sections.tsv", text).for_each(|row| {
        sections.push(Section {
            code: row.text("code")?,
            category: row.text("category")?,
            applies: condition(row, "applies")?,
            label: label(row)?,
        });
        Ok(())
    })?;
    Ok(sections)
}

fn blocks(text: &'static str) -> Result<Vec<Block>, ReadCatalogueError> {
    let mut blocks = Vec::new();
    Table::new("blocks.tsv", text).for_each(|row| {
        blocks.push(Block {
            code: row.text("code")?,
            needed: condition(row, "needed")?,
            label: label(row)?,
        });
        Ok(())
    })?;
    Ok(blocks)
}

fn lists(lists: &'static str, codes: &'static str) -> Result<CodeLists, ReadCatalogueError> {
    let mut all = CodeLists::default();
    Table::new("lists.tsv", lists).for_each(|row| {
        let standing = match row.text("standing")? {
            "whole" => Standing::Whole,
            "partial" => Standing::Partial,
            "ours" => Standing::Ours,
            "loaded" => Standing::ToLoad,
            _ => return Err(row.broken("standing")),
        };
        all.add(CodeList::new(row.text("code")?, standing, label(row)?, row.text("source")?));
        Ok(())
    })?;
    Table::new("codes.tsv", codes).for_each(|row| {
        let list = all.list_mut(row.text("list")?).ok_or_else(|| row.broken("list"))?;
        let code = Code {
            code: Cow::Borrowed(row.text("code")?),
            meaning: Cow::Borrowed(row.text("meaning")?),
            label: label(row)?,
        };
        if list.add(code) { Ok(()) } else { Err(row.broken("code")) }
    })?;
    Ok(all)
}

fn organs(text: &'static str) -> Result<HashMap<&'static str, &'static str>, ReadCatalogueError> {
    let mut organs = HashMap::new();
    Table::new("organs.tsv", text).for_each(|row| {
        organs.insert(row.text("tumour_type")?, row.text("organ")?);
        Ok(())
    })?;
    Ok(organs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_tables_are_whole() {
        assert_eq!(embedded().map(|_| ()), Ok(()));
    }

    #[test]
    fn a_broken_table_says_where() {
        let header = "tumour_type\torgan\n";
        assert_eq!(organs(header).unwrap().len(), 0);
        let error = organs("tumour_type\torgan\nLUAD\n").unwrap_err();
        assert_eq!((error.table, error.line), ("organs.tsv", 2));
        assert_eq!(sections("code\n x\n").unwrap_err().column, "category");
    }

    #[test]
    fn reads_dated_requirements() {
        let text = "requirement\nregistration when a=yes from 2025-04-01\nsoon\npanel when\n\n";
        let mut outcomes = Vec::new();
        Table::new("items.tsv", text)
            .for_each(|row| {
                outcomes.push(requirement(row));
                Ok(())
            })
            .unwrap();
        let first = outcomes[0].clone().unwrap().unwrap();
        let day = |text: &str| date(text).unwrap();
        assert!(first.is_in_force(day("2025-04-01")) && !first.is_in_force(day("2025-03-31")));
        assert!(outcomes[1].is_err() && outcomes[2].is_err());
        assert_eq!(outcomes[3], Ok(None));
    }
}
