//! Judging one condition against a result.

use model::{
    alteration::{BiomarkerState, CopyNumberKind, Rearrangement, RearrangementKind},
    gene::GeneSymbol,
    hgvs::protein::ProteinChange,
};

use super::{
    AlterationRef, Specificity,
    effect::{coding, in_promoter, skips_met_exon_14},
    facts::{Facts, GeneAlterations, VariantInGene, is_fusion, is_homozygous},
    protein::{changes_codon, growth, same},
};
use crate::biomarker::{
    Alteration, Condition, MarkerState, Partner, RangeClass,
    ranges::{coding_key, exon_codons},
};

/// An alteration that meets a condition.
pub(super) type Met = (AlterationRef, Specificity);

/// What judging a condition comes to.
#[derive(Debug)]
pub(super) enum Judgement {
    /// Met by each of these.
    Met(Vec<Met>),
    /// Met because nothing is altered.
    MetByAbsence,
    /// Shown not to be met.
    NotMet,
    /// The result does not say.
    Unknown,
}

/// Codons of FLT3 in which internal tandem duplications lie (juxtamembrane and first kinase domain).
const FLT3_ITD: (u32, u32) = (572, 630);
/// Fewest residues that an internal duplication of another gene doubles. Units: residues.
const MIN_DUPLICATION_RESIDUES: i64 = 3;

/// Judges a condition.
pub(super) fn judge(facts: &Facts<'_>, condition: &Condition) -> Judgement {
    match &condition.alteration {
        Alteration::Marker { kind, state } => judge_marker(facts, *kind, *state),
        Alteration::Fusion { five, three } => {
            // A panel's gene list does not say which fusions it can see, so absence shows nothing.
            met_or_unknown(fusions(facts, five, three))
        }
        Alteration::NotMeasurable(_) | Alteration::NotUnderstood(_) => Judgement::Unknown,
        alteration => match &condition.gene {
            Some(gene) => judge_gene(facts, gene, alteration),
            None => Judgement::Unknown,
        },
    }
}

fn judge_gene(facts: &Facts<'_>, gene: &GeneSymbol, alteration: &Alteration) -> Judgement {
    let alterations = facts.of_gene(gene);
    if *alteration == Alteration::WildType {
        let altered = alterations.is_some_and(|found| {
            found.variants.iter().any(|variant| variant.effect.alters == Some(true))
        });
        return match (altered, shows_absence(facts, gene, alterations)) {
            (true, _) => Judgement::NotMet,
            (false, true) => Judgement::MetByAbsence,
            (false, false) => Judgement::Unknown,
        };
    }
    let mut met = Vec::new();
    if let Some(found) = alterations {
        for variant in &found.variants {
            if let Some(specificity) = variant_meets(facts, variant, alteration) {
                met.push((variant.at, specificity));
            }
        }
        met.extend(copies_meet(found, alteration));
        met.extend(rearrangements_meet(gene, facts, found, alteration));
    }
    if *alteration == Alteration::BiallelicLoss {
        met = biallelic(found_losses(facts, alterations));
    }
    if !met.is_empty() {
        return Judgement::Met(met);
    }
    let by_absence = !matches!(
        alteration,
        Alteration::Rearranged | Alteration::EgfrVariantIii | Alteration::Promoter
    );
    if by_absence && shows_absence(facts, gene, alterations) {
        Judgement::NotMet
    } else {
        Judgement::Unknown
    }
}

/// Returns whether the absence of a short variant or copy-number change in the result means that there is none.
fn shows_absence(
    facts: &Facts<'_>,
    gene: &GeneSymbol,
    alterations: Option<&GeneAlterations<'_>>,
) -> bool {
    let unclear = alterations
        .is_some_and(|found| found.variants.iter().any(|variant| variant.effect.alters.is_none()));
    !unclear && facts.covers(gene)
}

fn met_or_unknown(met: Vec<Met>) -> Judgement {
    if met.is_empty() { Judgement::Unknown } else { Judgement::Met(met) }
}

