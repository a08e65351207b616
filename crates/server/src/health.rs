//! Whether the process lives, and whether it can do its work.
//!
//! Both are asked by machines that are not signed in, so neither says anything of a person or a case.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;

use crate::{limits::HEALTH_TIME_MAX, metrics, state::AppState};

/// The addresses that say whether the process lives and is ready.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(lives)).route("/readyz", get(ready))
}

/// The same, with the counters.
pub(crate) fn routes_with_metrics() -> Router<AppState> {
    routes().route("/metrics", get(metrics::show))
}

async fn lives() -> &'static str {
    "ok\n"
}

/// One thing that has to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Working {
    Yes,
    No,
    /// Not known, because something before it does not work.
    Unknown,
}

/// What has to work before requests make sense.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Readiness {
    ready: bool,
    /// The record answers.
    record: Working,
    /// The record has this program's form.
    migrated: Working,
    /// The record, and with it the audit log, can be written to.
    writable: Working,
}

/// Answers 200 when requests make sense, 503 otherwise.
async fn ready(State(state): State<AppState>) -> Response {
    let asked = tokio::time::timeout(HEALTH_TIME_MAX, look(&state)).await;
    let readiness = asked.unwrap_or(Readiness {
        ready: false,
        record: Working::No,
        migrated: Working::Unknown,
        writable: Working::Unknown,
    });
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut response = (status, Json(readiness)).into_response();
    response.extensions_mut().insert(crate::error::Worded);
    response
}

async fn look(state: &AppState) -> Readiness {
    let writable = state.store.is_writable().await;
    let record = if writable.is_ok() { Working::Yes } else { Working::No };
    let migrated = match (record, state.store.require_migrated().await) {
        (Working::Yes, Ok(())) => Working::Yes,
        (Working::Yes, Err(_)) => Working::No,
        _ => Working::Unknown,
    };
    let writable = match writable {
        Ok(true) => Working::Yes,
        Ok(false) => Working::No,
        Err(_) => Working::Unknown,
    };
    let ready = [record, migrated, writable].iter().all(|each| *each == Working::Yes);
    Readiness { ready, record, migrated, writable }
}
