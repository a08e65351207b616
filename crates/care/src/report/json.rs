//! The report as JSON. The form is described by `report.schema.json`.

use super::FindingsReport;

/// The JSON Schema (draft 2020-12) of what [`to_json`] writes.
pub const REPORT_SCHEMA: &str = include_str!("../../report.schema.json");

/// Room for a report of common size, so that writing seldom has to move what is written. Units: bytes.
const COMMON_SIZE_BYTES: usize = 128 * 1024;

/// Writes a report as compact JSON, keys in the order of the schema.
///
/// The same report gives the same bytes.
pub fn to_json(report: &FindingsReport) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(COMMON_SIZE_BYTES);
    // Every key is a string and memory takes every byte, so this cannot fail; a number that JSON
    // cannot hold becomes null.
    let written = serde_json::to_writer(&mut bytes, report);
    debug_assert!(written.is_ok(), "{written:?}");
    bytes
}
