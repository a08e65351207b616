//! The list of received results, newest first; what was not accepted can be looked at alone.

use access::Action;
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;
use store::{Cursor, PageRequest, ResultFilter, ResultStatus};

use crate::{
    address,
    error::PageError,
    limits::CASES_PER_PAGE,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::ResultRowView,
    viewer::Viewer,
};

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResultsQuery {
    status: String,
    after: String,
}

struct Choice {
    href: String,
    label: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "results.html")]
struct ResultsTemplate {
    page: Page,
    total: u64,
    choices: Vec<Choice>,
    caption: String,
    rows: Vec<ResultRowView>,
    first_href: Option<String>,
    next_href: Option<String>,
}

/// Shows the list.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Query(query): Query<ResultsQuery>,
) -> Result<Response, PageError> {
    let listing = state.list_of(&viewer, Action::ReadResult).await?;
    let status = match query.status.as_str() {
        "" => None,
        word => Some(status_of(word).ok_or(PageError::BadRequest)?),
    };
    let after = match query.after.as_str() {
        "" => None,
        text => Some(text.parse::<Cursor>().map_err(|_| PageError::BadRequest)?),
    };
    let page = Page::new(&state, &reader, Place::Results).await?;
    let filter = ResultFilter { status, ..ResultFilter::default() };
    let request = PageRequest { rows: u32::from(CASES_PER_PAGE), after };
    let listed = listing.results(&filter, request).await?;
    let href = |status: &str, after: &str| {
        address::with_query("/results", &[("status", status), ("after", after)])
    };
    let choice =
        |word: &str, label| Choice { href: href(word, ""), label, current: query.status == word };
    let template = ResultsTemplate {
        total: listed.total,
        choices: vec![
            choice("", page.t("results-all")),
            choice("accepted", page.t("status-accepted")),
            choice("rejected", page.t("status-rejected")),
        ],
        caption: page.t2("results-caption", "size", CASES_PER_PAGE),
        rows: listed.rows.iter().map(|row| ResultRowView::of(&page, row)).collect(),
        first_href: after.map(|_| href(&query.status, "")),
        next_href: listed.next.map(|cursor| href(&query.status, &cursor.to_string())),
        page,
    };
    render(&template)
}

fn status_of(word: &str) -> Option<ResultStatus> {
    [ResultStatus::Accepted, ResultStatus::Rejected].into_iter().find(|each| each.word() == word)
}
