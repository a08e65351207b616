//! Releases: immutable, content-addressed sets of tables.
//!
//! Not here: making one of sources (`build`).

use std::{collections::HashSet, sync::LazyLock};

use model::tumour::TumourTypeCode;
use sha2::{Digest, Sha256};

use crate::{
    drug::{Approval, Drug},
    evidence::Evidence,
    facts::{GeneFacts, Hotspot, Panel, SecondaryFindingGene},
    level::LevelTable,
    tumour::TumourType,
};

pub mod files;
pub(crate) mod index;
pub mod load;
pub mod manifest;
mod names;
pub mod open;
mod starter;

pub(crate) use index::Index;
use manifest::Manifest;

/// Where OncoTree is published: sources that are of it name it.
pub(crate) const ONCOTREE: &str = "https://oncotree.mskcc.org/";
/// How the names of the starter's sources begin.
pub(crate) const STARTER_NAME: &str = "Tsumugi starter: ";
/// Version of OncoTree that the starter's tumour types follow (`starter/README.md`).
const STARTER_ONCOTREE: &str = "2025-10-03";

/// A release, opened and indexed. It never changes.
#[derive(Debug)]
pub struct Release {
    id: String,
    manifest: Manifest,
    parts: Parts,
    index: Index,
}

/// The tables as values.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) tumour_types: Vec<TumourType>,
    pub(crate) genes: Vec<GeneFacts>,
    pub(crate) panels: Vec<Panel>,
    pub(crate) drugs: Vec<Drug>,
    pub(crate) approvals: Vec<Approval>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) hotspots: Vec<Hotspot>,
    pub(crate) secondary_findings: Vec<SecondaryFindingGene>,
    pub(crate) levels: LevelTable,
}

