//! The words of the clinic for values of the model.

use model::{
    alteration::{BiomarkerKind, BiomarkerState, CopyNumberKind, RearrangementKind, VariantOrigin},
    case::Sex,
    evidence::{ClinicalSignificance, EvidenceLevel, EvidenceType, SourceStrength},
    gene::GeneRole,
    problem::{Audience, Severity},
    result::{ResultFormat, TestType, TissueKind},
};

use crate::page::Page;

impl Page {
    /// Words of a sex.
    pub(crate) fn sex(&self, sex: Option<Sex>) -> String {
        match sex {
            Some(Sex::Female) => self.t("sex-female"),
            Some(Sex::Male) => self.t("sex-male"),
            Some(Sex::Other) => self.t("sex-other"),
            None => self.t("sex-unknown"),
        }
    }

    /// Words of age and sex together.
    pub(crate) fn person(&self, age_years: Option<u32>, sex: Option<Sex>) -> String {
        let sex = self.sex(sex);
        match age_years {
            Some(age) => self.words("person", &[("age", &age.to_string()), ("sex", &sex)]),
            None => self.words("person-no-age", &[("sex", &sex)]),
        }
    }

    /// What a level means.
    pub(crate) fn level_meaning(&self, level: EvidenceLevel) -> String {
        match level {
            EvidenceLevel::A => self.t("level-a"),
            EvidenceLevel::B => self.t("level-b"),
            EvidenceLevel::C => self.t("level-c"),
            EvidenceLevel::D => self.t("level-d"),
            EvidenceLevel::E => self.t("level-e"),
            EvidenceLevel::F => self.t("level-f"),
            EvidenceLevel::R => self.t("level-r"),
        }
    }

    /// Words of a file format.
    pub(crate) fn format(&self, format: &ResultFormat) -> String {
        match format {
            ResultFormat::Cats { version } => self.t2("format-cats", "version", version),
            ResultFormat::Maf => self.t("format-maf"),
            ResultFormat::Vcf => self.t("format-vcf"),
            ResultFormat::CBioPortal => self.t("format-cbioportal"),
            ResultFormat::PortalReport => self.t("format-portal-report"),
        }
    }

    /// Words of a type of test.
    pub(crate) fn test_type(&self, test_type: TestType) -> String {
        match test_type {
            TestType::TumourOnly => self.t("test-tumour-only"),
            TestType::TumourAndMatchedNormal => self.t("test-tumour-matched"),
            TestType::CellFreeTumourOnly => self.t("test-cell-free"),
            TestType::CellFreeTumourAndMatchedNormal => self.t("test-cell-free-matched"),
        }
    }

    /// Words of a tissue.
    pub(crate) fn tissue(&self, tissue: TissueKind) -> String {
        match tissue {
            TissueKind::Tumour => self.t("tissue-tumour"),
            TissueKind::Normal => self.t("tissue-normal"),
        }
    }

    /// Words of an origin.
    pub(crate) fn origin(&self, origin: VariantOrigin) -> String {
        match origin {
            VariantOrigin::Somatic => self.t("origin-somatic"),
            VariantOrigin::Germline => self.t("origin-germline"),
            VariantOrigin::LikelySomatic => self.t("origin-likely-somatic"),
            VariantOrigin::LikelyGermline => self.t("origin-likely-germline"),
        }
    }

    /// Words of a copy-number alteration.
    pub(crate) fn copy_number(&self, kind: CopyNumberKind) -> String {
        match kind {
            CopyNumberKind::Amplification => self.t("copy-amplification"),
            CopyNumberKind::Gain => self.t("copy-gain"),
            CopyNumberKind::Duplication => self.t("copy-duplication"),
            CopyNumberKind::Loss => self.t("copy-loss"),
            CopyNumberKind::Deletion => self.t("copy-deletion"),
            CopyNumberKind::HomozygousDeletion => self.t("copy-homozygous-deletion"),
            CopyNumberKind::Neutral => self.t("copy-neutral"),
        }
    }

    /// Words of a rearrangement.
    pub(crate) fn rearrangement(&self, kind: RearrangementKind) -> String {
        match kind {
            RearrangementKind::Fusion => self.t("rearrangement-fusion"),
            RearrangementKind::Duplication => self.t("rearrangement-duplication"),
            RearrangementKind::TandemDuplication => self.t("rearrangement-tandem-duplication"),
            RearrangementKind::Deletion => self.t("rearrangement-deletion"),
            RearrangementKind::Inversion => self.t("rearrangement-inversion"),
            RearrangementKind::Truncation => self.t("rearrangement-truncation"),
            RearrangementKind::SpliceVariant => self.t("rearrangement-splice-variant"),
            RearrangementKind::ExonSkipping => self.t("rearrangement-exon-skipping"),
            RearrangementKind::Other => self.t("rearrangement-other"),
        }
    }

