//! What is counted of cohorts beside each other, and which tests belong to it.
//!
//! Tests are made only of cohorts that share no case: a case in two of them would be counted as two patients.

use std::collections::HashMap;

use research::cohort::{
    Clock, Cohort, CohortPage, CohortView, EvaluateError, GeneShare, Item, Name, PageRequest,
    Query, TumourHierarchy,
};
use stats::association::{ChiSquareTest, FisherTest, FourfoldTable, benjamini_hochberg};

use crate::web::search::narrow;

/// Genes of each cohort that are compared.
const GENES_OF_EACH: usize = 20;
/// Most genes that are compared.
const GENES_MAX: usize = 40;
/// Smallest expected count of a table for which a chi-square test is made. Source: Cochran 1954.
const EXPECTED_MIN: f64 = 5.0;
/// Level of intervals.
const LEVEL: f64 = 0.95;

/// Items that are shown side by side.
pub(crate) const ITEMS: [Item; 12] = [
    Item::Tumour,
    Item::Sex,
    Item::AgeBand,
    Item::Stage,
    Item::PerformanceStatus,
    Item::Smoking,
    Item::Level,
    Item::Msi,
    Item::Panel,
    Item::OptionProposed,
    Item::OptionGiven,
    Item::VitalStatus,
];

/// How two cohorts lie to each other. Cases of which it is not known whether they are in the other are their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overlap {
    /// Places of the two. Units: 0-based.
    pub(crate) pair: (usize, usize),
    /// Cases in both.
    pub(crate) both: u64,
    /// Cases of the first that are known not to be in the second, and the other way round; `None` where the two
    /// queries are too large together.
    pub(crate) only: [Option<u64>; 2],
    /// Cases of each of which it is not known whether they are in the other.
    pub(crate) unsaid: [Option<u64>; 2],
}

/// A test, with the rate of false discoveries among all of its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tested {
    /// Probability.
    pub(crate) p: f64,
    /// Adjusted for the number of tests. Source: Benjamini and Hochberg 1995.
    pub(crate) q: f64,
    /// Odds ratio with its interval, of two cohorts.
    pub(crate) odds: Option<(f64, f64, f64)>,
}

/// A gene in each cohort.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ComparedGene {
    pub(crate) gene: Name,
    /// One for each cohort; `None` is hidden.
    pub(crate) shares: Vec<Option<GeneShare>>,
    pub(crate) tested: Option<Tested>,
}

/// A value of an item in each cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ComparedValue {
    pub(crate) code: Name,
    pub(crate) place: u8,
    /// One for each cohort; `None` is hidden.
    pub(crate) cases: Vec<Option<u64>>,
}

/// An item in each cohort.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ComparedItem {
    pub(crate) item: Item,
    pub(crate) values: Vec<ComparedValue>,
    /// Cases of each cohort whose value is known; `None` is hidden.
    pub(crate) known: Vec<Option<u64>>,
    /// Cases of each cohort whose value is not known; `None` is hidden.
    pub(crate) unknown: Vec<Option<u64>>,
    pub(crate) tested: Option<Tested>,
}

/// Cohorts beside each other.
pub(crate) struct Comparison {
    pub(crate) pages: Vec<CohortPage>,
    pub(crate) overlaps: Vec<Overlap>,
    pub(crate) items: Vec<ComparedItem>,
    pub(crate) genes: Vec<ComparedGene>,
}

impl Comparison {
    /// Counts cohorts of a view, each found by its query.
    pub(crate) fn of(
        view: &CohortView,
        hierarchy: &dyn TumourHierarchy,
        queries: &[Query],
        cohorts: &[Cohort],
        survival: (Clock, bool),
    ) -> Self {
        let request = PageRequest {
            facets: ITEMS.to_vec(),
            genes: GENES_OF_EACH,
            survival: Some(survival),
            ..PageRequest::count()
        };
        let pages: Vec<CohortPage> =
            cohorts.iter().map(|cohort| view.page(cohort, &request)).collect();
        let overlaps = overlaps(view, hierarchy, queries, cohorts);
        let is_separate = overlaps.iter().all(|overlap| overlap.both == 0);
        Self {
            items: items(&pages, is_separate, queries),
            genes: genes(view, cohorts, &pages, is_separate),
            overlaps,
            pages,
        }
    }

