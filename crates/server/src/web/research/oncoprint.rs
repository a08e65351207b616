//! The cases of a project by the genes altered most often in them, where the permission shows cases with their alterations.
//!
//! Which genes a test covers tells which panel it was: the panel must be permitted too. Each look is written down for each case.

use askama::Template;
use axum::{
    extract::{Path, Query as AddressQuery, State},
    response::{IntoResponse as _, Redirect, Response},
};
use model::research_project::{ProjectService, ResearchProject};
use research::{
    cohort::{CohortCase, GeneShare, Item, Name, Query},
    project::{SafePage, without_germline},
};

use super::{
    cases,
    head::{self, Head, ProjectPlace, may_download},
    search::{Asked, Links, ProjectAddress, of_address, text_of},
};
use crate::{
    error::PageError,
    format,
    page::{Page, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        chart::export::Key,
        picture_file::Picture,
        search::{
            asked,
            labels::ClinicLabels,
            narrow,
            oncoprint::{CASES, GENES_GIVEN, Line, draw, legend, share},
        },
    },
};

/// Returns whether a permission shows what is drawn.
pub(super) fn may(project: &ResearchProject) -> bool {
    let services = [ProjectService::List, ProjectService::Records];
    services.into_iter().all(|service| project.has(service))
        && ["alteration", Item::Panel.code()].into_iter().all(|item| project.may_see(item))
}

struct GeneView {
    gene: String,
    href: String,
    altered: String,
    covered: String,
    percent: String,
}

#[derive(Template)]
#[template(path = "research/oncoprint.html")]
struct OncoprintTemplate {
    page: Page,
    head: Head,
    svg: String,
    files: Option<[String; 2]>,
    legend: Vec<Key>,
    summary: String,
    genes: Vec<GeneView>,
    json_href: String,
}

/// What is drawn.
pub(super) struct Drawn {
    pub(super) asked: Asked,
    pub(super) genes: Vec<(Name, GeneShare)>,
    pub(super) cases: Vec<CohortCase>,
    /// Cases with any of the genes altered.
    pub(super) altered: u64,
}

impl Drawn {
    /// Asks for the cases, and writes down each that is drawn; nothing is drawn of a search that cannot be asked.
    pub(super) async fn of(
        state: &AppState,
        viewer: &Viewer,
        number: &str,
        address: &ProjectAddress,
        is_file: bool,
    ) -> Result<Self, PageError> {
        let asked = of_address(state, viewer, number, address, false).await?;
        let project = &asked.project;
        if !may(project) || (is_file && !may_download(project)) {
            return Err(PageError::NotFound);
        }
        let Ok(told) = &asked.told else {
            return Ok(Self { asked, genes: Vec::new(), cases: Vec::new(), altered: 0 });
        };
        let genes = told.page.as_ref().map_or_else(|_| Vec::new(), genes);
        let (drawn, altered) = if genes.is_empty() {
            (Vec::new(), 0)
        } else {
            let names: Vec<Name> = genes.iter().map(|(gene, _)| gene.clone()).collect();
            let named = cases::named(state, told).await?;
            state.count(move || cascade(named, &names)).await?
        };
        cases::write_down(state, viewer, project, &drawn).await?;
        let cases = drawn.into_iter().map(|(_, case)| case).collect();
        Ok(Self { asked, genes, cases, altered })
    }

    fn svg(&self, page: &Page, href: &dyn Fn(&Name) -> String) -> String {
        let line = |(gene, told): &(Name, GeneShare)| Line {
            gene: gene.clone(),
            value: share(*told),
            href: href(gene),
        };
        let lines: Vec<Line> = self.genes.iter().map(line).collect();
        draw(page, &lines, &self.cases)
    }

    fn summary(&self, page: &Page) -> String {
        let [drawn, altered] = [self.cases.len() as u64, self.altered].map(format::grouped);
        page.words("research-onco-summary", &[("drawn", &drawn), ("altered", &altered)])
    }
}

