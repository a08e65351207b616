//! Labels of coded values in both languages.
//!
//! JSON carries the codes; pages and printed reports show these.

use model::{
    alteration::{BiomarkerKind, BiomarkerState, CopyNumberKind, RearrangementKind, VariantOrigin},
    case::Sex,
    evidence::{
        ClinicalSignificance, DrugAccessibility, EvidenceDirection, EvidenceLevel, EvidenceType,
        SourceStrength, TumourRelation,
    },
    gene::GeneRole,
    problem::Severity,
    result::{NucleicAcid, TestType, TissueKind},
    text::LocalizedText,
};

use super::findings::AlterationKind;

/// What is written where nothing is known.
pub const UNKNOWN: LocalizedText = LocalizedText::of("不明", "unknown");

/// Gives the label of a sex.
pub const fn sex(sex: Sex) -> LocalizedText {
    match sex {
        Sex::Female => LocalizedText::of("女性", "female"),
        Sex::Male => LocalizedText::of("男性", "male"),
        Sex::Other => LocalizedText::of("その他", "other"),
    }
}

/// Gives the label of a test type.
pub const fn test_type(test_type: TestType) -> LocalizedText {
    match test_type {
        TestType::TumourOnly => LocalizedText::of("腫瘍組織のみ", "tumour tissue only"),
        TestType::TumourAndMatchedNormal => {
            LocalizedText::of("腫瘍組織と正常検体", "tumour tissue and matched normal")
        }
        TestType::CellFreeTumourOnly => LocalizedText::of("血中遊離DNAのみ", "cell-free DNA only"),
        TestType::CellFreeTumourAndMatchedNormal => {
            LocalizedText::of("血中遊離DNAと正常検体", "cell-free DNA and matched normal")
        }
    }
}

/// Gives the label of a kind of alteration.
pub const fn alteration_kind(kind: AlterationKind) -> LocalizedText {
    match kind {
        AlterationKind::ShortVariant => LocalizedText::of("塩基置換・挿入・欠失", "short variant"),
        AlterationKind::CopyNumberAlteration => {
            LocalizedText::of("コピー数異常", "copy-number alteration")
        }
        AlterationKind::Fusion => LocalizedText::of("融合遺伝子", "fusion"),
        AlterationKind::OtherRearrangement => {
            LocalizedText::of("その他の構造異常", "other rearrangement")
        }
    }
}

/// Gives the label of a variant's origin.
pub const fn origin(origin: VariantOrigin) -> LocalizedText {
    match origin {
        VariantOrigin::Somatic => LocalizedText::of("体細胞", "somatic"),
        VariantOrigin::Germline => LocalizedText::of("生殖細胞系列", "germline"),
        VariantOrigin::LikelySomatic => LocalizedText::of("体細胞の可能性が高い", "likely somatic"),
        VariantOrigin::LikelyGermline => {
            LocalizedText::of("生殖細胞系列の可能性が高い", "likely germline")
        }
    }
}

/// Gives the label of a nucleic acid.
pub const fn nucleic_acid(acid: NucleicAcid) -> LocalizedText {
    match acid {
        NucleicAcid::Dna => LocalizedText::of("DNA", "DNA"),
        NucleicAcid::Rna => LocalizedText::of("RNA", "RNA"),
    }
}

/// Gives the label of a tissue.
pub const fn tissue(tissue: TissueKind) -> LocalizedText {
    match tissue {
        TissueKind::Tumour => LocalizedText::of("腫瘍", "tumour"),
        TissueKind::Normal => LocalizedText::of("正常", "normal"),
    }
}

/// Gives the label of a copy-number change.
pub const fn copy_number(kind: CopyNumberKind) -> LocalizedText {
    match kind {
        CopyNumberKind::Amplification => LocalizedText::of("増幅", "amplification"),
        CopyNumberKind::Gain => LocalizedText::of("増加", "gain"),
        CopyNumberKind::Duplication => LocalizedText::of("重複", "duplication"),
        CopyNumberKind::Loss => LocalizedText::of("減少", "loss"),
        CopyNumberKind::Deletion => LocalizedText::of("欠失", "deletion"),
        CopyNumberKind::HomozygousDeletion => {
            LocalizedText::of("ホモ接合性欠失", "homozygous deletion")
        }
        CopyNumberKind::Neutral => LocalizedText::of("変化なし", "no change"),
    }
}

