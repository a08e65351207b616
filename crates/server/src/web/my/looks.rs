//! "Who looked at my data, when, and for what?"

use askama::Template;
use axum::{extract::State, response::Response};

use super::Mine;
use crate::{
    error::PageError,
    looks::{self, LookView},
    page::{Page, render},
    patient::Patient,
    reader::Reader,
    state::AppState,
};

#[derive(Template)]
#[template(path = "my/looks.html")]
struct LooksTemplate {
    page: Page,
    mine: Mine,
    looks: Vec<LookView>,
}

/// Shows every look at the patient's data.
pub(crate) async fn show(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
) -> Result<Response, PageError> {
    let (page, subject, mine) = Mine::of(&state, &reader, &patient).await?;
    let looks = looks::of_case(&state, &page, subject.case).await?;
    render(&LooksTemplate { page, mine, looks })
}
