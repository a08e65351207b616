//! The search of a project: the number of cases first, then what they consist of, all of it safe to show.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query as AddressQuery, State},
    http::StatusCode,
    response::Response,
};
use model::{
    programme::Registry,
    research_project::{ProjectService, ResearchProject},
};
use research::{
    cohort::{Clock, Item, Labels as _, NameList, Query, TherapyTerm},
    project::{SafeFacet, SafePage},
};
use serde::Deserialize;

use super::{
    head::{self, ProjectPlace},
    survival::{self, SurvivalView},
};
use crate::{
    address,
    error::{PageError, Worded},
    format,
    page::{Page, Place, render},
    project::{Question, Told, ask, permit},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        facet::Chip,
        search::{ProblemLine, labels::ClinicLabels, narrow, survival::ChoiceView},
        table_file,
    },
};

/// Values of an item that are shown.
const VALUES: usize = 12;

/// What the address says. An empty value is not chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProjectAddress {
    /// The query as text.
    pub(crate) q: String,
    /// When the clock of survival starts: `diagnosis`, `test` or `treatment`.
    pub(crate) clock: String,
    /// First case of the list. Units: 0-based.
    pub(crate) from: String,
    /// Which table, for the CSV.
    pub(crate) table: String,
    /// How many genes, for pairs.
    pub(crate) n: String,
}

impl ProjectAddress {
    pub(super) fn clock(&self) -> Clock {
        match self.clock.as_str() {
            "diagnosis" => Clock::Diagnosis,
            "treatment" => Clock::Treatment,
            _ => Clock::Test,
        }
    }
}

/// Addresses of a project's pages for a search.
pub(super) struct Links<'a> {
    number: &'a str,
    clock: &'a str,
}

impl<'a> Links<'a> {
    pub(super) fn of(number: &'a str, address: &'a ProjectAddress) -> Self {
        Self { number, clock: &address.clock }
    }

    pub(super) fn page(&self, page: &str, pairs: &[(&str, &str)]) -> String {
        address::with_query(&format!("/research/{}/{page}", self.number), pairs)
    }

    /// Returns the addresses of a picture as SVG and as PNG.
    pub(super) fn pictures(&self, pairs: &[(&str, &str)]) -> [String; 2] {
        ["chart.svg", "chart.png"].map(|file| self.page(file, pairs))
    }

    pub(super) fn search(&self, text: &str, clock: &str) -> String {
        self.page("search", &[("q", text), ("clock", clock)])
    }

    pub(super) fn query(&self, query: &Query) -> String {
        self.search(&text_of(query), self.clock)
    }
}

/// Returns a query as the field of the page shows it.
pub(super) fn text_of(query: &Query) -> String {
    match query {
        Query::Everything => String::new(),
        query => query.to_text(),
    }
}

/// A question that was asked from an address, with what it needs to be shown.
pub(super) struct Asked {
    pub(super) project: ResearchProject,
    pub(super) registry: Arc<Registry>,
    pub(super) told: Result<Told, Vec<model::problem::Problem>>,
}

/// Permits a question of the address, asks it, and writes it down.
pub(super) async fn of_address(
    state: &AppState,
    viewer: &Viewer,
    number: &str,
    asked: &ProjectAddress,
    with_survival: bool,
) -> Result<Asked, PageError> {
    let project = permit(state, viewer, number, &asked.q).await?;
    let survival = with_survival.then(|| (asked.clock(), true));
    let question = Question { text: &asked.q, survival };
    let told = ask(state, viewer, &project, &question).await?;
    let project = told.as_ref().map_or(project, |told| told.project.clone());
    Ok(Asked { project, registry: state.registry().await?, told })
}

/// A count that may be hidden, with the way to narrow the search.
struct ValueView {
    href: String,
    label: String,
    count: Option<String>,
    share: u8,
    current: bool,
}

/// An item with its values.
struct FacetView {
    id: &'static str,
    title: String,
    values: Vec<ValueView>,
    rest: u64,
}

/// A gene with how often it is altered.
struct GeneView {
    gene: String,
    href: String,
    current: bool,
    /// Altered, tested and the share; `None` is hidden.
    share: Option<(String, String, String)>,
    bar: u8,
}