/// Gives the label of a rearrangement.
pub const fn rearrangement(kind: RearrangementKind) -> LocalizedText {
    match kind {
        RearrangementKind::Fusion => LocalizedText::of("融合", "fusion"),
        RearrangementKind::Duplication => LocalizedText::of("重複", "duplication"),
        RearrangementKind::TandemDuplication => LocalizedText::of("縦列重複", "tandem duplication"),
        RearrangementKind::Deletion => LocalizedText::of("欠失", "deletion"),
        RearrangementKind::Inversion => LocalizedText::of("逆位", "inversion"),
        RearrangementKind::Truncation => LocalizedText::of("短縮", "truncation"),
        RearrangementKind::SpliceVariant => {
            LocalizedText::of("スプライシング異常", "splice variant")
        }
        RearrangementKind::ExonSkipping => {
            LocalizedText::of("エクソンスキッピング", "exon skipping")
        }
        RearrangementKind::Other => LocalizedText::of("その他", "other"),
    }
}

/// Gives the label of a genome-wide marker.
pub const fn biomarker(kind: BiomarkerKind) -> LocalizedText {
    match kind {
        BiomarkerKind::Tmb => {
            LocalizedText::of("腫瘍遺伝子変異量（TMB）", "tumour mutational burden (TMB)")
        }
        BiomarkerKind::Msi => LocalizedText::of(
            "マイクロサテライト不安定性（MSI）",
            "microsatellite instability (MSI)",
        ),
        BiomarkerKind::Loh => {
            LocalizedText::of("ヘテロ接合性の消失（LOH）", "loss of heterozygosity (LOH)")
        }
    }
}

/// Gives the label of a marker's state.
pub const fn biomarker_state(state: BiomarkerState) -> LocalizedText {
    match state {
        BiomarkerState::High => LocalizedText::of("高", "high"),
        BiomarkerState::Low => LocalizedText::of("低", "low"),
        BiomarkerState::Stable => LocalizedText::of("安定", "stable"),
        BiomarkerState::Intermediate => LocalizedText::of("中間", "intermediate"),
        BiomarkerState::Undetermined => LocalizedText::of("判定不能", "cannot be determined"),
    }
}

/// Gives the label of an evidence type.
pub const fn evidence_type(evidence_type: EvidenceType) -> LocalizedText {
    match evidence_type {
        EvidenceType::Predictive => LocalizedText::of("治療効果予測", "predictive"),
        EvidenceType::Diagnostic => LocalizedText::of("診断", "diagnostic"),
        EvidenceType::Prognostic => LocalizedText::of("予後", "prognostic"),
        EvidenceType::Predisposing => LocalizedText::of("遺伝性素因", "predisposing"),
        EvidenceType::Oncogenic => LocalizedText::of("がん化への関与", "oncogenic"),
        EvidenceType::Functional => LocalizedText::of("機能への影響", "functional"),
    }
}

/// Gives the label of a direction.
pub const fn direction(direction: EvidenceDirection) -> LocalizedText {
    match direction {
        EvidenceDirection::Supports => LocalizedText::of("支持する", "supports"),
        EvidenceDirection::DoesNotSupport => LocalizedText::of("支持しない", "does not support"),
    }
}

/// Gives the label of a clinical significance.
pub const fn significance(significance: ClinicalSignificance) -> LocalizedText {
    use ClinicalSignificance as S;
    match significance {
        S::Sensitivity => LocalizedText::of("感受性・奏効", "sensitivity or response"),
        S::ReducedSensitivity => LocalizedText::of("感受性の低下", "reduced sensitivity"),
        S::Resistance => LocalizedText::of("耐性", "resistance"),
        S::AdverseResponse => LocalizedText::of("有害な反応", "adverse response"),
        S::Positive => LocalizedText::of("診断を支持", "supports the diagnosis"),
        S::Negative => LocalizedText::of("診断を否定", "speaks against the diagnosis"),
        S::BetterOutcome => LocalizedText::of("予後良好", "better outcome"),
        S::PoorOutcome => LocalizedText::of("予後不良", "poor outcome"),
        S::Predisposition => LocalizedText::of("発症素因", "predisposition"),
        S::Protectiveness => LocalizedText::of("発症抑制", "protectiveness"),
        S::Oncogenicity => LocalizedText::of("がん化に関与", "oncogenic"),
        S::GainOfFunction => LocalizedText::of("機能獲得", "gain of function"),
        S::LossOfFunction => LocalizedText::of("機能喪失", "loss of function"),
        S::DominantNegative => LocalizedText::of("ドミナントネガティブ", "dominant negative"),
        S::Neomorphic => LocalizedText::of("新たな機能の獲得", "neomorphic"),
        S::UnalteredFunction => LocalizedText::of("機能に変化なし", "unaltered function"),
        S::Uncertain => LocalizedText::of("意義不明", "uncertain"),
    }
}

