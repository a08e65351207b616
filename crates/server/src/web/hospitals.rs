//! Hospitals of the programme, for everybody: where a panel test can be had.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use chrono::NaiveDate;
use model::programme::{
    DesignationKind, Hospital, HospitalFilter, Prefecture, Registry, prefecture::PREFECTURES,
};
use serde::Deserialize;

use crate::{
    address,
    error::PageError,
    format,
    limits::SEARCH_CHARS_MAX,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
};

/// Addresses of the public pages of the programme.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/hospitals", get(show))
        .route("/hospitals/functions", get(super::hospital_functions::show))
        .route("/hospitals/{code}", get(super::hospital::show))
        .route("/panels", get(super::panels::show))
        .route("/laboratories", get(super::laboratories::show))
        .route("/api/hospitals", get(crate::api::hospitals::list))
        .route("/api/panels", get(crate::api::panels::list))
}

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HospitalsQuery {
    /// Words of the name, code or prefecture.
    pub(crate) q: String,
    /// Prefecture's number.
    pub(crate) prefecture: String,
    /// Kind's word.
    pub(crate) kind: String,
}

impl HospitalsQuery {
    /// Reads what is chosen; `None` for a value that does not exist.
    pub(crate) fn filter(&self) -> Option<HospitalFilter> {
        let prefecture = match self.prefecture.as_str() {
            "" => None,
            text => Some(text.parse::<Prefecture>().ok()?),
        };
        let kind = match self.kind.as_str() {
            "" => None,
            word => Some(DesignationKind::of_word(word)?),
        };
        Some(HospitalFilter {
            text: self.q.chars().take(SEARCH_CHARS_MAX).collect(),
            prefecture,
            kind,
        })
    }

    fn href(&self, prefecture: &str, kind: &str) -> String {
        address::with_query(
            "/hospitals",
            &[("q", &self.q), ("prefecture", prefecture), ("kind", kind)],
        )
    }
}

/// A tile of the map.
struct TileView {
    class: String,
    href: String,
    name: &'static str,
    count: String,
    said: String,
    current: bool,
}

/// A value of a list of choices.
struct ChoiceView {
    value: String,
    label: String,
    chosen: bool,
}

/// A count of one kind.
struct KindView {
    href: String,
    label: String,
    meaning: String,
    count: String,
    current: bool,
}

/// A hospital of the list.
pub(crate) struct HospitalRowView {
    /// Address.
    pub(crate) href: String,
    /// Name.
    pub(crate) name: String,
    /// Kind.
    pub(crate) kind: TagView,
    /// Whom it asks for expert panels.
    pub(crate) linked: Option<String>,
    /// Window for patients.
    pub(crate) contact: Option<String>,
}

/// Hospitals of one prefecture.
struct GroupView {
    title: String,
    count: String,
    rows: Vec<HospitalRowView>,
}

#[derive(Template)]
#[template(path = "hospitals/list.html")]
struct HospitalsTemplate {
    page: Page,
    query: HospitalsQuery,
    covered_all: bool,
    covered: String,
    answer: String,
    tiles: Vec<TileView>,
    prefectures: Vec<ChoiceView>,
    kinds: Vec<ChoiceView>,
    counts: Vec<KindView>,
    groups: Vec<GroupView>,
    found: u64,
    filtered: bool,
    day: String,
}

/// Shows the map and the list.
async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Query(query): Query<HospitalsQuery>,
) -> Result<Response, PageError> {
    let filter = query.filter().ok_or(PageError::BadRequest)?;
    let registry = state.registry().await?;
    let day = format::local_day(state.now());
    let page = Page::new(&state, &reader, Place::Hospitals).await?;
    let found = registry.search(&filter, day);
    let coverage = registry.coverage(day);
    let covered = coverage.values().filter(|count| **count > 0).count();
    let covered_all = covered == PREFECTURES;
    let template = HospitalsTemplate {
        answer: if covered_all { page.t("coverage-all") } else { page.t("coverage-some") },
        covered: page.words("coverage-count", &[("covered", &covered.to_string())]),
        covered_all,
        tiles: tiles(&page, &query, &filter, &coverage),
        prefectures: prefecture_choices(&page, filter.prefecture),
        kinds: kind_choices(&page, filter.kind),
        counts: kind_counts(&page, &query, &filter, &registry, day),
        found: found.len() as u64,
        filtered: filter != HospitalFilter::default(),
        groups: groups(&page, &registry, &found, day),
        day: format::day(day, page.language),
        query,
        page,
    };
    render(&template)
}