fn judge_marker(
    facts: &Facts<'_>,
    kind: model::alteration::BiomarkerKind,
    state: MarkerState,
) -> Judgement {
    let mut met = Vec::new();
    let mut decided = false;
    for (at, found) in facts.marker_states(kind) {
        let fits = match (state, found) {
            (_, None | Some(BiomarkerState::Undetermined)) => continue,
            (MarkerState::High, Some(BiomarkerState::High))
            | (MarkerState::Low, Some(BiomarkerState::Low | BiomarkerState::Stable)) => true,
            (MarkerState::High | MarkerState::Low, Some(_)) => false,
        };
        decided = true;
        if fits {
            met.push((at, Specificity::Biomarker));
        }
    }
    match (met.is_empty(), decided) {
        (false, _) => Judgement::Met(met),
        (true, true) => Judgement::NotMet,
        (true, false) => Judgement::Unknown,
    }
}

fn variant_meets(
    facts: &Facts<'_>,
    found: &VariantInGene<'_>,
    alteration: &Alteration,
) -> Option<Specificity> {
    let effect = found.effect;
    let change = found.change.as_deref();
    let when = |holds: bool, specificity| holds.then_some(specificity);
    let class = |holds: bool| when(holds, Specificity::VariantClass);
    match alteration {
        Alteration::Protein(wanted) => {
            let mut transcripts = found.transcripts(facts.release);
            let exact = change.is_some_and(|change| same(change, wanted))
                || transcripts.any(|transcript| {
                    transcript.protein_change.as_ref().is_some_and(|change| same(change, wanted))
                });
            when(exact, Specificity::ExactProtein)
        }
        Alteration::Coding(wanted) => {
            let mut transcripts = found.transcripts(facts.release);
            let exact = transcripts.any(|transcript| {
                coding(transcript).is_some_and(|written| coding_key(written) == *wanted)
            });
            when(exact, Specificity::ExactProtein)
        }
        Alteration::Codon { reference, position } => {
            let changes = change.is_some_and(|change| changes_codon(change, *reference, *position));
            when(changes, Specificity::Codon)
        }
        Alteration::NotCodon { position } => {
            let codons = found.codons;
            let elsewhere = codons.is_some_and(|(first, last)| !(first..=last).contains(position));
            class(elsewhere && effect.alters == Some(true) && !effect.loses_function())
        }
        Alteration::Exon { first, last, class } => {
            when(in_exons(facts, found, *first, *last, *class), Specificity::Range)
        }
        Alteration::Domain { first, last, class, outside } => {
            let inside = found.codons.map(|codons| overlap(codons, (*first, *last)));
            let place = inside.is_some_and(|inside| inside != *outside);
            when(place && is_of_class(found, *class), Specificity::Range)
        }
        Alteration::LossOfFunction => class(effect.loses_function()),
        Alteration::Truncating => class(effect.truncates),
        Alteration::Frameshift => class(effect.frameshift),
        Alteration::SpliceSite => class(effect.splice),
        Alteration::Activating => {
            class(!effect.loses_function() && found.hits_hotspot(facts.release))
        }
        Alteration::InternalDuplication => class(duplicates(found)),
        Alteration::Promoter => {
            class(in_promoter(found.variant, found.transcript, found.gene, facts.assembly()))
        }
        Alteration::AnyMutation | Alteration::AnyAlteration => {
            when(effect.alters == Some(true), Specificity::Gene)
        }
        // Copy numbers, rearrangements, markers and absences are judged elsewhere.
        Alteration::BiallelicLoss
        | Alteration::EgfrVariantIii
        | Alteration::Amplification
        | Alteration::CopyLoss
        | Alteration::CopyNumber
        | Alteration::Fusion { .. }
        | Alteration::Rearranged
        | Alteration::WildType
        | Alteration::Marker { .. }
        | Alteration::NotMeasurable(_)
        | Alteration::NotUnderstood(_) => None,
    }
}

fn overlap((from, to): (u32, u32), (first, last): (u32, u32)) -> bool {
    from <= last && to >= first
}

