//! Section 2: what was found, strongest evidence first.

use knowledge::{AlterationRef, Annotation, EvidenceMatch, Release};
use model::{
    alteration::{BiomarkerKind, BiomarkerState, Metric, VariantOrigin},
    evidence::{
        ClinicalSignificance, EvidenceDirection, EvidenceLevel, EvidenceType, SourceStrength,
        TumourRelation,
    },
    gene::GeneSymbol,
    result::{NucleicAcid, TestResult},
    text::LocalizedText,
};
use serde::{Deserialize, Serialize};

use super::{
    altered::{Alteration, Altered, highest_level},
    counts::{self, Counts},
    evidence::{self, EvidenceGroup, EvidenceItem},
    references::Citations,
    secondary_finding::{self, SecondaryFinding},
};

/// Section 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// How many of what.
    pub counts: Counts,
    /// Alterations, strongest evidence first.
    pub alterations: Vec<AlterationFinding>,
    /// Genome-wide markers: TMB, MSI and LOH, each said whether reported or not.
    pub biomarkers: Vec<BiomarkerFinding>,
    /// Evidence that rests on genes without alteration.
    pub wild_type: WildTypeFindings,
    /// Gene expressions that the laboratory reports.
    pub expressions: Vec<ExpressionFinding>,
    /// Diagnosis and prognosis; `null` where neither tumour nor panel is haematological.
    pub haematological: Option<HaematologicalFindings>,
}

/// What kind of alteration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AlterationKind {
    /// A substitution, insertion or deletion of few bases.
    ShortVariant,
    /// A copy-number alteration.
    CopyNumberAlteration,
    /// A fusion.
    Fusion,
    /// Another rearrangement.
    OtherRearrangement,
}

/// One alteration with its evidence in summary; the whole is in section 4.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlterationFinding {
    /// Identifier of the item in the result.
    pub item_id: String,
    /// How it is called, such as `EGFR p.Leu858Arg`.
    pub label: String,
    /// Kind.
    pub kind: AlterationKind,
    /// Genes.
    pub genes: Vec<GeneSymbol>,
    /// Origin as the laboratory judges it.
    pub origin: Option<VariantOrigin>,
    /// Whether tumour and matched normal were both used.
    pub matched: Option<bool>,
    /// Nucleic acid in which it was seen.
    pub nucleic_acid: Option<NucleicAcid>,
    /// Frequency of the alternate allele. Units: 0 to 1.
    pub allele_frequency: Option<f64>,
    /// Depth of the alternate allele, as the sender wrote it.
    pub depth_alternate: Option<f64>,
    /// Depth at the position. Units: reads.
    pub depth_total: Option<f64>,
    /// Measured values of a copy-number alteration.
    pub metrics: Vec<Metric>,
    /// Reads that support a rearrangement.
    pub supporting_reads: Option<i64>,
    /// Whether it lies at a codon that tumours often mutate.
    pub hotspot: bool,
    /// Highest level of its evidence.
    pub highest_level: Option<EvidenceLevel>,
    /// Set where a germline variant would be worth telling the patient.
    pub secondary_finding: Option<SecondaryFinding>,
    /// Evidence by therapy, highest level first.
    pub evidence: Vec<EvidenceGroup>,
    /// How many evidence items section 4 lists for it.
    pub evidence_items: usize,
}

/// Whether a genome-wide marker was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BiomarkerStatus {
    /// The laboratory reports it.
    Reported,
    /// The file has a value that the laboratory does not include in its report.
    ValueNotReported,
    /// This test does not report it.
    NotReported,
}

/// One genome-wide marker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BiomarkerFinding {
    /// Which.
    pub kind: BiomarkerKind,
    /// Whether it was reported.
    pub status: BiomarkerStatus,
    /// Identifier of the item in the result.
    pub item_id: Option<String>,
    /// What the laboratory concludes.
    pub state: Option<BiomarkerState>,
    /// Measured values.
    pub metrics: Vec<Metric>,
    /// Highest level of its evidence.
    pub highest_level: Option<EvidenceLevel>,
    /// Evidence by therapy, highest level first.
    pub evidence: Vec<EvidenceGroup>,
    /// The same in full, because no gene of section 4 would hold it.
    pub evidence_items: Vec<EvidenceItem>,
}

impl BiomarkerFinding {
    /// Returns whether the laboratory reports the marker.
    pub fn is_reported(&self) -> bool {
        self.status == BiomarkerStatus::Reported
    }
}

/// Evidence that rests on genes without alteration, for genes that the test covers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WildTypeFindings {
    /// Evidence by biomarker.
    pub markers: Vec<WildTypeMarker>,
    /// The same in full.
    pub evidence_items: Vec<EvidenceItem>,
}

/// Genes without alteration that evidence asks for together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WildTypeMarker {
    /// The biomarker as the source writes it, such as `KRAS Wildtype AND NRAS Wildtype`.
    pub biomarker: String,
    /// Evidence by therapy, highest level first.
    pub evidence: Vec<EvidenceGroup>,
}

