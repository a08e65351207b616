//! What a project is told, for programs and spreadsheets. A hidden count is an empty cell, or null.

use axum::{
    Json,
    extract::{Path, Query as AddressQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{problem::Problem, research_project::ProjectService};
use research::project::{SafeCurve, SafePage, SafePoint, Unanswered};
use serde_json::{Value, json};
use table::{Cell, Kind, Table};

use super::search::{ProjectAddress, of_address, text_of};
use crate::{
    error::{PageError, Worded},
    project::Told,
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::table_file::{Form, table_file},
};

/// Gives one table of a search as a file: `genes`, `drugs` or `facets`.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: Form,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let asked = of_address(&state, &viewer, &number, &address, false).await?;
    if !asked.project.has(ProjectService::Download) {
        return Err(PageError::NotFound);
    }
    let told = asked.told.map_err(|_| PageError::BadRequest)?;
    let page = told.page(&state, &reader).await?;
    let counts = told.page.map_err(|_| PageError::BadRequest)?;
    let table = match address.table.as_str() {
        "genes" => genes(&counts),
        "drugs" => drugs(&counts),
        "facets" => facets(&counts),
        _ => return Err(PageError::BadRequest),
    };
    let name = format!("{}-{}", asked.project.number, address.table);
    table_file(&page, form, &name, &table, &told.query.to_text())
}

fn genes(page: &SafePage) -> Table {
    let rows = page.genes.iter().map(|gene| {
        let share = gene.share;
        let [altered, covered] =
            [share.map(|share| share.altered), share.map(|share| share.covered)];
        vec![gene.gene.to_string().into(), altered.into(), covered.into()]
    });
    let columns = [("gene", Kind::Words), ("altered", Kind::Integer), ("covered", Kind::Integer)];
    Table::of_columns(columns).with_rows(rows)
}

fn drugs(page: &SafePage) -> Table {
    let rows = page
        .drugs
        .iter()
        .map(|drug| vec![drug.drug.to_string().into(), drug.cases.into(), drug.responded.into()]);
    let numbers = ["cases", "responded_percent"].map(|name| (name, Kind::Integer));
    Table::of_columns([("drug", Kind::Words)].into_iter().chain(numbers)).with_rows(rows)
}

fn facets(page: &SafePage) -> Table {
    let rows = page.facets.iter().flat_map(|facet| {
        facet.values.iter().map(|value| {
            let code = value.code.as_deref().unwrap_or("unknown").to_owned();
            vec![Cell::from(facet.item.code()), code.into(), value.cases.into()]
        })
    });
    let columns = [("item", Kind::Words), ("value", Kind::Words), ("cases", Kind::Integer)];
    Table::of_columns(columns).with_rows(rows)
}

/// Gives everything that is told of a search.
pub(crate) async fn json(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let asked = of_address(&state, &viewer, &number, &address, true).await?;
    let told = match asked.told {
        Ok(told) => told,
        Err(problems) => return Ok(refused(&problems)),
    };
    let page = told.page.as_ref().ok();
    let body = json!({
        "project": asked.project.number,
        "query": text_of(&told.query),
        "threshold": asked.project.threshold,
        "oncotree": state.release.oncotree_version(),
        "unanswered": unanswered(&told),
        "cases": page.map(|page| page.cases),
        "facets": page.map(facets_json).unwrap_or_default(),
        "genes": page.map(genes_json).unwrap_or_default(),
        "drugs": page.map(drugs_json).unwrap_or_default(),
        "survival": told.survival.as_ref().map(survival_json),
    });
    Ok(Json(body).into_response())
}

/// Says why a search cannot be asked. Source: RFC 9457, with `problems` as extension.
pub(super) fn refused(problems: &[Problem]) -> Response {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
    let body = json!({
        "title": "The query cannot be asked.",
        "status": status.as_u16(),
        "problems": problems,
    });
    let mut response = (status, content_type, body.to_string()).into_response();
    response.extensions_mut().insert(Worded);
    response
}

/// Returns why a search got no count.
pub(super) fn unanswered(told: &Told) -> Option<&'static str> {
    told.page.as_ref().err().map(|why| match why {
        Unanswered::Few => "few",
        Unanswered::Differs => "differs",
    })
}

pub(super) fn survival_json(curve: &SafeCurve) -> Value {
    let step =
        |point: &SafePoint| json!({ "month": point.month, "survivalPercent": point.survival });
    json!({
        "fromMonth": curve.from,
        "untilMonth": curve.until,
        "medianMonth": curve.median,
        "steps": curve.points.iter().map(step).collect::<Vec<_>>(),
    })
}

fn facets_json(page: &SafePage) -> Vec<Value> {
    let of = |facet: &research::project::SafeFacet| {
        let values = facet.values.iter();
        let values: Vec<Value> =
            values.map(|value| json!({ "code": value.code, "cases": value.cases })).collect();
        json!({ "item": facet.item.code(), "values": values })
    };
    page.facets.iter().map(of).collect()
}

fn genes_json(page: &SafePage) -> Vec<Value> {
    let of = |gene: &research::project::SafeGene| {
        let share = gene.share;
        let [altered, covered] =
            [share.map(|share| share.altered), share.map(|share| share.covered)];
        json!({ "gene": gene.gene, "altered": altered, "covered": covered })
    };
    page.genes.iter().map(of).collect()
}

fn drugs_json(page: &SafePage) -> Vec<Value> {
    let of = |drug: &research::project::SafeDrug| json!({ "drug": drug.drug, "cases": drug.cases, "respondedPercent": drug.responded });
    page.drugs.iter().map(of).collect()
}
