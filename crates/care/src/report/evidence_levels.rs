//! Section 7: what the evidence levels and the other words of the report mean.

use knowledge::Release;
use model::{
    evidence::{DrugAccessibility, EvidenceLevel, TumourRelation},
    text::LocalizedText,
};
use serde::{Deserialize, Serialize};

use super::software_versions::NamedVersion;

/// Section 7.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceLevelDefinitions {
    /// Whether an authority published the table; always false here.
    pub official: bool,
    /// What the table is and is not.
    pub statement: LocalizedText,
    /// The table by which levels were given.
    pub level_table: NamedVersion,
    /// Each level, strongest first.
    pub levels: Vec<LevelDefinition>,
    /// Words for how evidence stands to the patient's tumour type.
    pub relations: Vec<RelationDefinition>,
    /// Words for how a drug can be reached.
    pub accessibilities: Vec<AccessibilityDefinition>,
}

/// What one level means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelDefinition {
    /// Level.
    pub level: EvidenceLevel,
    /// Meaning.
    pub definition: LocalizedText,
}

/// What one tumour relation means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RelationDefinition {
    /// Relation.
    pub relation: TumourRelation,
    /// Meaning.
    pub definition: LocalizedText,
}

/// What one accessibility means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessibilityDefinition {
    /// Accessibility.
    pub accessibility: DrugAccessibility,
    /// Meaning.
    pub definition: LocalizedText,
}

/// Makes section 7.
pub(super) fn compose(release: &Release) -> EvidenceLevelDefinitions {
    let table = &release.manifest().level_table;
    EvidenceLevelDefinitions {
        official: false,
        statement: STATEMENT,
        level_table: NamedVersion {
            name: table.name.clone(),
            version: Some(table.version.clone()),
        },
        levels: EvidenceLevel::ALL
            .into_iter()
            .map(|level| LevelDefinition { level, definition: define_level(level) })
            .collect(),
        relations: RELATIONS
            .into_iter()
            .map(|relation| RelationDefinition { relation, definition: define_relation(relation) })
            .collect(),
        accessibilities: ACCESSIBILITIES
            .into_iter()
            .map(|accessibility| AccessibilityDefinition {
                accessibility,
                definition: define_accessibility(accessibility),
            })
            .collect(),
    }
}

const RELATIONS: [TumourRelation; 4] = [
    TumourRelation::Same,
    TumourRelation::Ancestor,
    TumourRelation::Other,
    TumourRelation::Unknown,
];

const ACCESSIBILITIES: [DrugAccessibility; 5] = [
    DrugAccessibility::ApprovedHere,
    DrugAccessibility::ApprovedHereOtherIndication,
    DrugAccessibility::ApprovedAbroad,
    DrugAccessibility::TrialOnly,
    DrugAccessibility::Unknown,
];

const STATEMENT: LocalizedText = LocalizedText::of(
    "本報告のエビデンスレベルは、三学会合同ガイダンスの考え方を参考に本プログラムが独自に定めた表によるもので、学会や行政機関の公式な判定ではありません。知識源が示す強さ、臨床的意義、がん種の関係、承認状況から機械的に付けています。診断・予後のエビデンスにも同じ文字を付けますが別の尺度であり、変異の最高レベルに数えるのは造血器腫瘍の報告に限ります。",
    "The evidence levels of this report come from this programme's own table. It follows the thinking of the joint guidance of three Japanese societies, but it is not an official assessment of any society or authority. Levels are given mechanically from the strength stated by the source, the clinical significance, the tumour relation and the approval status. Evidence on diagnosis and prognosis carries the same letters on a scale of its own; it counts for an alteration's highest level in haematological reports only.",
);

const fn define_level(level: EvidenceLevel) -> LocalizedText {
    match level {
        EvidenceLevel::A => LocalizedText::of(
            "本がん種において、当該バイオマーカーに対する国内またはFDAの承認薬がある、もしくはガイドラインに記載されている。",
            "In this tumour type, a drug is approved for the biomarker in Japan or by the FDA, or a guideline names it.",
        ),
        EvidenceLevel::B => LocalizedText::of(
            "本がん種において、統計的に信頼できる臨床試験またはメタ解析があり、専門家の間で合意がある。",
            "In this tumour type, statistically reliable clinical trials or meta-analyses exist and experts agree.",
        ),
        EvidenceLevel::C => LocalizedText::of(
            "他がん種において承認薬または信頼できる臨床試験がある。もしくは、がん種を問わず小規模な臨床試験で有用性が示されている。",
            "In another tumour type, an approved drug or reliable clinical trials exist; or small clinical trials in any tumour type show benefit.",
        ),
        EvidenceLevel::D => LocalizedText::of(
            "がん種を問わず、症例報告で有用性が示されている。",
            "Case reports in any tumour type show benefit.",
        ),
        EvidenceLevel::E => LocalizedText::of(
            "前臨床研究（細胞または動物）で有用性が示されている。",
            "Preclinical studies (cells or animals) suggest benefit.",
        ),
        EvidenceLevel::F => LocalizedText::of(
            "がん化に関与することが知られている。",
            "The alteration is known to take part in oncogenesis.",
        ),
        EvidenceLevel::R => LocalizedText::of(
            "薬剤への耐性に関わることが知られている。",
            "The alteration is known to confer resistance to a drug.",
        ),
    }
}

const fn define_relation(relation: TumourRelation) -> LocalizedText {
    match relation {
        TumourRelation::Same => LocalizedText::of(
            "エビデンスのがん種が患者のがん種と同じである。",
            "The evidence is for the patient's tumour type.",
        ),
        TumourRelation::Ancestor => LocalizedText::of(
            "エビデンスのがん種が患者のがん種を含む上位の分類である、または固形がん全般である。",
            "The evidence is for a broader type that contains the patient's, or for all solid tumours.",
        ),
        TumourRelation::Other => LocalizedText::of(
            "エビデンスのがん種が患者のがん種と異なる。",
            "The evidence is for another tumour type.",
        ),
        TumourRelation::Unknown => LocalizedText::of(
            "患者またはエビデンスのがん種が分からないため、比べられない。",
            "The patient's or the evidence's tumour type is not known, so they cannot be compared.",
        ),
    }
}

const fn define_accessibility(accessibility: DrugAccessibility) -> LocalizedText {
    match accessibility {
        DrugAccessibility::ApprovedHere => LocalizedText::of(
            "本がん種とバイオマーカーに対して国内で承認されている。",
            "Approved in Japan for this tumour type and biomarker.",
        ),
        DrugAccessibility::ApprovedHereOtherIndication => LocalizedText::of(
            "国内で承認されているが、がん種またはバイオマーカーが異なる。",
            "Approved in Japan, but for another tumour type or biomarker.",
        ),
        DrugAccessibility::ApprovedAbroad => {
            LocalizedText::of("海外でのみ承認されている。", "Approved abroad only.")
        }
        DrugAccessibility::TrialOnly => {
            LocalizedText::of("臨床試験でのみ使用できる。", "Available in clinical trials only.")
        }
        DrugAccessibility::Unknown => LocalizedText::of(
            "この知識リリースには承認の情報がない。",
            "This knowledge release holds no approval information for the drug.",
        ),
    }
}
