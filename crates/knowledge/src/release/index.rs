//! Where things are in a release's tables.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use model::{gene::GeneSymbol, tumour::TumourTypeCode};

use super::{Release, panel_key};
use crate::{
    biomarker::{Alteration, Biomarker, Readability},
    evidence::Evidence,
    tumour::TumourScope,
};

/// Where things are in the tables.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(super) tumour_types: HashMap<TumourTypeCode, usize>,
    pub(super) genes: HashMap<String, usize>,
    pub(super) panels: HashMap<String, Vec<usize>>,
    /// Each panel's genes under present symbols, made when first asked for.
    pub(super) panel_genes: Vec<OnceLock<HashSet<String>>>,
    pub(super) hotspots: HashMap<String, Vec<usize>>,
    pub(super) secondary_findings: HashMap<String, usize>,
    /// Distinct biomarkers that a result can satisfy.
    pub(crate) biomarkers: Vec<BiomarkerEntry>,
    biomarkers_by_gene: HashMap<String, Vec<usize>>,
    /// Biomarkers with genome-wide markers.
    pub(crate) biomarkers_on_markers: Vec<usize>,
    /// Biomarkers that a result without alterations could satisfy.
    pub(crate) biomarkers_without_alteration: Vec<usize>,
    /// For each evidence item: which distinct scope and which distinct regimens.
    pub(crate) evidence: Vec<EvidenceEntry>,
    /// How many distinct scopes there are.
    pub(crate) scopes: usize,
    /// Distinct regimens.
    pub(crate) regimens: Vec<RegimenEntry>,
}

/// A biomarker and the evidence that asks for it.
#[derive(Debug)]
pub(crate) struct BiomarkerEntry {
    pub(crate) biomarker: Arc<Biomarker>,
    pub(crate) evidence: Vec<usize>,
}

/// What an evidence item shares with others.
#[derive(Debug)]
pub(crate) struct EvidenceEntry {
    pub(crate) scope: usize,
    pub(crate) regimens: Vec<usize>,
}

/// What approvals say of a regimen whoever the patient is.
#[derive(Debug, Default)]
pub(crate) struct RegimenEntry {
    /// Approvals of just this regimen.
    pub(crate) approvals: Vec<usize>,
    /// Regions in which each of its drugs has some approval.
    pub(crate) regions: BTreeSet<String>,
    /// Whether each of its drugs has some approval somewhere.
    pub(crate) approved_somewhere: bool,
    /// Whether one of its drugs is known to be in trials only.
    pub(crate) investigational: bool,
}

impl Index {
    /// Returns the biomarkers that name a gene by its present symbol.
    pub(crate) fn biomarkers_of_gene(&self, gene: &str) -> &[usize] {
        self.biomarkers_by_gene.get(gene).map_or(&[], Vec::as_slice)
    }

    /// Indexes a release whose genes and tumour types can already be looked up.
    pub(super) fn of(release: &Release) -> Self {
        let mut index = Self::default();
        for (at, panel) in release.panels().enumerate() {
            let names = panel.aliases.iter().chain([&panel.name]);
            let keys: HashSet<String> = names.map(|name| panel_key(name)).collect();
            for key in keys {
                index.panels.entry(key).or_default().push(at);
            }
            index.panel_genes.push(OnceLock::new());
        }
        for (at, hotspot) in release.hotspots().enumerate() {
            let gene = release.symbol(hotspot.gene.as_str()).to_owned();
            index.hotspots.entry(gene).or_default().push(at);
        }
        for (at, row) in release.secondary_findings().enumerate() {
            index.secondary_findings.insert(release.symbol(row.gene.as_str()).to_owned(), at);
        }
        index.add_evidence(release);
        index
    }

