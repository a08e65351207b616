//! The registry's tables as CSV files.

use access::{Action, Purpose, Relation};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use ingest::programme_csv::{self, ProgrammeTable};

use crate::{error::PageError, state::AppState, viewer::Viewer};

/// Gives one table.
pub(crate) async fn give(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::ReadProgramme, Relation::Programme, Purpose::Administration)?;
    let table = ProgrammeTable::ALL.into_iter().find(|table| table.file_name() == name);
    let table = table.ok_or(PageError::NotFound)?;
    let registry = state.registry().await?;
    let bytes = programme_csv::write(&registry, table).map_err(PageError::internal)?;
    let disposition = format!("attachment; filename=\"{}\"", table.file_name());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).map_err(PageError::internal)?,
        ),
    ];
    Ok((headers, bytes).into_response())
}
