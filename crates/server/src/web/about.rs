//! Help.

use askama::Template;
use axum::{extract::State, response::Response};

use crate::{
    error::PageError,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
};

#[derive(Template)]
#[template(path = "about.html")]
struct AboutTemplate {
    page: Page,
}

/// Shows help.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Response, PageError> {
    let page = Page::new(&state, &reader, Place::About).await?;
    render(&AboutTemplate { page })
}