    /// Words of a genome-wide marker.
    pub(crate) fn biomarker(&self, kind: BiomarkerKind) -> String {
        match kind {
            BiomarkerKind::Tmb => self.t("biomarker-tmb"),
            BiomarkerKind::Msi => self.t("biomarker-msi"),
            BiomarkerKind::Loh => self.t("biomarker-loh"),
        }
    }

    /// Words of a marker's state.
    pub(crate) fn biomarker_state(&self, state: BiomarkerState) -> String {
        match state {
            BiomarkerState::High => self.t("state-high"),
            BiomarkerState::Low => self.t("state-low"),
            BiomarkerState::Stable => self.t("state-stable"),
            BiomarkerState::Intermediate => self.t("state-intermediate"),
            BiomarkerState::Undetermined => self.t("state-undetermined"),
        }
    }

    /// Words of a severity.
    pub(crate) fn severity(&self, severity: Severity) -> String {
        match severity {
            Severity::Error => self.t("severity-error"),
            Severity::Warning => self.t("severity-warning"),
            Severity::Note => self.t("severity-note"),
        }
    }

    /// Whom a problem is for.
    pub(crate) fn audience(&self, audience: Audience) -> String {
        match audience {
            Audience::Developer => self.t("audience-developer"),
            Audience::DataEntry => self.t("audience-data-entry"),
        }
    }

    /// Words of an evidence type.
    pub(crate) fn evidence_type(&self, kind: EvidenceType) -> String {
        match kind {
            EvidenceType::Predictive => self.t("type-predictive"),
            EvidenceType::Diagnostic => self.t("type-diagnostic"),
            EvidenceType::Prognostic => self.t("type-prognostic"),
            EvidenceType::Predisposing => self.t("type-predisposing"),
            EvidenceType::Oncogenic => self.t("type-oncogenic"),
            EvidenceType::Functional => self.t("type-functional"),
        }
    }

    /// Words of a claim.
    pub(crate) fn significance(&self, claim: ClinicalSignificance) -> String {
        use ClinicalSignificance as Claim;
        match claim {
            Claim::Sensitivity => self.t("claim-sensitivity"),
            Claim::ReducedSensitivity => self.t("claim-reduced-sensitivity"),
            Claim::Resistance => self.t("claim-resistance"),
            Claim::AdverseResponse => self.t("claim-adverse-response"),
            Claim::Positive => self.t("claim-positive"),
            Claim::Negative => self.t("claim-negative"),
            Claim::BetterOutcome => self.t("claim-better-outcome"),
            Claim::PoorOutcome => self.t("claim-poor-outcome"),
            Claim::Predisposition => self.t("claim-predisposition"),
            Claim::Protectiveness => self.t("claim-protectiveness"),
            Claim::Oncogenicity => self.t("claim-oncogenicity"),
            Claim::GainOfFunction => self.t("claim-gain-of-function"),
            Claim::LossOfFunction => self.t("claim-loss-of-function"),
            Claim::DominantNegative => self.t("claim-dominant-negative"),
            Claim::Neomorphic => self.t("claim-neomorphic"),
            Claim::UnalteredFunction => self.t("claim-unaltered-function"),
            Claim::Uncertain => self.t("claim-uncertain"),
        }
    }

    /// Words of a source's own strength.
    pub(crate) fn strength(&self, strength: SourceStrength) -> String {
        match strength {
            SourceStrength::Validated => self.t("strength-validated"),
            SourceStrength::Clinical => self.t("strength-clinical"),
            SourceStrength::CaseStudy => self.t("strength-case-study"),
            SourceStrength::Preclinical => self.t("strength-preclinical"),
            SourceStrength::Inferential => self.t("strength-inferential"),
        }
    }

    /// Words of a gene's role.
    pub(crate) fn gene_role(&self, role: GeneRole) -> String {
        match role {
            GeneRole::Oncogene => self.t("role-oncogene"),
            GeneRole::TumourSuppressor => self.t("role-tumour-suppressor"),
            GeneRole::Both => self.t("role-both"),
        }
    }
}
