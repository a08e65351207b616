//! Laying a test result beside a release: what is known of each alteration, and how strongly.
//!
//! Only alterations that the laboratory reports are annotated. A condition is met, not met, or unknown;
//! unknown is never taken for either.
//!
//! Not here: the words of the report (`care`).

use model::{
    evidence::{DrugAccessibility, EvidenceLevel, TumourRelation},
    gene::GeneSymbol,
    result::TestResult,
    text::LocalizedText,
    tumour::TumourTypeCode,
};

use crate::{
    evidence::Evidence,
    facts::{Hotspot, SecondaryFindingGene},
    release::Release,
};

mod access;
mod condition;
mod effect;
mod evaluate;
mod facts;
mod finding;
mod known;
mod label;
mod protein;
mod relation;
mod secondary;

/// One alteration of a [`TestResult`]: an index into the list of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlterationRef {
    /// Index into [`TestResult::short_variants`].
    ShortVariant(usize),
    /// Index into [`TestResult::copy_number_alterations`].
    CopyNumber(usize),
    /// Index into [`TestResult::rearrangements`].
    Rearrangement(usize),
    /// Index into [`TestResult::biomarkers`].
    Biomarker(usize),
}

/// How closely evidence fits an alteration, closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Specificity {
    /// The same amino-acid or coding change.
    ExactProtein,
    /// Another change of the same codon.
    Codon,
    /// A change in the exon or domain.
    Range,
    /// A change of the class, such as loss of function or internal tandem duplication.
    VariantClass,
    /// A change of copy number.
    CopyNumber,
    /// A fusion.
    Fusion,
    /// Any change of the gene.
    Gene,
    /// A genome-wide marker.
    Biomarker,
    /// Several alterations together.
    Combination,
    /// The gene is covered and not altered.
    WildType,
}

/// What the reader of a result wants to know beyond the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotateOptions {
    /// Where the patient is treated: the region whose approvals are "here". ISO 3166 code.
    pub home: String,
}

impl Default for AnnotateOptions {
    /// Japan.
    fn default() -> Self {
        Self { home: "JP".to_owned() }
    }
}

/// What a release knows of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation<'r> {
    /// One for each reported alteration, in the result's order: short variants, copy numbers, rearrangements, markers.
    pub findings: Vec<Finding<'r>>,
    /// Evidence that asks only for unaltered genes, and these are covered and unaltered.
    pub negatives: Vec<EvidenceMatch<'r>>,
    /// Whether the patient's tumour type is known to the release.
    pub tumour_known: bool,
}

/// One alteration and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding<'r> {
    /// The alteration.
    pub alteration: AlterationRef,
    /// Its genes, under the symbols that the sender wrote.
    pub genes: Vec<GeneSymbol>,
    /// A short name, such as `EGFR p.Leu858Arg`, `EML4::ALK fusion`, `ERBB2 amplification`, `TMB high`.
    pub label: String,
    /// The evidence, strongest level first.
    pub matches: Vec<EvidenceMatch<'r>>,
    /// The hotspot that the alteration hits.
    pub hotspot: Option<&'r Hotspot>,
    /// Why it may be of germline origin and matter to the family.
    pub secondary_finding: Option<SecondaryFindingCandidate<'r>>,
    /// The strongest of A to F among the matches; `R` only where there is no other.
    pub highest_level: Option<EvidenceLevel>,
}

/// Evidence that an alteration meets.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceMatch<'r> {
    /// The evidence.
    pub evidence: &'r Evidence,
    /// How closely it fits.
    pub specificity: Specificity,
    /// How the patient's tumour type stands to the evidence's.
    pub relation: TumourRelation,
    /// Whether the evidence is for a narrower type within the patient's (`relation` is then `Other`).
    pub narrower: bool,
    /// Level; `None` where the table gives none, as for evidence against a claim.
    pub level: Option<EvidenceLevel>,
    /// Identifier of the level table's row that decided.
    pub level_rule: &'r str,
    /// The drugs, each regimen once.
    pub drugs: Vec<DrugMatch<'r>>,
    /// The other alterations of a combination.
    pub also: Vec<AlterationRef>,
}

/// A regimen and how it can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrugMatch<'r> {
    /// Name in both languages.
    pub name: &'r LocalizedText,
    /// How it can be reached for this patient.
    pub accessibility: DrugAccessibility,
}

/// An alteration in a gene whose germline variants matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondaryFindingCandidate<'r> {
    /// The gene's row in the list.
    pub gene: &'r SecondaryFindingGene,
    /// Whether a matched normal sample shows the germline origin; otherwise a confirmatory test is needed.
    pub confirmed: bool,
}

impl Release {
    /// Lays a test result beside the release, for a patient treated in Japan.
    pub fn annotate(&self, result: &TestResult, tumour: Option<&TumourTypeCode>) -> Annotation<'_> {
        self.annotate_with(result, tumour, &AnnotateOptions::default())
    }

    /// Lays a test result beside the release.
    pub fn annotate_with(
        &self,
        result: &TestResult,
        tumour: Option<&TumourTypeCode>,
        options: &AnnotateOptions,
    ) -> Annotation<'_> {
        finding::annotate(self, result, tumour, options)
    }
}
