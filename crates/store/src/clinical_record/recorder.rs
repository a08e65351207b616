//! Saving for many editors at once: whoever comes while a transaction is being committed shares the next.
//!
//! The answer is given after the commit: what is acknowledged is durable.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use access::audit::Entry;
use tokio::sync::{mpsc, oneshot};

use super::{FieldEvent, SavedField};
use crate::{
    db::Store,
    error::{Cause, RecordError},
};

/// Most entries of one transaction.
const GROUP_ENTRIES_MAX: usize = 512;
/// Most submissions that wait; more wait at the door.
const WAITING_MAX: usize = 1_024;

/// Why entries were not recorded.
#[derive(Clone, Debug)]
pub enum RecordFieldsError {
    /// The engine failed; sent again with the same identifiers, the entries are recorded once.
    Record(Arc<RecordError>),
    /// The recorder has ended.
    Ended,
}

impl fmt::Display for RecordFieldsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(_) => f.write_str("could not record entries into fields"),
            Self::Ended => f.write_str("the recorder of entries has ended"),
        }
    }
}

// By hand: the cause is shared, and whoever asks for it wants the engine's error and not its holder.
impl std::error::Error for RecordFieldsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Record(cause) => Some(cause.as_ref()),
            Self::Ended => None,
        }
    }
}

struct Submission {
    entries: Vec<FieldEvent>,
    audit: Vec<Entry>,
    answer: oneshot::Sender<Result<Vec<SavedField>, RecordFieldsError>>,
}

/// Records entries of many editors, grouped into few transactions. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Recorder {
    store: Store,
    door: Arc<OnceLock<mpsc::Sender<Submission>>>,
}

impl Recorder {
    /// Makes a recorder; it begins to work with the first entry.
    pub fn new(store: Store) -> Self {
        Self { store, door: Arc::default() }
    }

    /// Records entries of one editor in one transaction, with what the audit log has to say of them, and
    /// returns after its commit.
    ///
    /// Errors: the engine fails; nothing of the entries is recorded, or all are and sending them again finds
    /// them.
    pub async fn save(
        &self,
        entries: Vec<FieldEvent>,
        audit: Vec<Entry>,
    ) -> Result<Vec<SavedField>, RecordFieldsError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let door = self.door.get_or_init(|| {
            let (door, waiting) = mpsc::channel(WAITING_MAX);
            tokio::spawn(work(self.store.clone(), waiting));
            door
        });
        let (answer, answered) = oneshot::channel();
        door.send(Submission { entries, audit, answer })
            .await
            .map_err(|_| RecordFieldsError::Ended)?;
        answered.await.map_err(|_| RecordFieldsError::Ended)?
    }
}

async fn work(store: Store, mut waiting: mpsc::Receiver<Submission>) {
    while let Some(first) = waiting.recv().await {
        let mut count = first.entries.len();
        let mut group = vec![first];
        // Those who are about to come through the door may.
        tokio::task::yield_now().await;
        while count < GROUP_ENTRIES_MAX {
            let Ok(next) = waiting.try_recv() else { break };
            count += next.entries.len();
            group.push(next);
        }
        record_group(&store, group).await;
    }
}

async fn record_group(store: &Store, group: Vec<Submission>) {
    let entries: Vec<FieldEvent> =
        group.iter().flat_map(|submission| submission.entries.iter().cloned()).collect();
    let audit: Vec<Entry> = group.iter().flat_map(|one| one.audit.iter().cloned()).collect();
    match record(store, &entries, &audit).await {
        Ok(saved) => {
            let mut saved = saved.into_iter();
            for submission in group {
                let own = saved.by_ref().take(submission.entries.len()).collect();
                // An editor who has gone away asks again with the same identifiers.
                let _gone = submission.answer.send(Ok(own));
            }
        }
        // Whatever an engine refuses for one entry must not cost the others theirs.
        Err(error) if group.len() > 1 && error.cause() == Cause::Other => {
            for submission in group {
                let alone = record(store, &submission.entries, &submission.audit).await;
                let alone = alone.map_err(|error| RecordFieldsError::Record(Arc::new(error)));
                let _gone = submission.answer.send(alone);
            }
        }
        Err(error) => {
            let error = RecordFieldsError::Record(Arc::new(error));
            for submission in group {
                let _gone = submission.answer.send(Err(error.clone()));
            }
        }
    }
}

async fn record(
    store: &Store,
    entries: &[FieldEvent],
    audit: &[Entry],
) -> Result<Vec<SavedField>, RecordError> {
    let mut batch = store.begin().await?;
    let saved = batch.save_fields(entries).await?;
    for entry in audit {
        batch.append_audit(entry).await?;
    }
    batch.commit().await?;
    Ok(saved)
}
