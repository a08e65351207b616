//! Genes that are altered together, or instead of each other.

use knowledge::Release;
use model::problem::Problem;
use serde_json::{Value, json};
use stats::association::{CoAlteration, FisherTest, FourfoldTable, Tendency};

use crate::cohort::{Cohort, CohortView, GenePair, Name, Query, Vocabulary};

/// Most genes that are asked for at once.
const GENES_MAX: usize = 200;
/// Level of intervals.
const LEVEL: f64 = 0.95;

/// Two genes and how they go together, among the cases whose test covers both.
#[derive(Clone, Debug)]
pub struct PairAnswer {
    /// The counts.
    pub pair: GenePair,
    /// The test; `None` where one gene is altered in all cases or in none.
    pub test: Option<CoAlteration>,
}

/// Pairs of genes of a cohort: the first gene with each later one, and so on.
#[derive(Clone, Debug)]
pub struct PairsAnswer {
    /// The pairs, tested all at once.
    pub pairs: Vec<PairAnswer>,
}

impl PairsAnswer {
    /// Counts and tests the pairs of some genes; one that is named twice counts once, and of more than 200 the first.
    ///
    /// Errors: the problems of names that are no gene's.
    pub fn of<'a>(
        view: &CohortView,
        cohort: &Cohort,
        genes: impl IntoIterator<Item = &'a str>,
        release: &Release,
    ) -> Result<Self, Vec<Problem>> {
        let vocabulary = Vocabulary::of(view.dictionaries()).with_release(release);
        let mut known: Vec<Name> = Vec::new();
        let mut problems = Vec::new();
        let written = genes.into_iter().map(str::trim).filter(|gene| !gene.is_empty());
        for gene in written.take(GENES_MAX) {
            // As a term, so that a name that is not known is answered as everywhere else.
            match Query::from_text(&Query::gene(gene).to_text(), &vocabulary) {
                Ok(_) if known.iter().any(|own| &**own == gene) => {}
                Ok(_) => known.push(gene.into()),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(Self::tested(view.gene_pairs(cohort, &known)))
        } else {
            Err(problems)
        }
    }

    /// Tests pairs all at once.
    pub fn tested(pairs: Vec<GenePair>) -> Self {
        let tables: Vec<FourfoldTable> = pairs.iter().map(table).collect();
        let tests = CoAlteration::of_pairs(&tables);
        let pairs = pairs.into_iter().zip(tests);
        Self { pairs: pairs.map(|(pair, test)| PairAnswer { pair, test }).collect() }
    }

    /// Returns the pairs as JSON.
    pub fn to_json(&self) -> Value {
        self.pairs.iter().map(PairAnswer::to_json).collect()
    }
}

impl PairAnswer {
    /// Returns the counts as a table.
    pub fn table(&self) -> FourfoldTable {
        table(&self.pair)
    }

    /// Returns how many cases' tests cover both genes.
    pub fn tested(&self) -> u64 {
        let pair = &self.pair;
        pair.both + pair.only_first + pair.only_second + pair.neither
    }

    /// Returns Fisher's estimate of the odds ratio, with its interval of 95 %, where there is a test.
    pub fn odds(&self) -> Option<FisherTest> {
        self.test.and_then(|_| FisherTest::of(&self.table(), LEVEL).ok())
    }

    fn to_json(&self) -> Value {
        let pair = &self.pair;
        // JSON has no infinity: such a ratio is told in letters.
        let ratio = self.table().odds_ratio().map(|ratio| match ratio.is_finite() {
            true => json!(ratio),
            false => json!("infinite"),
        });
        let tendency = self.test.as_ref().map(|test| match test.tendency() {
            Tendency::CoOccurrence => "co-occurrence",
            Tendency::MutualExclusivity => "mutual-exclusivity",
            Tendency::None => "none",
        });
        json!({
            "first": pair.first,
            "second": pair.second,
            "tested": self.tested(),
            "both": pair.both,
            "onlyFirst": pair.only_first,
            "onlySecond": pair.only_second,
            "neither": pair.neither,
            "oddsRatio": ratio,
            "p": self.test.map(|test| test.p),
            "q": self.test.map(|test| test.q),
            "tendency": tendency,
        })
    }
}

fn table(pair: &GenePair) -> FourfoldTable {
    FourfoldTable {
        both: pair.both,
        only_first: pair.only_first,
        only_second: pair.only_second,
        neither: pair.neither,
    }
}
