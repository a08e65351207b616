//! One line of log and one count for every request, without anything of a person.
//!
//! What is written is the route's pattern, such as `/cases/{id}`, and never the address that was asked for:
//! an address may hold a name or a number. The line's `request` is the answer's `x-request-id`.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use chrono::{DateTime, Utc};
use tracing::Instrument;

use crate::state::AppState;

/// Name of the header that carries a request's number.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What stands for the route of an address that leads nowhere.
const NO_ROUTE: &str = "none";

/// Gives every request of this process a number.
#[derive(Debug)]
pub(crate) struct RequestNumbers {
    started: i64,
    next: AtomicU64,
}

impl RequestNumbers {
    /// Begins anew; the moment tells the numbers of one process from those of the next.
    pub(crate) fn new(started: DateTime<Utc>) -> Self {
        Self { started: started.timestamp_millis(), next: AtomicU64::new(1) }
    }

    fn draw(&self) -> String {
        format!("{:x}-{:x}", self.started, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

/// Returns the pattern of the route that a request takes.
pub(crate) fn route_of(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str)
}

/// Returns a method's name; an invented one is not repeated.
fn method_of(request: &Request) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    const NAMES: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let at = KNOWN.iter().position(|known| known == request.method());
    at.and_then(|at| NAMES.get(at)).copied().unwrap_or("other")
}

/// Writes the line and counts.
pub(crate) async fn tell(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (method, route) = (method_of(&request), route_of(&request).to_owned());
    let number = state.requests.draw();
    let span = tracing::info_span!("request", id = number, method, route);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    state.metrics.answered(method, &route, status, took);
    span.in_scope(|| {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, milliseconds, "answered");
    });
    if let Ok(value) = HeaderValue::from_str(&number) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
