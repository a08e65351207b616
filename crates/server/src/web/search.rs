//! The clinical search: every case of the programme at once, to treat the next patient.
//!
//! The whole state is in the address: `q` is the query as text, `by` what survival is compared by. The count comes
//! first, then pictures whose parts are links that narrow the search, then the cases.

mod answers;
pub(crate) mod asked;
mod cases;
mod chart_file;
mod charts;
pub(crate) mod compare;
mod course;
mod facets;
mod gene;
pub(crate) mod labels;
pub(crate) mod narrow;
pub(crate) mod oncoprint;
mod overview;
pub(crate) mod pairs;
mod saved;
mod scope;
pub(crate) mod survival;
mod table;
mod waterfall;

use std::sync::Arc;

use access::{Action, Membership, Permit, Purpose, Relation, Rights, Role, audit::Entry};
use askama::Template;
use axum::{
    Router,
    extract::{Query as AddressQuery, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use model::{
    organisation::OrganisationCode,
    problem::Problem,
    programme::{DesignationKind, Registry},
};
use research::{
    answer::WaterfallAnswer,
    cohort::{Clock, Cohort, CohortPage, CohortView, Item, PageRequest, Query, Vocabulary},
};
use serde::Deserialize;

use crate::{
    address,
    error::{PageError, Worded},
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        facet::{Chip, Facet},
        table_file,
    },
};

use self::{
    cases::CaseView,
    charts::PyramidView,
    facets::{DrugView, GeneView},
    labels::ClinicLabels,
    scope::{Scope, ScopeView, SourceView},
    survival::SurvivalView,
    waterfall::WaterfallView,
};

/// Cases on one page.
const CASES_PER_PAGE: usize = 50;
/// Genes that are counted.
const GENES: usize = 50;
/// Longest text of a query that is written down in the audit log. Units: characters.
const AUDITED_CHARS_MAX: usize = 400;

/// The pages of the clinical search.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/search", get(show))
        .route("/search/table.csv", get(table::file))
        .route("/search/table.parquet", get(table::file))
        .route("/search/compare", get(compare::show))
        .route("/search/compare.csv", get(compare::file))
        .route("/search/compare.parquet", get(compare::file))
        .route("/search/gene", get(gene::show))
        .route("/search/oncoprint", get(oncoprint::show))
        .route("/search/pairs", get(pairs::show))
        .route("/search/pairs.csv", get(pairs::file))
        .route("/search/pairs.parquet", get(pairs::file))
        .route("/search/case", get(course::show))
        .route("/search/saved", get(saved::show).post(saved::save))
        .route("/search/saved/{id}/end", post(saved::end))
        .route("/search/chart.svg", get(chart_file::file))
        .route("/search/chart.png", get(chart_file::file))
        .route("/api/search", get(table::json))
        .route("/api/search/survival", get(answers::survival))
        .route("/api/search/cox", get(answers::cox))
        .route("/api/search/pairs", get(answers::pairs))
        .route("/api/search/waterfall", get(answers::waterfall))
}

/// What the address says. An empty value is not chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchAddress {
    /// The query as text.
    pub(crate) q: String,
    /// Item or gene by which survival is compared.
    pub(crate) by: String,
    /// When the clock of survival starts: `diagnosis`, `test` or `treatment`.
    pub(crate) clock: String,
    /// `naive` counts survival as if every case had been watched from the start of the clock, `delayed` from its test;
    /// without either, from its test where cases have one.
    pub(crate) entry: String,
    /// First case of the list. Units: 0-based.
    pub(crate) from: String,
    /// Which table, for the CSV.
    pub(crate) table: String,
}

impl SearchAddress {
    fn clock(&self) -> Clock {
        Clock::of_code(&self.clock).unwrap_or_default()
    }

    /// Returns whether cases count as observed from their test: where nothing else is chosen, if they have one.
    fn is_delayed(&self, has_no_test: bool) -> bool {
        match self.entry.as_str() {
            "naive" => false,
            "delayed" => true,
            _ => !has_no_test,
        }
    }

    /// Returns the address of the page with some values put in place of those it has.
    pub(crate) fn href(&self, changes: &[(&str, &str)]) -> String {
        let own = [
            ("q", self.q.as_str()),
            ("by", self.by.as_str()),
            ("clock", self.clock.as_str()),
            ("entry", self.entry.as_str()),
        ];
        let mut pairs: Vec<(&str, &str)> = own
            .into_iter()
            .map(|(name, kept)| {
                let changed = changes.iter().find(|(each, _)| *each == name);
                (name, changed.map_or(kept, |(_, value)| *value))
            })
            .collect();
        pairs.extend(changes.iter().filter(|(name, _)| !own.iter().any(|(each, _)| each == name)));
        address::with_query("/search", &pairs)
    }

