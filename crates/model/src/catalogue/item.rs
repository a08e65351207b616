//! Items, sections and blocks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use crate::text::LocalizedText;

/// One of the portal's two CSV files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Document {
    /// The case CSV: what hospitals register.
    Case,
    /// The report CSV: what the findings reports said.
    Report,
}

/// What kind of value an item holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ItemType {
    /// A day; a month or a year where the day is not known.
    Date,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// Free text.
    Text,
    /// A code of a list.
    Code,
}

/// The time by which an item is to be filled. Later phases include the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// When the case is registered, before the specimen is sent.
    Registration,
    /// When the expert panel has been held.
    Panel,
    /// When the course after the panel is followed.
    FollowUp,
}

impl Phase {
    /// All phases, in their order.
    pub const ALL: [Self; 3] = [Self::Registration, Self::Panel, Self::FollowUp];

    /// Returns the word that data and addresses use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Panel => "panel",
            Self::FollowUp => "follow_up",
        }
    }

    /// Returns the phase of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

/// When an item must be filled. The rules are ours, not official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// By when.
    pub phase: Phase,
    /// In which cases.
    pub when: Condition,
    /// First day on which the rule holds; `None` where it always did.
    pub from: Option<NaiveDate>,
    /// Last day on which the rule holds; `None` where no end is known.
    pub until: Option<NaiveDate>,
}

impl Requirement {
    /// Returns whether the rule is in force on a day.
    pub fn is_in_force(&self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}

/// An item of the catalogue.
#[derive(Clone, Debug)]
pub struct Item {
    /// Our stable code, such as `specimen_collected`; never reused for another meaning.
    pub code: &'static str,
    /// The CSV files in which it is a column.
    pub documents: &'static [Document],
    /// Code of its section.
    pub section: &'static str,
    /// Code of the repeated block that it belongs to; `None` for an item that a case has once.
    pub block: Option<&'static str>,
    /// What kind of value it holds.
    pub item_type: ItemType,
    /// Its code list, for a code.
    pub list: Option<&'static str>,
    /// Unit of a number, in words, such as `per cent`; empty where there is none.
    pub unit: &'static str,
    /// Least and greatest plausible number, both included.
    pub range: Option<(f64, f64)>,
    /// When it must be filled; `None` where it need not be.
    pub requirement: Option<Requirement>,
    /// Version of the catalogue since which it is there. Units: counted from 1.
    pub since: u16,
    /// What it is called.
    pub label: LocalizedText,
    /// Its column in the portal's CSV.
    pub column: &'static str,
    /// The column beside it that holds the code's label, where there is one.
    pub label_column: Option<&'static str>,
}

/// A section of the form.
#[derive(Clone, Debug)]
pub struct Section {
    /// Our stable code.
    pub code: &'static str,
    /// Which of the six categories of clinical data it belongs to: `basic`, `specimen`, `background`, `tumour`,
    /// `therapy` or `outcome`; `report` for the findings report's; empty for identifiers.
    pub category: &'static str,
    /// Which cases it is for.
    pub applies: Condition,
    /// What it is called.
    pub label: LocalizedText,
}

/// A repeated block: a table of rows, such as one regimen a row.
#[derive(Clone, Debug)]
pub struct Block {
    /// Our stable code.
    pub code: &'static str,
    /// In which cases it must have a row; never where empty.
    pub needed: Condition,
    /// What one row is called.
    pub label: LocalizedText,
}

/// A column of a CSV file.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its name.
    pub name: &'static str,
    /// The item it holds.
    pub item: &'a Item,
    /// Whether it holds the label of the item's code, and not the value.
    pub is_label: bool,
}
