//! The eight requirements of a core hospital, as a checklist with evidence.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{organisation::OrganisationCode, text::LocalizedText};

/// Longest evidence text. Units: characters.
pub const EVIDENCE_MAX_CHARS: usize = 4_000;

/// One of the eight requirements, in their order.
///
/// Source: the list of the consortium's report of 2017-06, in the ministry's account of 2018-02; shortened here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Requirement {
    /// ① Panel tests can be done; outsourcing allowed.
    PanelTest,
    /// ② Experts interpret the results; some fields by cooperation.
    Interpretation,
    /// ③ Genetic counselling.
    Counselling,
    /// ④ A certain number of patients.
    CaseVolume,
    /// ⑤ Secure collection, and registration with the centre.
    Registration,
    /// ⑥ Fresh-frozen storage.
    FrozenStorage,
    /// ⑦ Trials, with a record.
    Trials,
    /// ⑧ A window that patients find and understand.
    PatientWindow,
}

impl Requirement {
    /// Every requirement, in order.
    pub const ALL: [Self; 8] = [
        Self::PanelTest,
        Self::Interpretation,
        Self::Counselling,
        Self::CaseVolume,
        Self::Registration,
        Self::FrozenStorage,
        Self::Trials,
        Self::PatientWindow,
    ];

    /// Returns its number. Units: 1 to 8.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Returns the requirement with a number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|requirement| requirement.number() == number)
    }

    /// Returns what is required.
    pub fn text(self) -> LocalizedText {
        let (ja, en) = match self {
            Self::PanelTest => (
                "パネル検査を実施できる（外部委託でもよい）",
                "Can do panel tests (outsourcing allowed)",
            ),
            Self::Interpretation => (
                "結果を医学的に解釈できる専門家がそろっている（一部の領域は他機関との連携でもよい）",
                "Has the experts to interpret results (some fields by cooperation)",
            ),
            Self::Counselling => (
                "遺伝性腫瘍などの患者に専門的な遺伝カウンセリングができる",
                "Can give expert genetic counselling, for hereditary tumours among others",
            ),
            Self::CaseVolume => {
                ("検査の対象となる患者が一定数以上いる", "Has a certain number of patients to test")
            }
            Self::Registration => (
                "結果と臨床情報を安全に集めて管理し、必要なものをセンターに登録する",
                "Collects results and clinical data securely, and registers what is needed with the centre",
            ),
            Self::FrozenStorage => {
                ("手術検体などを新鮮凍結で保存できる", "Can keep surgical specimens fresh-frozen")
            }
            Self::Trials => (
                "治験・臨床試験（先進医療・医師主導・国際共同を含む）の体制と実績がある",
                "Has the means and a record of trials (advanced care, investigator-led and international ones included)",
            ),
            Self::PatientWindow => (
                "情報の利活用や治験について、患者に分かりやすい窓口がある",
                "Has a window that patients find and understand, on data use and on trials",
            ),
        };
        LocalizedText::of(ja, en)
    }
}

/// Whether a requirement is met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RequirementState {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// Met.
    Met,
    /// Not met.
    NotMet,
}

impl RequirementState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Unknown, Self::Met, Self::NotMet];

    /// Returns the word of tables and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Met => "met",
            Self::NotMet => "not_met",
        }
    }

    /// Reads the word of tables and forms.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What was found of one requirement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequirementFinding {
    /// Whether it is met.
    pub state: RequirementState,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// On which day it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<NaiveDate>,
}

/// The checklist of one hospital.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequirementChecklist {
    /// The hospital.
    pub hospital: OrganisationCode,
    /// What was found; what is absent is unknown.
    pub findings: BTreeMap<Requirement, RequirementFinding>,
}

impl RequirementChecklist {
    /// Makes a checklist on which nothing was looked at.
    pub fn new(hospital: OrganisationCode) -> Self {
        Self { hospital, findings: BTreeMap::new() }
    }

    /// Returns the state of a requirement.
    pub fn state(&self, requirement: Requirement) -> RequirementState {
        self.findings.get(&requirement).map(|finding| finding.state).unwrap_or_default()
    }

    /// Returns how many requirements are met.
    pub fn met_count(&self) -> usize {
        Requirement::ALL
            .into_iter()
            .filter(|each| self.state(*each) == RequirementState::Met)
            .count()
    }
}
