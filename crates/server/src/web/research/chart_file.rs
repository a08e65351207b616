//! The pictures of a project's pages as files, where its permission says so: of what is told, and of nothing else.
//!
//! The address is that of the picture's page, with `chart` for which one. What a page asks, its picture asks again.

use axum::{
    extract::{Path, Query as AddressQuery, RawQuery, State},
    http::Uri,
    response::Response,
};
use serde::Deserialize;

use super::{compare, oncoprint, pairs, search::ProjectAddress};
use crate::{
    error::PageError,
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        picture_file::{PictureForm, picture_file},
        search::compare::CompareAddress,
    },
};

/// Which picture.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChartAddress {
    chart: String,
}

/// Gives a picture as a file.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: PictureForm,
    Path(number): Path<String>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let which: ChartAddress = read(&uri)?;
    let (state, viewer, reader) = (&state, &viewer, &reader);
    let (picture, name, page) = match which.chart.as_str() {
        chart @ ("compare-genes" | "compare-survival") => {
            let address = CompareAddress::read(query.as_deref().unwrap_or_default());
            let is_survival = chart == "compare-survival";
            let drawn = compare::picture(state, viewer, reader, &number, &address, is_survival);
            let (picture, page) = drawn.await?;
            (picture, if is_survival { "compare-survival" } else { "compare-genes" }, page)
        }
        "pairs" => {
            let address: ProjectAddress = read(&uri)?;
            let (picture, page) = pairs::picture(state, viewer, reader, &number, &address).await?;
            (picture, "pairs", page)
        }
        "oncoprint" => {
            let address: ProjectAddress = read(&uri)?;
            let drawn = oncoprint::picture(state, viewer, reader, &number, &address);
            let (picture, page) = drawn.await?;
            (picture, "oncoprint", page)
        }
        _ => return Err(PageError::BadRequest),
    };
    picture_file(state, &page, form, &format!("{number}-{name}"), picture).await
}

fn read<A: serde::de::DeserializeOwned>(uri: &Uri) -> Result<A, PageError> {
    let read = AddressQuery::<A>::try_from_uri(uri).map_err(|_| PageError::BadRequest)?;
    Ok(read.0)
}
