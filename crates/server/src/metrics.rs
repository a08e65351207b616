//! What is counted, in the text that Prometheus reads. No label holds anything of a person.
//!
//! Source: OpenMetrics 1.0.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::{error::PageError, limits, state::AppState};

/// Upper ends of the classes of answering times. Units: seconds.
const ANSWER_SECONDS: [f64; 11] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0];
/// The media type of the text.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<const N: usize> = [(&'static str, String); N];
type Times = Family<Labels<2>, Histogram, fn() -> Histogram>;

/// The counters of one process.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Labels<3>, Counter>,
    seconds: Times,
    sign_ins: Family<Labels<1>, Counter>,
    saves: Family<Labels<1>, Counter>,
    connections: Gauge,
    uploads_running: Gauge,
    pdfs_running: Gauge,
    record_connections: Gauge,
    record_connections_idle: Gauge,
    cases: Gauge,
    search_cases: Gauge,
    search_cases_read: Gauge,
    audit_entries: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let new_times: fn() -> Histogram = || Histogram::new(ANSWER_SECONDS);
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("tsumugi")),
            requests: Family::default(),
            seconds: Family::new_with_constructor(new_times),
            sign_ins: Family::default(),
            saves: Family::default(),
            connections: Gauge::default(),
            uploads_running: Gauge::default(),
            pdfs_running: Gauge::default(),
            record_connections: Gauge::default(),
            record_connections_idle: Gauge::default(),
            cases: Gauge::default(),
            search_cases: Gauge::default(),
            search_cases_read: Gauge::default(),
            audit_entries: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register("requests", "Requests answered", self.requests.clone());
        registry.register("answer_seconds", "Time to the answer", self.seconds.clone());
        registry.register("sign_ins", "Attempts to sign in", self.sign_ins.clone());
        registry.register("saves", "Changes written to the record", self.saves.clone());
        let gauges = [
            ("connections", "Open connections", &self.connections),
            ("uploads_running", "Sent files being read", &self.uploads_running),
            ("pdfs_running", "PDF documents being set", &self.pdfs_running),
            ("record_connections", "Connections to the record", &self.record_connections),
            (
                "record_connections_idle",
                "Connections to the record that wait",
                &self.record_connections_idle,
            ),
            ("cases", "Cases in the record", &self.cases),
            ("search_cases", "Cases that may be searched", &self.search_cases),
            (
                "search_cases_read",
                "Cases that were read for searches since the start",
                &self.search_cases_read,
            ),
            ("audit_entries", "Entries of the audit log", &self.audit_entries),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
    }

    /// Counts an answer. The route is its pattern, so that the number of series has a bound.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels = [
            ("method", method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        self.requests.get_or_create(&labels).inc();
        let [method, route, _] = labels;
        self.seconds.get_or_create(&[method, route]).observe(took.as_secs_f64());
    }

    /// Counts an attempt to sign in by its outcome, such as `accepted`, `refused` or `limited`.
    pub fn signed_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&[("outcome", outcome.to_owned())]).inc();
    }

    /// Counts changes written to the record by what was changed, such as `field`, `consent`, `order` or `result`.
    pub fn saved(&self, what: &'static str, changes: usize) {
        let changes = u64::try_from(changes).unwrap_or(u64::MAX);
        self.saves.get_or_create(&[("what", what.to_owned())]).inc_by(changes);
    }

    /// Counts a connection from when it opens to when the returned value is dropped.
    pub(crate) fn connected(&self) -> Connected {
        self.connections.inc();
        Connected(self.connections.clone())
    }

    /// Sets what is not counted as it happens.
    async fn look(&self, state: &AppState) -> Result<(), PageError> {
        let running =
            |all: usize, free: usize| i64::try_from(all.saturating_sub(free)).unwrap_or(0);
        let uploads = state.uploads.available_permits();
        self.uploads_running.set(running(limits::UPLOADS_AT_ONCE, uploads));
        self.pdfs_running.set(running(limits::PDFS_AT_ONCE, state.pdfs.available_permits()));
        let usage = state.store.connections();
        self.record_connections.set(i64::from(usage.open));
        self.record_connections_idle.set(i64::from(usage.idle));
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let (searched, read) = state.cohort.counts();
        self.search_cases.set(number(searched));
        self.search_cases_read.set(number(read));
        let counts = state.store.case_counts().await.map_err(PageError::internal)?;
        self.cases.set(number(counts.cases));
        let audit = state.store.audit_state().await.map_err(PageError::internal)?;
        self.audit_entries.set(number(audit.tree.size()));
        Ok(())
    }
}

/// An open connection.
#[derive(Debug)]
pub(crate) struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Gives the counters. While the record is away, what is read from it keeps its last value.
pub(crate) async fn show(State(state): State<AppState>) -> Result<Response, PageError> {
    let metrics = &state.metrics;
    let looked = tokio::time::timeout(limits::HEALTH_TIME_MAX, metrics.look(&state)).await;
    if !matches!(looked, Ok(Ok(()))) {
        tracing::warn!("the record could not be counted");
    }
    let mut text = String::new();
    let registry = metrics.registry.lock().unwrap_or_else(PoisonError::into_inner);
    encode(&mut text, &registry).map_err(PageError::internal)?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_route_and_outcome() {
        let metrics = Metrics::default();
        metrics.answered("GET", "/cases/{id}", 200, Duration::from_millis(3));
        metrics.answered("GET", "/cases/{id}", 200, Duration::from_millis(30));
        metrics.signed_in("refused");
        metrics.saved("field", 1);
        let connected = metrics.connected();
        let mut text = String::new();
        encode(&mut text, &metrics.registry.lock().unwrap()).unwrap();
        let has = |line: &str| assert!(text.lines().any(|each| each == line), "{line}\n{text}");
        has(r#"tsumugi_requests_total{method="GET",route="/cases/{id}",status="200"} 2"#);
        has(r#"tsumugi_answer_seconds_bucket{le="0.005",method="GET",route="/cases/{id}"} 1"#);
        has(r#"tsumugi_sign_ins_total{outcome="refused"} 1"#);
        has(r#"tsumugi_saves_total{what="field"} 1"#);
        has("tsumugi_connections 1");
        drop(connected);
        assert_eq!(metrics.connections.get(), 0);
    }
}
