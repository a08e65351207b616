//! Every picture of the search as a file: SVG that stands alone, and PNG.
//!
//! The address is that of the picture's page, with `chart` for which one.

use axum::{
    extract::{Query as AddressQuery, RawQuery, State},
    http::Uri,
    response::Response,
};
use research::cohort::Item;
use serde::Deserialize;

use super::{
    Found, SearchAddress,
    asked::{self, Asked},
    compare::{self, CompareAddress},
    course,
    gene::{self, GeneAddress},
    oncoprint::{self, OncoprintAddress},
    overview, pairs, survival, waterfall,
};
use crate::{
    address,
    error::PageError,
    format,
    page::Page,
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        chart::export,
        picture_file::{Picture, PictureForm, curve_key, picture_file},
    },
};

/// Which picture.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChartAddress {
    chart: String,
    item: String,
}

/// Returns the addresses of a picture as SVG and as PNG.
pub(super) fn hrefs(pairs: &[(&str, &str)]) -> [String; 2] {
    ["/search/chart.svg", "/search/chart.png"].map(|path| address::with_query(path, pairs))
}

/// Returns what was asked, of how many, as notes below a picture.
pub(super) fn notes(
    state: &AppState,
    page: &Page,
    asked: &Asked,
) -> Result<Vec<String>, PageError> {
    let (query, cohort) = asked.first()?;
    Ok(vec![note(&query.to_line(page.language, &asked.labels(state)), cohort.cases())])
}

fn note(line: &str, cases: u64) -> String {
    format!("{line} (n = {})", format::grouped(cases))
}

/// Returns the lines of survival curves and what they stand for.
pub(super) fn curve_keys(card: &survival::SurvivalView) -> Vec<export::Key> {
    let key = |group: &survival::GroupView| {
        curve_key(group.place, format!("{} (n = {})", group.label, group.cases))
    };
    card.groups.iter().map(key).collect()
}

/// Returns how many were at risk in each group, as notes below curves.
pub(super) fn at_risk(page: &Page, card: &survival::SurvivalView) -> Vec<String> {
    let note = |group: &survival::GroupView| {
        let pairs = card.months.iter().zip(&group.at_risk);
        let pairs: Vec<String> = pairs.map(|(month, cases)| format!("{month}: {cases}")).collect();
        let (group, numbers) = (group.label.as_str(), pairs.join(" · "));
        page.words("chart-at-risk", &[("group", group), ("numbers", &numbers)])
    };
    card.groups.iter().map(note).collect()
}

/// Gives a picture as a file.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: PictureForm,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let (picture, name, page) = drawn(&state, &viewer, &reader, &uri, query).await?;
    picture_file(&state, &page, form, name, picture).await
}

fn read<A: serde::de::DeserializeOwned>(uri: &Uri) -> Result<A, PageError> {
    let read = AddressQuery::<A>::try_from_uri(uri).map_err(|_| PageError::BadRequest)?;
    Ok(read.0)
}

