//! The report as JSON. The form is described by `report.schema.json`.

use super::FindingsReport;

/// The JSON Schema (draft 2020-12) of what [`to_json`] writes.
pub const REPORT_SCHEMA: &str = include_str!("../../report.schema.json");

/// Writes a report as compact JSON, keys in the order of the schema.
///
/// The same report gives the same bytes.
pub fn to_json(report: &FindingsReport) -> Vec<u8> {
    // Every key is a string and every map is a struct; a number that JSON cannot hold becomes null.
    serde_json::to_vec(report).unwrap_or_default()
}
