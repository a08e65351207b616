//! What every handler works with.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use knowledge::Release;
use store::Store;
use tokio::sync::Semaphore;

use crate::{
    audit::AuditLog, consents::ConsentBoard, limits, metrics::Metrics, patient::Guesses,
    registry::RegistryCache, request_log::RequestNumbers, site::Site,
};

/// Tells the time; only `main` reads the real clock.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How far a record that is being filled in the background has come.
#[derive(Debug, Default)]
pub struct Filling {
    done: AtomicU64,
    total: AtomicU64,
}

impl Filling {
    /// Sets how many cases there will be.
    pub fn begin(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Sets how many cases there are.
    pub fn advance_to(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// Says that no more will come.
    pub fn end(&self) {
        self.total.store(0, Ordering::Relaxed);
    }

    /// Returns how many cases there are and will be; `None` when nothing is being filled.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let total = self.total.load(Ordering::Relaxed);
        (total > 0).then(|| (self.done.load(Ordering::Relaxed).min(total), total))
    }
}

/// What every handler works with. Cloning shares it.
#[derive(Clone)]
pub struct AppState {
    /// The record.
    pub store: Store,
    /// The knowledge release; it never changes and lives as long as the process.
    pub release: &'static Release,
    /// The time.
    pub clock: Clock,
    /// Version of this program, for reports and for the foot of pages.
    pub program_version: &'static str,
    /// Whether requests under another name than this machine's own, or the site's, are refused.
    pub loopback_only: bool,
    /// What the site says of itself.
    pub site: Arc<Site>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Progress of filling the record in the background.
    pub filling: Arc<Filling>,
    /// The audit log.
    pub audit: AuditLog,
    /// What patients allow now.
    pub consents: ConsentBoard,
    pub(crate) guesses: Arc<Guesses>,
    pub(crate) requests: Arc<RequestNumbers>,
    pub(crate) registry: Arc<RegistryCache>,
    pub(crate) uploads: Arc<Semaphore>,
    pub(crate) pdfs: Arc<Semaphore>,
    pub(crate) page_time_max: Duration,
}

impl AppState {
    /// Makes the state of a server that answers this machine only.
    pub fn new(
        store: Store,
        release: &'static Release,
        clock: Clock,
        program_version: &'static str,
    ) -> Self {
        let audit = AuditLog::new(store.clone(), Arc::clone(&clock));
        let requests = Arc::new(RequestNumbers::new(clock()));
        Self {
            consents: ConsentBoard::new(store.clone()),
            guesses: Arc::default(),
            store,
            release,
            clock,
            program_version,
            loopback_only: true,
            site: Arc::default(),
            metrics: Arc::default(),
            requests,
            filling: Arc::default(),
            audit,
            registry: Arc::default(),
            uploads: Arc::new(Semaphore::new(limits::UPLOADS_AT_ONCE)),
            pdfs: Arc::new(Semaphore::new(limits::PDFS_AT_ONCE)),
            page_time_max: limits::PAGE_TIME_MAX,
        }
    }

    /// Sets the longest time that a page may take.
    #[must_use]
    pub fn with_page_time_max(mut self, limit: Duration) -> Self {
        self.page_time_max = limit;
        self
    }

    /// Returns the present moment.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}
