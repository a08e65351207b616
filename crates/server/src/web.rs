//! The pages, one file for each.

pub(crate) mod about;
pub(crate) mod audit;
pub(crate) mod break_glass;
pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod chart;
pub(crate) mod check;
pub(crate) mod clinical_record;
pub(crate) mod consent;
pub(crate) mod desk;
pub(crate) mod facet;
pub(crate) mod fragment;
pub(crate) mod home;
pub(crate) mod hospital;
pub(crate) mod hospital_functions;
pub(crate) mod hospitals;
pub(crate) mod identifier;
pub(crate) mod knowledge;
pub(crate) mod laboratories;
pub(crate) mod me;
pub(crate) mod my;
pub(crate) mod order;
pub(crate) mod panels;
pub(crate) mod people;
pub(crate) mod problems;
pub(crate) mod programme;
pub(crate) mod report;
pub(crate) mod research;
pub(crate) mod result;
pub(crate) mod result_facts;
pub(crate) mod results;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod statistics;
pub(crate) mod tumour_types;
pub(crate) mod who_looked;
pub(crate) mod work;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::error::PageError;

/// Makes the answer of a table as a file of CSV.
pub(crate) fn csv_file(rows: Vec<Vec<String>>, name: &str) -> Result<Response, PageError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(PageError::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| PageError::internal(error.into_error()))?;
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(PageError::internal)?),
    ];
    Ok((headers, bytes).into_response())
}
