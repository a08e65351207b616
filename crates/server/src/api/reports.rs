//! Findings reports for programs: the stored bytes, which never change.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::identity::ReportId;

use crate::{error::PageError, reader::Id, state::AppState};

/// Gives a report's exact bytes, with their digest as entity tag.
pub(crate) async fn show(State(state): State<AppState>, Id(id): Id) -> Result<Response, PageError> {
    let found = state.store.report(ReportId(id)).await.map_err(PageError::internal)?;
    let report = found.ok_or(PageError::NotFound)?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", report.digest));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ETAG, tag.map_err(PageError::internal)?),
    ];
    Ok((headers, report.json).into_response())
}
