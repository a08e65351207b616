//! The first page: what waits for somebody, and the record as a whole.

use access::Action;
use askama::Template;
use axum::{extract::State, response::Response};
use model::order::WaitsFor;
use store::{Attention, CaseFacet, CaseFilter, CaseRow, PageRequest};

use crate::{
    address,
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    reading::CaseListing,
    record,
    state::AppState,
    view::{CaseRowView, TumourView},
    viewer::Viewer,
    web::{
        break_glass,
        cases::{CasesQuery, attention_word, level_values},
        desk,
        facet::{Counted, Facet},
        research,
    },
};

/// Newest cases shown.
const LATEST_CASES: u32 = 8;

/// A kind of thing that waits.
struct Wait {
    href: String,
    count: String,
    label: String,
    detail: String,
    urgent: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomeTemplate {
    page: Page,
    filling: Option<String>,
    total: u64,
    waits: Vec<Wait>,
    record_detail: String,
    levels: Facet,
    tumours: Facet,
    latest: Vec<CaseRowView>,
    latest_caption: String,
}

/// Where the reader can go, and what for.
struct Way {
    href: &'static str,
    label: String,
    detail: String,
}

/// The first page of somebody who sees no list of cases.
#[derive(Template)]
#[template(path = "home_without_cases.html")]
struct HomeWithoutCasesTemplate {
    page: Page,
    waits: Vec<Wait>,
    ways: Vec<Way>,
}

/// Shows the first page.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    let page = Page::new(&state, &reader, Place::Home).await?;
    let listing = match state.list_of(&viewer, Action::ReadCaseList).await {
        Ok(listing) => listing,
        Err(PageError::NotFound) => {
            let waits = waits(&page, &state, &viewer).await?;
            let ways = ways(&page);
            return render(&HomeWithoutCasesTemplate { page, waits, ways });
        }
        Err(error) => return Err(error),
    };
    let everything = CaseFilter::default();
    let request = PageRequest { rows: LATEST_CASES, after: None };
    let latest = listing.cases(&everything, request).await?;
    let levels = listing.facet(CaseFacet::Level, &everything).await?;
    let tumours = listing.facet(CaseFacet::TumourType, &everything).await?;
    let tumours = tumours.into_iter().filter_map(|count| {
        let code = count.value?;
        let view = TumourView::of(&page, &state, &model::tumour::TumourTypeCode::new(&code));
        let href = address::with_query("/cases", &[("tumour", &code)]);
        Some(Counted { href, label: view.line(), count: count.cases, current: false })
    });
    let template = HomeTemplate {
        filling: filling(&page, &state),
        total: latest.total,
        waits: {
            let mut all = waits(&page, &state, &viewer).await?;
            all.extend(waiting_cases(&page, &listing).await?);
            all
        },
        record_detail: record_detail(&page, latest.rows.first()),
        levels: Facet::of(
            "levels",
            page.t("levels-facet"),
            level_values(&page, &CasesQuery::default(), &levels),
        ),
        tumours: Facet::of("tumours", page.t("facet-tumour"), tumours.collect()),
        latest: latest.rows.iter().map(|row| CaseRowView::of(&page, &state, row)).collect(),
        latest_caption: page.t2("latest-caption", "count", latest.rows.len()),
        page,
    };
    render(&template)
}

fn record_detail(page: &Page, newest: Option<&CaseRow>) -> String {
    newest.map_or_else(String::new, |row| {
        page.t2("record-detail", "when", format::moment(row.listed_at, page.language))
    })
}

/// Says how far a record that is being filled has come.
pub(crate) fn filling(page: &Page, state: &AppState) -> Option<String> {
    let (done, total) = state.filling.progress()?;
    let [done, total] = [done, total].map(format::grouped);
    Some(page.words("filling-progress", &[("done", &done), ("total", &total)]))
}