    /// Returns whether no case is in two cohorts.
    pub(crate) fn is_separate(&self) -> bool {
        self.overlaps.iter().all(|overlap| overlap.both == 0)
    }
}

/// Returns the query of the cases that are in one cohort and known not to be in another.
pub(crate) fn only(this: &Query, other: &Query) -> Query {
    let mut parts = narrow::parts(this);
    parts.push(other.clone().negated());
    if parts.len() == 1 { parts.remove(0) } else { Query::And(parts) }
}

/// Returns the query of the cases that are in both of two cohorts.
pub(crate) fn both(this: &Query, other: &Query) -> Query {
    let mut parts = narrow::parts(this);
    for part in narrow::parts(other) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    match parts.len() {
        0 => Query::Everything,
        1 => parts.remove(0),
        _ => Query::And(parts),
    }
}

fn overlaps(
    view: &CohortView,
    hierarchy: &dyn TumourHierarchy,
    queries: &[Query],
    cohorts: &[Cohort],
) -> Vec<Overlap> {
    let count = |query: &Query| -> Result<u64, EvaluateError> {
        view.evaluate(query, hierarchy).map(|cohort| cohort.cases())
    };
    let mut overlaps = Vec::new();
    let all: Vec<(&Query, &Cohort)> = queries.iter().zip(cohorts).collect();
    for (first, (own, own_cohort)) in all.iter().enumerate() {
        for (second, (other, other_cohort)) in all.iter().enumerate().skip(first + 1) {
            let both = own_cohort.both(other_cohort).map_or(0, |cohort| cohort.cases());
            let only = [count(&only(own, other)).ok(), count(&only(other, own)).ok()];
            let cases = [own_cohort.cases(), other_cohort.cases()];
            let unsaid = [0, 1].map(|at| Some(cases[at].saturating_sub(both + only[at]?)));
            overlaps.push(Overlap { pair: (first, second), both, only, unsaid });
        }
    }
    overlaps
}

fn items(pages: &[CohortPage], is_separate: bool, queries: &[Query]) -> Vec<ComparedItem> {
    let counted = |at: usize| {
        let facets = pages.iter().filter_map(|page| Some((page.cases, page.facets.get(at)?)));
        let counted = facets.map(|(cases, facet)| {
            let values = facet.values.iter();
            Some(CountedItem {
                cases,
                values: values
                    .map(|value| (value.code.clone(), value.place, Some(value.cases)))
                    .collect(),
                unknown: Some(facet.unknown),
            })
        });
        counted.collect::<Vec<_>>()
    };
    let items = ITEMS.iter().enumerate();
    let items = items.filter_map(|(at, item)| ComparedItem::of(*item, &counted(at)));
    with_item_tests(items.collect(), is_separate, queries)
}

/// An item in one cohort.
pub(crate) struct CountedItem {
    /// Cases of the cohort.
    pub(crate) cases: u64,
    /// Code, place and cases of each value that any case has; `None` is hidden.
    pub(crate) values: Vec<(Name, u8, Option<u64>)>,
    /// Cases whose value is not known; `None` is hidden.
    pub(crate) unknown: Option<u64>,
}

impl ComparedItem {
    /// Puts an item of several cohorts side by side, `None` where nothing is told of a cohort; `None` where none has a value.
    pub(crate) fn of(item: Item, cohorts: &[Option<CountedItem>]) -> Option<Self> {
        let mut values: Vec<ComparedValue> = Vec::new();
        let none: Vec<Option<u64>> =
            cohorts.iter().map(|counted| counted.as_ref().map(|_| 0)).collect();
        for (cohort, counted) in cohorts.iter().enumerate() {
            for (code, place, cases) in counted.iter().flat_map(|counted| &counted.values) {
                let at = values.iter().position(|own| own.code == *code).unwrap_or_else(|| {
                    let (code, cases) = (code.clone(), none.clone());
                    values.push(ComparedValue { code, place: *place, cases });
                    values.len() - 1
                });
                values[at].cases[cohort] = *cases;
            }
        }
        // Words stay in the order of their list; of names those with the most cases come first.
        values.sort_by_key(|value| {
            let cases = value.cases.iter().flatten().sum::<u64>();
            (value.place, std::cmp::Reverse(cases), value.code.clone())
        });
        let unknown: Vec<Option<u64>> =
            cohorts.iter().map(|counted| counted.as_ref()?.unknown).collect();
        let known = cohorts.iter().map(|counted| {
            let counted = counted.as_ref()?;
            Some(counted.cases.saturating_sub(counted.unknown?))
        });
        let known = known.collect();
        (!values.is_empty()).then_some(Self { item, values, known, unknown, tested: None })
    }
}