    fn add_evidence(&mut self, release: &Release) {
        let regions = regions_by_drug(release);
        let mut approvals: HashMap<&[String], Vec<usize>> = HashMap::new();
        for (at, approval) in release.approvals().enumerate() {
            approvals.entry(&approval.regimen.keys).or_default().push(at);
        }
        let mut biomarkers: HashMap<*const Biomarker, usize> = HashMap::new();
        let mut scopes: HashMap<String, usize> = HashMap::new();
        let mut regimens: HashMap<&[String], usize> = HashMap::new();
        for (at, evidence) in release.evidence().enumerate() {
            let next = scopes.len();
            let scope = *scopes.entry(scope_key(&evidence.tumours)).or_insert(next);
            let entries = evidence.regimens.iter().map(|regimen| {
                *regimens.entry(&regimen.keys).or_insert_with(|| {
                    let approvals = approvals.get(regimen.keys.as_slice()).cloned();
                    let entry = regimen_entry(release, &regions, &regimen.keys, approvals);
                    self.regimens.push(entry);
                    self.regimens.len() - 1
                })
            });
            let entry = EvidenceEntry { scope, regimens: entries.collect() };
            self.evidence.push(entry);
            if evidence.biomarker.readability() == Readability::Matchable {
                self.add_biomarker(&mut biomarkers, at, evidence);
            }
        }
        self.scopes = scopes.len();
    }

    fn add_biomarker(
        &mut self,
        known: &mut HashMap<*const Biomarker, usize>,
        at: usize,
        evidence: &Evidence,
    ) {
        // Equal expressions were parsed once, so their addresses are equal.
        if let Some(entry) = known
            .get(&Arc::as_ptr(&evidence.biomarker))
            .and_then(|place| self.biomarkers.get_mut(*place))
        {
            entry.evidence.push(at);
            return;
        }
        let place = self.biomarkers.len();
        known.insert(Arc::as_ptr(&evidence.biomarker), place);
        let biomarker = Arc::clone(&evidence.biomarker);
        let conditions = biomarker.conditions();
        let genes: HashSet<&str> = conditions
            .iter()
            .flat_map(|condition| condition.genes())
            .map(GeneSymbol::as_str)
            .collect();
        for gene in genes {
            self.biomarkers_by_gene.entry(gene.to_owned()).or_default().push(place);
        }
        if conditions.iter().any(|c| matches!(c.alteration, Alteration::Marker { .. })) {
            self.biomarkers_on_markers.push(place);
        }
        if biomarker.may_hold_without_alteration() {
            self.biomarkers_without_alteration.push(place);
        }
        drop(conditions);
        self.biomarkers.push(BiomarkerEntry { biomarker, evidence: vec![at] });
    }
}

fn regions_by_drug(release: &Release) -> HashMap<&str, BTreeSet<&str>> {
    let mut regions: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for approval in release.approvals() {
        for key in &approval.regimen.keys {
            regions.entry(key).or_default().insert(&approval.region);
        }
    }
    regions
}

fn regimen_entry(
    release: &Release,
    regions: &HashMap<&str, BTreeSet<&str>>,
    keys: &[String],
    approvals: Option<Vec<usize>>,
) -> RegimenEntry {
    let all: BTreeSet<&str> = regions.values().flatten().copied().collect();
    let of_key = |key: &String| regions.get(key.as_str());
    RegimenEntry {
        approvals: approvals.unwrap_or_default(),
        regions: all
            .into_iter()
            .filter(|region| {
                !keys.is_empty()
                    && keys.iter().all(|key| of_key(key).is_some_and(|r| r.contains(region)))
            })
            .map(str::to_owned)
            .collect(),
        approved_somewhere: !keys.is_empty() && keys.iter().all(|key| of_key(key).is_some()),
        investigational: keys.iter().any(|key| {
            release.drug(key).is_some_and(|drug| {
                drug.classes.iter().any(|class| class.eq_ignore_ascii_case("investigational"))
            })
        }),
    }
}

/// Returns text that is the same for equal scopes only.
fn scope_key(scope: &TumourScope) -> String {
    format!("{scope:?}")
}
