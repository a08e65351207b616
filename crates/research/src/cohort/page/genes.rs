//! The genes that are altered most often, each with the cases whose test covered it.

use rayon::prelude::*;

use super::{Counted, for_lists};
use crate::cohort::{
    bitmap::vectorised,
    case::Name,
    dictionary::Dictionaries,
    index::CohortView,
    word::{AlterationKind, Word as _},
};

/// Genes that are counted before it is looked whether more must be.
const BATCH: usize = 24;

/// Cases with an alteration among those whose test covers the gene for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GeneShare {
    /// Cases with an alteration.
    pub altered: u64,
    /// Cases whose test covers the gene.
    pub covered: u64,
}

/// A gene of a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneRow {
    /// Gene.
    pub gene: Name,
    /// Altered in any kind that the case's test covers, among the cases whose test covers it for any kind.
    pub any: GeneShare,
    /// The same for each kind, in the order of [`AlterationKind::ALL`]; zeros where kinds were not asked for.
    pub by_kind: [GeneShare; 3],
}

/// Counts altered genes case by case.
pub(super) fn count_case_by_case(counted: &Counted<'_>) -> Vec<u64> {
    let segment = &counted.part.segment;
    let mut counts: Vec<u64> = Vec::new();
    let mut count = |genes: &[u16]| {
        for gene in genes {
            let gene = usize::from(*gene);
            if counts.len() <= gene {
                counts.resize(gene + 1, 0);
            }
            counts[gene] += 1;
        }
    };
    match &counted.few {
        Some(few) if !counted.members.is_rest() => {
            for_lists(few, |ordinal| segment.genes_of(ordinal), count);
        }
        _ => counted.set.for_each(|ordinal| count(segment.genes_of(ordinal))),
    }
    counts
}

/// Returns the genes with the most cases, and how many: most first, then by name.
pub(super) fn most(counts: &[u64], at_most: usize, names: &Dictionaries) -> Vec<(u32, u64)> {
    let altered = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    order(altered.map(|(gene, count)| (gene as u32, *count)).collect(), at_most, names)
}

fn order(mut genes: Vec<(u32, u64)>, at_most: usize, names: &Dictionaries) -> Vec<(u32, u64)> {
    genes.sort_unstable_by(|left, right| {
        let name = |gene: u32| names.genes.name(gene);
        right.1.cmp(&left.1).then_with(|| name(left.0).cmp(&name(right.0)))
    });
    genes.truncate(at_most);
    genes
}

/// Counts altered genes by their sets, those with the most cases of all first, until no further gene can be
/// among the first.
pub(super) fn count_set_by_set(
    view: &CohortView,
    counted: &[Counted<'_>],
    at_most: usize,
) -> Vec<(u32, u64)> {
    let mut totals: Vec<u64> = vec![0; view.dictionaries.genes().len()];
    for counted in counted {
        let postings = &counted.part.segment.genes;
        for (key, count) in postings.keys.iter().zip(&postings.counts) {
            if key % 4 == 0 {
                totals[*key as usize / 4] += u64::from(*count);
            }
        }
    }
    let all = totals.iter().enumerate().filter(|(_, total)| **total > 0);
    let mut candidates: Vec<(u32, u64)> = all.map(|(gene, total)| (gene as u32, *total)).collect();
    candidates.sort_unstable_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(&right.0)));
    let mut found: Vec<(u32, u64)> = Vec::new();
    let mut rest = candidates.as_slice();
    let mut batch = at_most.max(BATCH);
    while let Some((_, next)) = rest.first() {
        if found.get(at_most.saturating_sub(1)).is_some_and(|(_, least)| least > next) {
            break;
        }
        let (now, later) = rest.split_at(batch.min(rest.len()));
        let counts = count_keys(counted, &now.iter().map(|(gene, _)| gene * 4).collect::<Vec<_>>());
        found.extend(now.iter().map(|(gene, _)| *gene).zip(counts).filter(|(_, count)| *count > 0));
        found = order(found, at_most, &view.dictionaries);
        rest = later;
        batch = BATCH;
    }
    found
}

/// Counts the cases of a cohort that have each of some keys.
pub(super) fn count_keys(counted: &[Counted<'_>], keys: &[u32]) -> Vec<u64> {
    let zero = || vec![0_u64; keys.len()];
    let add = |mut own: Vec<u64>, other: Vec<u64>| {
        own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        own
    };
    let count = |counted: &Counted<'_>| {
        let (genes, members) = (&counted.part.segment.genes, &counted.members);
        let found: Vec<_> = keys.iter().map(|key| genes.get(*key)).collect();
        let mut counts = zero();
        // A plain loop, so that all of it is compiled for the processor that was found.
        vectorised(
            #[inline(always)]
            || {
                for (count, found) in counts.iter_mut().zip(&found) {
                    if let Some((all, posting)) = found {
                        *count = posting.count_in(members, *all);
                    }
                }
            },
        );
        counts
    };
    counted.par_iter().map(count).reduce(zero, add)
}

/// Makes the rows of some genes, of which the cases altered in any kind are counted.
pub(super) fn rows(
    view: &CohortView,
    counted: &[Counted<'_>],
    genes: &[(u32, u64)],
    panels: &[u64],
    with_kinds: bool,
) -> Vec<GeneRow> {
    let by_kind = if with_kinds {
        let kinds = |(gene, _): &(u32, u64)| [gene * 4 + 1, gene * 4 + 2, gene * 4 + 3];
        count_keys(counted, &genes.iter().flat_map(kinds).collect::<Vec<_>>())
    } else {
        Vec::new()
    };
    let names = &view.dictionaries;
    let covered = |gene: u32, kinds: &[AlterationKind]| -> u64 {
        let coverages = names.coverages().iter().zip(panels.iter().skip(1));
        coverages
            .filter(|(coverage, _)| kinds.iter().any(|kind| coverage.covers(gene, *kind)))
            .map(|(_, cases)| *cases)
            .sum()
    };
    let row = |(at, (gene, altered)): (usize, &(u32, u64))| {
        let any = GeneShare { altered: *altered, covered: covered(*gene, AlterationKind::ALL) };
        let mut shares = [GeneShare::default(); 3];
        let by_kind = by_kind.get(at * 3..at * 3 + 3).unwrap_or_default();
        for ((share, altered), kind) in shares.iter_mut().zip(by_kind).zip(AlterationKind::ALL) {
            *share = GeneShare { altered: *altered, covered: covered(*gene, &[*kind]) };
        }
        Some(GeneRow { gene: names.genes.name(*gene)?.clone(), any, by_kind: shares })
    };
    genes.iter().enumerate().filter_map(row).collect()
}
