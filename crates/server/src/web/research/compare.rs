//! Up to six cohorts of a project beside each other, out of what the project is told of each.
//!
//! Each cohort is a question of its own. Nothing is counted of them together: neither how many they share, nor whether they share
//! any. They are tested where their queries exclude each other by how they are written, and where every number of a test is told.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use model::{problem::Problem, programme::Registry, research_project::ResearchProject};
use research::{
    cohort::{Clock, Name, Query},
    project::SafePage,
};

use super::{
    head::{self, ProjectPlace, may_download},
    search::{Links, ProjectAddress, term},
    survival::{self, ComparedCurves},
};
use crate::{
    error::{PageError, Worded},
    format,
    page::{Page, Place, render},
    project::{Asking, Question, Told, permit},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        picture_file::{Picture, curve_key},
        search::{
            ProblemLine, asked,
            compare::{
                self, COHORTS_MAX, CompareAddress, FieldView, GeneView, ItemView, LETTERS, SPLIT,
                SplitView,
                count::{self, ComparedGene, ComparedItem, CountedItem, ITEMS},
            },
            labels::ClinicLabels,
            survival::ChoiceView,
        },
        table_file::{self, Form, table_file},
    },
};

/// The cohorts of an address as they were answered.
pub(super) struct Answered {
    pub(super) project: ResearchProject,
    registry: Arc<Registry>,
    /// What was found, or why it cannot be asked.
    pub(super) cohorts: Vec<Result<Told, Vec<Problem>>>,
}

impl Answered {
    /// Begins a page or a file of the cohorts.
    async fn page(&self, state: &AppState, reader: &Reader) -> Result<Page, PageError> {
        let mut page = Page::new(state, reader, Place::InResearch).await?;
        page.synthetic |= self.cohorts.iter().flatten().any(Told::is_synthetic);
        Ok(page)
    }
}

/// Returns when the clock of survival starts.
pub(super) fn clock(address: &CompareAddress) -> Clock {
    ProjectAddress { clock: address.clock.clone(), ..ProjectAddress::default() }.clock()
}

/// Asks each cohort as a question of the project.
pub(super) async fn answered(
    state: &AppState,
    viewer: &Viewer,
    number: &str,
    address: &CompareAddress,
    clock: Clock,
) -> Result<Answered, PageError> {
    let project = permit(state, viewer, number, &address.texts.join(" | ")).await?;
    let mut asking = Asking::begin(state, viewer, &project).await?;
    let mut cohorts = Vec::with_capacity(address.texts.len());
    for text in &address.texts {
        let question = Question { text, survival: Some((clock, true)) };
        let (next, told) = asking.ask(state, viewer, &question).await?;
        asking = next;
        cohorts.push(told);
    }
    let registry = state.registry().await?;
    Ok(Answered { project: asking.project, registry, cohorts })
}

/// What is told of cohorts side by side.
pub(super) struct Compared {
    queries: Vec<Query>,
    pub(super) items: Vec<ComparedItem>,
    pub(super) genes: Vec<ComparedGene>,
    /// Whether the queries exclude each other.
    pub(super) is_separate: bool,
}

impl Compared {
    /// Compares cohorts; `None` where one of them cannot be asked.
    pub(super) fn of(answered: &Answered, release: &knowledge::Release) -> Option<Self> {
        let told: Vec<&Told> =
            answered.cohorts.iter().map(|told| told.as_ref().ok()).collect::<Option<_>>()?;
        let queries: Vec<Query> = told.iter().map(|told| told.query.clone()).collect();
        let pages: Vec<Option<&SafePage>> =
            told.iter().map(|told| told.page.as_ref().ok()).collect();
        let excludes = |(at, own): (usize, &Query)| {
            queries.iter().skip(at + 1).all(|other| own.excludes(other, release))
        };
        let is_separate = queries.len() > 1 && queries.iter().enumerate().all(excludes);
        Some(Self {
            items: items(&pages, is_separate, &queries),
            genes: genes(&pages, is_separate),
            queries,
            is_separate,
        })
    }
}

fn items(pages: &[Option<&SafePage>], is_separate: bool, queries: &[Query]) -> Vec<ComparedItem> {
    let compared = |item: &research::cohort::Item| {
        let counted = |page: &Option<&SafePage>| {
            let page = (*page)?;
            let facet = page.facets.iter().find(|facet| facet.item == *item)?;
            let values = facet.values.iter();
            let known = values
                .clone()
                .filter_map(|value| Some((value.code.clone()?, value.place, value.cases)));
            // Where no case is of unknown value, there is none.
            let unknown = values.clone().find(|value| value.code.is_none());
            Some(CountedItem {
                cases: page.cases,
                values: known.collect(),
                unknown: unknown.map_or(Some(0), |value| value.cases),
            })
        };
        let counted: Vec<Option<CountedItem>> = pages.iter().map(counted).collect();
        ComparedItem::of(*item, &counted)
    };
    let items = ITEMS.iter().filter_map(compared).collect();
    count::with_item_tests(items, is_separate, queries)
}

