//! What patients allow now, in memory, never older than half a second.
//!
//! Whoever uses data asks here. A change made in this process counts at once; a change that another process
//! committed counts at the next question that comes more than [`FRESH`] after the last look at the record.
//! Where the record cannot be asked, nothing is allowed: the question fails.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use model::{
    consent::{Answers, DataUse},
    identity::CaseId,
};
use store::{CONSENTS_PAGE, CaseConsent, RecordError, Store};
use tokio::sync::Mutex;

/// How long what was read is taken as it is.
const FRESH: Duration = Duration::from_millis(500);

/// What patients allow now. Cloning shares it.
#[derive(Clone, Debug)]
pub struct ConsentBoard {
    store: Store,
    known: Arc<RwLock<Known>>,
    refreshing: Arc<Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    /// Number of the newest event that was read; what is before it is known.
    sequence: u64,
    read_at: Option<Instant>,
    cases: HashMap<CaseId, CaseConsent>,
}

impl Known {
    fn is_fresh(&self) -> bool {
        self.read_at.is_some_and(|at| at.elapsed() < FRESH)
    }

    fn learn(&mut self, consent: CaseConsent) {
        let newest = self.cases.entry(consent.case).or_insert(consent);
        if newest.sequence < consent.sequence {
            *newest = consent;
        }
    }
}

impl ConsentBoard {
    /// Makes an empty board over a record; it is filled by the first question.
    pub(crate) fn new(store: Store) -> Self {
        Self { store, known: Arc::default(), refreshing: Arc::default() }
    }

    /// Returns the answers that hold for a case; none where nothing was recorded.
    ///
    /// Errors: the record cannot be read.
    pub async fn answers(&self, case: CaseId) -> Result<Answers, RecordError> {
        self.refresh().await?;
        Ok(self.read(|known| known.cases.get(&case).map(|each| each.answers)).unwrap_or_default())
    }

    /// Returns whether a use of a case's data is allowed now; what is unknown is not.
    ///
    /// Errors: the record cannot be read.
    pub async fn allows(&self, case: CaseId, data_use: DataUse) -> Result<bool, RecordError> {
        Ok(data_use.is_allowed_by(&self.answers(case).await?))
    }

    /// Takes note of what this process has just committed.
    pub fn learn(&self, consent: CaseConsent) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).learn(consent);
    }

    fn read<T>(&self, read: impl FnOnce(&Known) -> T) -> T {
        read(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn refresh(&self) -> Result<(), RecordError> {
        if self.read(Known::is_fresh) {
            return Ok(());
        }
        // One asks the record; the others wait for what it hears.
        let _asking = self.refreshing.lock().await;
        if self.read(Known::is_fresh) {
            return Ok(());
        }
        let asked_at = Instant::now();
        loop {
            let after = self.read(|known| known.sequence);
            let page = self.store.consents_after(after).await?;
            let more = page.len() as i64 >= CONSENTS_PAGE;
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            for consent in page {
                known.sequence = known.sequence.max(consent.sequence);
                known.learn(consent);
            }
            if !more {
                known.read_at = Some(asked_at);
                return Ok(());
            }
        }
    }
}