/// Shows the oncoprint.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let links = Links::of(&number, &address);
    let drawn = Drawn::of(&state, &viewer, &number, &address, false).await?;
    let Ok(told) = &drawn.asked.told else {
        // The page of the search says what is wrong, and is where it can be mended.
        return Ok(Redirect::to(&links.search(&address.q, "")).into_response());
    };
    let page = told.page(&state, &reader).await?;
    let labels = ClinicLabels { release: state.release, registry: &drawn.asked.registry };
    let href = |gene: &Name| links.query(&asked::with_term(&told.query, Query::gene(gene)));
    let view = |(gene, share): &(Name, GeneShare)| GeneView {
        gene: gene.to_string(),
        href: href(gene),
        altered: format::grouped(share.altered),
        covered: format::grouped(share.covered),
        percent: narrow::percent(share.altered, share.covered),
    };
    let text = text_of(&told.query);
    let may_download = may_download(&told.project);
    render(&OncoprintTemplate {
        json_href: format!("/api{}", links.page("oncoprint", &[("q", &text)])),
        head: Head::of(&page, &labels, told, ProjectPlace::Oncoprint),
        svg: drawn.svg(&page, &href),
        files: may_download.then(|| links.pictures(&[("chart", "oncoprint"), ("q", &text)])),
        legend: legend(&page, page.t("research-onco-none-shown")),
        summary: drawn.summary(&page),
        genes: drawn.genes.iter().map(view).collect(),
        page,
    })
}

/// Draws the oncoprint for a file, where the permission says so.
pub(super) async fn picture(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    number: &str,
    address: &ProjectAddress,
) -> Result<(Picture, Page), PageError> {
    let drawn = Drawn::of(state, viewer, number, address, true).await?;
    let told = drawn.asked.told.as_ref().map_err(|_| PageError::BadRequest)?;
    let page = told.page(state, reader).await?;
    let labels = ClinicLabels { release: state.release, registry: &drawn.asked.registry };
    let notes = vec![head::note(&page, &labels, told), drawn.summary(&page), page.t("onco-key")];
    let keys = legend(&page, page.t("research-onco-none-shown"));
    let svg = drawn.svg(&page, &|_| String::new());
    Ok((Picture { svg, title: page.t("onco-title"), keys, notes }, page))
}

/// Returns the genes altered most often, of those that are told.
fn genes(page: &SafePage) -> Vec<(Name, GeneShare)> {
    let told = page.genes.iter().filter_map(|gene| Some((gene.gene.clone(), gene.share?)));
    told.take(GENES_GIVEN).collect()
}

/// Returns the first cases by how the genes are altered in them, and how many have any of them altered. Cases alike in that stay
/// in the order of their names, which tells neither when a case was registered nor where.
fn cascade(named: Vec<(String, CohortCase)>, genes: &[Name]) -> (Vec<(String, CohortCase)>, u64) {
    let mut cases: Vec<(Vec<bool>, (String, CohortCase))> = named
        .into_iter()
        .map(|(name, case)| {
            let case = without_germline(case);
            let rest = genes.iter().map(|gene| !case.is_altered(gene)).collect();
            (rest, (name, case))
        })
        .filter(|(rest, _): &(Vec<bool>, _)| rest.contains(&false))
        .collect();
    let altered = cases.len() as u64;
    cases.sort_by(|left, right| left.0.cmp(&right.0));
    (cases.into_iter().map(|(_, case)| case).take(CASES).collect(), altered)
}

#[cfg(test)]
mod tests {
    use research::cohort::Origin;

    use super::*;

    #[test]
    fn cases_come_by_their_alterations_then_by_name_and_none_of_the_germline() {
        let genes: Vec<Name> = ["TP53", "KRAS"].map(Name::from).into();
        let cases: Vec<CohortCase> = synthetic::cohort_cases(5, 1_000)
            .map(|mut case| {
                // Whatever is altered in TP53 is of the germline.
                for own in case.alterations.iter_mut().filter(|own| *own.gene == *"TP53") {
                    own.origin = Some(Origin::Germline);
                }
                case
            })
            .collect();
        let named = |case: &CohortCase| (format!("{:03}", case.id.as_u128() % 997), case.clone());
        let mut all: Vec<_> = cases.iter().map(named).collect();
        all.sort_by(|left, right| left.0.cmp(&right.0));
        let (drawn, altered) = cascade(all.clone(), &genes);
        let kras = |case: &CohortCase| case.is_altered("KRAS");
        assert_eq!(altered, cases.iter().filter(|case| kras(case)).count() as u64);
        assert!(altered > 50 && drawn.len() == (altered as usize).min(CASES));
        assert!(drawn.iter().all(|(_, case)| kras(case) && !case.is_altered("TP53")));
        let by_hand = all.iter().filter(|(_, case)| kras(case)).map(|(name, _)| name.as_str());
        let names: Vec<&str> = drawn.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, by_hand.take(CASES).collect::<Vec<_>>());
    }
}
