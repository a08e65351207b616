//! What is taken from a test result.

use std::{collections::HashMap, sync::Arc};

use knowledge::{AlterationRef, Annotation};
use model::{
    alteration::{
        BiomarkerKind, BiomarkerState, CopyNumberAlteration, CopyNumberKind, Metric, Rearrangement,
        RearrangementKind, ShortVariant, TranscriptChange, VariantOrigin,
    },
    evidence::EvidenceLevel,
    hgvs::protein::ProteinChange,
    result::{NucleicAcid, TestResult, TestType},
};

use super::{Deidentification, PanelKey};
use crate::cohort::{
    case::{CohortAlteration, CohortCase, Name},
    panel::{CohortPanel, PanelCoverage},
    word::{AlterationClass, AlterationKind, Msi, Origin},
};

/// Levels by alteration.
type Levels = HashMap<AlterationRef, EvidenceLevel>;

impl Deidentification<'_> {
    /// Takes what the laboratory reports; what it does not report is not taken.
    pub(crate) fn genomic(
        &self,
        case: &mut CohortCase,
        result: &TestResult,
        annotation: Option<&Annotation<'_>>,
    ) {
        case.panel = Some(self.panel(result));
        self.alterations(case, result, annotation);
    }

    /// Takes the alterations and markers that are reported, whatever the panel.
    pub(crate) fn alterations(
        &self,
        case: &mut CohortCase,
        result: &TestResult,
        annotation: Option<&Annotation<'_>>,
    ) {
        let findings = annotation.iter().flat_map(|annotation| &annotation.findings);
        let levels: Levels = findings
            .filter_map(|finding| Some((finding.alteration, finding.highest_level?)))
            .collect();
        case.level = levels.values().copied().min();
        let level = |at: AlterationRef| levels.get(&at).copied();
        for (at, own) in result.short_variants.iter().enumerate().filter(|(_, own)| own.reported) {
            case.alterations.extend(self.short(own, level(AlterationRef::ShortVariant(at))));
        }
        let copies = result.copy_number_alterations.iter().enumerate();
        for (at, own) in copies.filter(|(_, own)| own.reported) {
            case.alterations.extend(self.copies(own, level(AlterationRef::CopyNumber(at))));
        }
        let rearranged = result.rearrangements.iter().enumerate();
        for (at, own) in rearranged.filter(|(_, own)| own.reported) {
            let level = level(AlterationRef::Rearrangement(at));
            case.alterations.extend(self.rearranged(own, level));
        }
        for marker in result.biomarkers.iter().filter(|marker| marker.reported) {
            match marker.kind {
                BiomarkerKind::Tmb => case.tmb = burden(&marker.metrics).or(case.tmb),
                BiomarkerKind::Msi => case.msi = marker.state.and_then(msi).or(case.msi),
                BiomarkerKind::Loh => {}
            }
        }
    }

    /// Returns the panel with what it covers.
    ///
    /// Genes are those that the file names, else those of the release. Copy numbers count as covered where tissue was
    /// sequenced, rearrangements where RNA was: a panel of DNA reports them for few genes, which no source names here.
    fn panel(&self, result: &TestResult) -> Arc<CohortPanel> {
        let test = &result.test;
        let name = test.panel_name.as_deref().unwrap_or("?");
        let version = test.panel_version.as_deref();
        let written = test.covered_genes.as_ref();
        let mut genes: Vec<Name> = match written {
            Some(genes) => genes.iter().map(|gene| self.gene(gene.as_str())).collect(),
            None => {
                let panel = self.release.panel(name, version);
                let genes = panel.into_iter().flat_map(|panel| &panel.genes);
                genes.map(|gene| self.gene(gene.as_str())).collect()
            }
        };
        genes.sort_unstable();
        genes.dedup();
        let is_rna = result.samples.iter().any(|own| own.nucleic_acid == Some(NucleicAcid::Rna));
        let is_tissue =
            matches!(test.test_type, Some(TestType::TumourOnly | TestType::TumourAndMatchedNormal));
        let full_name = match version {
            Some(version) => format!("{name} {version}"),
            None => name.to_owned(),
        };
        let key = PanelKey { name: full_name.clone(), genes, is_tissue, is_rna };
        self.shared_panel(key, |genes| {
            let mut kinds = vec![AlterationKind::Short];
            kinds.extend(is_tissue.then_some(AlterationKind::CopyNumber));
            kinds.extend(is_rna.then_some(AlterationKind::Rearrangement));
            let coverage = (!genes.is_empty()).then(|| PanelCoverage::of(genes, &kinds));
            CohortPanel::new(&full_name, coverage)
        })
    }

    fn short(&self, own: &ShortVariant, level: Option<EvidenceLevel>) -> Option<CohortAlteration> {
        let transcript = own.transcripts.first()?;
        let gene = self.gene(transcript.gene.as_ref()?.as_str());
        let mut alteration = CohortAlteration::new(gene, AlterationKind::Short);
        let change = transcript.protein_change.as_ref();
        alteration.change = change.map(|change| change.short().into());
        let codons = change.map(ProteinChange::codons);
        alteration.codons = codons
            .and_then(|(first, last)| u16::try_from(first).ok().zip(u16::try_from(last).ok()));
        alteration.class = class(transcript);
        alteration.origin = own.origin.map(origin);
        alteration.allele_frequency = own.allele_frequency.and_then(share);
        alteration.level = level;
        Some(alteration)
    }

    fn copies(
        &self,
        own: &CopyNumberAlteration,
        level: Option<EvidenceLevel>,
    ) -> Vec<CohortAlteration> {
        let class = match own.kind {
            Some(CopyNumberKind::Amplification) => Some(AlterationClass::Amplification),
            Some(CopyNumberKind::Gain | CopyNumberKind::Duplication) => Some(AlterationClass::Gain),
            Some(CopyNumberKind::Loss) => Some(AlterationClass::Loss),
            Some(CopyNumberKind::Deletion | CopyNumberKind::HomozygousDeletion) => {
                Some(AlterationClass::Deletion)
            }
            Some(CopyNumberKind::Neutral) => return Vec::new(),
            None => None,
        };
        let is_copies = |metric: &&Metric| {
            metric.unit.as_deref().is_some_and(|unit| unit.to_lowercase().contains("copy"))
        };
        let copies = own.metrics.iter().find(is_copies).map(|metric| metric.value * 10.0);
        let copies = copies.filter(|tenths| (0.0..65_535.0).contains(tenths));
        let one = |gene: &model::gene::GeneSymbol| CohortAlteration {
            class,
            origin: own.origin.map(origin),
            copies: copies.map(|tenths| tenths.round() as u16),
            level,
            ..CohortAlteration::new(self.gene(gene.as_str()), AlterationKind::CopyNumber)
        };
        own.genes.iter().map(one).collect()
    }

    fn rearranged(
        &self,
        own: &Rearrangement,
        level: Option<EvidenceLevel>,
    ) -> Vec<CohortAlteration> {
        let class = match own.kind {
            RearrangementKind::Fusion => AlterationClass::Fusion,
            RearrangementKind::SpliceVariant | RearrangementKind::ExonSkipping => {
                AlterationClass::ExonSkipping
            }
            RearrangementKind::Duplication
            | RearrangementKind::TandemDuplication
            | RearrangementKind::Deletion
            | RearrangementKind::Inversion
            | RearrangementKind::Truncation
            | RearrangementKind::Other => AlterationClass::OtherRearrangement,
        };
        let genes: Vec<Name> = own.genes().iter().map(|gene| self.gene(gene.as_str())).collect();
        let partner = |gene: &Name| {
            let is_fusion = class == AlterationClass::Fusion;
            genes.iter().find(|other| *other != gene && is_fusion && genes.len() == 2).cloned()
        };
        let one = |gene: &Name| CohortAlteration {
            class: Some(class),
            partner: partner(gene),
            origin: own.origin.map(origin),
            allele_frequency: own.allele_frequency.and_then(share),
            level,
            ..CohortAlteration::new(gene.clone(), AlterationKind::Rearrangement)
        };
        genes.iter().map(one).collect()
    }
}

