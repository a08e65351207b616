//! What every handler works with.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use access::seal::{SITE_KEY_BYTES, SiteKey};
use chrono::{DateTime, NaiveDate, Utc};
use knowledge::Release;
use store::{Recorder, Store, identifier_v7};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    audit::AuditLog,
    cohort::CohortBoard,
    consents::ConsentBoard,
    counting,
    following::Following,
    limits,
    look_in::LookIn,
    metrics::Metrics,
    patient::Guesses,
    project::ProjectBoard,
    randomness::{self, Random},
    record_import::ImportDesk,
    registry::RegistryCache,
    request_log::RequestNumbers,
    sign_in::SignInRules,
    site::Site,
    web::statistics::StatisticsBoard,
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
    /// Randomness for secrets and identifiers.
    pub random: Random,
    /// Seals what is kept secret at rest; a key of its own for each process unless its key file is opened.
    pub site_key: SiteKey,
    /// How people sign in.
    pub sign_in: Arc<SignInRules>,
    /// The invented people that can be looked in as; only a demonstration has them.
    pub look_in: Option<Arc<LookIn>>,
    pub(crate) hashing: Arc<Semaphore>,
    pub(crate) recorder: Recorder,
    pub(crate) following: Following,
    pub(crate) cohort: CohortBoard,
    pub(crate) projects: ProjectBoard,
    pub(crate) statistics: StatisticsBoard,
    /// The vault key; without it nobody's name can be kept or opened.
    pub vault_key: Option<Arc<crate::VaultKeyFile>>,
    pub(crate) imports: ImportDesk,
    pub(crate) uploads: Arc<Semaphore>,
    pub(crate) pdfs: Arc<Semaphore>,
    pub(crate) counting: Arc<Semaphore>,
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
        let random = randomness::of_system();
        let mut key = [0; SITE_KEY_BYTES];
        random(&mut key);
        Self {
            consents: ConsentBoard::new(store.clone()),
            guesses: Arc::default(),
            random,
            site_key: SiteKey::new(key),
            sign_in: Arc::default(),
            look_in: None,
            hashing: Arc::new(Semaphore::new(limits::HASHES_AT_ONCE)),
            recorder: Recorder::new(store.clone()),
            following: Following::default(),
            cohort: CohortBoard::new(release),
            projects: ProjectBoard::default(),
            statistics: StatisticsBoard::default(),
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
            vault_key: None,
            imports: ImportDesk::default(),
            uploads: Arc::new(Semaphore::new(limits::UPLOADS_AT_ONCE)),
            pdfs: Arc::new(Semaphore::new(limits::PDFS_AT_ONCE)),
            counting: counting::turns(),
            page_time_max: limits::PAGE_TIME_MAX,
        }
    }

    /// Sets the longest time that a page may take.
    #[must_use]
    pub fn with_page_time_max(mut self, limit: Duration) -> Self {
        self.page_time_max = limit;
        self
    }

    /// Searches the historical collections of a data folder beside registered cases, and keeps there what was read of these, and
    /// the case CSVs that wait for their confirmation.
    #[must_use]
    pub fn with_data_folder(self, data: &std::path::Path) -> Self {
        self.cohort.read_folder(data);
        self.imports.folder.set(data);
        self
    }

    /// Returns the present moment.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Returns the present day of the programme's place.
    pub(crate) fn today(&self) -> NaiveDate {
        crate::format::local_day(self.now())
    }

    /// Returns random bytes.
    pub(crate) fn random<const BYTES: usize>(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        (self.random)(&mut bytes);
        bytes
    }

    /// Returns a new identifier.
    pub(crate) fn new_id(&self) -> Uuid {
        let unforeseen = hex::encode(self.random::<16>());
        identifier_v7(self.now(), &[&unforeseen])
    }
}
