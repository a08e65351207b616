//! Which genes are altered together in a cohort, and which one instead of the other.
//!
//! Each pair is counted among the cases whose test covers both genes.

use askama::Template;
use axum::{
    extract::{Query as AddressQuery, State},
    response::Response,
};
use research::{
    answer::{PairAnswer, PairsAnswer},
    cohort::{Cohort, CohortView, GenePair, Name, PageRequest, Query},
};
use stats::association::Tendency;

use super::{
    asked::{self, Asked, CohortHead, CohortPlace, probability, ratio, search_href, with_term},
    chart_file,
    oncoprint::OncoprintAddress,
    survival::ChoiceView,
};
use crate::{
    address,
    error::PageError,
    format,
    page::{Page, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        chart::triangle::{Lean, Pair, triangle},
        picture_file::Picture,
        table_file::{self, Form, table_file},
    },
};

/// How many genes may be chosen.
const GENES: [usize; 3] = [10, 15, 25];
/// How many genes are shown where nothing is chosen.
const GENES_GIVEN: usize = 15;
/// Rate of false discoveries below which a pair is called more than chance.
const DISCOVERY: f64 = 0.05;

/// Returns the number of genes that is asked for, if it may be.
pub(super) fn genes_asked(text: &str) -> usize {
    text.parse().ok().filter(|number| GENES.contains(number)).unwrap_or(GENES_GIVEN)
}

fn is_discovery(pair: &PairAnswer) -> bool {
    pair.test.is_some_and(|test| test.q < DISCOVERY)
}

/// What is counted of pairs.
pub(crate) struct PairCounts {
    pub(crate) genes: Vec<Name>,
    /// Of each of them with each later one.
    pub(crate) answer: PairsAnswer,
}

impl PairCounts {
    /// Counts the pairs of the genes altered most often in a cohort and tests them all at once.
    pub(super) fn of(view: &CohortView, cohort: &Cohort, genes: usize) -> Self {
        let request = PageRequest { genes, ..PageRequest::count() };
        let rows = view.page(cohort, &request).genes;
        let genes: Vec<Name> = rows.into_iter().map(|row| row.gene).collect();
        let pairs = view.gene_pairs(cohort, &genes);
        Self::tested(genes, pairs)
    }

    /// Tests pairs all at once.
    pub(crate) fn tested(genes: Vec<Name>, pairs: Vec<GenePair>) -> Self {
        Self { answer: PairsAnswer::tested(pairs), genes }
    }
}

/// A pair in words.
#[derive(Default)]
pub(crate) struct PairView {
    pub(crate) first: String,
    pub(crate) second: String,
    /// Whether nothing may be told of it.
    pub(crate) is_hidden: bool,
    pub(crate) both: String,
    pub(crate) href: String,
    pub(crate) only_first: String,
    pub(crate) only_second: String,
    pub(crate) neither: String,
    pub(crate) tested: String,
    pub(crate) odds: String,
    pub(crate) p: String,
    pub(crate) q: String,
    pub(crate) lean: String,
    pub(crate) class: &'static str,
}

#[derive(Template)]
#[template(path = "search/pairs.html")]
struct PairsTemplate {
    page: Page,
    head: CohortHead,
    svg: String,
    sizes: Vec<ChoiceView>,
    pairs: Vec<PairView>,
    files: [String; 2],
    tables: [String; 2],
}

/// Shows the pairs.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    AddressQuery(address): AddressQuery<OncoprintAddress>,
) -> Result<Response, PageError> {
    let (page, asked) = match asked::open(&state, &viewer, &reader, &address.q).await? {
        Ok(opened) => opened,
        Err(answer) => return Ok(answer),
    };
    let genes = genes_asked(&address.n);
    let (asked, counted) = counted(&state, asked, genes).await?;
    let head = CohortHead::of(&state, &page, &asked, CohortPlace::Pairs)?;
    let (query, _) = asked.first()?;
    let number = genes.to_string();
    let href = |path: &str, n: &str| address::with_query(path, &[("q", &head.text), ("n", n)]);
    let size = |size: &usize| ChoiceView {
        label: page.tn("onco-genes", *size as u64),
        href: href("/search/pairs", &size.to_string()),
        current: *size == genes,
    };
    let narrowed = |pair: &GenePair| pair_href(query, pair);
    render(&PairsTemplate {
        svg: draw(&page, &counted, &narrowed),
        sizes: GENES.iter().map(size).collect(),
        pairs: pair_views(&page, &counted, &narrowed),
        files: chart_file::hrefs(&[("chart", "pairs"), ("q", &head.text), ("n", &number)]),
        tables: table_file::hrefs(&href("/search/pairs.csv", &number)),
        head,
        page,
    })
}