fn genes(pages: &[Option<&SafePage>], is_separate: bool) -> Vec<ComparedGene> {
    let told = pages.iter().flatten().flat_map(|page| &page.genes);
    let names = count::highest(told.filter_map(|gene| Some((gene.gene.clone(), gene.share?))));
    let share = |page: &Option<&SafePage>, gene: &Name| {
        (*page)?.genes.iter().find(|own| own.gene == *gene)?.share
    };
    let genes = names.into_iter().map(|gene| ComparedGene {
        shares: pages.iter().map(|page| share(page, &gene)).collect(),
        gene,
        tested: None,
    });
    count::with_gene_tests(genes.collect(), is_separate)
}

/// A cohort of the page.
struct CohortView {
    letter: &'static str,
    place: usize,
    line: String,
    href: String,
    without_href: Option<String>,
    /// Cases in words; empty where they are not told.
    count: String,
    /// Why they are not told.
    unanswered: String,
}

#[derive(Template)]
#[template(path = "research/compare.html")]
struct CompareTemplate {
    page: Page,
    number: String,
    title: String,
    threshold: u64,
    views: Vec<ChoiceView>,
    fields: Vec<FieldView>,
    beyond: bool,
    cohorts: Vec<CohortView>,
    splits: Vec<SplitView>,
    is_separate: bool,
    genes: Vec<GeneView>,
    has_odds: bool,
    genes_svg: String,
    items: Vec<ItemView>,
    survival: ComparedCurves,
    tables: Option<[String; 2]>,
    genes_files: Option<[String; 2]>,
    survival_files: Option<[String; 2]>,
    json_href: Option<String>,
}

/// Shows the comparison.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let address = CompareAddress::read(query.as_deref().unwrap_or_default());
    let own = ProjectAddress { clock: address.clock.clone(), ..ProjectAddress::default() };
    let answered = answered(&state, &viewer, &number, &address, own.clock()).await?;
    let page = answered.page(&state, &reader).await?;
    let links = Links::of(&number, &own);
    let path = format!("/research/{number}/compare");
    let project = &answered.project;
    let first = address.texts.first().map_or("", String::as_str);
    let mut fields = compare::fields(&address.texts);
    let mut is_wrong = address.is_beyond;
    for (field, told) in fields.iter_mut().zip(&answered.cohorts) {
        let problems = told.as_ref().err().into_iter().flatten();
        field.problems = problems.map(|problem| ProblemLine::of(&page, problem)).collect();
        is_wrong |= !field.problems.is_empty();
    }
    let mut template = CompareTemplate {
        number: project.number.to_string(),
        title: project.title.clone(),
        threshold: project.threshold.into(),
        views: head::views(&page, project, first, ProjectPlace::Compare),
        fields,
        beyond: address.is_beyond,
        cohorts: Vec::new(),
        splits: Vec::new(),
        is_separate: false,
        genes: Vec::new(),
        has_odds: false,
        genes_svg: String::new(),
        items: Vec::new(),
        survival: ComparedCurves::default(),
        tables: None,
        genes_files: None,
        survival_files: None,
        json_href: None,
        page,
    };
    let compared = Compared::of(&answered, state.release);
    if let Some(compared) = compared.filter(|compared| !compared.queries.is_empty()) {
        let page = &template.page;
        let labels = ClinicLabels { release: state.release, registry: &answered.registry };
        let href = |query: &Query| links.query(query);
        let told: Vec<&Told> = answered.cohorts.iter().flatten().collect();
        template.cohorts = cohorts(page, &labels, &links, &path, &told);
        if let [one] = told.as_slice() {
            template.splits = splits(page, &path, one);
        }
        template.is_separate = compared.is_separate;
        template.genes_svg = compare::genes_picture(page, &compared.genes);
        template.genes = compare::gene_views(&compared.queries, &compared.genes, &href);
        template.has_odds = compared.queries.len() == 2 && compared.is_separate;
        template.items = compared
            .items
            .iter()
            .map(|item| compare::item_view(page, item, &compared.queries, &labels, &href))
            .collect();
        let clocked =
            |clock: &str| format!("{}#survival", address.href(&path, &[("clock", clock)]));
        template.survival = survival::compared(page, own.clock(), &clocked, &told);
        let files = |chart: &str| {
            let href = |file: &str| {
                address.href(&format!("/research/{number}/{file}"), &[("chart", chart)])
            };
            may_download(project).then(|| ["chart.svg", "chart.png"].map(href))
        };
        template.genes_files = files("compare-genes");
        template.survival_files = files("compare-survival");
        template.json_href = Some(address.href(&format!("/api{path}"), &[]));
        let csv = format!("{path}.csv");
        template.tables =
            may_download(project).then(|| table_file::hrefs(&address.href(&csv, &[])));
    }
    let mut response = render(&template)?;
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

