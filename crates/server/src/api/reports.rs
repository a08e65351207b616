//! Findings reports for programs: the stored bytes, which never change.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use model::identity::ReportId;

use crate::{error::PageError, reader::Id, state::AppState, viewer::Viewer};

/// Gives a report's exact bytes, with their digest as entity tag.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Response, PageError> {
    let (report, _) = state.read_report(&viewer, ReportId(id)).await?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", report.digest));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ETAG, tag.map_err(PageError::internal)?),
    ];
    Ok((headers, report.json).into_response())
}