/// Counts away from the threads that answer.
pub(super) async fn counted(
    state: &AppState,
    asked: Asked,
    genes: usize,
) -> Result<(Asked, PairCounts), PageError> {
    let work = state.count(move || {
        let counted = asked.first().map(|(_, cohort)| PairCounts::of(&asked.view, cohort, genes));
        counted.map(|counted| (asked, counted))
    });
    work.await?
}

fn pair_href(query: &Query, pair: &GenePair) -> String {
    let first = with_term(query, Query::gene(&pair.first));
    search_href(&with_term(&first, Query::gene(&pair.second)))
}

/// Returns the pairs in words, those that are least likely by chance first.
pub(crate) fn pair_views(
    page: &Page,
    counted: &PairCounts,
    href: &dyn Fn(&GenePair) -> String,
) -> Vec<PairView> {
    let mut sorted: Vec<&PairAnswer> = counted.answer.pairs.iter().collect();
    let p = |pair: &PairAnswer| pair.test.map_or(f64::INFINITY, |test| test.p);
    sorted.sort_by(|left, right| p(left).total_cmp(&p(right)));
    sorted.into_iter().map(|pair| pair_view(page, href(&pair.pair), pair)).collect()
}

fn pair_view(page: &Page, href: String, tested: &PairAnswer) -> PairView {
    let pair = &tested.pair;
    let dash = || "–".to_owned();
    let (lean, class) = match (tested.test, is_discovery(tested)) {
        (Some(test), true) if test.tendency() == Tendency::CoOccurrence => {
            (page.t("pairs-together"), "met")
        }
        (Some(_), true) => (page.t("pairs-apart"), "not"),
        (Some(_), false) => (String::new(), ""),
        (None, _) => (page.t("pairs-untested"), ""),
    };
    PairView {
        first: pair.first.to_string(),
        second: pair.second.to_string(),
        is_hidden: false,
        both: format::grouped(pair.both),
        href,
        only_first: format::grouped(pair.only_first),
        only_second: format::grouped(pair.only_second),
        neither: format::grouped(pair.neither),
        tested: format::grouped(tested.tested()),
        odds: tested.odds().map_or_else(dash, |odds| {
            let [lower, upper] = [odds.interval.lower, odds.interval.upper].map(ratio);
            format!("{} ({lower}–{upper})", ratio(odds.odds_ratio))
        }),
        p: tested.test.map_or_else(dash, |test| probability(test.p)),
        q: tested.test.map_or_else(dash, |test| probability(test.q)),
        lean,
        class,
    }
}

/// Draws the pairs as a triangle.
pub(crate) fn draw(
    page: &Page,
    counted: &PairCounts,
    href: &dyn Fn(&GenePair) -> String,
) -> String {
    if counted.answer.pairs.is_empty() {
        return String::new();
    }
    let place = |gene: &Name| counted.genes.iter().position(|each| each == gene);
    let pair = |tested: &PairAnswer| {
        let pair = &tested.pair;
        let lean = match tested.test.map(|test| test.tendency()) {
            Some(Tendency::CoOccurrence) => Lean::Together,
            Some(Tendency::MutualExclusivity) => Lean::Apart,
            Some(Tendency::None) => Lean::Neither,
            None => Lean::Unknown,
        };
        // What may be chance stays pale, however far its odds ratio is from 1.
        let is_discovery = is_discovery(tested);
        let strength = match tested.test.map(|test| test.log2_odds_ratio.abs()) {
            Some(strength) if is_discovery && strength >= 1.5 => 3,
            Some(_) if is_discovery => 2,
            _ => 1,
        };
        let q = tested.test.map_or_else(|| "–".to_owned(), |test| probability(test.q));
        Some(Pair {
            first: place(&pair.first)?,
            second: place(&pair.second)?,
            lean,
            strength,
            is_discovery,
            label: format!(
                "{} · {}: {} / {}, q {q}",
                pair.first,
                pair.second,
                pair.both,
                tested.tested()
            ),
            href: Some(href(pair)),
        })
    };
    let pairs: Vec<Pair> = counted.answer.pairs.iter().filter_map(pair).collect();
    let names: Vec<String> = counted.genes.iter().map(ToString::to_string).collect();
    triangle(&page.t("pairs-label"), &names, &pairs)
}

