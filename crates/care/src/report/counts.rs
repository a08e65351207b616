//! How many of what was found: the first answer of section 2.

use model::{
    alteration::VariantOrigin,
    evidence::{DrugAccessibility, EvidenceLevel, EvidenceType},
    result::{NucleicAcid, TestResult},
};
use serde::{Deserialize, Serialize};

use super::{
    evidence::EvidenceGroup,
    findings::{AlterationFinding, AlterationKind, BiomarkerFinding, WildTypeFindings},
};

/// Counts of section 2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Alterations that the laboratory reports, without genome-wide markers.
    pub alterations: Count,
    /// By kind.
    pub by_kind: CountsByKind,
    /// By origin.
    pub by_origin: CountsByOrigin,
    /// By nucleic acid.
    pub by_nucleic_acid: CountsByNucleicAcid,
    /// Alterations and genome-wide markers by their highest level, strongest first.
    pub by_level: Vec<LevelCount>,
    /// Different therapies with a level from A to D, by how they can be reached.
    pub therapies_by_accessibility: Vec<AccessibilityCount>,
    /// Genome-wide markers that the laboratory reports.
    pub biomarkers: Count,
    /// Gene expressions that the laboratory reports.
    pub expressions: usize,
    /// Secondary-finding candidates.
    pub secondary_finding_candidates: usize,
    /// Items of the file that the laboratory does not include in its report, and that are left out here.
    pub not_reported_items: usize,
}

/// A number, and how many of them may lead to a therapy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// All.
    pub total: usize,
    /// Those for which a therapy has a level from A to D.
    pub actionable: usize,
}

impl Count {
    fn add(&mut self, actionable: bool) {
        self.total += 1;
        self.actionable += usize::from(actionable);
    }
}

/// Counts by kind of alteration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CountsByKind {
    /// Substitutions, insertions and deletions of few bases.
    pub short_variant: Count,
    /// Copy-number alterations.
    pub copy_number_alteration: Count,
    /// Fusions.
    pub fusion: Count,
    /// Other rearrangements.
    pub other_rearrangement: Count,
}

/// Counts by origin, as the laboratory judges it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CountsByOrigin {
    /// Somatic or likely somatic.
    pub somatic: Count,
    /// Germline or likely germline.
    pub germline: Count,
    /// Not said.
    pub unknown: Count,
}

/// Counts by nucleic acid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CountsByNucleicAcid {
    /// Seen in DNA.
    pub dna: Count,
    /// Seen in RNA.
    pub rna: Count,
    /// Not said.
    pub unknown: Count,
}

/// How many alterations have a level as their highest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelCount {
    /// Level; `null` for those without one.
    pub level: Option<EvidenceLevel>,
    /// How many.
    pub count: usize,
}

/// How many therapies can be reached in a way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessibilityCount {
    /// How.
    pub accessibility: DrugAccessibility,
    /// How many different therapies.
    pub count: usize,
}

/// Returns whether a group offers a therapy with a level from A to D.
pub fn offers_therapy(group: &EvidenceGroup) -> bool {
    group.evidence_type == EvidenceType::Predictive
        && group.therapy.is_some()
        && group.highest_level.is_some_and(|level| level <= EvidenceLevel::D)
}

