//! The first cases of a cohort in the order in which an oncoprint shows them.
//!
//! Not here: drawing.

use super::{
    bitmap::Bitmap,
    case::{CohortCase, Name},
    evaluate::Cohort,
    index::CohortView,
};

/// Most genes by which cases are put in order.
const MAX_GENES: usize = 60;

/// Cases of a cohort with any of some genes altered, those with the first gene altered first, among them those with
/// the second altered, and so on.
///
/// Only alterations count of a kind that the case's test covers, so that they agree with [`super::GeneShare`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cascade {
    /// The first cases of that order, normalised; cases alike in the genes stay in the order in which they lie.
    pub cases: Vec<CohortCase>,
    /// How many cases of the cohort have any of the genes altered.
    pub altered: u64,
}

impl CohortView {
    /// Returns the first cases of a cohort of this view by how some genes are altered in them.
    ///
    /// Genes beyond the 60th are left out.
    pub fn cascade(&self, cohort: &Cohort, genes: &[Name], at_most: usize) -> Cascade {
        let number = |gene: &Name| self.dictionaries.genes.number(gene);
        let numbers: Vec<u32> = genes.iter().take(MAX_GENES).filter_map(number).collect();
        let sets = self.sets_of(cohort);
        let altered: Vec<Vec<Bitmap>> =
            numbers.iter().map(|gene| self.altered_in(*gene, sets)).collect();
        let mut any: Vec<Bitmap> = sets.iter().map(|set| Bitmap::empty(set.len())).collect();
        for of_gene in &altered {
            any.iter_mut().zip(of_gene).for_each(|(any, of_gene)| any.or(of_gene));
        }
        let mut choice = Choice {
            altered: &altered,
            chosen: sets.iter().map(|set| Bitmap::empty(set.len())).collect(),
            left: at_most as u64,
        };
        let all = count(&any);
        choice.descend(any, 0);
        let parts = self.parts.iter().zip(&choice.chosen);
        let mut cases: Vec<CohortCase> = parts
            .filter(|(_, chosen)| !chosen.is_empty())
            .flat_map(|(part, chosen)| part.segment.cases(chosen, &self.dictionaries))
            .collect();
        let genes: Vec<&Name> = genes.iter().take(MAX_GENES).collect();
        cases.sort_by_cached_key(|case| {
            genes.iter().map(|gene| !case.is_altered(gene)).collect::<Vec<_>>()
        });
        Cascade { cases, altered: all }
    }

    /// Returns the cases of some sets in which a gene is altered, part by part.
    fn altered_in(&self, gene: u32, sets: &[Bitmap]) -> Vec<Bitmap> {
        let of_part = |(part, set): (&super::index::Part, &Bitmap)| {
            let mut altered = Bitmap::empty(set.len());
            part.segment.genes.or_into(gene * 4, &mut altered);
            altered.and(set);
            altered
        };
        self.parts.iter().zip(sets).map(of_part).collect()
    }
}

fn count(sets: &[Bitmap]) -> u64 {
    sets.iter().map(Bitmap::count).sum()
}

/// The cases that are chosen, while there is room for more.
struct Choice<'a> {
    altered: &'a [Vec<Bitmap>],
    chosen: Vec<Bitmap>,
    left: u64,
}

impl Choice<'_> {
    /// Chooses of some cases those with a gene altered before the others; depth is bounded by the number of genes.
    fn descend(&mut self, sets: Vec<Bitmap>, gene: usize) {
        let cases = count(&sets);
        if cases == 0 || self.left == 0 {
            return;
        }
        let of_gene = self.altered.get(gene);
        let Some(of_gene) = of_gene.filter(|_| cases > self.left) else {
            // All of them have room, or nothing tells them apart any more.
            for (chosen, set) in self.chosen.iter_mut().zip(&sets) {
                for ordinal in set.iter() {
                    if self.left == 0 {
                        return;
                    }
                    chosen.insert(ordinal);
                    self.left -= 1;
                }
            }
            return;
        };
        let (mut with, mut without) = (sets.clone(), sets);
        with.iter_mut().zip(of_gene).for_each(|(set, altered)| set.and(altered));
        without.iter_mut().zip(of_gene).for_each(|(set, altered)| set.and_not(altered));
        self.descend(with, gene + 1);
        self.descend(without, gene + 1);
    }
}