/// Draws the triangle for a file.
pub(super) fn picture(
    state: &AppState,
    page: &Page,
    asked: &Asked,
    counted: &PairCounts,
) -> Result<Picture, PageError> {
    let (query, _) = asked.first()?;
    let mut notes = chart_file::notes(state, page, asked)?;
    notes.push(page.t("pairs-key"));
    notes.push(page.t("pairs-method"));
    let svg = draw(page, counted, &|pair| pair_href(query, pair));
    Ok(Picture { svg, title: page.t("pairs-title"), keys: Vec::new(), notes })
}

/// Gives the pairs as a table.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: Form,
    AddressQuery(address): AddressQuery<OncoprintAddress>,
) -> Result<Response, PageError> {
    let asked = asked::ask(&state, &viewer, std::slice::from_ref(&address.q)).await?;
    let Ok(asked) = asked else { return Err(PageError::BadRequest) };
    let (asked, counted) = counted(&state, asked, genes_asked(&address.n)).await?;
    let page = asked.page(&state, &reader).await?;
    let (query, _) = asked.first()?;
    table_file(&page, form, "pairs", &counted.answer.to_table(), &query.to_text())
}

#[cfg(test)]
mod tests {
    use research::cohort::{CohortCase, CohortIndex, CompactionLimits, NoHierarchy};
    use stats::association::{FisherTest, FourfoldTable};

    use super::*;

    #[test]
    fn pairs_are_counted_and_tested_as_one_would_by_hand() {
        let cases: Vec<_> = synthetic::cohort_cases(11, 3_000).collect();
        let index = CohortIndex::build(cases.clone(), CompactionLimits::default()).unwrap();
        let view = index.view();
        let cohort = view.evaluate(&Query::Everything, &NoHierarchy).unwrap();
        let counted = PairCounts::of(&view, &cohort, 10);
        assert_eq!((counted.genes.len(), counted.answer.pairs.len()), (10, 45));
        let mut probabilities = Vec::new();
        for tested in &counted.answer.pairs {
            let pair = &tested.pair;
            let covered =
                |case: &&CohortCase| case.covers(&pair.first) && case.covers(&pair.second);
            let count = |first: bool, second: bool| {
                let holds = |case: &&CohortCase| {
                    case.is_altered(&pair.first) == first && case.is_altered(&pair.second) == second
                };
                cases.iter().filter(covered).filter(holds).count() as u64
            };
            let table = FourfoldTable {
                both: count(true, true),
                only_first: count(true, false),
                only_second: count(false, true),
                neither: count(false, false),
            };
            let own = [pair.both, pair.only_first, pair.only_second, pair.neither];
            assert_eq!(own, [table.both, table.only_first, table.only_second, table.neither]);
            let p = FisherTest::p_of(&table).unwrap();
            assert!((tested.test.unwrap().p - p).abs() < 1e-12, "{pair:?}");
            probabilities.push(p);
        }
        let rates = stats::association::benjamini_hochberg(&probabilities).unwrap();
        for (tested, rate) in counted.answer.pairs.iter().zip(rates) {
            assert!((tested.test.unwrap().q - rate).abs() < 1e-12);
        }
        assert_eq!(genes_asked("25"), 25);
        assert_eq!(genes_asked("10000"), GENES_GIVEN);
    }
}