    /// Returns the address of the page of another query.
    fn href_of(&self, query: &Query) -> String {
        self.href(&[("q", &asked::text_of(query))])
    }
}

/// A search that was permitted, and what it found.
pub(crate) struct Found {
    pub(crate) view: Arc<CohortView>,
    pub(crate) registry: Arc<Registry>,
    /// The query as it was asked.
    pub(crate) query: Query,
    /// The query as it was evaluated, in the collections that are gone through.
    pub(crate) evaluated: Query,
    pub(crate) cohort: Cohort,
    pub(crate) page: CohortPage,
    /// The cases whose change of tumour size is known.
    waterfall: WaterfallAnswer,
    /// The collections that were gone through.
    pub(crate) scope: Scope,
    /// Whether survival counts cases as observed from their test.
    pub(crate) delayed: bool,
    /// Whether a collection of invented cases was gone through.
    is_synthetic: bool,
}

impl Found {
    /// Begins a page or a file of what was found.
    pub(crate) async fn page(&self, state: &AppState, reader: &Reader) -> Result<Page, PageError> {
        let mut page = Page::new(state, reader, Place::Search).await?;
        page.synthetic |= self.is_synthetic;
        Ok(page)
    }
}

/// Somebody who may search.
struct Searcher {
    permit: Permit,
    registry: Arc<Registry>,
    /// The organisations for which this person searches. Shape: sorted, each once.
    organisations: Vec<OrganisationCode>,
}

/// Permits the search, without writing it down.
async fn permitted(state: &AppState, viewer: &Viewer) -> Result<Searcher, PageError> {
    let (action, purpose) = (Action::SearchCases, Purpose::ClinicalSearch);
    let permit = state.permit(viewer, action, Relation::Programme, purpose)?;
    let registry = state.registry().await?;
    let day = state.today();
    let rights = Rights::ours();
    // The search is for the designated hospitals, and for the centre that keeps it.
    let may = |each: &&Membership| {
        let standing = registry.standing(&each.organisation, day);
        rights.allows(each.role, Action::SearchCases, Relation::Programme, day)
            && (each.role == Role::CentreStaff
                || standing.kind().is_some_and(DesignationKind::is_of_programme))
    };
    let own = viewer.actor.memberships_on(day).filter(may);
    let mut organisations: Vec<_> = own.map(|each| each.organisation.clone()).collect();
    organisations.sort();
    organisations.dedup();
    if organisations.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(Searcher { permit, registry, organisations })
}

