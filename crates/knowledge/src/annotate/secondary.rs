//! Alterations that may be of germline origin in genes whose germline variants matter.

use model::{
    alteration::{ShortVariant, VariantOrigin},
    gene::GeneSymbol,
    result::{TestResult, TestType},
};

use super::{SecondaryFindingCandidate, effect::Effect};
use crate::release::Release;

/// Judges a short variant.
///
/// The laboratory's germline call makes a candidate; so does any variant that changes the protein where
/// no matched normal was sequenced, because then the origin cannot be told.
pub(super) fn of_variant<'r>(
    release: &'r Release,
    result: &TestResult,
    variant: &ShortVariant,
) -> Option<SecondaryFindingCandidate<'r>> {
    let (transcript, gene) = variant.transcripts.iter().find_map(|transcript| {
        let gene = transcript.gene.as_ref()?;
        Some((transcript, release.secondary_finding(gene.as_str())?))
    })?;
    if Effect::of(transcript).alters == Some(false) {
        return None;
    }
    let matched = matched_normal(result.test.test_type, variant.matched);
    let candidate =
        variant.origin.is_some_and(VariantOrigin::is_germline) || matched == Some(false);
    let confirmed = is_confirmed(variant.origin, matched);
    candidate.then_some(SecondaryFindingCandidate { gene, confirmed })
}

/// Judges an alteration of structure or copy number: only the laboratory's germline call makes a candidate.
pub(super) fn of_genes<'r>(
    release: &'r Release,
    result: &TestResult,
    genes: &[GeneSymbol],
    origin: Option<VariantOrigin>,
    matched: Option<bool>,
) -> Option<SecondaryFindingCandidate<'r>> {
    origin.filter(|origin| origin.is_germline())?;
    let gene = genes.iter().find_map(|gene| release.secondary_finding(gene.as_str()))?;
    let matched = matched_normal(result.test.test_type, matched);
    Some(SecondaryFindingCandidate { gene, confirmed: is_confirmed(origin, matched) })
}

/// A germline origin is shown only by a matched normal sample and a call without "likely".
fn is_confirmed(origin: Option<VariantOrigin>, matched: Option<bool>) -> bool {
    origin == Some(VariantOrigin::Germline) && matched == Some(true)
}

fn matched_normal(test: Option<TestType>, matched: Option<bool>) -> Option<bool> {
    matched.or_else(|| test.map(TestType::has_matched_normal))
}
