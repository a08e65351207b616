//! The numbers of a search for programs and spreadsheets.

use axum::{
    Json,
    extract::{Query as AddressQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use research::cohort::{AlterationKind, Response as BestResponse, SurvivalCounts, Word as _};
use serde_json::{Value, json};
use stats::survival::KaplanMeierOptions;

use super::{Found, SearchAddress, find};
use crate::{
    error::{PageError, Worded},
    state::AppState,
    viewer::Viewer,
    web::csv_file,
};

/// Gives one table of a search as CSV: `genes`, `drugs` or `facets`.
pub(crate) async fn csv(
    State(state): State<AppState>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<SearchAddress>,
) -> Result<Response, PageError> {
    let Ok(found) = find(&state, &viewer, &address).await? else {
        return Err(PageError::BadRequest);
    };
    let rows = match address.table.as_str() {
        "genes" => genes(&found),
        "drugs" => drugs(&found),
        "facets" => facets(&found),
        _ => return Err(PageError::BadRequest),
    };
    csv_file(rows, &format!("search-{}.csv", address.table))
}

fn genes(found: &Found) -> Vec<Vec<String>> {
    let mut head = vec!["gene".to_owned(), "altered".to_owned(), "covered".to_owned()];
    for kind in AlterationKind::ALL {
        head.push(format!("{}_altered", kind.code()));
        head.push(format!("{}_covered", kind.code()));
    }
    let row = |row: &research::cohort::GeneRow| {
        let mut cells =
            vec![row.gene.to_string(), row.any.altered.to_string(), row.any.covered.to_string()];
        for share in &row.by_kind {
            cells.extend([share.altered.to_string(), share.covered.to_string()]);
        }
        cells
    };
    std::iter::once(head).chain(found.page.genes.iter().map(row)).collect()
}

fn drugs(found: &Found) -> Vec<Vec<String>> {
    let responses = BestResponse::ALL.iter().map(|response| response.code().to_owned());
    let mut head: Vec<String> =
        ["drug", "cases", "lines_before_panel", "lines_after_panel", "unknown"]
            .map(ToOwned::to_owned)
            .to_vec();
    head.extend(responses);
    let row = |row: &research::cohort::DrugRow| {
        let [before, after] = row.by_side;
        let mut cells = vec![
            row.drug.to_string(),
            row.cases.to_string(),
            before.to_string(),
            after.to_string(),
        ];
        cells.extend(row.by_response.iter().map(ToString::to_string));
        cells
    };
    std::iter::once(head).chain(found.page.drugs.iter().map(row)).collect()
}

fn facets(found: &Found) -> Vec<Vec<String>> {
    let mut rows = vec![["item", "value", "cases"].map(ToOwned::to_owned).to_vec()];
    for facet in &found.page.facets {
        let item = facet.item.code();
        let values = facet.values.iter().map(|value| (value.code.to_string(), value.cases));
        for (value, cases) in values.chain([("unknown".to_owned(), facet.unknown)]) {
            rows.push(vec![item.to_owned(), value, cases.to_string()]);
        }
    }
    rows
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