/// Counts what section 2 lists.
pub(super) fn compose(
    result: &TestResult,
    alterations: &[AlterationFinding],
    biomarkers: &[BiomarkerFinding],
    wild_type: &WildTypeFindings,
) -> Counts {
    let mut counts = Counts {
        expressions: result.expressions.iter().filter(|item| item.reported).count(),
        not_reported_items: not_reported(result),
        ..Counts::default()
    };
    for alteration in alterations {
        let actionable = alteration.evidence.iter().any(offers_therapy);
        counts.alterations.add(actionable);
        counts.secondary_finding_candidates += usize::from(alteration.secondary_finding.is_some());
        by_kind(&mut counts.by_kind, alteration.kind).add(actionable);
        by_origin(&mut counts.by_origin, alteration.origin).add(actionable);
        by_nucleic_acid(&mut counts.by_nucleic_acid, alteration.nucleic_acid).add(actionable);
    }
    let reported = || biomarkers.iter().filter(|biomarker| biomarker.is_reported());
    for biomarker in reported() {
        counts.biomarkers.add(biomarker.evidence.iter().any(offers_therapy));
    }
    let levels = alterations
        .iter()
        .map(|alteration| alteration.highest_level)
        .chain(reported().map(|biomarker| biomarker.highest_level));
    counts.by_level = count_levels(levels);
    let groups = alterations
        .iter()
        .flat_map(|alteration| &alteration.evidence)
        .chain(biomarkers.iter().flat_map(|biomarker| &biomarker.evidence))
        .chain(wild_type.groups());
    counts.therapies_by_accessibility = count_therapies(groups);
    counts
}

fn by_kind(counts: &mut CountsByKind, kind: AlterationKind) -> &mut Count {
    match kind {
        AlterationKind::ShortVariant => &mut counts.short_variant,
        AlterationKind::CopyNumberAlteration => &mut counts.copy_number_alteration,
        AlterationKind::Fusion => &mut counts.fusion,
        AlterationKind::OtherRearrangement => &mut counts.other_rearrangement,
    }
}

fn by_origin(counts: &mut CountsByOrigin, origin: Option<VariantOrigin>) -> &mut Count {
    match origin {
        None => &mut counts.unknown,
        Some(origin) if origin.is_germline() => &mut counts.germline,
        Some(_) => &mut counts.somatic,
    }
}

fn by_nucleic_acid(counts: &mut CountsByNucleicAcid, acid: Option<NucleicAcid>) -> &mut Count {
    match acid {
        None => &mut counts.unknown,
        Some(NucleicAcid::Dna) => &mut counts.dna,
        Some(NucleicAcid::Rna) => &mut counts.rna,
    }
}

fn count_levels(levels: impl Iterator<Item = Option<EvidenceLevel>>) -> Vec<LevelCount> {
    let mut counted: Vec<LevelCount> = EvidenceLevel::ALL
        .into_iter()
        .map(Some)
        .chain([None])
        .map(|level| LevelCount { level, count: 0 })
        .collect();
    for level in levels {
        if let Some(entry) = counted.iter_mut().find(|entry| entry.level == level) {
            entry.count += 1;
        }
    }
    counted.retain(|entry| entry.count > 0);
    counted
}

fn count_therapies<'a>(groups: impl Iterator<Item = &'a EvidenceGroup>) -> Vec<AccessibilityCount> {
    let mut therapies: Vec<(String, DrugAccessibility)> = groups
        .filter(|group| offers_therapy(group))
        .filter_map(|group| group.therapy.as_ref())
        .map(|therapy| (therapy.key(), therapy.accessibility))
        .collect();
    // The nearest way to each therapy counts.
    therapies.sort_unstable();
    therapies.dedup_by(|later, earlier| later.0 == earlier.0);
    let mut counted: Vec<AccessibilityCount> = Vec::new();
    for (_, accessibility) in therapies {
        match counted.iter_mut().find(|entry| entry.accessibility == accessibility) {
            Some(entry) => entry.count += 1,
            None => counted.push(AccessibilityCount { accessibility, count: 1 }),
        }
    }
    counted.sort_by_key(|entry| entry.accessibility);
    counted
}

fn not_reported(result: &TestResult) -> usize {
    result.short_variants.iter().filter(|item| !item.reported).count()
        + result.copy_number_alterations.iter().filter(|item| !item.reported).count()
        + result.rearrangements.iter().filter(|item| !item.reported).count()
        + result.biomarkers.iter().filter(|item| !item.reported).count()
        + result.expressions.iter().filter(|item| !item.reported).count()
}