/// Tests items of which every number is told, where the cohorts share no case and were not chosen by the item.
pub(crate) fn with_item_tests(
    mut items: Vec<ComparedItem>,
    is_separate: bool,
    queries: &[Query],
) -> Vec<ComparedItem> {
    if is_separate && queries.len() > 1 {
        let test = |item: &ComparedItem| {
            let rows = item.values.iter().map(|value| value.cases.iter().copied().collect());
            let rows: Vec<Vec<u64>> = rows.collect::<Option<_>>()?;
            if is_chosen_by(queries, item.item) { None } else { chi_square(&rows) }
        };
        let tests: Vec<_> = items.iter().map(test).collect();
        for (item, tested) in items.iter_mut().zip(adjusted(&tests)) {
            item.tested = tested;
        }
    }
    items
}

/// Returns whether cohorts were chosen by an item, so that they differ in it whatever the patients are.
fn is_chosen_by(queries: &[Query], item: Item) -> bool {
    let code = match item {
        Item::AgeBand => Item::Age.code(),
        item => item.code(),
    };
    queries.iter().any(|query| {
        let uses = query.uses();
        uses.contains(code) || uses.contains(item.code())
    })
}

fn genes(
    view: &CohortView,
    cohorts: &[Cohort],
    pages: &[CohortPage],
    is_separate: bool,
) -> Vec<ComparedGene> {
    let rows = pages.iter().flat_map(|page| &page.genes);
    let names = highest(rows.map(|row| (row.gene.clone(), row.any)));
    let rows: Vec<HashMap<Name, GeneShare>> = cohorts
        .iter()
        .map(|cohort| {
            let rows = view.gene_rows(cohort, &names);
            rows.into_iter().map(|row| (row.gene, row.any)).collect()
        })
        .collect();
    let share = |gene: &Name, of: &HashMap<Name, GeneShare>| of.get(gene).copied();
    let genes = names
        .into_iter()
        .map(|gene| ComparedGene {
            shares: rows.iter().map(|of| Some(share(&gene, of).unwrap_or_default())).collect(),
            gene,
            tested: None,
        })
        .collect();
    with_gene_tests(genes, is_separate && cohorts.len() > 1)
}

/// Returns the genes with the highest share altered in any cohort, the highest first.
pub(crate) fn highest(shares: impl Iterator<Item = (Name, GeneShare)>) -> Vec<Name> {
    let mut highest: HashMap<Name, f64> = HashMap::new();
    for (gene, GeneShare { altered, covered }) in shares {
        let kept = highest.entry(gene).or_default();
        *kept = kept.max(altered as f64 / covered.max(1) as f64);
    }
    let mut names: Vec<(Name, f64)> = highest.into_iter().collect();
    names.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    names.truncate(GENES_MAX);
    names.into_iter().map(|(name, _)| name).collect()
}

/// Tests genes of which every number is told, where the cohorts share no case.
pub(crate) fn with_gene_tests(
    mut genes: Vec<ComparedGene>,
    is_separate: bool,
) -> Vec<ComparedGene> {
    if is_separate {
        let told = |gene: &ComparedGene| gene.shares.iter().copied().collect::<Option<Vec<_>>>();
        let tests: Vec<_> = genes.iter().map(|gene| test(&told(gene)?)).collect();
        for (gene, tested) in genes.iter_mut().zip(adjusted(&tests)) {
            gene.tested = tested;
        }
    }
    genes
}

