//! Test products: gene panels with their versions.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::PartialDate;
use crate::{
    gene::GeneSymbol,
    text::{Language, LocalizedText},
};

/// A kind of sample that a panel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SampleKind {
    /// Formalin-fixed, paraffin-embedded tissue.
    Ffpe,
    /// Blood as the matched normal sample.
    MatchedBlood,
    /// Plasma.
    Plasma,
    /// Blood, bone marrow or tissue of a blood cancer.
    BloodOrMarrow,
    /// Buccal swab or nail as the normal sample.
    BuccalOrNail,
    /// RNA of the same tissue.
    Rna,
}

/// Something that a panel reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReportedThing {
    /// Short variants.
    ShortVariants,
    /// Copy-number alterations.
    CopyNumber,
    /// Fusions and rearrangements.
    Fusions,
    /// Exon skipping.
    ExonSkipping,
    /// Expression.
    Expression,
    /// Tumour mutational burden.
    Tmb,
    /// Microsatellite instability.
    Msi,
    /// Germline variants.
    Germline,
}

macro_rules! worded {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the word of tables.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the word of tables.
            pub fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

worded!(SampleKind {
    Ffpe = "ffpe",
    MatchedBlood = "matched_blood",
    Plasma = "plasma",
    BloodOrMarrow = "blood_or_marrow",
    BuccalOrNail = "buccal_or_nail",
    Rna = "rna",
});
worded!(ReportedThing {
    ShortVariants = "short_variants",
    CopyNumber = "copy_number",
    Fusions = "fusions",
    ExonSkipping = "exon_skipping",
    Expression = "expression",
    Tmb = "tmb",
    Msi = "msi",
    Germline = "germline",
});

/// One version of a panel. What no source says is `None` or empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PanelVersion {
    /// Version as the maker writes it; empty where no source says it.
    #[serde(default)]
    pub version: String,
    /// Since when it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PartialDate>,
    /// Until when it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<PartialDate>,
    /// How many genes it is said to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gene_count: Option<u32>,
    /// The genes that it covers, where a list is loaded; only then is wild type known to be wild type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genes: Option<BTreeSet<GeneSymbol>>,
    /// What it takes.
    #[serde(default)]
    pub samples: BTreeSet<SampleKind>,
    /// What it reports.
    #[serde(default)]
    pub reports: BTreeSet<ReportedThing>,
    /// Where this comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl PanelVersion {
    /// Returns whether it may have been in use on a day, as far as is known.
    pub fn may_hold_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from.first_day() <= day)
            && self.until.is_none_or(|until| !until.is_day() || day <= until.first_day())
    }

    /// Returns whether it covers a gene; `None` where no gene list is loaded.
    pub fn covers(&self, gene: &GeneSymbol) -> Option<bool> {
        self.genes.as_ref().map(|genes| genes.contains(gene))
    }
}

/// A gene panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PanelProduct {
    /// Code; ours, not an official one.
    pub code: String,
    /// Names.
    pub name: LocalizedText,
    /// Who makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<String>,
    /// When it was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<PartialDate>,
    /// Since when insurance pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insured: Option<PartialDate>,
    /// Whether it is a companion diagnostic too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub companion_diagnostic: Option<bool>,
    /// Its versions, oldest first.
    pub versions: Vec<PanelVersion>,
    /// Whether it is invented.
    #[serde(default)]
    pub synthetic: bool,
}

impl PanelProduct {
    /// Returns the name in the reader's language; in the other one where there is none.
    pub fn name(&self, language: Language) -> &str {
        let name = self.name.get(language);
        if name.is_empty() { &self.name.ja } else { name }
    }

    /// Returns the version of a name.
    pub fn version(&self, version: &str) -> Option<&PanelVersion> {
        self.versions.iter().find(|each| each.version == version)
    }

    /// Returns the newest version.
    pub fn newest(&self) -> Option<&PanelVersion> {
        self.versions.last()
    }

    /// Returns whether it has versions, each once, in their order, and no empty list of genes.
    pub fn is_sound(&self) -> bool {
        let mut again = Self { versions: Vec::new(), ..self.clone() };
        self.versions.iter().for_each(|version| again.put_version(version.clone()));
        let lists = self.versions.iter().filter_map(|version| version.genes.as_ref());
        !self.versions.is_empty()
            && again == *self
            && lists.into_iter().all(|genes| !genes.is_empty())
    }

    /// Adds a version, or replaces the one of the same name; they stay in the order of their first days.
    pub fn put_version(&mut self, version: PanelVersion) {
        self.versions.retain(|other| other.version != version.version);
        self.versions.push(version);
        self.versions
            .sort_by(|one, other| (one.from, &one.version).cmp(&(other.from, &other.version)));
    }
}