fn tiles(
    page: &Page,
    query: &HospitalsQuery,
    filter: &HospitalFilter,
    coverage: &BTreeMap<Prefecture, usize>,
) -> Vec<TileView> {
    let tile = |(prefecture, count): (&Prefecture, &usize)| {
        let current = filter.prefecture == Some(*prefecture);
        let covered = if *count > 0 { "covered" } else { "uncovered" };
        let number = prefecture.to_string();
        let count = format::grouped(*count as u64);
        let said = page
            .words("tile-said", &[("prefecture", page.text(prefecture.name())), ("count", &count)]);
        TileView {
            class: format!("tile tile-{number} {covered}"),
            // The chosen tile takes the choice off again.
            href: query.href(if current { "" } else { &number }, &query.kind),
            name: prefecture.short(page.language),
            count,
            said,
            current,
        }
    };
    coverage.iter().map(tile).collect()
}

/// Returns the prefectures to choose from, with "any" first.
fn prefecture_choices(page: &Page, chosen: Option<Prefecture>) -> Vec<ChoiceView> {
    let any = ChoiceView {
        value: String::new(),
        label: page.t("any-prefecture"),
        chosen: chosen.is_none(),
    };
    let choice = |prefecture: Prefecture| ChoiceView {
        value: prefecture.to_string(),
        label: page.text(prefecture.name()).to_owned(),
        chosen: chosen == Some(prefecture),
    };
    std::iter::once(any).chain(Prefecture::all().map(choice)).collect()
}

fn kind_choices(page: &Page, chosen: Option<DesignationKind>) -> Vec<ChoiceView> {
    let any =
        ChoiceView { value: String::new(), label: page.t("any-kind"), chosen: chosen.is_none() };
    let choice = |kind: DesignationKind| ChoiceView {
        value: kind.word().to_owned(),
        label: page.designation_kind(kind),
        chosen: chosen == Some(kind),
    };
    std::iter::once(any).chain(DesignationKind::ALL.into_iter().map(choice)).collect()
}

fn kind_counts(
    page: &Page,
    query: &HospitalsQuery,
    filter: &HospitalFilter,
    registry: &Registry,
    day: NaiveDate,
) -> Vec<KindView> {
    let counts = registry.counts(day);
    let of = |(kind, count): (DesignationKind, usize)| {
        let current = filter.kind == Some(kind);
        KindView {
            href: query.href(&query.prefecture, if current { "" } else { kind.word() }),
            label: page.designation_kind(kind),
            meaning: page.designation_meaning(kind),
            count: format::grouped(count as u64),
            current,
        }
    };
    let known =
        DesignationKind::ALL.into_iter().filter_map(|kind| Some((kind, *counts.get(&kind)?)));
    known.map(of).collect()
}

fn groups(page: &Page, registry: &Registry, found: &[&Hospital], day: NaiveDate) -> Vec<GroupView> {
    let same = |one: &&Hospital, other: &&Hospital| one.prefecture == other.prefecture;
    let group = |hospitals: &[&Hospital]| {
        let prefecture = hospitals.first().and_then(|hospital| hospital.prefecture);
        GroupView {
            title: match prefecture {
                Some(prefecture) => page.text(prefecture.name()).to_owned(),
                None => page.t("prefecture-unknown"),
            },
            count: format::grouped(hospitals.len() as u64),
            rows: hospitals.iter().map(|each| row(page, registry, each, day)).collect(),
        }
    };
    found.chunk_by(same).map(group).collect()
}

/// Makes the view of a hospital in a list.
pub(crate) fn row(
    page: &Page,
    registry: &Registry,
    hospital: &Hospital,
    day: NaiveDate,
) -> HospitalRowView {
    let linked = registry.linked_hospitals(&hospital.code, day);
    let names: Vec<&str> = linked
        .iter()
        .map(|code| registry.hospital_name(code.as_str(), page.language).unwrap_or(code.as_str()))
        .collect();
    HospitalRowView {
        href: address::hospital(&hospital.code),
        name: hospital.name(page.language).to_owned(),
        kind: standing_tag(page, registry, hospital, day),
        linked: (!names.is_empty()).then(|| names.join(&page.t("list-separator"))),
        contact: Some(page.text(&hospital.contact).to_owned()).filter(|text| !text.is_empty()),
    }
}

/// What a hospital is on a day, as a tag.
pub(crate) fn standing_tag(
    page: &Page,
    registry: &Registry,
    hospital: &Hospital,
    day: NaiveDate,
) -> TagView {
    use model::programme::Standing;
    match registry.standing(&hospital.code, day) {
        Standing::Designated(designation) => TagView {
            class: if designation.kind == DesignationKind::Unknown { "unknown" } else { "met" },
            label: page.designation_kind(designation.kind),
        },
        Standing::NotDesignated => TagView { class: "not", label: page.t("standing-none") },
        Standing::Unknown => TagView { class: "unknown", label: page.t("standing-unknown") },
    }
}