fn cohorts(
    page: &Page,
    labels: &ClinicLabels<'_>,
    links: &Links<'_>,
    path: &str,
    told: &[&Told],
) -> Vec<CohortView> {
    let view = |(place, own): (usize, &&Told)| {
        let mut rest: Vec<Query> = told.iter().map(|told| told.query.clone()).collect();
        rest.remove(place);
        let (count, unanswered) = match &own.page {
            Ok(counts) => (format::grouped(counts.cases), String::new()),
            Err(why) => (String::new(), head::unanswered(page, &own.project, *why)),
        };
        CohortView {
            letter: LETTERS.get(place).copied().unwrap_or_default(),
            place,
            line: own.query.to_line(page.language, labels),
            href: links.query(&own.query),
            without_href: (!rest.is_empty()).then(|| compare::href_of(path, &rest)),
            count,
            unanswered,
        }
    };
    told.iter().enumerate().map(view).collect()
}

/// Returns ways to cut a cohort by an item, into the values of which the numbers are told.
fn splits(page: &Page, path: &str, told: &Told) -> Vec<SplitView> {
    let facets = told.page.iter().flat_map(|counted| &counted.facets);
    let split = |facet: &research::project::SafeFacet| {
        let mut values: Vec<_> = facet
            .values
            .iter()
            .filter_map(|value| Some((value.code.as_deref()?, value.place, value.cases?)))
            .collect();
        values.sort_by_key(|(.., cases)| std::cmp::Reverse(*cases));
        values.truncate(COHORTS_MAX);
        values.sort_by_key(|(_, place, _)| *place);
        let part = |(code, place, _): (&str, u8, u64)| {
            asked::with_term(&told.query, term(facet.item, Some(code), place))
        };
        let parts: Vec<Query> = values.into_iter().map(part).collect();
        (parts.len() > 1).then(|| SplitView {
            label: page.text(&facet.item.label()).to_owned(),
            href: compare::href_of(path, &parts),
        })
    };
    facets.filter(|facet| SPLIT.contains(&facet.item)).filter_map(split).collect()
}

/// Draws one picture of a comparison, where the permission says so.
pub(super) async fn picture(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    number: &str,
    address: &CompareAddress,
    is_survival: bool,
) -> Result<(Picture, Page), PageError> {
    let clock = clock(address);
    let answered = answered(state, viewer, number, address, clock).await?;
    if !may_download(&answered.project) {
        return Err(PageError::NotFound);
    }
    let compared = Compared::of(&answered, state.release).ok_or(PageError::BadRequest)?;
    if compared.queries.is_empty() || address.is_beyond {
        return Err(PageError::BadRequest);
    }
    let page = answered.page(state, reader).await?;
    let labels = ClinicLabels { release: state.release, registry: &answered.registry };
    let told: Vec<&Told> = answered.cohorts.iter().flatten().collect();
    let lines = LETTERS.iter().zip(&told);
    let lines =
        lines.map(|(letter, told)| format!("{letter}  {}", head::note(&page, &labels, told)));
    if is_survival {
        let keys = lines.enumerate().map(|(place, line)| curve_key(place, line)).collect();
        let drawn = survival::compared(&page, clock, &|_| String::new(), &told);
        let threshold = u64::from(answered.project.threshold);
        let notes = vec![
            drawn.note,
            page.tn("research-survival-method", threshold),
            page.t("research-compare-curves"),
        ];
        return Ok((
            Picture { svg: drawn.svg, title: page.t("research-survival"), keys, notes },
            page,
        ));
    }
    let notes = lines.chain([page.t("research-genes-hint")]).collect();
    let svg = if compared.genes.is_empty() {
        String::new()
    } else {
        compare::genes_picture(&page, &compared.genes)
    };
    let title = page.t("compare-genes-picture");
    Ok((Picture { svg, title, keys: Vec::new(), notes }, page))
}

/// Gives the genes of a comparison as a table, where the permission says so.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: Form,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let address = CompareAddress::read(query.as_deref().unwrap_or_default());
    let answered = answered(&state, &viewer, &number, &address, Clock::Test).await?;
    if !may_download(&answered.project) {
        return Err(PageError::NotFound);
    }
    let compared = Compared::of(&answered, state.release).ok_or(PageError::BadRequest)?;
    if compared.queries.is_empty() || address.is_beyond {
        return Err(PageError::BadRequest);
    }
    let page = answered.page(&state, &reader).await?;
    let name = format!("{}-comparison", answered.project.number);
    let table = compare::table(&compared.queries, &compared.genes);
    table_file(&page, form, &name, &table, &compare::question(&compared.queries))
}
