//! One reported alteration of any kind, with what the knowledge release says of it.

use std::cmp::Ordering;

use knowledge::{AlterationRef, Annotation, EvidenceMatch, Finding};
use model::{
    alteration::{
        CopyNumberAlteration, Rearrangement, RearrangementKind, ShortVariant, VariantOrigin,
    },
    evidence::{EvidenceLevel, EvidenceType},
    result::{NucleicAcid, TestResult},
};

use super::{evidence::compare_levels, findings::AlterationKind};

/// An alteration of the result, by reference.
#[derive(Clone, Copy)]
pub(super) enum Alteration<'a> {
    ShortVariant(&'a ShortVariant),
    CopyNumber(&'a CopyNumberAlteration),
    Rearrangement(&'a Rearrangement),
}

impl<'a> Alteration<'a> {
    pub(super) fn find(result: &'a TestResult, at: AlterationRef) -> Option<Self> {
        match at {
            AlterationRef::ShortVariant(i) => result.short_variants.get(i).map(Self::ShortVariant),
            AlterationRef::CopyNumber(i) => {
                result.copy_number_alterations.get(i).map(Self::CopyNumber)
            }
            AlterationRef::Rearrangement(i) => {
                result.rearrangements.get(i).map(Self::Rearrangement)
            }
            AlterationRef::Biomarker(_) => None,
        }
    }

    pub(super) fn item_id(self) -> &'a str {
        match self {
            Self::ShortVariant(variant) => &variant.item_id,
            Self::CopyNumber(alteration) => &alteration.item_id,
            Self::Rearrangement(rearrangement) => &rearrangement.item_id,
        }
    }

    pub(super) fn kind(self) -> AlterationKind {
        match self {
            Self::ShortVariant(_) => AlterationKind::ShortVariant,
            Self::CopyNumber(_) => AlterationKind::CopyNumberAlteration,
            Self::Rearrangement(r) if r.kind == RearrangementKind::Fusion => AlterationKind::Fusion,
            Self::Rearrangement(_) => AlterationKind::OtherRearrangement,
        }
    }

    pub(super) fn origin(self) -> Option<VariantOrigin> {
        match self {
            Self::ShortVariant(variant) => variant.origin,
            Self::CopyNumber(alteration) => alteration.origin,
            Self::Rearrangement(rearrangement) => rearrangement.origin,
        }
    }

    pub(super) fn matched(self) -> Option<bool> {
        match self {
            Self::ShortVariant(variant) => variant.matched,
            Self::CopyNumber(alteration) => alteration.matched,
            Self::Rearrangement(rearrangement) => rearrangement.matched,
        }
    }

    pub(super) fn allele_frequency(self) -> Option<f64> {
        match self {
            Self::ShortVariant(variant) => variant.allele_frequency,
            Self::CopyNumber(_) => None,
            Self::Rearrangement(rearrangement) => rearrangement.allele_frequency,
        }
    }

    pub(super) fn nucleic_acid(self, result: &TestResult) -> Option<NucleicAcid> {
        let sample = match self {
            Self::ShortVariant(variant) => &variant.sample_item_id,
            Self::CopyNumber(alteration) => &alteration.sample_item_id,
            Self::Rearrangement(rearrangement) => &rearrangement.sample_item_id,
        };
        result.sample(sample.as_deref()?)?.nucleic_acid
    }
}

/// An alteration with every finding about it.
pub(super) struct Altered<'a, 'r> {
    pub(super) alteration: Alteration<'a>,
    /// Highest level of the evidence that counts for this report's purpose.
    pub(super) highest_level: Option<EvidenceLevel>,
    pub(super) findings: Vec<&'a Finding<'r>>,
}

impl<'a, 'r> Altered<'a, 'r> {
    /// Returns the first finding, whose label stands for the alteration.
    pub(super) fn first(&self) -> Option<&'a Finding<'r>> {
        self.findings.first().copied()
    }

    pub(super) fn matches(&self) -> impl Iterator<Item = &'a EvidenceMatch<'r>> {
        self.findings.iter().flat_map(|finding| &finding.matches)
    }

    pub(super) fn label(&self) -> String {
        let mut label = String::new();
        for finding in &self.findings {
            if !label.is_empty() {
                label.push_str(", ");
            }
            label.push_str(&finding.label);
        }
        label
    }

    fn compare(&self, other: &Self) -> Ordering {
        let matches = |altered: &Self| {
            std::cmp::Reverse(altered.findings.iter().map(|f| f.matches.len()).sum::<usize>() > 0)
        };
        let hotspot = |altered: &Self| {
            std::cmp::Reverse(altered.findings.iter().any(|f| f.hotspot.is_some()))
        };
        let label = |altered: &Self| altered.first().map(|finding| finding.label.as_str());
        compare_levels(self.highest_level, other.highest_level)
            .then_with(|| matches(self).cmp(&matches(other)))
            .then_with(|| hotspot(self).cmp(&hotspot(other)))
            .then_with(|| self.alteration.kind().cmp(&other.alteration.kind()))
            .then_with(|| label(self).cmp(&label(other)))
            .then_with(|| self.alteration.item_id().cmp(other.alteration.item_id()))
    }
}

/// Returns the highest level among matches.
///
/// Diagnosis and prognosis have scales of their own: they count in haematological reports, which are
/// made for them too, and not in others, where they would outrank what a therapy rests on.
pub(super) fn highest_level<'m, 'r: 'm>(
    matches: impl Iterator<Item = &'m EvidenceMatch<'r>>,
    haematological: bool,
) -> Option<EvidenceLevel> {
    let counts = |matched: &&EvidenceMatch<'_>| match matched.evidence.evidence_type {
        EvidenceType::Diagnostic | EvidenceType::Prognostic => haematological,
        EvidenceType::Predictive
        | EvidenceType::Predisposing
        | EvidenceType::Oncogenic
        | EvidenceType::Functional => true,
    };
    matches.filter(counts).filter_map(|matched| matched.level).min()
}

/// Gathers the alterations that the annotation speaks of, strongest evidence first.
pub(super) fn gather<'a, 'r>(
    result: &'a TestResult,
    annotation: &'a Annotation<'r>,
    haematological: bool,
) -> Vec<Altered<'a, 'r>> {
    let mut all: Vec<(AlterationRef, Altered<'a, 'r>)> = Vec::new();
    for finding in &annotation.findings {
        // Findings on one alteration follow one another.
        match all.last_mut() {
            Some((at, altered)) if *at == finding.alteration => altered.findings.push(finding),
            _ => {
                if let Some(alteration) = Alteration::find(result, finding.alteration) {
                    let altered =
                        Altered { alteration, highest_level: None, findings: vec![finding] };
                    all.push((finding.alteration, altered));
                }
            }
        }
    }
    let mut all: Vec<Altered<'a, 'r>> = all.into_iter().map(|(_, altered)| altered).collect();
    for altered in &mut all {
        altered.highest_level = highest_level(altered.matches(), haematological);
        altered.findings.sort_by(|a, b| {
            compare_levels(a.highest_level, b.highest_level).then_with(|| a.label.cmp(&b.label))
        });
    }
    all.sort_by(Altered::compare);
    all
}
