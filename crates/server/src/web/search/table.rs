//! The numbers of a search for programs and spreadsheets.

use axum::{
    Json,
    extract::{Query as AddressQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use research::{
    answer::{drugs_table, facets_table, genes_table},
    cohort::SurvivalCounts,
};
use serde_json::{Value, json};
use stats::survival::KaplanMeierOptions;

use super::{Found, SearchAddress, find};
use crate::{
    error::{PageError, Worded},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::table_file::{Form, table_file},
};

/// Gives one table of a search as a file: `genes`, `drugs`, `facets` or `waterfall`.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: Form,
    AddressQuery(address): AddressQuery<SearchAddress>,
) -> Result<Response, PageError> {
    let Ok(found) = find(&state, &viewer, &address).await? else {
        return Err(PageError::BadRequest);
    };
    let table = match address.table.as_str() {
        "genes" => genes_table(&found.page),
        "drugs" => drugs_table(&found.page),
        "facets" => facets_table(&found.page),
        "waterfall" => found.waterfall.to_table(),
        _ => return Err(PageError::BadRequest),
    };
    let page = found.page(&state, &reader).await?;
    let name = format!("search-{}", address.table);
    table_file(&page, form, &name, &table, &found.query.to_text())
}

/// Gives everything that is counted of a search.
pub(crate) async fn json(
    State(state): State<AppState>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<SearchAddress>,
) -> Result<Response, PageError> {
    let found = match find(&state, &viewer, &address).await? {
        Ok(found) => found,
        Err((_, problems)) => return Ok(refused(&problems)),
    };
    let mut body = json!({
        "query": found.query.to_text(),
        "expression": found.query.to_json(),
        "cases": found.page.cases,
        "of": found.scope.of,
        "registeredAlone": found.scope.is_registered_alone,
        "oncotree": state.release.oncotree_version(),
        "survival": survival(&found)?,
    });
    if let Some(body) = body.as_object_mut() {
        body.extend(found.page.counts_json());
    }
    Ok(Json(body).into_response())
}

fn survival(found: &Found) -> Result<Value, PageError> {
    let Some(counts) = &found.page.survival else { return Ok(Value::Null) };
    let days = SurvivalCounts::to_day_counts(std::slice::from_ref(counts));
    let days = days.map_err(PageError::internal)?;
    let Ok(curve) = days.curve(0, &KaplanMeierOptions::default()) else {
        return Ok(json!({ "cases": 0, "leftOut": counts.left_out }));
    };
    let median = curve.median();
    Ok(json!({
        "cases": curve.table().cases(),
        "deaths": curve.table().events(),
        "leftOut": counts.left_out,
        "medianDays": median.time,
        "medianLowerDays": median.lower,
        "medianUpperDays": median.upper,
    }))
}

/// Says what is wrong with a query. Source: RFC 9457, with `problems` as extension.
pub(super) fn refused(problems: &[model::problem::Problem]) -> Response {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let body = json!({
        "type": "/about#search",
        "title": "The query cannot be read",
        "status": status.as_u16(),
        "problems": problems,
    });
    let mut response = (status, Json(body)).into_response();
    let media = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response.extensions_mut().insert(Worded);
    response
}