/// A probability, and the odds ratio where there is one.
type Test = (f64, Option<(f64, f64, f64)>);

/// Compares the shares of a gene: Fisher's test of two cohorts, a chi-square test of more where no count is too small.
fn test(shares: &[GeneShare]) -> Option<Test> {
    if let [first, second] = shares {
        let table = FourfoldTable {
            both: first.altered,
            only_first: first.covered.checked_sub(first.altered)?,
            only_second: second.altered,
            neither: second.covered.checked_sub(second.altered)?,
        };
        let test = FisherTest::of(&table, LEVEL).ok()?;
        return Some((test.p, Some((test.odds_ratio, test.interval.lower, test.interval.upper))));
    }
    let covered = shares.iter().filter(|share| share.covered > 0);
    let rows: Vec<Vec<u64>> = covered
        .map(|share| vec![share.altered, share.covered.saturating_sub(share.altered)])
        .collect();
    chi_square(&rows)
}

fn chi_square(rows: &[Vec<u64>]) -> Option<Test> {
    let is_empty = |row: &Vec<u64>| row.iter().all(|count| *count == 0);
    let rows: Vec<&Vec<u64>> = rows.iter().filter(|row| !is_empty(row)).collect();
    let test = ChiSquareTest::of(&rows).ok()?;
    (test.smallest_expected >= EXPECTED_MIN).then_some((test.p, None))
}