/// Returns whether somebody may search, without writing it down.
pub(crate) async fn may_search(state: &AppState, viewer: &Viewer) -> Result<bool, PageError> {
    match permitted(state, viewer).await {
        Ok(_) => Ok(true),
        Err(PageError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Permits the search, and writes down who asked what.
async fn permit(state: &AppState, viewer: &Viewer, text: &str) -> Result<Arc<Registry>, PageError> {
    let Searcher { permit, registry, .. } = permitted(state, viewer).await?;
    let text: String = text.chars().take(AUDITED_CHARS_MAX).collect();
    let entry = Entry::permitted(state.now(), &viewer.actor, &permit).with_detail(&text);
    state.audit.record(entry).await?;
    Ok(registry)
}

/// Looks for what the address asks.
pub(crate) async fn find(
    state: &AppState,
    viewer: &Viewer,
    address: &SearchAddress,
) -> Result<Result<Found, (Arc<CohortView>, Vec<Problem>)>, PageError> {
    let registry = permit(state, viewer, &address.q).await?;
    let view = state.cohort.view(state).await?;
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(state.release);
    let query = match Query::from_text(&address.q, &vocabulary) {
        Ok(query) => query,
        Err(problems) => return Ok(Err((view, problems))),
    };
    let (asked, release, searched) = (query.clone(), state.release, Arc::clone(&view));
    let (collections, own) = (state.cohort.collections(), address.clone());
    let work = state.count(move || {
        let (cohort, scope) = Scope::find(&searched, &asked, collections, release)?;
        let delayed = own.is_delayed(scope.collections.have_no_test(&asked));
        let request = PageRequest {
            facets: facets::SHOWN.to_vec(),
            genes: GENES,
            survival: Some((own.clock(), delayed)),
            ..PageRequest::default()
        };
        let page = searched.page(&cohort, &request);
        let waterfall = WaterfallAnswer::of(&searched, &cohort);
        Ok::<_, research::cohort::EvaluateError>((cohort, page, waterfall, scope, delayed))
    });
    // Reading the query has refused what evaluating would.
    let (cohort, page, waterfall, scope, delayed) = work.await?.map_err(PageError::internal)?;
    let (evaluated, _) = scope::scoped(&query, &view);
    let is_synthetic = scope.collections.are_synthetic(&query, &view);
    Ok(Ok(Found {
        view,
        registry,
        query,
        evaluated,
        cohort,
        page,
        waterfall,
        scope,
        delayed,
        is_synthetic,
    }))
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct SearchTemplate {
    page: Page,
    text: String,
    line: String,
    views: Vec<survival::ChoiceView>,
    tmb: String,
    tmb_summary: String,
    files: ChartFiles,
    problems: Vec<ProblemLine>,
    filling: Option<String>,
    scopes: Vec<ScopeView>,
    sources: Vec<SourceView>,
    is_registered_alone: bool,
    broken: Vec<String>,
    chips: Vec<Chip>,
    count: u64,
    all: u64,
    share: String,
    facets: Vec<Facet>,
    kinds: Vec<String>,
    genes: Vec<GeneView>,
    drugs: Vec<DrugView>,
    pyramid: PyramidView,
    waterfall: WaterfallView,
    survival: SurvivalView,
    cases: Vec<CaseView>,
    first: u64,
    last: u64,
    before_href: Option<String>,
    after_href: Option<String>,
    genes_table: [String; 2],
    drugs_table: [String; 2],
    facets_table: [String; 2],
    json_href: String,
}

/// Where the pictures of the page are as files, SVG and PNG.
#[derive(Default)]
struct ChartFiles {
    age: [String; 2],
    tmb: [String; 2],
    genes: [String; 2],
    drugs: [String; 2],
    survival: [String; 2],
    /// Of each item that is shown, with its label.
    items: Vec<(String, [String; 2])>,
}

impl ChartFiles {
    fn of(address: &SearchAddress, facets: &[Facet]) -> Self {
        let of = |chart: &str| {
            let (q, by) = (address.q.as_str(), address.by.as_str());
            let pairs = [("chart", chart), ("q", q)];
            if chart != "survival" {
                return chart_file::hrefs(&pairs);
            }
            let more = [("by", by), ("clock", &address.clock), ("entry", &address.entry)];
            chart_file::hrefs(&[&pairs[..], &more[..]].concat())
        };
        let item = |facet: &Facet| {
            let pairs = [("chart", "item"), ("item", facet.id), ("q", address.q.as_str())];
            (facet.title.clone(), chart_file::hrefs(&pairs))
        };
        Self {
            age: of("age"),
            tmb: of("tmb"),
            genes: of("genes"),
            drugs: of("drugs"),
            survival: of("survival"),
            items: facets.iter().map(item).collect(),
        }
    }
}

/// What is wrong with a query.
pub(crate) struct ProblemLine {
    pub(crate) message: String,
    pub(crate) remedy: String,
}

impl ProblemLine {
    pub(crate) fn of(page: &Page, problem: &Problem) -> Self {
        Self {
            message: problem.message.get(page.language).to_owned(),
            remedy: problem.remedy.get(page.language).to_owned(),
        }
    }
}

/// Shows the search.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    AddressQuery(address): AddressQuery<SearchAddress>,
) -> Result<Response, PageError> {
    let found = find(&state, &viewer, &address).await?;
    match found {
        Ok(found) => {
            let page = found.page(&state, &reader).await?;
            render(&filled(&state, &viewer, page, &address, &found).await?)
        }
        Err((view, problems)) => {
            let page = Page::new(&state, &reader, Place::Search).await?;
            let problems = problems.into_iter().map(|problem| (0, problem)).collect();
            unread(&state, page, &address.q, &asked::Unread { view, problems })
        }
    }
}

/// Answers a query that cannot be read with the page of the search, on which it can be mended.
fn unread(
    state: &AppState,
    page: Page,
    text: &str,
    unread: &asked::Unread,
) -> Result<Response, PageError> {
    let lines = unread.problems.iter().map(|(_, problem)| ProblemLine::of(&page, problem));
    let problems = lines.collect();
    let template = refused(state, page, text, unread.view.cases(), problems);
    let mut response = render(&template)?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(Worded);
    Ok(response)
}

/// Makes the page of a query that cannot be read: the words that were typed stay.
fn refused(
    state: &AppState,
    page: Page,
    text: &str,
    all: u64,
    problems: Vec<ProblemLine>,
) -> SearchTemplate {
    SearchTemplate {
        text: text.to_owned(),
        views: Vec::new(),
        tmb: String::new(),
        tmb_summary: String::new(),
        files: ChartFiles::default(),
        line: String::new(),
        problems,
        filling: filling(&page, state),
        scopes: Vec::new(),
        sources: Vec::new(),
        is_registered_alone: false,
        broken: Vec::new(),
        chips: Vec::new(),
        count: 0,
        all,
        share: String::new(),
        facets: Vec::new(),
        kinds: Vec::new(),
        genes: Vec::new(),
        drugs: Vec::new(),
        pyramid: PyramidView::default(),
        waterfall: WaterfallView::default(),
        survival: SurvivalView::default(),
        cases: Vec::new(),
        first: 0,
        last: 0,
        before_href: None,
        after_href: None,
        genes_table: Default::default(),
        drugs_table: Default::default(),
        facets_table: Default::default(),
        json_href: String::new(),
        page,
    }
}

fn filling(page: &Page, state: &AppState) -> Option<String> {
    let Some((done, all)) = state.cohort.filling() else {
        return state.cohort.is_reading_collections().then(|| page.t("search-loading"));
    };
    let [done, all] = [done.min(all), all].map(crate::format::grouped);
    Some(page.words("search-filling", &[("done", &done), ("all", &all)]))
}

async fn filled(
    state: &AppState,
    viewer: &Viewer,
    page: Page,
    address: &SearchAddress,
    found: &Found,
) -> Result<SearchTemplate, PageError> {
    let sources = found.scope.sources(&page, &found.query);
    let labels = ClinicLabels { release: state.release, registry: &found.registry };
    let counted = &found.page;
    let (count, all) = (counted.cases, found.scope.of);
    let broken = found.scope.collections.broken.iter();
    let survival = survival::view(state, &page, address, found, &labels).await?;
    let last_place = usize::try_from(count).unwrap_or(usize::MAX);
    let from = address.from.parse().unwrap_or(0_usize).min(last_place);
    let from = from / CASES_PER_PAGE * CASES_PER_PAGE;
    let listed = found.view.list(&found.cohort, from, CASES_PER_PAGE);
    let href_from = |from: usize| format!("{}#cases", address.href(&[("from", &from.to_string())]));
    let tables = |table: &str| {
        let pairs = [("q", address.q.as_str()), ("table", table)];
        table_file::hrefs(&address::with_query("/search/table.csv", &pairs))
    };
    let after = from + listed.len();
    let text = asked::text_of(&found.query);
    let facets = facets::facets(&page, address, found, &labels);
    Ok(SearchTemplate {
        views: asked::views(&page, &text, asked::CohortPlace::Overview),
        tmb: overview::tmb(&page, &found.query, counted),
        tmb_summary: overview::tmb_summary(&page, counted),
        files: ChartFiles::of(address, &facets),
        text,
        line: found.query.to_line(page.language, &labels),
        problems: Vec::new(),
        filling: filling(&page, state),
        scopes: found.scope.choices(&page, address, &found.query),
        sources,
        is_registered_alone: found.scope.is_registered_alone,
        broken: broken.map(|(_, told)| page.text(told).to_owned()).collect(),
        chips: narrow::chips(&page, address, &found.query, &labels),
        count,
        all,
        share: narrow::share(&page, count, all),
        facets,
        kinds: facets::kind_labels(&page),
        genes: facets::genes(&page, address, found),
        drugs: facets::drugs(&page, address, found, &labels),
        pyramid: charts::pyramid(&page, counted),
        waterfall: WaterfallView::of(&page, address, &found.waterfall),
        survival,
        cases: cases::views(state, viewer, &page, &labels, &listed, from),
        first: from as u64 + 1,
        last: after as u64,
        before_href: (from > 0).then(|| href_from(from.saturating_sub(CASES_PER_PAGE))),
        after_href: (after < last_place).then(|| href_from(after)),
        genes_table: tables("genes"),
        drugs_table: tables("drugs"),
        facets_table: tables("facets"),
        json_href: address::with_query("/api/search", &[("q", &address.q)]),
        page,
    })
}

/// Items by which survival can be compared.
const COMPARED: [Item; 10] = [
    Item::Sex,
    Item::AgeBand,
    Item::Stage,
    Item::PerformanceStatus,
    Item::Smoking,
    Item::Msi,
    Item::Level,
    Item::OptionProposed,
    Item::OptionGiven,
    Item::Tumour,
];