fn origin(origin: VariantOrigin) -> Origin {
    if origin.is_germline() { Origin::Germline } else { Origin::Somatic }
}

/// Returns a share per ten thousand.
fn share(share: f64) -> Option<u16> {
    (0.0..=1.0).contains(&share).then(|| (share * 10_000.0).round() as u16)
}

/// Returns a burden in hundredths of a mutation per megabase, where that is its unit.
fn burden(metrics: &[Metric]) -> Option<u16> {
    let is_burden = |metric: &&Metric| {
        metric.unit.as_deref().is_some_and(|unit| {
            let unit = unit.to_lowercase();
            unit.contains("megabase") || unit.contains("mb")
        })
    };
    let hundredths = metrics.iter().find(is_burden)?.value * 100.0;
    (0.0..65_535.0).contains(&hundredths).then(|| hundredths.round() as u16)
}

fn msi(state: BiomarkerState) -> Option<Msi> {
    Some(match state {
        BiomarkerState::High => Msi::High,
        BiomarkerState::Low => Msi::Low,
        BiomarkerState::Stable => Msi::Stable,
        BiomarkerState::Intermediate => Msi::Intermediate,
        BiomarkerState::Undetermined => return None,
    })
}

/// Returns the class of a short variant by its effect, or by its protein change where no effect is written.
fn class(transcript: &TranscriptChange) -> Option<AlterationClass> {
    let has = |part: &str| transcript.effects.iter().any(|effect| effect.contains(part));
    let by_effect = [
        ("frameshift", AlterationClass::Frameshift),
        ("stop_gained", AlterationClass::Nonsense),
        ("splice_acceptor", AlterationClass::Splice),
        ("splice_donor", AlterationClass::Splice),
        ("inframe", AlterationClass::Inframe),
        ("missense", AlterationClass::Missense),
        ("splice", AlterationClass::Splice),
    ];
    if let Some((_, class)) = by_effect.into_iter().find(|(part, _)| has(part)) {
        return Some(class);
    }
    if !transcript.effects.is_empty() {
        return Some(AlterationClass::OtherShort);
    }
    Some(match transcript.protein_change.as_ref()? {
        ProteinChange::Frameshift { .. } => AlterationClass::Frameshift,
        change @ ProteinChange::Substitution { .. } if change.is_truncating() => {
            AlterationClass::Nonsense
        }
        ProteinChange::Substitution { .. } => AlterationClass::Missense,
        ProteinChange::Deletion { .. }
        | ProteinChange::Insertion { .. }
        | ProteinChange::Duplication { .. }
        | ProteinChange::Delins { .. } => AlterationClass::Inframe,
        ProteinChange::Silent { .. }
        | ProteinChange::StartLost
        | ProteinChange::StopLost { .. } => AlterationClass::OtherShort,
    })
}
