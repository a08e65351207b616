//! What a release says of itself.

use std::collections::BTreeMap;

use model::text::LocalizedText;
use serde::{Deserialize, Serialize};

/// The manifest: `release.json` holds it together with its digest.
///
/// There is no clock in it, so the same sources make the same release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// Version of this format.
    pub format: u32,
    /// Name.
    pub name: String,
    /// Version as its maker calls it.
    pub version: String,
    /// Whether it is for demonstration and not for care.
    pub demonstration: bool,
    /// What a reader must know before using it.
    pub notice: LocalizedText,
    /// Sources in the order in which they were laid on each other.
    pub sources: Vec<Source>,
    /// The level table.
    pub level_table: LevelTableName,
    /// How far the evidence's biomarkers can be used.
    pub biomarkers: BiomarkerCounts,
    /// Evidence whose tumour type has no code here. Units: items.
    pub evidence_without_tumour_code: u64,
    /// The tables by name.
    pub tables: BTreeMap<String, TableDigest>,
}

/// A source of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// Name.
    pub name: String,
    /// Version as its maker calls it; empty where not known.
    pub version: String,
    /// Licence, by SPDX identifier where there is one.
    pub licence: String,
    /// Digest of the source file, `sha256:` and hexadecimal digits.
    pub digest: String,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Records taken. Units: records.
    pub records: u64,
    /// Records left out because they could not be read. Units: records.
    #[serde(default)]
    pub skipped: u64,
}

/// Name and version of the level table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LevelTableName {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

/// How far biomarkers can be used. Units: distinct expressions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BiomarkerCounts {
    /// A result can satisfy them.
    pub matchable: u64,
    /// Understood, but no result can show them.
    pub not_measurable: u64,
    /// Not understood.
    pub not_understood: u64,
}

/// A table's digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TableDigest {
    /// SHA-256. Shape: 64 hexadecimal digits.
    pub sha256: String,
    /// Records. Units: records.
    pub records: u64,
}

/// `release.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReleaseFile {
    /// `sha256:` and the digest of the manifest's canonical text.
    pub(crate) id: String,
    /// The manifest.
    pub(crate) manifest: Manifest,
}

impl Manifest {
    /// The format that is written and read.
    pub const FORMAT: u32 = 1;

    /// Returns the release's identifier: `sha256:` and the digest of the manifest as compact JSON in the
    /// order of this structure.
    pub fn id(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        format!("sha256:{}", super::digest(&text))
    }

    /// Returns `release.json`'s only text.
    pub(crate) fn file_text(&self) -> String {
        let file = ReleaseFile { id: self.id(), manifest: self.clone() };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }
}