/// Returns whether a variant lies in exons and is of the class.
///
/// Our table of codons decides where it names the exon, because senders number exons after different
/// transcripts; otherwise the sender's exon number does.
fn in_exons(
    facts: &Facts<'_>,
    found: &VariantInGene<'_>,
    first: u32,
    last: u32,
    class: RangeClass,
) -> bool {
    if class == RangeClass::Skipping {
        let met_14 = found.gene == "MET" && first == 14 && last == 14;
        return met_14 && skips_met_exon_14(found.variant, found.transcript, facts.assembly());
    }
    if !is_of_class(found, class) {
        return false;
    }
    let bounds = exon_codons(found.gene, first).zip(exon_codons(found.gene, last));
    match (bounds, found.codons) {
        (Some(((from, _), (_, to))), Some(codons)) => overlap(codons, (from, to)),
        _ => found.transcript.exon.is_some_and(|exon| (first..=last).contains(&exon)),
    }
}

fn is_of_class(found: &VariantInGene<'_>, class: RangeClass) -> bool {
    let change = found.change.as_deref();
    let effects = &found.transcript.effects;
    let has = |word: &str| effects.iter().any(|effect| effect.contains(word));
    match class {
        RangeClass::Mutation => found.effect.alters == Some(true),
        RangeClass::InframeDeletion => match change.and_then(growth) {
            Some(growth) => growth < 0,
            None => change.is_none() && has("inframe_deletion"),
        },
        RangeClass::InframeInsertion => match change.and_then(growth) {
            Some(growth) => growth > 0,
            None => change.is_none() && has("inframe_insertion"),
        },
        RangeClass::Frameshift => found.effect.frameshift,
        RangeClass::Skipping => false,
    }
}

fn duplicates(found: &VariantInGene<'_>) -> bool {
    let Some(change) = found.change.as_deref() else { return false };
    let Some(growth) = growth(change).filter(|growth| *growth > 0) else { return false };
    if found.gene == "FLT3" {
        return overlap(change.codons(), FLT3_ITD);
    }
    matches!(change, ProteinChange::Duplication { .. }) && growth >= MIN_DUPLICATION_RESIDUES
}

fn copies_meet(found: &GeneAlterations<'_>, alteration: &Alteration) -> Vec<Met> {
    let meets = |copy: &model::alteration::CopyNumberAlteration| match alteration {
        // A gain is fewer copies than an amplification and is not taken for one.
        Alteration::Amplification => copy.kind == Some(CopyNumberKind::Amplification),
        Alteration::CopyLoss => is_loss(copy.kind),
        Alteration::CopyNumber | Alteration::AnyAlteration => copy.kind.is_some(),
        // The loss of one copy leaves the other, so it is no loss of function by itself.
        Alteration::LossOfFunction | Alteration::BiallelicLoss => is_homozygous(copy),
        _ => false,
    };
    let specificity = match alteration {
        Alteration::AnyAlteration => Specificity::Gene,
        Alteration::LossOfFunction | Alteration::BiallelicLoss => Specificity::VariantClass,
        _ => Specificity::CopyNumber,
    };
    found.copies.iter().filter(|(_, copy)| meets(copy)).map(|(at, _)| (*at, specificity)).collect()
}

fn is_loss(kind: Option<CopyNumberKind>) -> bool {
    matches!(
        kind,
        Some(CopyNumberKind::Loss | CopyNumberKind::Deletion | CopyNumberKind::HomozygousDeletion)
    )
}

