//! Secondary-finding candidates: alterations that may be inherited and matter to the family.

use knowledge::{Finding, Zygosity};
use model::{gene::GeneSymbol, text::LocalizedText};
use serde::{Deserialize, Serialize};

use super::altered::{Alteration, Altered};

/// Why an alteration is a secondary-finding candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecondaryFinding {
    /// Gene.
    pub gene: GeneSymbol,
    /// Hereditary condition.
    pub condition: LocalizedText,
    /// Whether both alleles must be altered for the condition.
    pub biallelic: bool,
    /// Whether a matched normal sample shows the germline origin.
    pub confirmed: bool,
    /// What this means, as one sentence.
    pub statement: LocalizedText,
}

/// Says it of an alteration, by its first finding that is a candidate.
pub(super) fn compose(altered: &Altered<'_, '_>) -> Option<SecondaryFinding> {
    altered.findings.iter().find_map(|finding| of_finding(altered.alteration, finding))
}

/// Says it of one finding.
pub(super) fn of_finding(
    alteration: Alteration<'_>,
    finding: &Finding<'_>,
) -> Option<SecondaryFinding> {
    let candidate = finding.secondary_finding?;
    let gene = candidate.gene;
    let condition = &gene.condition;
    let germline = alteration.origin().is_some_and(model::alteration::VariantOrigin::is_germline);
    let mut statement = if candidate.confirmed {
        LocalizedText::new(
            format!(
                "二次的所見の候補です（{}）。正常検体で生殖細胞系列の変異が確認されています。開示は患者の意思とエキスパートパネルの検討によります。",
                condition.ja
            ),
            format!(
                "Secondary-finding candidate ({}). The matched normal sample shows the germline origin. Disclosure depends on the patient's wish and the expert panel.",
                condition.en
            ),
        )
    } else if germline {
        LocalizedText::new(
            format!(
                "二次的所見の候補です（{}）。検査機関は生殖細胞系列と判定していますが、正常検体による確認がなく未確定です。確認検査の要否を検討してください。",
                condition.ja
            ),
            format!(
                "Secondary-finding candidate ({}). The laboratory calls it germline, but without a matched normal sample this is unconfirmed. Consider confirmatory testing.",
                condition.en
            ),
        )
    } else {
        LocalizedText::new(
            format!(
                "二次的所見の候補です（{}）。腫瘍のみの検査のため、生殖細胞系列かどうかは未確定です。確認検査の要否を検討してください。",
                condition.ja
            ),
            format!(
                "Secondary-finding candidate ({}). The test looked at the tumour only, so a germline origin is unconfirmed. Consider confirmatory testing.",
                condition.en
            ),
        )
    };
    let biallelic = gene.zygosity == Zygosity::Biallelic;
    if biallelic {
        statement.ja += "両アレルの変異で発症する疾患です。";
        statement.en += " The condition needs both alleles to be altered.";
    }
    Some(SecondaryFinding {
        gene: gene.gene.clone(),
        condition: condition.clone(),
        biallelic,
        confirmed: candidate.confirmed,
        statement,
    })
}
