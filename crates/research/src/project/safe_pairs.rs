//! Which genes are altered together, out of pages that a project was told, and of nothing else.
//!
//! In how many cases a second gene is altered beside a first one is a number of the page of those in which the first is altered;
//! in how many without it, one of the page of those in which the first is not. Both are asked as any question is, so that what
//! is hidden there is hidden here, and the two count as told from then on.

use super::{SafePage, safe_page::SafeGene};
use crate::cohort::{GenePair, GeneShare, Name, Query};

/// The pairs of some genes of a cohort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafePairs {
    /// The genes, by name: whatever the cohort, a pair is told of by the same two pages.
    pub genes: Vec<Name>,
    /// The pairs of which all four counts are told.
    pub told: Vec<GenePair>,
    /// The pairs of which they are not.
    pub hidden: Vec<[Name; 2]>,
}

impl SafePairs {
    /// Returns the genes altered most often, by name, of those that a page tells of and that are not altered in all.
    pub fn genes(page: &SafePage, at_most: usize) -> Vec<Name> {
        let some = |gene: &&SafeGene| {
            gene.share.is_some_and(|share| 0 < share.altered && share.altered < share.covered)
        };
        let mut genes: Vec<Name> =
            page.genes.iter().filter(some).take(at_most).map(|gene| gene.gene.clone()).collect();
        genes.sort();
        genes
    }

    /// Returns the two questions that tell of a gene's pairs: with the gene altered, and with it not.
    pub fn questions(query: &Query, gene: &str) -> [Query; 2] {
        [Query::gene(gene), Query::gene(gene).negated()].map(|term| match query {
            Query::Everything => term,
            Query::And(terms) => Query::And(terms.iter().cloned().chain([term]).collect()),
            other => Query::And(vec![other.clone(), term]),
        })
    }

    /// Puts pairs together of the answers to the questions of each gene but the last.
    pub fn of(genes: &[Name], answers: &[[Option<SafePage>; 2]]) -> Self {
        let mut pairs = Self { genes: genes.to_vec(), ..Self::default() };
        for (at, (first, answers)) in genes.iter().zip(answers).enumerate() {
            for second in genes.iter().skip(at + 1) {
                let [with, without] = answers.each_ref().map(|page| share(page.as_ref()?, second));
                match with.zip(without) {
                    Some((with, without)) => pairs.told.push(GenePair {
                        first: first.clone(),
                        second: second.clone(),
                        both: with.altered,
                        only_first: with.covered - with.altered,
                        only_second: without.altered,
                        neither: without.covered - without.altered,
                    }),
                    None => pairs.hidden.push([first.clone(), second.clone()]),
                }
            }
        }
        pairs
    }
}

fn share(page: &SafePage, gene: &Name) -> Option<GeneShare> {
    page.genes.iter().find(|each| each.gene == *gene)?.share
}