fn rearrangements_meet(
    gene: &GeneSymbol,
    facts: &Facts<'_>,
    found: &GeneAlterations<'_>,
    alteration: &Alteration,
) -> Vec<Met> {
    use RearrangementKind::{
        Deletion, ExonSkipping, Fusion, Inversion, Other, SpliceVariant, TandemDuplication,
        Truncation,
    };
    let symbol = gene.as_str();
    let skips = |rearrangement: &Rearrangement, first: u32, last: u32| {
        matches!(rearrangement.kind, ExonSkipping | SpliceVariant | Deletion | Other)
            && rearrangement.skipped_exons.iter().any(|exons| {
                let own = exons.gene.as_ref().map(|gene| facts.release.symbol(gene.as_str()));
                own.is_none_or(|own| own == symbol) && exons.first == first && exons.last == last
            })
    };
    let meets = |rearrangement: &Rearrangement| match alteration {
        Alteration::Exon {
            first,
            last,
            class: RangeClass::Skipping | RangeClass::InframeDeletion,
        } => skips(rearrangement, *first, *last).then_some(Specificity::Range),
        Alteration::EgfrVariantIii => {
            (symbol == "EGFR" && skips(rearrangement, 2, 7)).then_some(Specificity::VariantClass)
        }
        Alteration::InternalDuplication => {
            (rearrangement.kind == TandemDuplication).then_some(Specificity::VariantClass)
        }
        Alteration::LossOfFunction | Alteration::Truncating => {
            let lost = rearrangement.kind == Truncation
                || (rearrangement.kind == Deletion && *alteration == Alteration::LossOfFunction);
            lost.then_some(Specificity::VariantClass)
        }
        Alteration::Rearranged => {
            matches!(rearrangement.kind, Fusion | Inversion | Other).then_some(Specificity::Fusion)
        }
        Alteration::AnyAlteration => Some(Specificity::Gene),
        _ => None,
    };
    found
        .rearrangements
        .iter()
        .filter_map(|(at, rearrangement)| Some((*at, meets(rearrangement)?)))
        .collect()
}

/// Finds fusions of two partners; their order counts where the sender orders them.
fn fusions(facts: &Facts<'_>, five: &Partner, three: &Partner) -> Vec<Met> {
    let anchor = [three, five].into_iter().find_map(|partner| match partner {
        Partner::Gene(gene) => Some(gene),
        Partner::Any | Partner::Unknown => None,
    });
    let Some(found) = anchor.and_then(|gene| facts.of_gene(gene)) else { return Vec::new() };
    found
        .rearrangements
        .iter()
        .filter(|(_, rearrangement)| {
            is_fusion(rearrangement) && joins(facts, rearrangement, five, three)
        })
        .map(|(at, _)| (*at, Specificity::Fusion))
        .collect()
}

fn joins(
    facts: &Facts<'_>,
    rearrangement: &Rearrangement,
    five: &Partner,
    three: &Partner,
) -> bool {
    let is = |partner: &Partner, gene: Option<&GeneSymbol>| match (partner, gene) {
        (Partner::Any, _) | (Partner::Unknown, None) => true,
        (Partner::Gene(wanted), Some(gene)) => {
            wanted.as_str() == facts.release.symbol(gene.as_str())
        }
        (Partner::Unknown, Some(_)) | (Partner::Gene(_), None) => false,
    };
    if !rearrangement.gene_pairs.is_empty() {
        return rearrangement
            .gene_pairs
            .iter()
            .any(|(first, second)| is(five, Some(first)) && is(three, Some(second)));
    }
    // Without an order, either order may be meant.
    let sides: Vec<Vec<Option<&GeneSymbol>>> = rearrangement
        .breakends
        .iter()
        .map(|breakend| {
            if breakend.genes.is_empty() {
                vec![None]
            } else {
                breakend.genes.iter().map(Some).collect()
            }
        })
        .collect();
    sides.iter().enumerate().any(|(at, left)| {
        sides.iter().enumerate().filter(|(other, _)| *other != at).any(|(_, right)| {
            left.iter().any(|left| {
                right.iter().any(|right| left != right && is(five, *left) && is(three, *right))
            })
        })
    })
}

fn found_losses(facts: &Facts<'_>, alterations: Option<&GeneAlterations<'_>>) -> Vec<(Met, bool)> {
    let Some(found) = alterations else { return Vec::new() };
    let variants = found.variants.iter().filter_map(|variant| {
        let specificity = variant_meets(facts, variant, &Alteration::LossOfFunction)?;
        Some(((variant.at, specificity), false))
    });
    let copies = copies_meet(found, &Alteration::LossOfFunction);
    variants.chain(copies.into_iter().map(|met| (met, true))).collect()
}

/// Both alleles are lost by one homozygous deletion or by two alterations.
fn biallelic(losses: Vec<(Met, bool)>) -> Vec<Met> {
    let enough = losses.len() >= 2 || losses.iter().any(|(_, both)| *both);
    if enough { losses.into_iter().map(|(met, _)| met).collect() } else { Vec::new() }
}
