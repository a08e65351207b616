//! What waits for me: the orders by whose turn it is, those begun longest ago first.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::NaiveDate;
use model::{
    order::{Pace, WaitsFor},
    organisation::OrganisationCode,
    programme::Registry,
};
use serde::Deserialize;
use store::{OrderFilter, OrderRow, PageRequest};

use crate::{
    address,
    error::PageError,
    format,
    limits::SEARCH_CHARS_MAX,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
    viewer::Viewer,
    web::{hospital::hospital_label, order::timeline::step_class},
};

/// Value of the address that stands for everybody's turn.
const EVERYBODY: &str = "everybody";
/// Orders on one page.
const ORDERS_PER_PAGE: u32 = 50;
/// Most rows of the list that laboratories download.
const LIST_ROWS_MAX: u32 = 500;

/// The pages of what waits.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/work", get(show)).route("/work/orders.csv", get(csv))
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WorkQuery {
    /// Whose turn.
    r#for: String,
    /// Text searched for.
    q: String,
    /// Where the page before ended.
    after: String,
}

struct Choice {
    href: String,
    label: String,
    count: String,
    current: bool,
}

/// An order in the list.
pub(crate) struct OrderRowView {
    /// Address.
    pub(crate) href: String,
    /// The case's reference and the ordinal.
    pub(crate) number: String,
    /// Product.
    pub(crate) product: String,
    /// Laboratory.
    pub(crate) laboratory: String,
    /// Hospital.
    pub(crate) hospital: String,
    /// Where it stands.
    pub(crate) step: TagView,
    /// Since when.
    pub(crate) since: String,
    /// How long it has stood there.
    pub(crate) waiting: String,
    /// How long since consent.
    pub(crate) days: String,
    /// The same against the longest shown. Units: per cent.
    pub(crate) days_share: u8,
    /// The programme's median against the same. Units: per cent.
    pub(crate) median_share: u8,
    /// Whether it takes longer than the median.
    pub(crate) late: bool,
}

impl OrderRowView {
    /// Makes the view of a row; `longest` is what a full bar means.
    pub(crate) fn of(
        page: &Page,
        registry: &Registry,
        row: &OrderRow,
        today: NaiveDate,
        pace: &Pace,
        longest: i64,
    ) -> Self {
        let end = row.ended_on.unwrap_or(today);
        let days = (end - row.started_on).num_days().max(0);
        let share =
            |days: i64| u8::try_from((days.max(0) * 100 / longest.max(1)).min(100)).unwrap_or(100);
        let median = pace.median.map_or(0, i64::from);
        let waiting = (today - row.since).num_days().max(0);
        Self {
            href: address::order(row.order),
            number: format!("{}-{}", row.reference, row.ordinal),
            product: product_name(page, registry, &row.product),
            laboratory: laboratory_name(page, registry, &row.laboratory),
            hospital: hospital_label(page, registry, row.hospital.as_str()),
            step: TagView {
                class: step_class(row.step),
                label: page.text(&row.step.label()).to_owned(),
            },
            since: format::day_short(row.since, page.language),
            waiting: page.tn("days", u64::try_from(waiting).unwrap_or(0)),
            days: page.tn("days", u64::try_from(days).unwrap_or(0)),
            days_share: share(days),
            median_share: share(median),
            late: pace.median.is_some() && days > median,
        }
    }
}

/// Returns the name of a test product; one that the registry does not know stands for itself.
pub(crate) fn product_name(page: &Page, registry: &Registry, code: &str) -> String {
    let known = registry.panels.get(code).map(|panel| panel.name(page.language).to_owned());
    known.unwrap_or_else(|| code.to_owned())
}

/// Returns the name of a laboratory; one that the registry does not know stands for itself.
pub(crate) fn laboratory_name(page: &Page, registry: &Registry, code: &OrganisationCode) -> String {
    let known = registry.laboratories.get(code);
    known.map_or_else(|| code.to_string(), |known| known.name(page.language).to_owned())
}

#[derive(Template)]
#[template(path = "work/list.html")]
struct WorkTemplate {
    page: Page,
    choices: Vec<Choice>,
    rows: Vec<OrderRowView>,
    total: u64,
    query: String,
    chosen: String,
    next_href: Option<String>,
    csv_href: String,
    pace: String,
    unattached: Option<String>,
}

/// Says how long the programme takes: the median, and of how many.
pub(crate) fn pace_words(page: &Page, pace: &Pace) -> String {
    let [orders, ended] = [pace.orders, pace.ended].map(format::grouped);
    match pace.median {
        Some(median) => page.words(
            "work-pace",
            &[
                ("median", &median.to_string()),
                ("quarter", &pace.quarter.map_or_else(|| "–".to_owned(), |days| days.to_string())),
                (
                    "late",
                    &pace.three_quarters.map_or_else(|| "–".to_owned(), |days| days.to_string()),
                ),
                ("orders", &orders),
                ("ended", &ended),
            ],
        ),
        None => page.words("work-pace-none", &[("orders", &orders), ("ended", &ended)]),
    }
}