/// Says where the reader can go, and what for.
fn ways(page: &Page) -> Vec<Way> {
    let detail = |href: &str| match href {
        "/research" => page.t("way-research"),
        "/work" => page.t("way-work"),
        "/results" => page.t("way-results"),
        "/check" => page.t("way-check"),
        "/knowledge" => page.t("way-knowledge"),
        "/desk" => page.t("way-desk"),
        "/people" => page.t("way-people"),
        "/break-glass" => page.t("way-break-glass"),
        "/audit" => page.t("way-audit"),
        "/hospitals" => page.t("way-hospitals"),
        "/statistics" => page.t("way-statistics"),
        "/panels" => page.t("way-panels"),
        "/laboratories" => page.t("way-laboratories"),
        "/programme" => page.t("way-programme"),
        "/consent-documents" => page.t("way-consent-documents"),
        "/about" => page.t("way-about"),
        _ => String::new(),
    };
    let places = page.places().into_iter().filter(|place| place.href != "/");
    places
        .map(|place| Way { href: place.href, detail: detail(place.href), label: place.label })
        .collect()
}

/// Makes a line of what waits, where anything does.
fn wait(
    count: u64,
    href: impl Into<String>,
    [label, detail]: [String; 2],
    urgent: bool,
) -> Option<Wait> {
    let count = (count > 0).then(|| format::grouped(count))?;
    Some(Wait { href: href.into(), count, label, detail, urgent })
}

/// Counts what waits for the reader, whether or not the reader sees cases.
async fn waits(page: &Page, state: &AppState, viewer: &Viewer) -> Result<Vec<Wait>, PageError> {
    let rejected = match state.list_of(viewer, Action::ReadResult).await {
        Ok(results) => record::rejected_results(&results).await?,
        Err(_) => 0,
    };
    let desk = desk::waiting(state, viewer).await?;
    let orders = if state.turns_of(viewer) == [WaitsFor::Laboratory] {
        page.t("waits-orders-laboratory")
    } else {
        page.t("waits-orders-detail")
    };
    let overdue = page.tn("waits-inquiries-overdue", desk.overdue);
    let all = [
        wait(
            state.orders_waiting_for(viewer).await?,
            "/work",
            [page.t("waits-orders"), orders],
            false,
        ),
        wait(
            rejected,
            "/results?status=rejected",
            [page.t("waits-rejected"), page.t("waits-rejected-detail")],
            true,
        ),
        wait(
            desk.waiting,
            "/desk",
            [
                page.t("waits-inquiries"),
                if desk.overdue > 0 { overdue } else { page.t("waits-inquiries-detail") },
            ],
            desk.overdue > 0,
        ),
        wait(
            break_glass::waiting(state, viewer).await?,
            "/break-glass",
            [page.t("waits-break-glass"), page.t("waits-break-glass-detail")],
            true,
        ),
        wait(
            research::projects_to_search(state, viewer).await?,
            "/research",
            [page.t("waits-projects"), page.t("waits-projects-detail")],
            false,
        ),
    ];
    Ok(all.into_iter().flatten().collect())
}

/// Counts the cases that wait for somebody.
async fn waiting_cases(page: &Page, listing: &CaseListing<'_>) -> Result<Vec<Wait>, PageError> {
    let cases = listing.attention(&CaseFilter::default()).await?;
    let wait_of = |wanted: Attention, words| {
        let count =
            cases.iter().find(|(attention, _)| *attention == wanted).map_or(0, |(_, cases)| *cases);
        let href = address::with_query("/cases", &[("state", attention_word(wanted))]);
        wait(count, href, words, false)
    };
    let all = [
        wait_of(Attention::NoReport, [page.t("waits-no-report"), page.t("waits-no-report-detail")]),
        wait_of(Attention::NoTumourType, [page.t("waits-tumour"), page.t("waits-tumour-detail")]),
        wait_of(Attention::Warnings, [page.t("waits-warnings"), page.t("waits-warnings-detail")]),
    ];
    Ok(all.into_iter().flatten().collect())
}
