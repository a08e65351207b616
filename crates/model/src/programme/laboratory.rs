//! Testing laboratories and sequencing companies, with certification, contract and external assessment.

use serde::{Deserialize, Serialize};

use super::{Period, hospital::is_empty};
use crate::{
    organisation::OrganisationCode,
    text::{Language, LocalizedText},
};

/// What a laboratory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LaboratoryKind {
    /// Takes orders and specimens, and reports.
    TestingLaboratory,
    /// Sequences for others.
    SequencingCompany,
    /// Makes a test product.
    Developer,
}

impl LaboratoryKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::TestingLaboratory, Self::SequencingCompany, Self::Developer];

    /// Returns the word of tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::TestingLaboratory => "testing_laboratory",
            Self::SequencingCompany => "sequencing_company",
            Self::Developer => "developer",
        }
    }
}

/// What kind of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PaperKind {
    /// Certification or accreditation of quality.
    Certification,
    /// Contract with the programme's centre.
    Contract,
    /// Round of external quality assessment.
    ExternalAssessment,
}

impl PaperKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Certification, Self::Contract, Self::ExternalAssessment];

    /// Returns the word of tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certification => "certification",
            Self::Contract => "contract",
            Self::ExternalAssessment => "external_assessment",
        }
    }
}

/// How an external assessment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AssessmentOutcome {
    /// Passed.
    Passed,
    /// Passed with findings to mend.
    Findings,
    /// Failed.
    Failed,
}

impl AssessmentOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Passed, Self::Findings, Self::Failed];

    /// Returns the word of tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Findings => "findings",
            Self::Failed => "failed",
        }
    }
}

/// A certification, a contract or an assessment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LaboratoryPaper {
    /// What kind.
    pub kind: PaperKind,
    /// When it holds; for an assessment, since the day of its result.
    pub period: Period,
    /// Scheme, contract or round, such as `ISO 15189`.
    pub title: String,
    /// Number or reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// For an assessment: how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AssessmentOutcome>,
}

/// A laboratory or company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Laboratory {
    /// Code; ours, not an official one.
    pub code: OrganisationCode,
    /// What it is.
    pub kind: LaboratoryKind,
    /// Names; the English one may be empty.
    pub name: LocalizedText,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub contact: LocalizedText,
    /// Its papers, by kind and first day.
    #[serde(default)]
    pub papers: Vec<LaboratoryPaper>,
    /// Where the entry comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether it is invented.
    #[serde(default)]
    pub synthetic: bool,
}

impl Laboratory {
    /// Returns the name in the reader's language; in the other one where there is none.
    pub fn name(&self, language: Language) -> &str {
        let name = self.name.get(language);
        if name.is_empty() { &self.name.ja } else { name }
    }

    /// Adds a paper, or replaces the one of the same kind, title and first day.
    pub fn put_paper(&mut self, paper: LaboratoryPaper) {
        let key = |each: &LaboratoryPaper| (each.kind, each.period.from, each.title.clone());
        self.papers.retain(|other| key(other) != key(&paper));
        self.papers.push(paper);
        self.papers.sort();
    }
}
