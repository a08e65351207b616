//! What a result says, gene by gene, under present symbols.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use model::{
    alteration::{
        BiomarkerKind, BiomarkerState, CopyNumberAlteration, CopyNumberKind, Rearrangement,
        RearrangementKind, ShortVariant, TranscriptChange,
    },
    gene::GeneSymbol,
    genome::Assembly,
    hgvs::protein::ProteinChange,
    result::{TestDescription, TestResult},
};

use super::{
    AlterationRef,
    effect::Effect,
    protein::{old_spelling, written_codons},
};
use crate::release::Release;

/// A result ordered by gene. Only reported alterations are in it.
pub(super) struct Facts<'a> {
    pub(super) release: &'a Release,
    pub(super) result: &'a TestResult,
    genes: HashMap<&'a str, GeneAlterations<'a>>,
    /// Genes with a short variant that the laboratory does not report.
    unreported: Vec<&'a str>,
    coverage: Coverage<'a>,
}

/// Which genes the test is known to report on.
enum Coverage<'a> {
    /// Not known.
    Unknown,
    /// Those the file names.
    Named(HashSet<&'a str>),
    /// Those of the panel.
    Panel(&'a HashSet<String>),
}

impl<'a> Coverage<'a> {
    fn of(release: &'a Release, test: &'a TestDescription) -> Self {
        if let Some(genes) = &test.covered_genes {
            let genes = genes.iter().map(|gene| release.symbol(gene.as_str()));
            return Self::Named(genes.collect());
        }
        let name = test.panel_name.as_deref();
        name.and_then(|name| release.panel_genes(name, test.panel_version.as_deref()))
            .map_or(Self::Unknown, Self::Panel)
    }

    fn has(&self, symbol: &str) -> bool {
        match self {
            Self::Unknown => false,
            Self::Named(genes) => genes.contains(symbol),
            Self::Panel(genes) => genes.contains(symbol),
        }
    }
}

/// A gene's reported alterations.
#[derive(Default)]
pub(super) struct GeneAlterations<'a> {
    pub(super) variants: Vec<VariantInGene<'a>>,
    pub(super) copies: Vec<(AlterationRef, &'a CopyNumberAlteration)>,
    pub(super) rearrangements: Vec<(AlterationRef, &'a Rearrangement)>,
}

/// A short variant as a gene sees it.
pub(super) struct VariantInGene<'a> {
    pub(super) at: AlterationRef,
    pub(super) variant: &'a ShortVariant,
    /// The sender's first transcript of the gene.
    pub(super) transcript: &'a TranscriptChange,
    /// Its amino-acid change, read from an older spelling where need be.
    pub(super) change: Option<Cow<'a, ProteinChange>>,
    /// The codons that the change names, even where it cannot be read. Units: 1-based, inclusive.
    pub(super) codons: Option<(u32, u32)>,
    /// What the first transcript says.
    pub(super) effect: Effect,
    pub(super) gene: &'a str,
}

impl<'a> VariantInGene<'a> {
    /// Returns whether the variant changes codons of a hotspot of changed, lost or added residues.
    pub(super) fn hits_hotspot(&self, release: &Release) -> bool {
        let Some((first, last)) = self.codons else { return false };
        self.effect.alters == Some(true)
            && release.hotspots_of(self.gene).any(|hotspot| {
                hotspot.first <= last
                    && hotspot.last >= first
                    && !matches!(hotspot.kind.as_str(), "nonsense" | "splice")
            })
    }

    /// Returns every transcript of the gene.
    pub(super) fn transcripts(
        &self,
        release: &'a Release,
    ) -> impl Iterator<Item = &'a TranscriptChange> {
        let gene = self.gene;
        self.variant.transcripts.iter().filter(move |transcript| {
            transcript.gene.as_ref().is_some_and(|own| release.symbol(own.as_str()) == gene)
        })
    }
}

