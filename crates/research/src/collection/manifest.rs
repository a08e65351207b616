//! What is written down of a collection.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use model::text::LocalizedText;
use serde::{Deserialize, Serialize};

/// Longest name. Units: letters.
const MAX_LETTERS: usize = 40;
/// Names that no collection may have: registered cases are one already.
const TAKEN: [&str; 1] = ["registered"];

/// Name of a collection, as queries use it. Shape: small letters, digits and hyphens, a letter first; at most 40.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CollectionName(String);

impl CollectionName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CollectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that is no name of a collection.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "read a collection's name: use small letters, digits and hyphens, a letter first, at most \
     {MAX_LETTERS}, and not \"registered\""
)]
pub struct ParseCollectionNameError;

impl FromStr for CollectionName {
    type Err = ParseCollectionNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_letter =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = text.len() <= MAX_LETTERS
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(is_letter)
            && !TAKEN.contains(&text);
        fits.then(|| Self(text.to_owned())).ok_or(ParseCollectionNameError)
    }
}

impl TryFrom<String> for CollectionName {
    type Error = ParseCollectionNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CollectionName> for String {
    fn from(name: CollectionName) -> Self {
        name.0
    }
}

/// What a collection's days are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Days of the calendar, as `YYYY-MM-DD`.
    #[default]
    Calendar,
    /// Whole days since diagnosis. The day of diagnosis is the index's first day, 1900-01-01, for every case: only
    /// what lies between two days means something.
    SinceDiagnosis,
}

/// A file that a collection was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFile {
    /// Its name, without folders.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Length. Units: bytes.
    pub bytes: u64,
}

/// How many problems there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemCounts {
    /// Warnings.
    pub warnings: u64,
    /// Notes.
    pub notes: u64,
}

/// What is written down of a collection. Shape in JSON: camelCase keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Name.
    pub name: CollectionName,
    /// What it is called on pages.
    pub title: LocalizedText,
    /// Cases.
    pub cases: u64,
    /// Whether its cases are invented.
    pub synthetic: bool,
    /// Whether research users may search it, whose patients the programme never asked.
    pub research_use: bool,
    /// What the licence of the data says.
    pub licence: String,
    /// Where the data are from, as they want to be cited.
    pub source: String,
    /// What its days are.
    pub days: DayKind,
    /// Files that it was made of.
    pub files: Vec<SourceFile>,
    /// The mapping by which they were read; none for the portal's exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<SourceFile>,
    /// Problems found while they were read.
    pub problems: ProblemCounts,
    /// Knowledge release whose names and evidence levels were used.
    pub knowledge: String,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// Version of the program that made it.
    pub made_by: String,
    /// The snapshot's file beside the manifest; set when it is put into a folder.
    #[serde(default)]
    pub snapshot: String,
    /// SHA-256 of the snapshot.
    #[serde(default)]
    pub snapshot_sha256: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_written_in_a_query_and_as_a_file() {
        for good in ["tcga", "a", "laml-2013"] {
            assert_eq!(good.parse::<CollectionName>().unwrap().as_str(), good);
        }
        let long = "a".repeat(41);
        for wrong in ["", "TCGA", "../x", "1a", "-a", "a b", "registered", "合成", &long] {
            assert!(wrong.parse::<CollectionName>().is_err(), "{wrong}");
        }
    }
}
