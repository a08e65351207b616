//! What programs can ask, as OpenAPI 3.1: kept by hand in `openapi.json`, held true by tests.

use axum::{
    body::Bytes,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// The description.
const DESCRIPTION: &str = include_str!("../../openapi.json");

/// Gives the description.
pub(crate) async fn show() -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (headers, Bytes::from_static(DESCRIPTION.as_bytes())).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The files that lead addresses for programs to their handlers.
    const ROUTERS: [&str; 6] = [
        include_str!("../router.rs"),
        include_str!("../web/hospitals.rs"),
        include_str!("../web/research.rs"),
        include_str!("../web/search.rs"),
        include_str!("../web/statistics.rs"),
        include_str!("clinical_record.rs"),
    ];
    /// Addresses that describe the others, or are for people who watch.
    const NOT_DESCRIBED: [&str; 1] = ["/api/openapi.json"];

    #[test]
    fn every_address_for_programs_is_described_and_no_other() {
        let document: serde_json::Value = serde_json::from_str(DESCRIPTION).unwrap();
        let described: BTreeSet<&str> =
            document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        let routed: BTreeSet<&str> = ROUTERS
            .iter()
            .flat_map(|text| text.split('"'))
            .filter(|text| text.starts_with("/api/") && !NOT_DESCRIBED.contains(text))
            .collect();
        assert_eq!(described, routed);
        assert_eq!(document["openapi"], "3.1.0");
    }

    #[test]
    fn every_failure_is_a_problem_document() {
        let document: serde_json::Value = serde_json::from_str(DESCRIPTION).unwrap();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                for (status, answer) in operation["responses"].as_object().unwrap() {
                    let is_problem = answer["content"].get("application/problem+json").is_some();
                    assert_eq!(is_problem, status.as_str() >= "400", "{method} {path} {status}");
                }
            }
        }
    }
}
