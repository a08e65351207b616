//! Which genes are altered together.
//!
//! Not here: tests of whether that is chance, which are statistics.

use rayon::prelude::*;

use super::{
    bitmap::{Bitmap, and_count, vectorised},
    case::Name,
    evaluate::Cohort,
    index::{CohortView, Part},
    item::Item,
    word::{AlterationKind, Word as _},
};

/// Most genes of a matrix.
const MAX_GENES: usize = 200;

/// How two genes are altered among the cases whose test covers both, each for any kind of alteration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenePair {
    /// The first gene.
    pub first: Name,
    /// The second gene.
    pub second: Name,
    /// Cases in which both are altered.
    pub both: u64,
    /// Cases in which the first alone is altered.
    pub only_first: u64,
    /// Cases in which the second alone is altered.
    pub only_second: u64,
    /// Cases in which neither is altered.
    pub neither: u64,
}

/// Counts of one part: pairs in the order of the matrix, and each gene by panel.
#[derive(Clone, Default)]
struct PairCounts {
    both: Vec<u64>,
    by_panel: Vec<u64>,
    panels: Vec<u64>,
}

impl CohortView {
    /// Counts every pair of some genes in a cohort of this view: the first with each later one, and so on.
    ///
    /// A gene that no case has and no panel covers is left out, and so are genes beyond the 200th.
    pub fn gene_pairs(&self, cohort: &Cohort, genes: &[Name]) -> Vec<GenePair> {
        let number = |gene: &Name| Some((gene.clone(), self.dictionaries.genes.number(gene)?));
        let genes: Vec<(Name, u32)> = genes.iter().filter_map(number).take(MAX_GENES).collect();
        let numbers: Vec<u32> = genes.iter().map(|(_, number)| *number).collect();
        let parts: Vec<_> = self.parts.iter().zip(self.sets_of(cohort)).collect();
        let counts = parts
            .into_par_iter()
            .map(|(part, set)| self.count_pairs(part, set, &numbers))
            .reduce(PairCounts::default, |mut own, other| {
                super::page::add(&mut own.both, &other.both);
                super::page::add(&mut own.by_panel, &other.by_panel);
                super::page::add(&mut own.panels, &other.panels);
                own
            });
        self.pairs(&genes, &counts)
    }

    fn count_pairs(&self, part: &Part, set: &Bitmap, genes: &[u32]) -> PairCounts {
        let segment = &part.segment;
        let altered: Vec<Bitmap> = genes
            .iter()
            .map(|gene| {
                let mut altered = Bitmap::empty(set.len());
                segment.genes.or_into(gene * 4, &mut altered);
                altered.and(set);
                altered
            })
            .collect();
        let panels = self.dictionaries.panels().len();
        let mut counts = PairCounts {
            both: Vec::with_capacity(genes.len() * genes.len() / 2),
            by_panel: vec![0; genes.len() * panels],
            panels: vec![0; panels],
        };
        let Some(column) = segment.coded(Item::Panel) else { return counts };
        let of_panel: Vec<Bitmap> = (1..=panels as u32)
            .map(|code| {
                let mut tested = Bitmap::empty(set.len());
                column.postings.or_into(code, &mut tested);
                tested.and(set);
                tested
            })
            .collect();
        // Plain loops, so that all of it is compiled for the processor that was found.
        vectorised(
            #[inline(always)]
            || {
                for (at, first) in altered.iter().enumerate() {
                    for second in &altered[at + 1..] {
                        counts.both.push(and_count(first.words(), second.words()));
                    }
                    for (panel, tested) in of_panel.iter().enumerate() {
                        let altered = and_count(first.words(), tested.words());
                        counts.by_panel[at * panels + panel] = altered;
                    }
                }
                for (count, tested) in counts.panels.iter_mut().zip(&of_panel) {
                    *count = super::bitmap::count(tested.words());
                }
            },
        );
        counts
    }

    fn pairs(&self, genes: &[(Name, u32)], counts: &PairCounts) -> Vec<GenePair> {
        let coverages = self.dictionaries.coverages();
        let covers = |panel: usize, gene: u32| {
            let kinds = AlterationKind::ALL;
            let coverage = coverages.get(panel);
            coverage.is_some_and(|own| kinds.iter().any(|kind| own.covers(gene, *kind)))
        };
        let mut pairs = Vec::with_capacity(counts.both.len());
        let mut both = counts.both.iter();
        for (at, (first, first_number)) in genes.iter().enumerate() {
            for (later, (second, second_number)) in genes.iter().enumerate().skip(at + 1) {
                let both = both.next().copied().unwrap_or_default();
                let (mut with_first, mut with_second, mut tested) = (0, 0, 0);
                let panels = counts.panels.len();
                let covering = (0..panels)
                    .filter(|at| covers(*at, *first_number) && covers(*at, *second_number));
                for panel in covering {
                    tested += counts.panels[panel];
                    with_first += counts.by_panel[at * panels + panel];
                    with_second += counts.by_panel[later * panels + panel];
                }
                pairs.push(GenePair {
                    first: first.clone(),
                    second: second.clone(),
                    both,
                    only_first: with_first - both,
                    only_second: with_second - both,
                    neither: tested + both - with_first - with_second,
                });
            }
        }
        pairs
    }
}