/// Permits and draws the picture that the address names, and returns it with the name of its file.
async fn drawn(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    uri: &Uri,
    query: Option<String>,
) -> Result<(Picture, &'static str, Page), PageError> {
    let which: ChartAddress = read(uri)?;
    Ok(match which.chart.as_str() {
        "compare-genes" | "compare-survival" => {
            let address = CompareAddress::read(query.as_deref().unwrap_or_default());
            let asked = asked::ask(state, viewer, &address.texts).await?;
            let asked = asked.map_err(|_| PageError::BadRequest)?;
            let page = asked.page(state, reader).await?;
            if asked.queries.is_empty() {
                return Err(PageError::BadRequest);
            }
            let is_survival = which.chart == "compare-survival";
            let picture = compare::picture(state, &page, asked, &address, is_survival).await?;
            (picture, if is_survival { "compare-survival" } else { "compare-genes" }, page)
        }
        "lollipop" | "gene-tumours" => {
            let address: GeneAddress = read(uri)?;
            let asked = one(state, viewer, &address.q).await?;
            let page = asked.page(state, reader).await?;
            let counted = gene::counted(state, asked, &address.gene).await?;
            let (asked, counted) = counted.map_err(|_| PageError::BadRequest)?;
            let counted = counted.ok_or(PageError::NotFound)?;
            let is_lollipop = which.chart == "lollipop";
            let picture = gene::picture(state, &page, &asked, &counted, is_lollipop)?;
            (picture, if is_lollipop { "lollipop" } else { "gene-tumours" }, page)
        }
        "oncoprint" | "pairs" => {
            let address: OncoprintAddress = read(uri)?;
            let asked = one(state, viewer, &address.q).await?;
            let page = asked.page(state, reader).await?;
            if which.chart == "pairs" {
                let genes = pairs::genes_asked(&address.n);
                let (asked, counted) = pairs::counted(state, asked, genes).await?;
                (pairs::picture(state, &page, &asked, &counted)?, "pairs", page)
            } else {
                let genes = oncoprint::genes_asked(&address.n);
                let (asked, counted) = oncoprint::counted(state, asked, genes).await?;
                (oncoprint::picture(state, &page, &asked, &counted)?, "oncoprint", page)
            }
        }
        "course" => {
            let address: course::CourseAddress = read(uri)?;
            let (picture, page) = course::picture(state, viewer, reader, &address).await?;
            (picture, "course", page)
        }
        chart => {
            let name = OVERVIEW.iter().find(|name| **name == chart).ok_or(PageError::BadRequest)?;
            let address: SearchAddress = read(uri)?;
            let found = super::find(state, viewer, &address).await?;
            let found = found.map_err(|_| PageError::BadRequest)?;
            let page = found.page(state, reader).await?;
            let picture = of_overview(state, &page, &address, &found, name, &which.item).await?;
            (picture, *name, page)
        }
    })
}

async fn one(state: &AppState, viewer: &Viewer, text: &str) -> Result<Asked, PageError> {
    let asked = asked::ask(state, viewer, &[text.to_owned()]).await?;
    asked.map_err(|_| PageError::BadRequest)
}

/// The pictures of the first page of a search.
const OVERVIEW: [&str; 7] = ["age", "item", "genes", "drugs", "tmb", "survival", "waterfall"];

async fn of_overview(
    state: &AppState,
    page: &Page,
    address: &SearchAddress,
    found: &Found,
    chart: &str,
    item: &str,
) -> Result<Picture, PageError> {
    let labels = super::ClinicLabels { release: state.release, registry: &found.registry };
    let mut notes = vec![note(&found.query.to_line(page.language, &labels), found.page.cases)];
    let mut keys = Vec::new();
    let (svg, title) = match chart {
        "age" => (overview::ages(page, &found.page), page.t("search-pyramid")),
        "tmb" => {
            notes.push(overview::tmb_summary(page, &found.page));
            (overview::tmb(page, &found.query, &found.page), page.t("tmb-title"))
        }
        "genes" => {
            notes.push(page.t("search-genes-hint"));
            (overview::genes(page, &found.page), page.t("search-genes"))
        }
        "drugs" => (overview::drugs(page, &labels, &found.page), page.t("search-drugs")),
        "waterfall" => {
            let answer = &found.waterfall;
            notes.extend([waterfall::summary(page, answer), waterfall::thinned(page, answer)]);
            notes.push(page.t("waterfall-method"));
            (waterfall::draw(page, answer), page.t("waterfall-title"))
        }
        "survival" => {
            let card = survival::view(state, page, address, found, &labels).await?;
            keys = curve_keys(&card);
            notes.extend(at_risk(page, &card));
            notes.extend([card.note, page.t("search-survival-method"), card.test]);
            (card.svg, card.title)
        }
        _ => {
            let item = Item::of_code(item).ok_or(PageError::BadRequest)?;
            let title = page.text(&item.label()).to_owned();
            (overview::item(page, &labels, &found.page, item), title)
        }
    };
    notes.retain(|note| !note.is_empty());
    Ok(Picture { svg, title, keys, notes })
}