/// Returns SHA-256 in hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Release {
    /// Returns the release that ships in the binary: made by us for demonstration, not for care.
    pub fn starter() -> &'static Self {
        static STARTER: LazyLock<Release> = LazyLock::new(starter::release);
        &STARTER
    }

    /// Returns the identifier: `sha256:` and hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns a tumour type by code.
    pub fn tumour_type(&self, code: &TumourTypeCode) -> Option<&TumourType> {
        self.index.tumour_types.get(code).and_then(|at| self.parts.tumour_types.get(*at))
    }

    /// Returns the version of OncoTree of which the tumour types are; `None` where no source says so.
    pub fn oncotree_version(&self) -> Option<&str> {
        let sources = self.manifest.sources.iter();
        let mut trees = sources.filter(|source| source.url.as_deref() == Some(ONCOTREE));
        let tree = trees.next_back()?;
        // The starter's tables carry the version of the starter.
        let version =
            if tree.name.starts_with(STARTER_NAME) { STARTER_ONCOTREE } else { &*tree.version };
        Some(version).filter(|version| !version.is_empty())
    }

    /// Returns every tumour type in the order of its code.
    pub fn tumour_types(&self) -> impl Iterator<Item = &TumourType> {
        self.parts.tumour_types.iter()
    }

    /// Returns facts of a gene by symbol or alias.
    pub fn gene(&self, symbol: &str) -> Option<&GeneFacts> {
        self.index.genes.get(symbol).and_then(|at| self.parts.genes.get(*at))
    }

    /// Returns every gene with facts.
    pub fn genes(&self) -> impl Iterator<Item = &GeneFacts> {
        self.parts.genes.iter()
    }

    /// Returns the gene's present symbol: the one written, or the one that it is an alias of.
    pub(crate) fn symbol<'a>(&'a self, written: &'a str) -> &'a str {
        self.gene(written).map_or(written, |gene| gene.symbol.as_str())
    }

    /// Returns a panel by name or alias, ignoring case, spaces and punctuation; the version decides among several.
    pub fn panel(&self, name: &str, version: Option<&str>) -> Option<&Panel> {
        self.panel_index(name, version).and_then(|at| self.parts.panels.get(at))
    }

    fn panel_index(&self, name: &str, version: Option<&str>) -> Option<usize> {
        let places = self.index.panels.get(&panel_key(name))?;
        let same_version = places.iter().find(|at| {
            let panel = self.parts.panels.get(**at);
            version.is_some() && panel.and_then(|panel| panel.version.as_deref()) == version
        });
        same_version.or(places.last()).copied()
    }

    /// Returns a panel's genes under present symbols; `None` where the panel or its gene list is not known.
    pub(crate) fn panel_genes(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Option<&HashSet<String>> {
        let at = self.panel_index(name, version)?;
        let panel = self.parts.panels.get(at).filter(|panel| !panel.genes.is_empty())?;
        let genes = self.index.panel_genes.get(at)?.get_or_init(|| {
            panel.genes.iter().map(|gene| self.symbol(gene.as_str()).to_owned()).collect()
        });
        Some(genes)
    }

    /// Returns every panel.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.parts.panels.iter()
    }

    /// Returns a gene's row in the secondary-finding list.
    pub fn secondary_finding(&self, gene: &str) -> Option<&SecondaryFindingGene> {
        let at = self.index.secondary_findings.get(self.symbol(gene))?;
        self.parts.secondary_findings.get(*at)
    }

    /// Returns every gene of the secondary-finding list.
    pub fn secondary_findings(&self) -> impl Iterator<Item = &SecondaryFindingGene> {
        self.parts.secondary_findings.iter()
    }

    /// Returns the hotspot at a codon. Units: 1-based codon number.
    pub fn hotspot(&self, gene: &str, codon: u32) -> Option<&Hotspot> {
        self.hotspots_of(gene).find(|hotspot| (hotspot.first..=hotspot.last).contains(&codon))
    }

    /// Returns a gene's hotspots.
    pub(crate) fn hotspots_of(&self, gene: &str) -> impl Iterator<Item = &Hotspot> {
        let places = self.index.hotspots.get(self.symbol(gene));
        places.into_iter().flatten().filter_map(|at| self.parts.hotspots.get(*at))
    }

    /// Returns every hotspot.
    pub fn hotspots(&self) -> impl Iterator<Item = &Hotspot> {
        self.parts.hotspots.iter()
    }

    /// Returns every evidence item in the order of its identifier.
    pub fn evidence(&self) -> impl Iterator<Item = &Evidence> {
        self.parts.evidence.iter()
    }

    /// Returns every drug.
    pub fn drugs(&self) -> impl Iterator<Item = &Drug> {
        self.parts.drugs.iter()
    }

    /// Returns a drug by identifier.
    pub fn drug(&self, id: &str) -> Option<&Drug> {
        let at = self.parts.drugs.binary_search_by(|drug| drug.id.as_str().cmp(id)).ok()?;
        self.parts.drugs.get(at)
    }

    /// Returns every approval.
    pub fn approvals(&self) -> impl Iterator<Item = &Approval> {
        self.parts.approvals.iter()
    }

    /// Returns the level table.
    pub fn levels(&self) -> &LevelTable {
        &self.parts.levels
    }

    /// Returns where things are in the tables.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    pub(crate) fn evidence_at(&self, at: usize) -> Option<&Evidence> {
        self.parts.evidence.get(at)
    }

    pub(crate) fn approval_at(&self, at: usize) -> Option<&Approval> {
        self.parts.approvals.get(at)
    }

    /// Puts a release together and indexes it.
    pub(crate) fn assemble(manifest: Manifest, mut parts: Parts) -> Self {
        parts.drugs.sort_by(|a, b| a.id.cmp(&b.id));
        let mut release = Self { id: manifest.id(), manifest, parts, index: Index::default() };
        let mut index = Index::default();
        for (at, tumour) in release.parts.tumour_types.iter().enumerate() {
            index.tumour_types.insert(tumour.code.clone(), at);
        }
        for (at, gene) in release.parts.genes.iter().enumerate() {
            for alias in &gene.aliases {
                index.genes.entry(alias.clone()).or_insert(at);
            }
        }
        for (at, gene) in release.parts.genes.iter().enumerate() {
            index.genes.insert(gene.symbol.0.clone(), at);
        }
        // Aliases are needed to index the rest under present symbols.
        release.index = index;
        let mut index = Index::of(&release);
        index.tumour_types = std::mem::take(&mut release.index.tumour_types);
        index.genes = std::mem::take(&mut release.index.genes);
        release.index = index;
        release
    }
}

pub(crate) fn panel_key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
