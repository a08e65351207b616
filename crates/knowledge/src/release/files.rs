//! A release as files: the manifest and one readable table for each kind.

use std::collections::BTreeMap;

use super::manifest::Manifest;

/// The kinds of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Approvals.
    Approvals,
    /// Drugs.
    Drugs,
    /// Evidence.
    Evidence,
    /// Genes.
    Genes,
    /// Hotspots.
    Hotspots,
    /// Panels.
    Panels,
    /// Secondary-finding genes.
    SecondaryFindings,
    /// Tumour types.
    TumourTypes,
}

impl Kind {
    /// Every kind, in the order of the file names.
    pub(crate) const ALL: [Self; 8] = [
        Self::Approvals,
        Self::Drugs,
        Self::Evidence,
        Self::Genes,
        Self::Hotspots,
        Self::Panels,
        Self::SecondaryFindings,
        Self::TumourTypes,
    ];

    /// Returns the file name.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Self::Approvals => "approvals.tsv",
            Self::Drugs => "drugs.tsv",
            Self::Evidence => "evidence.tsv",
            Self::Genes => "genes.tsv",
            Self::Hotspots => "hotspots.tsv",
            Self::Panels => "panels.tsv",
            Self::SecondaryFindings => "secondary_findings.tsv",
            Self::TumourTypes => "tumour_types.tsv",
        }
    }

    /// Returns the columns that tell records apart.
    pub(crate) fn key_columns(self) -> &'static [&'static str] {
        match self {
            Self::Approvals => &["drug", "region", "tumour_codes", "biomarker"],
            Self::Drugs | Self::Evidence => &["id"],
            Self::Genes => &["symbol"],
            Self::Hotspots => &["gene", "first", "last", "kind"],
            Self::Panels => &["name", "version"],
            Self::SecondaryFindings => &["gene"],
            Self::TumourTypes => &["code"],
        }
    }

    /// Returns the columns; `source` is the index of the manifest's source.
    pub(crate) fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Approvals => {
                &["drug", "region", "tumour_codes", "biomarker", "approved", "note", "source"]
            }
            Self::Drugs => &["id", "name_en", "name_ja", "classes", "aliases", "source"],
            Self::Evidence => &[
                "id",
                "gene",
                "biomarker",
                "tumour_name",
                "doid",
                "tumour_codes",
                "tumour_requires",
                "drugs",
                "interaction",
                "evidence_type",
                "direction",
                "significance",
                "strength",
                "references",
                "url",
                "note_ja",
                "note_en",
                "source",
            ],
            Self::Genes => {
                &["symbol", "name_en", "name_ja", "role", "location", "aliases", "source"]
            }
            Self::Hotspots => &["gene", "first", "last", "kind", "tumours", "note", "source"],
            Self::Panels => &[
                "name",
                "version",
                "kind",
                "sample",
                "test_type",
                "genes",
                "aliases",
                "note",
                "source",
            ],
            Self::SecondaryFindings => {
                &["gene", "condition_en", "condition_ja", "zygosity", "note", "source"]
            }
            Self::TumourTypes => &[
                "code",
                "name_en",
                "name_ja",
                "parent",
                "tissue",
                "doids",
                "haematological",
                "source",
            ],
        }
    }
}

/// File name of the level table.
pub(crate) const LEVELS: &str = "levels.tsv";
/// File name of the manifest.
pub(crate) const MANIFEST: &str = "release.json";

/// The manifest and the text of each table by file name.
#[derive(Clone, Debug)]
pub struct ReleaseFiles {
    /// The manifest.
    pub manifest: Manifest,
    /// The tables' texts by file name.
    pub tables: BTreeMap<String, String>,
}

impl ReleaseFiles {
    /// Returns a table's text; empty where there is none.
    pub(crate) fn table(&self, name: &str) -> &str {
        self.tables.get(name).map_or("", String::as_str)
    }
}
