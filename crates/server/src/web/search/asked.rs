//! What the pages below the search ask of the index: permitted queries, read, and the cases that they find.

use std::sync::Arc;

use axum::response::Response;
use model::{problem::Problem, programme::Registry};
use research::cohort::{Cohort, CohortView, Query, Vocabulary};

use super::{labels::ClinicLabels, narrow, permit, scope};
use crate::{
    address,
    error::PageError,
    page::{Page, Place},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// Queries that were permitted and read, each with its cases.
pub(crate) struct Asked {
    pub(crate) view: Arc<CohortView>,
    pub(crate) registry: Arc<Registry>,
    /// As they were asked.
    pub(crate) queries: Vec<Query>,
    /// As they were evaluated, in the collections that are gone through.
    pub(crate) evaluated: Vec<Query>,
    pub(crate) cohorts: Vec<Cohort>,
    /// Cases of the collections that the first query goes through, whatever else it asks.
    pub(crate) of: u64,
    /// Whether no case of them has a day of its test.
    pub(crate) has_no_test: bool,
    /// Whether a collection of invented cases is gone through.
    is_synthetic: bool,
}

/// What cannot be read.
pub(crate) struct Unread {
    pub(crate) view: Arc<CohortView>,
    /// Which query it is, and what is wrong with it. Units: 0-based.
    pub(crate) problems: Vec<(usize, Problem)>,
}

/// Permits some queries at once, writes down who asked them, reads and evaluates them.
pub(crate) async fn ask(
    state: &AppState,
    viewer: &Viewer,
    texts: &[String],
) -> Result<Result<Asked, Unread>, PageError> {
    let registry = permit(state, viewer, &texts.join(" | ")).await?;
    let view = state.cohort.view(state).await?;
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(state.release);
    let (mut queries, mut problems) = (Vec::new(), Vec::new());
    for (at, text) in texts.iter().enumerate() {
        match Query::from_text(text, &vocabulary) {
            Ok(query) => queries.push(query),
            Err(wrong) => problems.extend(wrong.into_iter().map(|problem| (at, problem))),
        }
    }
    if !problems.is_empty() {
        return Ok(Err(Unread { view, problems }));
    }
    let collections = state.cohort.collections();
    let has_no_test =
        !queries.is_empty() && queries.iter().all(|query| collections.have_no_test(query));
    let is_synthetic = queries.iter().any(|query| collections.are_synthetic(query, &view));
    let first = queries.first().cloned().unwrap_or_default();
    let evaluated: Vec<Query> = queries.iter().map(|query| scope::scoped(query, &view).0).collect();
    let (asked, release, searched) = (evaluated.clone(), state.release, Arc::clone(&view));
    let work = state.count(move || {
        let found = asked.iter().map(|query| searched.evaluate(query, release));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let of = scope::size(&searched, &first, release)?;
        Ok::<_, research::cohort::EvaluateError>((found, of))
    });
    // Reading the queries has refused what evaluating would.
    let (cohorts, of) = work.await?.map_err(PageError::internal)?;
    Ok(Ok(Asked { view, registry, queries, evaluated, cohorts, of, has_no_test, is_synthetic }))
}

/// Asks for the cohort of a page below the search, and begins the page; a query that cannot be read is answered with the page
/// on which it can be mended.
pub(crate) async fn open(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    text: &str,
) -> Result<Result<(Page, Asked), Response>, PageError> {
    let asked = ask(state, viewer, &[text.to_owned()]).await?;
    match asked {
        Ok(asked) => Ok(Ok((asked.page(state, reader).await?, asked))),
        Err(unread) => {
            let page = Page::new(state, reader, Place::Search).await?;
            super::unread(state, page, text, &unread).map(Err)
        }
    }
}

impl Asked {
    /// Begins a page or a file of the cohorts.
    pub(crate) async fn page(&self, state: &AppState, reader: &Reader) -> Result<Page, PageError> {
        let mut page = Page::new(state, reader, Place::Search).await?;
        page.synthetic |= self.is_synthetic;
        Ok(page)
    }

    /// Returns the names of the release and of the registry.
    pub(crate) fn labels<'a>(&'a self, state: &'a AppState) -> ClinicLabels<'a> {
        ClinicLabels { release: state.release, registry: &self.registry }
    }

    /// Returns the first query and its cases.
    ///
    /// Errors: there is none, which no caller asks for.
    pub(crate) fn first(&self) -> Result<(&Query, &Cohort), PageError> {
        let first = self.queries.first().zip(self.cohorts.first());
        first.ok_or_else(|| PageError::internal(NoQuery))
    }
}

/// No query was asked.
#[derive(Debug, thiserror::Error)]
#[error("answer a page of the search: no query was asked")]
struct NoQuery;

/// Returns a query as the text of an address; nothing for every case.
pub(crate) fn text_of(query: &Query) -> String {
    match query {
        Query::Everything => String::new(),
        query => query.to_text(),
    }
}

/// Returns the address of the search for a query.
pub(crate) fn search_href(query: &Query) -> String {
    address::with_query("/search", &[("q", &text_of(query))])
}

/// Returns the query with another term that must hold too; with one that it has, the query as it is.
pub(crate) fn with_term(query: &Query, term: Query) -> Query {
    let (narrowed, was_in) = narrow::toggled(query, term);
    if was_in { query.clone() } else { narrowed }
}

/// The head of a page of one cohort: what was asked, how many were found, and the other pages of the cohort.
pub(crate) struct CohortHead {
    pub(crate) text: String,
    pub(crate) line: String,
    pub(crate) count: u64,
    pub(crate) all: u64,
    pub(crate) share: String,
    pub(crate) search_href: String,
    pub(crate) views: Vec<super::survival::ChoiceView>,
}

/// The pages of a cohort.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CohortPlace {
    /// Everything at once.
    Overview,
    /// One gene.
    Gene,
    /// Genes by cases.
    Oncoprint,
    /// Pairs of genes.
    Pairs,
    /// Beside other cohorts.
    Compare,
    /// Those kept under a name.
    Saved,
}