/// A drug with how many were given it.
struct DrugView {
    drug: String,
    href: String,
    current: bool,
    cases: Option<String>,
    rate: Option<String>,
}

#[derive(Template)]
#[template(path = "research/search.html")]
struct SearchTemplate {
    page: Page,
    number: String,
    title: String,
    text: String,
    line: String,
    problems: Vec<ProblemLine>,
    unanswered: Option<String>,
    views: Vec<ChoiceView>,
    chips: Vec<Chip>,
    clear_href: String,
    count: u64,
    everybody: Option<u64>,
    threshold: u64,
    facets: Vec<FacetView>,
    genes: Vec<GeneView>,
    drugs: Vec<DrugView>,
    survival: SurvivalView,
    list_href: Option<String>,
    genes_table: Option<[String; 2]>,
    drugs_table: Option<[String; 2]>,
    facets_table: Option<[String; 2]>,
    json_href: String,
}

/// Shows the search.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let asked = of_address(&state, &viewer, &number, &address, true).await?;
    let page = match &asked.told {
        Ok(told) => told.page(&state, &reader).await?,
        Err(_) => Page::new(&state, &reader, Place::InResearch).await?,
    };
    let number = asked.project.number.to_string();
    let links = Links::of(&number, &address);
    let labels = ClinicLabels { release: state.release, registry: &asked.registry };
    let template = match &asked.told {
        Ok(told) => filled(page, &asked.project, &address, &links, &labels, told),
        Err(problems) => {
            let problems = problems.iter().map(|problem| ProblemLine::of(&page, problem)).collect();
            empty(page, &asked.project, &address.q, &links, problems)
        }
    };
    let wrong = !template.problems.is_empty();
    let mut response = render(&template)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

fn empty(
    page: Page,
    project: &ResearchProject,
    text: &str,
    links: &Links<'_>,
    problems: Vec<ProblemLine>,
) -> SearchTemplate {
    SearchTemplate {
        number: project.number.to_string(),
        title: project.title.clone(),
        text: text.to_owned(),
        line: String::new(),
        problems,
        unanswered: None,
        views: head::views(&page, project, text, ProjectPlace::Overview),
        chips: Vec::new(),
        clear_href: links.search("", links.clock),
        count: 0,
        everybody: None,
        threshold: project.threshold.into(),
        facets: Vec::new(),
        genes: Vec::new(),
        drugs: Vec::new(),
        survival: SurvivalView::default(),
        list_href: None,
        genes_table: None,
        drugs_table: None,
        facets_table: None,
        json_href: String::new(),
        page,
    }
}

fn filled(
    page: Page,
    project: &ResearchProject,
    address: &ProjectAddress,
    links: &Links<'_>,
    labels: &ClinicLabels<'_>,
    told: &Told,
) -> SearchTemplate {
    let text = text_of(&told.query);
    let chips = chips(&page, links, labels, &told.query);
    let line = told.query.to_line(page.language, labels);
    let counts = match &told.page {
        Ok(counts) => counts,
        Err(unanswered) => {
            let words = head::unanswered(&page, project, *unanswered);
            let empty = empty(page, project, &text, links, Vec::new());
            return SearchTemplate {
                line,
                chips,
                unanswered: Some(words),
                everybody: told.everybody,
                ..empty
            };
        }
    };
    let tables = |table: &str| {
        let href = || links.page("table.csv", &[("q", &text), ("table", table)]);
        head::may_download(project).then(|| table_file::hrefs(&href()))
    };
    let may_list = project.has(ProjectService::List) && counts.cases > 0;
    let [facets, genes, drugs] = ["facets", "genes", "drugs"].map(tables);
    let api = format!("/api/research/{}/search", project.number);
    SearchTemplate {
        line,
        chips,
        count: counts.cases,
        everybody: told.everybody,
        facets: counts.facets.iter().map(|each| facet(&page, links, labels, told, each)).collect(),
        genes: gene_views(links, told, counts),
        drugs: drug_views(&page, links, labels, told, counts),
        survival: survival::view(&page, links, address, &text, told),
        list_href: may_list.then(|| links.page("cases", &[("q", &text)])),
        facets_table: facets,
        genes_table: genes,
        drugs_table: drugs,
        json_href: address::with_query(&api, &[("q", &text)]),
        ..empty(page, project, &text, links, Vec::new())
    }
}