/// Adjusts the tests that could be made for their number.
fn adjusted(tests: &[Option<Test>]) -> Vec<Option<Tested>> {
    let probabilities: Vec<f64> = tests.iter().flatten().map(|(p, _)| p.clamp(0.0, 1.0)).collect();
    // They are probabilities by the line above, so that adjusting them cannot fail.
    let mut rates = benjamini_hochberg(&probabilities).unwrap_or_default().into_iter();
    tests
        .iter()
        .map(|test| {
            let (p, odds) = (*test)?;
            Some(Tested { p, q: rates.next()?, odds })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use research::cohort::{CohortCase, CohortIndex, CompactionLimits, Sex, Vocabulary};

    use super::*;
    use research::cohort::NoHierarchy;

    fn compared(texts: &[&str]) -> (Vec<CohortCase>, Comparison) {
        let cases: Vec<_> = synthetic::cohort_cases(7, 4_000).collect();
        let index = CohortIndex::build(cases.clone(), CompactionLimits::default()).unwrap();
        let view = index.view();
        let vocabulary = Vocabulary::of(view.dictionaries());
        let queries: Vec<_> =
            texts.iter().map(|text| Query::from_text(text, &vocabulary).unwrap()).collect();
        let cohorts: Vec<_> =
            queries.iter().map(|query| view.evaluate(query, &NoHierarchy).unwrap()).collect();
        let survival = (Clock::Diagnosis, true);
        (cases, Comparison::of(&view, &NoHierarchy, &queries, &cohorts, survival))
    }

    #[test]
    fn genes_of_two_cohorts_are_counted_and_tested_as_one_would_by_hand() {
        let (cases, comparison) = compared(&["sex=female", "sex=male"]);
        assert!(comparison.is_separate());
        let of = |sex: Sex| cases.iter().filter(move |case| case.sex == Some(sex));
        assert_eq!(comparison.pages[0].cases, of(Sex::Female).count() as u64);
        assert!(comparison.genes.len() >= GENES_OF_EACH);
        let mut tests = Vec::new();
        for compared in &comparison.genes {
            for (share, sex) in compared.shares.iter().zip([Sex::Female, Sex::Male]) {
                let covered = of(sex).filter(|case| case.covers(&compared.gene)).count() as u64;
                let altered = of(sex).filter(|case| case.is_altered(&compared.gene)).count() as u64;
                assert_eq!(*share, Some(GeneShare { altered, covered }), "{compared:?}");
            }
            let [Some(first), Some(second)] = compared.shares.as_slice() else {
                panic!("two cohorts")
            };
            let table = FourfoldTable {
                both: first.altered,
                only_first: first.covered - first.altered,
                only_second: second.altered,
                neither: second.covered - second.altered,
            };
            let p = FisherTest::p_of(&table).unwrap();
            tests.push((compared, p));
        }
        let by_hand: Vec<f64> = tests.iter().map(|(_, p)| *p).collect();
        let rates = benjamini_hochberg(&by_hand).unwrap();
        for ((compared, p), q) in tests.iter().zip(rates) {
            let tested = compared.tested.unwrap();
            assert!((tested.p - p).abs() < 1e-12 && (tested.q - q).abs() < 1e-12, "{compared:?}");
            let (odds, low, high) = tested.odds.unwrap();
            assert!(low <= odds && odds <= high, "{compared:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_in_neither_half() {
        let (cases, comparison) = compared(&["sex=female", "smoking=yes"]);
        let overlap = &comparison.overlaps[0];
        let smoking = |case: &&CohortCase| case.smoking;
        let women = || cases.iter().filter(|case| case.sex == Some(Sex::Female));
        let yes = Some(research::cohort::Answer::Yes);
        let no = Some(research::cohort::Answer::No);
        assert_eq!(overlap.both, women().filter(|case| smoking(case) == yes).count() as u64);
        let only = women().filter(|case| smoking(case) == no).count() as u64;
        assert_eq!(overlap.only[0], Some(only));
        let unsaid = women().filter(|case| smoking(case).is_none()).count() as u64;
        assert_eq!(overlap.unsaid[0], Some(unsaid));
        assert!(unsaid > 0 && overlap.both > 0);
        assert_eq!(overlap.both + only + unsaid, comparison.pages[0].cases);
        let untested = comparison.genes.iter().all(|gene| gene.tested.is_none())
            && comparison.items.iter().all(|item| item.tested.is_none());
        assert!(untested, "cohorts that share cases are not tested");
    }

    #[test]
    fn items_stand_side_by_side() {
        let (cases, comparison) = compared(&["age<50", "age=50..69", "age>=70"]);
        let sex = comparison.items.iter().find(|item| item.item == Item::Sex).unwrap();
        let old = |case: &&CohortCase| case.age_years.is_some_and(|age| age >= 70);
        let women = cases.iter().filter(old).filter(|case| case.sex == Some(Sex::Female)).count();
        let female = sex.values.iter().find(|value| &*value.code == "female").unwrap();
        assert_eq!(female.cases[2], Some(women as u64));
        let values = |cohort: usize| sex.values.iter().map(move |value| value.cases[cohort]);
        for cohort in 0..3 {
            assert_eq!(sex.known[cohort], values(cohort).sum::<Option<u64>>());
            let both = sex.known[cohort].zip(sex.unknown[cohort]);
            let all = both.map(|(known, unknown)| known + unknown);
            assert_eq!(all, Some(comparison.pages[cohort].cases));
        }
        let rows: Vec<Vec<u64>> = sex
            .values
            .iter()
            .map(|value| value.cases.iter().flatten().copied().collect())
            .collect();
        let by_hand = ChiSquareTest::of(&rows).unwrap();
        let expected = (by_hand.smallest_expected >= EXPECTED_MIN).then_some(by_hand.p);
        assert_eq!(sex.tested.map(|tested| tested.p), expected);
        let ages = comparison.items.iter().find(|item| item.item == Item::AgeBand).unwrap();
        assert_eq!(ages.tested, None, "the cohorts were chosen by age");
        let kras = comparison.genes.iter().find(|gene| &*gene.gene == "KRAS").unwrap();
        assert!(kras.tested.is_some() && kras.tested.unwrap().odds.is_none());
    }

    #[test]
    fn sets_are_queries() {
        let (one, other) = (Query::gene("KRAS"), Query::is(Item::Sex, "female"));
        assert_eq!(only(&one, &other).to_text(), "gene=KRAS and not sex=female");
        assert_eq!(both(&one, &other).to_text(), "gene=KRAS and sex=female");
        assert_eq!(both(&one, &one), one);
        assert_eq!(only(&Query::Everything, &one).to_text(), "not gene=KRAS");
        assert_eq!(both(&Query::Everything, &Query::Everything), Query::Everything);
    }
}