impl<'a> Facts<'a> {
    /// Orders a result.
    pub(super) fn of(release: &'a Release, result: &'a TestResult) -> Self {
        let coverage = Coverage::of(release, &result.test);
        let (genes, unreported) = (HashMap::new(), Vec::new());
        let mut facts = Self { release, result, genes, unreported, coverage };
        for (at, variant) in result.short_variants.iter().enumerate() {
            facts.add_variant(AlterationRef::ShortVariant(at), variant);
        }
        for (at, copy) in result.copy_number_alterations.iter().enumerate() {
            if copy.reported && copy.kind != Some(CopyNumberKind::Neutral) {
                for gene in &copy.genes {
                    let entry = facts.genes.entry(release.symbol(gene.as_str())).or_default();
                    entry.copies.push((AlterationRef::CopyNumber(at), copy));
                }
            }
        }
        for (at, rearrangement) in result.rearrangements.iter().enumerate() {
            if rearrangement.reported {
                for gene in rearrangement.genes() {
                    let entry = facts.genes.entry(release.symbol(gene.as_str())).or_default();
                    entry.rearrangements.push((AlterationRef::Rearrangement(at), rearrangement));
                }
            }
        }
        facts
    }

    fn add_variant(&mut self, at: AlterationRef, variant: &'a ShortVariant) {
        let mut seen: Vec<&str> = Vec::new();
        for transcript in &variant.transcripts {
            let Some(gene) = &transcript.gene else { continue };
            let gene = self.release.symbol(gene.as_str());
            if seen.contains(&gene) {
                continue;
            }
            seen.push(gene);
            if !variant.reported {
                self.unreported.push(gene);
                continue;
            }
            let (change, codons) = protein_change(transcript);
            let effect = Effect::of(transcript);
            let entry = self.genes.entry(gene).or_default();
            let found = VariantInGene { at, variant, transcript, change, codons, effect, gene };
            entry.variants.push(found);
        }
    }

    /// Returns every reported short variant, once for each of its genes.
    pub(super) fn variants(&self) -> impl Iterator<Item = &VariantInGene<'a>> {
        self.genes.values().flat_map(|gene| &gene.variants)
    }

    /// Returns the genes that are altered.
    pub(super) fn altered_genes(&self) -> impl Iterator<Item = &'a str> {
        self.genes.keys().copied()
    }

    /// Returns the alterations of a gene by its present symbol, as conditions name it.
    pub(super) fn of_gene(&self, gene: &GeneSymbol) -> Option<&GeneAlterations<'a>> {
        self.genes.get(gene.as_str())
    }

    /// Returns whether the test is known to report on a gene's short variants and nothing unreported is in it.
    pub(super) fn covers(&self, gene: &GeneSymbol) -> bool {
        let symbol = gene.as_str();
        !self.unreported.contains(&symbol) && self.coverage.has(symbol)
    }

    /// Returns the assembly of the result's positions.
    pub(super) fn assembly(&self) -> Option<Assembly> {
        self.result.assembly
    }

    /// Returns the reported states of a marker.
    pub(super) fn marker_states(
        &self,
        kind: BiomarkerKind,
    ) -> impl Iterator<Item = (AlterationRef, Option<BiomarkerState>)> {
        self.result
            .biomarkers
            .iter()
            .enumerate()
            .filter(move |(_, marker)| marker.reported && marker.kind == kind)
            .map(|(at, marker)| (AlterationRef::Biomarker(at), marker.state))
    }
}

type Change<'a> = Option<Cow<'a, ProteinChange>>;

/// Returns a transcript's amino-acid change and the codons that it names.
fn protein_change(transcript: &TranscriptChange) -> (Change<'_>, Option<(u32, u32)>) {
    let written = transcript.protein.as_ref().map(|change| change.written.as_str());
    let change = match &transcript.protein_change {
        Some(change) => Some(Cow::Borrowed(change)),
        None => written.and_then(old_spelling).map(Cow::Owned),
    };
    let codons = match &change {
        Some(change) => Some(change.codons()),
        None => written.and_then(written_codons),
    };
    (change, codons)
}

/// Returns whether a loss takes every copy of the gene: said so, or measured as fewer than half a copy.
pub(super) fn is_homozygous(copy: &CopyNumberAlteration) -> bool {
    let lost = matches!(copy.kind, Some(CopyNumberKind::Loss | CopyNumberKind::Deletion));
    let no_copy = copy.metrics.iter().any(|metric| {
        let absolute = metric.unit.as_deref().is_some_and(|unit| {
            unit.eq_ignore_ascii_case("copy number")
                || unit.eq_ignore_ascii_case("absolute copy number")
        });
        absolute && (0.0..0.5).contains(&metric.value)
    });
    copy.kind == Some(CopyNumberKind::HomozygousDeletion) || (lost && no_copy)
}

/// Returns whether a rearrangement joins two genes.
pub(super) fn is_fusion(rearrangement: &Rearrangement) -> bool {
    rearrangement.kind == RearrangementKind::Fusion
}
