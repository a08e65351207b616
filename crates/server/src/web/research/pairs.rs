//! Which genes are altered together in the cases of a project, as far as pages say that were told.
//!
//! Each gene but the last costs two questions of the project: with it altered, and with it not. All of them are asked, written
//! down and answered as any other.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query as AddressQuery, State},
    response::{IntoResponse as _, Redirect, Response},
};
use model::{problem::Problem, programme::Registry};
use research::{
    answer::PairsAnswer,
    cohort::{GenePair, Query},
    project::{SafePage, SafePairs},
};

use super::{
    head::{self, Head, ProjectPlace, may_download},
    search::{Links, ProjectAddress, text_of},
};
use crate::{
    error::PageError,
    page::{Page, render},
    project::{Asking, Question, Told, permit},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        picture_file::Picture,
        search::{
            ProblemLine, asked,
            labels::ClinicLabels,
            pairs::{PairCounts, PairView, draw, pair_views},
            survival::ChoiceView,
        },
        table_file::{self, Form, table_file},
    },
};

/// How many genes may be chosen; the first where nothing is.
const GENES: [usize; 2] = [6, 10];

/// What was asked, and what is told of it.
pub(super) struct Counted {
    registry: Arc<Registry>,
    pub(super) told: Told,
    pub(super) pairs: SafePairs,
    genes: usize,
    /// How many questions the pairs took.
    pub(super) questions: u64,
    /// Why not all of them could be asked.
    pub(super) problems: Vec<Problem>,
}

/// Asks what the pairs need. The inner error is why the search itself cannot be asked.
pub(super) async fn counted(
    state: &AppState,
    viewer: &Viewer,
    number: &str,
    address: &ProjectAddress,
) -> Result<Result<Counted, Vec<Problem>>, PageError> {
    let project = permit(state, viewer, number, &address.q).await?;
    let genes = address.n.parse().ok().filter(|n| GENES.contains(n)).unwrap_or(GENES[0]);
    let asking = Asking::begin(state, viewer, &project).await?;
    if !asking.project.may_see("alteration") {
        return Err(PageError::NotFound);
    }
    let question = Question { text: &address.q, survival: None };
    let (mut asking, told) = asking.ask(state, viewer, &question).await?;
    let told = match told {
        Ok(told) => told,
        Err(problems) => return Ok(Err(problems)),
    };
    let names =
        told.page.as_ref().map_or_else(|_| Vec::new(), |page| SafePairs::genes(page, genes));
    let (mut answers, mut problems) = (Vec::new(), Vec::new());
    for gene in names.iter().take(names.len().saturating_sub(1)) {
        let mut pages: [Option<SafePage>; 2] = [None, None];
        for (query, page) in SafePairs::questions(&told.query, gene).iter().zip(&mut pages) {
            let question = Question { text: &query.to_text(), survival: None };
            let (next, told) = asking.ask(state, viewer, &question).await?;
            asking = next;
            match told {
                Ok(told) => *page = told.page.ok(),
                Err(wrong) => problems = wrong,
            }
        }
        answers.push(pages);
    }
    let pairs = SafePairs::of(&names, &answers);
    let questions = 2 * answers.len() as u64;
    let registry = state.registry().await?;
    Ok(Ok(Counted { registry, told, pairs, genes, questions, problems }))
}

#[derive(Template)]
#[template(path = "research/pairs.html")]
struct PairsTemplate {
    page: Page,
    head: Head,
    problems: Vec<ProblemLine>,
    svg: String,
    sizes: Vec<ChoiceView>,
    questions: u64,
    hidden: u64,
    pairs: Vec<PairView>,
    tables: Option<[String; 2]>,
    files: Option<[String; 2]>,
    json_href: String,
}

/// Returns the search with both genes of a pair altered.
fn narrowed(query: &Query, pair: &GenePair) -> Query {
    let first = asked::with_term(query, Query::gene(&pair.first));
    asked::with_term(&first, Query::gene(&pair.second))
}

/// Shows the pairs.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let counted = counted(&state, &viewer, &number, &address).await?;
    let links = Links::of(&number, &address);
    let Ok(counted) = counted else {
        // The page of the search says what is wrong, and is where it can be mended.
        return Ok(Redirect::to(&links.search(&address.q, "")).into_response());
    };
    let page = counted.told.page(&state, &reader).await?;
    let labels = ClinicLabels { release: state.release, registry: &counted.registry };
    let told = &counted.told;
    let text = text_of(&told.query);
    let href =
        |path: &str, genes: usize| links.page(path, &[("q", &text), ("n", &genes.to_string())]);
    let size = |genes: &usize| ChoiceView {
        label: page.tn("onco-genes", *genes as u64),
        href: href("pairs", *genes),
        current: *genes == counted.genes,
    };
    let tested = PairCounts::tested(counted.pairs.genes.clone(), counted.pairs.told.clone());
    let narrowed = |pair: &GenePair| links.query(&narrowed(&told.query, pair));
    let hidden = counted.pairs.hidden.iter().map(|[first, second]| PairView {
        first: first.to_string(),
        second: second.to_string(),
        is_hidden: true,
        ..PairView::default()
    });
    render(&PairsTemplate {
        json_href: format!("/api{}", href("pairs", counted.genes)),
        head: Head::of(&page, &labels, told, ProjectPlace::Pairs),
        problems: counted.problems.iter().map(|each| ProblemLine::of(&page, each)).collect(),
        svg: draw(&page, &tested, &narrowed),
        sizes: GENES.iter().map(size).collect(),
        questions: counted.questions,
        hidden: counted.pairs.hidden.len() as u64,
        pairs: pair_views(&page, &tested, &narrowed).into_iter().chain(hidden).collect(),
        files: may_download(&told.project).then(|| {
            let genes = counted.genes.to_string();
            links.pictures(&[("chart", "pairs"), ("q", &text), ("n", &genes)])
        }),
        tables: may_download(&told.project)
            .then(|| table_file::hrefs(&href("pairs.csv", counted.genes))),
        page,
    })
}

/// Draws the pairs that are told, where the permission says so.
pub(super) async fn picture(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    number: &str,
    address: &ProjectAddress,
) -> Result<(Picture, Page), PageError> {
    let counted = counted(state, viewer, number, address).await?;
    let counted = counted.map_err(|_| PageError::BadRequest)?;
    let told = &counted.told;
    if !may_download(&told.project) {
        return Err(PageError::NotFound);
    }
    let page = told.page(state, reader).await?;
    let labels = ClinicLabels { release: state.release, registry: &counted.registry };
    let tested = PairCounts::tested(counted.pairs.genes.clone(), counted.pairs.told.clone());
    let mut notes = vec![head::note(&page, &labels, told), page.t("pairs-key")];
    notes.extend([page.t("research-pairs-key"), page.t("pairs-method")]);
    let svg = draw(&page, &tested, &|_| String::new());
    Ok((Picture { svg, title: page.t("pairs-title"), keys: Vec::new(), notes }, page))
}

/// Gives the pairs that are told as a table, where the permission says so.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: Form,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let counted = counted(&state, &viewer, &number, &address).await?;
    let counted = counted.map_err(|_| PageError::BadRequest)?;
    let project = &counted.told.project;
    if !may_download(project) {
        return Err(PageError::NotFound);
    }
    let page = counted.told.page(&state, &reader).await?;
    let (name, question) = (format!("{}-pairs", project.number), counted.told.query.to_text());
    let table = PairsAnswer::tested(counted.pairs.told).to_table();
    table_file(&page, form, &name, &table, &question)
}
