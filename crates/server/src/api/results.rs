//! Results for programs: reading one, and sending one in.

use access::{Action, Purpose, Relation};
use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, ResultId},
    problem::{Problem, has_error},
    result::TestResult,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::ResultRow;

use crate::{
    address, checking,
    error::{PageError, Worded},
    reader::Id,
    reading,
    state::AppState,
    upload::{SentFile, bare_name},
    viewer::Viewer,
};

/// What lists say of a result.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultSummary {
    id: ResultId,
    href: String,
    case: Option<CaseId>,
    status: &'static str,
    file_name: String,
    label: String,
    digest: String,
    panel: Option<String>,
    error_count: u32,
    warning_count: u32,
    note_count: u32,
    reported_count: u32,
    received_at: DateTime<Utc>,
}

impl From<ResultRow> for ResultSummary {
    fn from(row: ResultRow) -> Self {
        Self {
            id: row.id,
            href: address::api(&address::result(row.id)),
            case: row.case,
            status: row.status.word(),
            file_name: row.file_name,
            label: row.label,
            digest: row.digest.0,
            panel: row.panel,
            error_count: row.error_count,
            warning_count: row.warning_count,
            note_count: row.note_count,
            reported_count: row.reported_count,
            received_at: row.received_at,
        }
    }
}

/// One result, whole.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultDocument {
    #[serde(flatten)]
    summary: ResultSummary,
    problems: Vec<Problem>,
    result: Option<TestResult>,
}

/// Gives one result with its problems.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Json<ResultDocument>, PageError> {
    let found = state.read_result(&viewer, ResultId(id)).await?;
    let summary = ResultSummary::from(found.row);
    Ok(Json(ResultDocument { summary, problems: found.problems, result: found.document }))
}

/// How a result is sent in.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SendQuery {
    /// The file's name.
    name: String,
    /// Tumour type's code.
    tumour_type: String,
    /// Case reference.
    reference: String,
    /// Whether to take it into the record; otherwise it is only checked.
    keep: bool,
    /// The test order that it is the result of, by number or identifier; it is then taken into the record.
    order: String,
}

/// Takes a result's bytes: checks them, or takes them into the record.
///
/// Answers 200 when a check found no errors, 201 when the record has a new result, 200 when it was
/// there already, and 422 with the problems when there are errors.
pub(crate) async fn send(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(query): Query<SendQuery>,
    bytes: Bytes,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::CheckFile, Relation::Programme, Purpose::Testing)?;
    if bytes.is_empty() {
        return Err(PageError::NoFile);
    }
    let _permit = state.uploads.acquire().await.map_err(PageError::internal)?;
    let tumour = checking::tumour_type(state.release, &query.tumour_type)?;
    let file = SentFile { name: bare_name(&query.name), bytes };
    if query.keep || !query.order.is_empty() {
        let kept = if query.order.is_empty() {
            checking::keep(&state, &viewer, &file, &query.reference, tumour).await?
        } else {
            let order = state.order_called(&query.order).await?;
            checking::keep_for_order(&state, &viewer, &file, order).await?
        };
        let problems = reading::problems_of_kept(&state.store, &kept).await?;
        return kept_answer(&kept, &problems);
    }
    let checked = checking::check(&state, &file, tumour).await?;
    if checked.report.is_none() || has_error(&checked.problems) {
        return Ok(refused(None, &checked.problems));
    }
    let body = json!({ "valid": true, "problems": checked.problems, "report": checked.report });
    Ok(Json(body).into_response())
}

fn kept_answer(kept: &checking::Kept, problems: &[Problem]) -> Result<Response, PageError> {
    let href = address::api(&address::result(kept.id));
    if !kept.accepted {
        return Ok(refused(Some(&href), problems));
    }
    let status = if kept.new { StatusCode::CREATED } else { StatusCode::OK };
    let location = HeaderValue::from_str(&href).map_err(PageError::internal)?;
    let body = json!({ "id": kept.id, "href": href, "new": kept.new, "problems": problems });
    Ok((status, [(header::LOCATION, location)], Json(body)).into_response())
}

/// Says why a file is not accepted. Source: RFC 9457, with `problems` and `href` as extensions.
fn refused(href: Option<&str>, problems: &[Problem]) -> Response {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let body = json!({
        "type": "/about#verdict-rejected",
        "title": "The file has errors and is not accepted",
        "status": status.as_u16(),
        "valid": false,
        "href": href,
        "problems": problems,
    });
    let mut response = (status, Json(body)).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.extensions_mut().insert(Worded);
    response
}