fn chips(page: &Page, links: &Links<'_>, labels: &ClinicLabels<'_>, query: &Query) -> Vec<Chip> {
    let parts = narrow::parts(query);
    let chip = |at: usize| {
        let mut rest = parts.clone();
        let part = rest.remove(at);
        let line = part.to_line(page.language, labels);
        Chip::of(page, String::new(), line, links.query(&narrow::joined(rest)))
    };
    (0..parts.len()).map(chip).collect()
}

/// Returns the query that a value of an item narrows by.
pub(super) fn term(item: Item, code: Option<&str>, place: u8) -> Query {
    let Some(code) = code else { return Query::Unknown(item) };
    let value = research::cohort::FacetValue { code: code.into(), place, cases: 0 };
    research::cohort::Facet { item, values: Vec::new(), unknown: 0 }.query(&value)
}

fn facet(
    page: &Page,
    links: &Links<'_>,
    labels: &ClinicLabels<'_>,
    told: &Told,
    facet: &SafeFacet,
) -> FacetView {
    let item = facet.item;
    let longest = facet.values.iter().filter_map(|value| value.cases).max().unwrap_or(0);
    let value = |value: &research::project::SafeValue| {
        let code = value.code.as_deref();
        let (query, current) = narrow::toggled(&told.query, term(item, code, value.place));
        let word = item.word_label(value.place).map(|label| page.text(&label).to_owned());
        let name = || code.map(|code| labels.of_item(item, code, page.language));
        ValueView {
            href: links.query(&query),
            label: word.or_else(name).unwrap_or_else(|| page.t("unknown")),
            count: value.cases.map(format::grouped),
            share: value.cases.map_or(0, |cases| format::percent(cases, longest)),
            current,
        }
    };
    let all = facet.values.len();
    let values: Vec<ValueView> = facet.values.iter().take(VALUES).map(value).collect();
    FacetView {
        id: item.code(),
        title: page.text(&item.label()).to_owned(),
        rest: all.saturating_sub(values.len()) as u64,
        values,
    }
}

fn gene_views(links: &Links<'_>, told: &Told, counts: &SafePage) -> Vec<GeneView> {
    let rate = |altered: u64, covered: u64| altered as f64 / covered.max(1) as f64;
    let shares = counts.genes.iter().filter_map(|gene| gene.share);
    let highest = shares.map(|share| rate(share.altered, share.covered)).fold(0.0, f64::max);
    let view = |gene: &research::project::SafeGene| {
        let (query, current) = narrow::toggled(&told.query, Query::gene(&gene.gene));
        let bar = gene.share.map_or(0.0, |share| rate(share.altered, share.covered));
        GeneView {
            gene: gene.gene.to_string(),
            href: links.query(&query),
            current,
            share: gene.share.map(|share| {
                let [altered, covered] = [share.altered, share.covered].map(format::grouped);
                (altered, covered, narrow::percent(share.altered, share.covered))
            }),
            bar: if highest > 0.0 { (bar / highest * 100.0).round() as u8 } else { 0 },
        }
    };
    counts.genes.iter().map(view).collect()
}

fn drug_views(
    page: &Page,
    links: &Links<'_>,
    labels: &ClinicLabels<'_>,
    told: &Told,
    counts: &SafePage,
) -> Vec<DrugView> {
    let view = |drug: &research::project::SafeDrug| {
        let term = TherapyTerm { drugs: vec![drug.drug.clone()], ..TherapyTerm::default() };
        let (query, current) = narrow::toggled(&told.query, Query::Therapy(Box::new(term)));
        let name = labels.label(NameList::Drug, &drug.drug, page.language);
        DrugView {
            drug: name.unwrap_or_else(|| drug.drug.to_string()),
            href: links.query(&query),
            current,
            cases: drug.cases.map(format::grouped),
            rate: drug.responded.map(|percent| format!("{percent} %")),
        }
    };
    counts.drugs.iter().map(view).collect()
}
