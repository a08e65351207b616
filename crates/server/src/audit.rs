//! The audit log as the server writes it: entries of concurrent requests are gathered and written in one
//! transaction, and each request waits until its entry is durable before it shows anything.
//!
//! What changes the record writes its entry in the same transaction (`store::Batch::append_audit`); what only
//! reads calls [`AuditLog::record`]. Without its entry nothing is answered.

mod heads_file;
mod looks;
mod signing;

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use access::audit::Entry;
use chrono::{DateTime, Utc};
use store::{RecordError, Store};
use tokio::sync::{mpsc, oneshot};

pub use heads_file::{HeadsFile, HeadsFileError};
pub use looks::Look;
pub use signing::SignHeadError;
use signing::Signer;
pub(crate) use signing::Verified;

use crate::{error::PageError, state::Clock};

/// Most requests that wait for their entry at once; more wait before the queue.
const WAITING_MAX: usize = 4_096;
/// Most requests whose entries are written in one transaction.
const REQUESTS_PER_TRANSACTION: usize = 512;
/// Longest that a request waits for its entry.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Why an entry is not in the log; then nothing may be shown of what it would have told.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AuditError {
    /// The record refused it.
    #[error("could not write to the audit log")]
    Record(#[source] Arc<RecordError>),
    /// It was not written in time.
    #[error("the audit log did not take the entry in time")]
    TooSlow,
    /// Nothing is written any more.
    #[error("the audit log is closed")]
    Closed,
}

impl From<AuditError> for PageError {
    fn from(error: AuditError) -> Self {
        Self::internal(error)
    }
}

/// Entries of one request, and whom to tell when they are durable.
struct Waiting {
    entries: Vec<Entry>,
    done: oneshot::Sender<Result<(), AuditError>>,
}

struct Shared {
    store: Store,
    clock: Clock,
    queue: OnceLock<mpsc::Sender<Waiting>>,
    signer: OnceLock<Signer>,
    signing: tokio::sync::Mutex<()>,
    verified: Mutex<Option<Verified>>,
}

/// The audit log. Cloning shares it.
#[derive(Clone)]
pub struct AuditLog {
    shared: Arc<Shared>,
}

impl fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditLog({})", self.shared.store.url())
    }
}

impl AuditLog {
    /// Makes the log of a record. Heads are signed only after [`Self::sign_with`].
    pub fn new(store: Store, clock: Clock) -> Self {
        let shared = Shared {
            store,
            clock,
            queue: OnceLock::new(),
            signer: OnceLock::new(),
            signing: tokio::sync::Mutex::default(),
            verified: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Writes an entry down, and returns when it is durable.
    ///
    /// Errors: it is not in the log, so what it tells of must not happen.
    pub async fn record(&self, entry: Entry) -> Result<(), AuditError> {
        self.record_all(vec![entry]).await
    }

    /// Writes entries down together, and returns when they are durable.
    ///
    /// Errors: none of them is in the log.
    pub async fn record_all(&self, entries: Vec<Entry>) -> Result<(), AuditError> {
        let (done, told) = oneshot::channel();
        let waiting = Waiting { entries, done };
        let written = async {
            self.queue().send(waiting).await.map_err(|_| AuditError::Closed)?;
            told.await.map_err(|_| AuditError::Closed)?
        };
        tokio::time::timeout(WAIT_MAX, written).await.unwrap_or(Err(AuditError::TooSlow))
    }

    fn queue(&self) -> &mpsc::Sender<Waiting> {
        self.shared.queue.get_or_init(|| {
            let (queue, waiting) = mpsc::channel(WAITING_MAX);
            tokio::spawn(write(self.shared.store.clone(), waiting));
            queue
        })
    }

    fn now(&self) -> DateTime<Utc> {
        (self.shared.clock)()
    }
}

/// Writes entries until nobody can send any more: as many requests together as wait.
async fn write(store: Store, mut queue: mpsc::Receiver<Waiting>) {
    let mut gathered: Vec<Waiting> = Vec::new();
    while queue.recv_many(&mut gathered, REQUESTS_PER_TRANSACTION).await > 0 {
        let mut entries = Vec::new();
        for waiting in &mut gathered {
            entries.append(&mut waiting.entries);
        }
        let written = commit(&store, &entries).await;
        let written = written.map_err(|error| AuditError::Record(Arc::new(error)));
        for waiting in gathered.drain(..) {
            // Whoever gave up waiting does not show anything either.
            let _ = waiting.done.send(written.clone());
        }
    }
}

async fn commit(store: &Store, entries: &[Entry]) -> Result<(), RecordError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut batch = store.begin().await?;
    for entry in entries {
        batch.append_audit(entry).await?;
    }
    batch.commit().await
}