impl WildTypeFindings {
    /// Returns the evidence of all biomarkers.
    pub fn groups(&self) -> impl Iterator<Item = &EvidenceGroup> {
        self.markers.iter().flat_map(|marker| &marker.evidence)
    }
}

/// One gene's expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpressionFinding {
    /// Identifier of the item in the result.
    pub item_id: String,
    /// Gene.
    pub gene: Option<GeneSymbol>,
    /// Reads counted.
    pub read_count: Option<f64>,
    /// Measured values.
    pub metrics: Vec<Metric>,
}

/// What haematological tests are also made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HaematologicalFindings {
    /// Evidence on the diagnosis.
    pub diagnosis: Vec<NonTherapyEvidence>,
    /// Evidence on the prognosis.
    pub prognosis: Vec<NonTherapyEvidence>,
}

/// One item on diagnosis or prognosis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NonTherapyEvidence {
    /// Identifier of the evidence item.
    pub evidence_id: String,
    /// Identifier of the item in the result.
    pub item_id: String,
    /// What was found.
    pub label: String,
    /// Level, where the table gives one.
    pub level: Option<EvidenceLevel>,
    /// How strong the source calls it.
    pub strength: SourceStrength,
    /// The claim.
    pub significance: Option<ClinicalSignificance>,
    /// For or against the claim.
    pub direction: Option<EvidenceDirection>,
    /// Tumour type of the evidence; `null` where the source names none.
    pub tumour_type: Option<LocalizedText>,
    /// How that stands to the patient's.
    pub relation: TumourRelation,
    /// Numbers of the references.
    pub references: Vec<u32>,
}

/// Makes section 2 and cites its literature first.
pub(super) fn compose<'r>(
    result: &TestResult,
    annotation: &Annotation<'r>,
    altered: &[Altered<'_, 'r>],
    release: &Release,
    haematological: bool,
    citations: &mut Citations<'r>,
) -> Findings {
    let alterations: Vec<AlterationFinding> = altered
        .iter()
        .map(|altered| alteration_finding(result, altered, release, citations))
        .collect();
    let biomarkers = biomarker_findings(result, annotation, release, haematological, citations);
    let wild_type = wild_type_findings(annotation, release, citations);
    let haematological = haematological
        .then(|| haematological_findings(result, annotation, altered, release, citations));
    Findings {
        counts: counts::compose(result, &alterations, &biomarkers, &wild_type),
        alterations,
        biomarkers,
        wild_type,
        expressions: expressions(result),
        haematological,
    }
}

fn alteration_finding<'r>(
    result: &TestResult,
    altered: &Altered<'_, 'r>,
    release: &Release,
    citations: &mut Citations<'r>,
) -> AlterationFinding {
    let alteration = altered.alteration;
    let mut genes: Vec<GeneSymbol> = Vec::new();
    for gene in altered.findings.iter().flat_map(|finding| &finding.genes) {
        if !genes.contains(gene) {
            genes.push(gene.clone());
        }
    }
    let mut finding = AlterationFinding {
        item_id: alteration.item_id().to_owned(),
        label: altered.label(),
        kind: alteration.kind(),
        genes,
        origin: alteration.origin(),
        matched: alteration.matched(),
        nucleic_acid: alteration.nucleic_acid(result),
        allele_frequency: alteration.allele_frequency(),
        depth_alternate: None,
        depth_total: None,
        metrics: Vec::new(),
        supporting_reads: None,
        hotspot: altered.findings.iter().any(|finding| finding.hotspot.is_some()),
        highest_level: altered.highest_level,
        secondary_finding: secondary_finding::compose(altered),
        evidence: evidence::group(altered.matches(), citations, release),
        evidence_items: altered.matches().count(),
    };
    match alteration {
        Alteration::ShortVariant(variant) => {
            finding.depth_alternate = variant.depth_alternate;
            finding.depth_total = variant.depth_total;
        }
        Alteration::CopyNumber(copy_number) => finding.metrics.clone_from(&copy_number.metrics),
        Alteration::Rearrangement(rearrangement) => {
            finding.supporting_reads = rearrangement.supporting_reads;
        }
    }
    finding
}

