//! The first page: what waits for somebody, and the record as a whole.

use access::Action;
use askama::Template;
use axum::{extract::State, response::Response};
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
        cases::{CasesQuery, attention_word, level_values},
        facet::{Counted, Facet},
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

/// The first page of somebody who sees no cases.
#[derive(Template)]
#[template(path = "home_without_cases.html")]
struct HomeWithoutCasesTemplate {
    page: Page,
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
        Err(PageError::NotFound) => return render(&HomeWithoutCasesTemplate { page }),
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
        waits: waits(&page, &state, &viewer, &listing).await?,
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

async fn waits(
    page: &Page,
    state: &AppState,
    viewer: &Viewer,
    listing: &CaseListing<'_>,
) -> Result<Vec<Wait>, PageError> {
    let rejected = match state.list_of(viewer, Action::ReadResult).await {
        Ok(results) => record::rejected_results(&results).await?,
        Err(_) => 0,
    };
    let cases = listing.attention(&CaseFilter::default()).await?;
    let count = |wanted: Attention| {
        cases.iter().find(|(attention, _)| *attention == wanted).map_or(0, |(_, cases)| *cases)
    };
    let in_list =
        |attention| address::with_query("/cases", &[("state", attention_word(attention))]);
    let wait = |count: u64, href, label, detail, urgent| {
        (count > 0).then(|| Wait { href, count: format::grouped(count), label, detail, urgent })
    };
    let orders = state.orders_waiting_for(viewer).await?;
    let all = [
        wait(
            orders,
            "/work".to_owned(),
            page.t("waits-orders"),
            page.t("waits-orders-detail"),
            false,
        ),
        wait(
            rejected,
            "/results?status=rejected".to_owned(),
            page.t("waits-rejected"),
            page.t("waits-rejected-detail"),
            true,
        ),
        wait(
            count(Attention::NoReport),
            in_list(Attention::NoReport),
            page.t("waits-no-report"),
            page.t("waits-no-report-detail"),
            false,
        ),
        wait(
            count(Attention::NoTumourType),
            in_list(Attention::NoTumourType),
            page.t("waits-tumour"),
            page.t("waits-tumour-detail"),
            false,
        ),
        wait(
            count(Attention::Warnings),
            in_list(Attention::Warnings),
            page.t("waits-warnings"),
            page.t("waits-warnings-detail"),
            false,
        ),
    ];
    Ok(all.into_iter().flatten().collect())
}