/// Returns the links to the pages of a cohort.
pub(crate) fn views(
    page: &Page,
    text: &str,
    current: CohortPlace,
) -> Vec<super::survival::ChoiceView> {
    [
        (CohortPlace::Overview, "/search", page.t("view-overview")),
        (CohortPlace::Gene, "/search/gene", page.t("view-gene")),
        (CohortPlace::Oncoprint, "/search/oncoprint", page.t("view-oncoprint")),
        (CohortPlace::Pairs, "/search/pairs", page.t("view-pairs")),
        (CohortPlace::Compare, "/search/compare", page.t("view-compare")),
        (CohortPlace::Saved, "/search/saved", page.t("view-saved")),
    ]
    .map(|(place, path, label)| super::survival::ChoiceView {
        label,
        href: address::with_query(path, &[("q", text)]),
        current: place == current,
    })
    .into()
}

impl CohortHead {
    /// Makes the head of a page of the first cohort.
    pub(crate) fn of(
        state: &AppState,
        page: &Page,
        asked: &Asked,
        place: CohortPlace,
    ) -> Result<Self, PageError> {
        let (query, cohort) = asked.first()?;
        let (text, count, all) = (text_of(query), cohort.cases(), asked.of);
        Ok(Self {
            line: query.to_line(page.language, &asked.labels(state)),
            count,
            all,
            share: narrow::share(page, count, all),
            search_href: search_href(query),
            views: views(page, &text, place),
            text,
        })
    }
}

/// Returns a probability as people write it.
pub(crate) fn probability(p: f64) -> String {
    if !p.is_finite() {
        "–".to_owned()
    } else if p < 0.0001 {
        "< 0.0001".to_owned()
    } else {
        format!("{p:.4}")
    }
}

/// Returns an odds ratio or one of its bounds with the digits that say something.
pub(crate) fn ratio(value: f64) -> String {
    if value.is_nan() {
        "–".to_owned()
    } else if value.is_infinite() || value > 999.0 {
        "> 999".to_owned()
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_say_no_more_than_they_know() {
        assert_eq!((probability(0.03), probability(1e-9)), ("0.0300".into(), "< 0.0001".into()));
        assert_eq!(probability(f64::NAN), "–");
        assert_eq!((ratio(1.5), ratio(f64::INFINITY)), ("1.50".into(), "> 999".into()));
    }

    #[test]
    fn a_term_is_asked_once() {
        let gene = Query::gene("KRAS");
        assert_eq!(with_term(&Query::Everything, gene.clone()), gene);
        assert_eq!(with_term(&gene, gene.clone()), gene);
        assert_eq!(text_of(&Query::Everything), "");
    }
}