/// Shows what waits.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Query(query): Query<WorkQuery>,
) -> Result<Response, PageError> {
    let seen = state.orders_seen_by(&viewer).await?.ok_or(PageError::NotFound)?;
    let page = Page::new(&state, &reader, Place::Work).await?;
    let text: String = query.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let open = OrderFilter {
        open: true,
        text: Some(text.clone()).filter(|text| !text.is_empty()),
        ..seen
    };
    let waiting = state.store.orders_waiting(&open).await.map_err(PageError::internal)?;
    let own = state.turns_of(&viewer);
    let chosen = match (query.r#for.as_str(), own.as_slice()) {
        ("", [only]) => Some(*only),
        ("" | EVERYBODY, _) => None,
        (code, _) => Some(code.parse::<WaitsFor>().map_err(|_| PageError::BadRequest)?),
    };
    let after = match query.after.as_str() {
        "" => None,
        cursor => Some(cursor.parse().map_err(|_| PageError::BadRequest)?),
    };
    let filter = OrderFilter { waits_for: chosen, ..open };
    let request = PageRequest { rows: ORDERS_PER_PAGE, after };
    let list = state.store.list_orders(&filter, request).await.map_err(PageError::internal)?;
    let today = care::order::local_day(state.now());
    let pace = state.pace(today).await?;
    let registry = state.registry().await?;
    let all_of_programme = filter.hospitals.is_none() && filter.laboratories.is_none();
    let unattached = match all_of_programme {
        true => state.store.count_results_without_order().await.map_err(PageError::internal)?,
        false => 0,
    };
    let code = chosen.map_or(EVERYBODY, WaitsFor::code);
    let href = |code: &str, after: &str| {
        address::with_query("/work", &[("for", code), ("q", &text), ("after", after)])
    };
    let longest = longest(&list.rows, today, &pace);
    let template = WorkTemplate {
        choices: choices(&page, &waiting, chosen, |code| href(code, "")),
        rows: list
            .rows
            .iter()
            .map(|row| OrderRowView::of(&page, &registry, row, today, &pace, longest))
            .collect(),
        total: list.total,
        next_href: list.next.map(|cursor| href(code, &cursor.to_string())),
        csv_href: address::with_query("/work/orders.csv", &[("for", code), ("q", &text)]),
        pace: pace_words(&page, &pace),
        unattached: (unattached > 0).then(|| page.tn("work-unattached", unattached)),
        chosen: code.to_owned(),
        query: text,
        page,
    };
    render(&template)
}

/// What a full bar means: the longest of the rows, and of twice the median. Units: days.
pub(crate) fn longest(rows: &[OrderRow], today: NaiveDate, pace: &Pace) -> i64 {
    let of_rows =
        rows.iter().map(|row| (row.ended_on.unwrap_or(today) - row.started_on).num_days());
    of_rows.max().unwrap_or(1).max(pace.median.map_or(1, |median| i64::from(median) * 2)).max(1)
}

fn choices(
    page: &Page,
    waiting: &[(WaitsFor, u64)],
    chosen: Option<WaitsFor>,
    href: impl Fn(&str) -> String,
) -> Vec<Choice> {
    let everybody = Choice {
        href: href(EVERYBODY),
        label: page.t("work-everybody"),
        count: String::new(),
        current: chosen.is_none(),
    };
    let each = waiting.iter().map(|(word, orders)| Choice {
        href: href(word.code()),
        label: page.text(&word.label()).to_owned(),
        count: format::grouped(*orders),
        current: chosen == Some(*word),
    });
    std::iter::once(everybody).chain(each).collect()
}

/// Gives the orders as a table to download: the list of registration numbers that goes with the specimens.
pub(crate) async fn csv(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(query): Query<WorkQuery>,
) -> Result<Response, PageError> {
    let seen = state.orders_seen_by(&viewer).await?.ok_or(PageError::NotFound)?;
    let waits_for = match query.r#for.as_str() {
        "" | EVERYBODY => None,
        code => Some(code.parse::<WaitsFor>().map_err(|_| PageError::BadRequest)?),
    };
    let text: String = query.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let text = Some(text).filter(|text| !text.is_empty());
    let filter = OrderFilter { open: true, waits_for, text, ..seen };
    let request = PageRequest { rows: LIST_ROWS_MAX, after: None };
    let list = state.store.list_orders(&filter, request).await.map_err(PageError::internal)?;
    let mut table = String::from(
        "\u{feff}registration_number,order_number,product,hospital,laboratory,ordered_on,step,since\r\n",
    );
    for row in &list.rows {
        let fields = [
            row.reference.clone(),
            format!("{}-{}", row.reference, row.ordinal),
            row.product.clone(),
            row.hospital.as_str().to_owned(),
            row.laboratory.as_str().to_owned(),
            row.ordered_on.to_string(),
            row.step.code().to_owned(),
            row.since.to_string(),
        ];
        table.push_str(&fields.map(|field| quoted(&field)).join(","));
        table.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"test-orders.csv\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, table).into_response())
}

/// Quotes a field; what a spreadsheet would take for a formula is kept as text.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = field.replace('"', "\"\"");
    if formula { format!("\"'{text}\"") } else { format!("\"{text}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_never_run_as_formulas() {
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }
}