/// Gives the label of the strength that the source itself states.
pub const fn strength(strength: SourceStrength) -> LocalizedText {
    match strength {
        SourceStrength::Validated => LocalizedText::of("確立", "validated"),
        SourceStrength::Clinical => LocalizedText::of("臨床試験", "clinical"),
        SourceStrength::CaseStudy => LocalizedText::of("症例報告", "case study"),
        SourceStrength::Preclinical => LocalizedText::of("前臨床", "preclinical"),
        SourceStrength::Inferential => LocalizedText::of("推論", "inferential"),
    }
}

/// Gives the label of a tumour relation.
pub const fn relation(relation: TumourRelation) -> LocalizedText {
    match relation {
        TumourRelation::Same => LocalizedText::of("本がん種", "this tumour type"),
        TumourRelation::Ancestor => {
            LocalizedText::of("本がん種を含む", "includes this tumour type")
        }
        TumourRelation::Other => LocalizedText::of("他がん種", "other tumour type"),
        TumourRelation::Unknown => LocalizedText::of("関係不明", "relation unknown"),
    }
}

/// Gives the label of a drug's accessibility.
pub const fn accessibility(accessibility: DrugAccessibility) -> LocalizedText {
    match accessibility {
        DrugAccessibility::ApprovedHere => {
            LocalizedText::of("国内承認・本適応", "approved here, this indication")
        }
        DrugAccessibility::ApprovedHereOtherIndication => {
            LocalizedText::of("国内承認・適応外", "approved here, other indication")
        }
        DrugAccessibility::ApprovedAbroad => LocalizedText::of("海外承認", "approved abroad"),
        DrugAccessibility::TrialOnly => LocalizedText::of("試験のみ", "trials only"),
        DrugAccessibility::Unknown => LocalizedText::of("到達性不明", "access unknown"),
    }
}

/// Gives the label of a gene's role.
pub const fn gene_role(role: GeneRole) -> LocalizedText {
    match role {
        GeneRole::Oncogene => LocalizedText::of("がん遺伝子", "oncogene"),
        GeneRole::TumourSuppressor => LocalizedText::of("がん抑制遺伝子", "tumour suppressor"),
        GeneRole::Both => {
            LocalizedText::of("がん遺伝子・がん抑制遺伝子の両方", "oncogene and tumour suppressor")
        }
    }
}

/// Gives the label of a problem's severity.
pub const fn severity(severity: Severity) -> LocalizedText {
    match severity {
        Severity::Error => LocalizedText::of("エラー", "error"),
        Severity::Warning => LocalizedText::of("警告", "warning"),
        Severity::Note => LocalizedText::of("参考", "note"),
    }
}

/// Gives the short meaning of a level; the full definition is in section 7.
pub const fn level(level: EvidenceLevel) -> LocalizedText {
    match level {
        EvidenceLevel::A => LocalizedText::of(
            "本がん種で承認薬またはガイドライン記載がある",
            "approved drug or guideline for this tumour type",
        ),
        EvidenceLevel::B => LocalizedText::of(
            "本がん種で信頼できる臨床試験がある",
            "reliable clinical trials in this tumour type",
        ),
        EvidenceLevel::C => LocalizedText::of(
            "他がん種で承認薬または信頼できる臨床試験がある、あるいは小規模な臨床試験がある",
            "approved drug or reliable trials in another tumour type, or small trials",
        ),
        EvidenceLevel::D => LocalizedText::of("症例報告がある", "case reports"),
        EvidenceLevel::E => LocalizedText::of("前臨床研究がある", "preclinical studies"),
        EvidenceLevel::F => {
            LocalizedText::of("がん化への関与が知られている", "known part in oncogenesis")
        }
        EvidenceLevel::R => LocalizedText::of("薬剤耐性に関わる", "resistance to a drug"),
    }
}