fn biomarker_findings<'r>(
    result: &TestResult,
    annotation: &Annotation<'r>,
    release: &Release,
    haematological: bool,
    citations: &mut Citations<'r>,
) -> Vec<BiomarkerFinding> {
    let mut found = Vec::new();
    for kind in [BiomarkerKind::Tmb, BiomarkerKind::Msi, BiomarkerKind::Loh] {
        let of_kind = || result.biomarkers.iter().enumerate().filter(move |(_, b)| b.kind == kind);
        for (index, biomarker) in of_kind().filter(|(_, biomarker)| biomarker.reported) {
            let matches: Vec<&EvidenceMatch<'r>> = annotation
                .findings
                .iter()
                .filter(|finding| finding.alteration == AlterationRef::Biomarker(index))
                .flat_map(|finding| &finding.matches)
                .collect();
            let id = biomarker.item_id.as_str();
            found.push(BiomarkerFinding {
                kind,
                status: BiomarkerStatus::Reported,
                item_id: Some(biomarker.item_id.clone()),
                state: biomarker.state,
                metrics: biomarker.metrics.clone(),
                highest_level: highest_level(matches.iter().copied(), haematological),
                evidence: evidence::group(matches.iter().copied(), citations, release),
                evidence_items: evidence::list(
                    matches.iter().map(|matched| (Some(id), *matched)),
                    release,
                    citations,
                ),
            });
        }
        if of_kind().all(|(_, biomarker)| !biomarker.reported) {
            let has_value = of_kind().next().is_some();
            found.push(BiomarkerFinding {
                kind,
                status: if has_value {
                    BiomarkerStatus::ValueNotReported
                } else {
                    BiomarkerStatus::NotReported
                },
                item_id: None,
                state: None,
                metrics: Vec::new(),
                highest_level: None,
                evidence: Vec::new(),
                evidence_items: Vec::new(),
            });
        }
    }
    found
}

fn wild_type_findings<'r>(
    annotation: &Annotation<'r>,
    release: &Release,
    citations: &mut Citations<'r>,
) -> WildTypeFindings {
    let mut by_biomarker: Vec<(&str, Vec<&EvidenceMatch<'r>>)> = Vec::new();
    for matched in &annotation.negatives {
        let biomarker = matched.evidence.biomarker_label.as_str();
        match by_biomarker.iter_mut().find(|(known, _)| *known == biomarker) {
            Some((_, matches)) => matches.push(matched),
            None => by_biomarker.push((biomarker, vec![matched])),
        }
    }
    let markers = by_biomarker
        .into_iter()
        .map(|(biomarker, matches)| WildTypeMarker {
            biomarker: biomarker.to_owned(),
            evidence: evidence::group(matches, citations, release),
        })
        .collect();
    let all = annotation.negatives.iter().map(|matched| (None, matched));
    WildTypeFindings { markers, evidence_items: evidence::list(all, release, citations) }
}

fn expressions(result: &TestResult) -> Vec<ExpressionFinding> {
    let reported = result.expressions.iter().filter(|expression| expression.reported);
    reported
        .map(|expression| ExpressionFinding {
            item_id: expression.item_id.clone(),
            gene: expression.gene.clone(),
            read_count: expression.read_count,
            metrics: expression.metrics.clone(),
        })
        .collect()
}

fn haematological_findings<'r>(
    result: &TestResult,
    annotation: &Annotation<'r>,
    altered: &[Altered<'_, 'r>],
    release: &Release,
    citations: &mut Citations<'r>,
) -> HaematologicalFindings {
    let mut tables = HaematologicalFindings::default();
    let of_alterations = altered.iter().flat_map(|altered| {
        altered.findings.iter().map(|finding| (altered.alteration.item_id(), *finding))
    });
    let of_biomarkers = annotation.findings.iter().filter_map(|finding| match finding.alteration {
        AlterationRef::Biomarker(index) => {
            result.biomarkers.get(index).map(|biomarker| (biomarker.item_id.as_str(), finding))
        }
        AlterationRef::ShortVariant(_)
        | AlterationRef::CopyNumber(_)
        | AlterationRef::Rearrangement(_) => None,
    });
    for (item_id, finding) in of_alterations.chain(of_biomarkers) {
        for matched in &finding.matches {
            let table = match matched.evidence.evidence_type {
                EvidenceType::Diagnostic => &mut tables.diagnosis,
                EvidenceType::Prognostic => &mut tables.prognosis,
                EvidenceType::Predictive
                | EvidenceType::Predisposing
                | EvidenceType::Oncogenic
                | EvidenceType::Functional => continue,
            };
            table.push(non_therapy(item_id, &finding.label, matched, release, citations));
        }
    }
    for table in [&mut tables.diagnosis, &mut tables.prognosis] {
        table.sort_by(|a, b| a.relation.cmp(&b.relation).then_with(|| a.strength.cmp(&b.strength)));
    }
    tables
}

fn non_therapy<'r>(
    item_id: &str,
    label: &str,
    matched: &EvidenceMatch<'r>,
    release: &Release,
    citations: &mut Citations<'r>,
) -> NonTherapyEvidence {
    let item = matched.evidence;
    let mut references = Vec::new();
    citations.cite(item, &mut references);
    references.sort_unstable();
    NonTherapyEvidence {
        evidence_id: item.id.clone(),
        item_id: item_id.to_owned(),
        label: label.to_owned(),
        level: matched.level,
        strength: item.strength,
        significance: item.significance,
        direction: item.direction,
        tumour_type: evidence::tumour_type(item, release),
        relation: matched.relation,
        references,
    }
}
