//! Signing heads of the log now and then, and verifying it while the server runs.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use access::audit::{
    Deed, Entry, ProofFile, SignedHead, SigningKey, Tree, TreeHead, Verification, VerifyingKey,
};
use chrono::{DateTime, Utc};
use store::RecordError;

use super::{AuditError, AuditLog, HeadsFile, HeadsFileError};

/// How often a head is signed, where the log has grown.
const HEADS_EVERY: Duration = Duration::from_secs(30);

/// What signs the heads, and where they are kept outside the record.
pub(super) struct Signer {
    key: SigningKey,
    file: HeadsFile,
}

/// Why a head could not be signed and kept.
#[derive(Debug, thiserror::Error)]
pub enum SignHeadError {
    /// Reading or writing the record failed.
    #[error("could not keep a signed head in the record")]
    Record(#[from] RecordError),
    /// Writing the file failed.
    #[error("could not keep a signed head outside the record")]
    File(#[from] HeadsFileError),
    /// The program stops.
    #[error("could not sign a head: the program stops")]
    Stopping,
}

/// What the newest verification of the running server found.
#[derive(Clone, Debug)]
pub(crate) struct Verified {
    /// When it ended.
    pub(crate) at: DateTime<Utc>,
    /// What it found.
    pub(crate) found: Arc<Verification>,
}

impl AuditLog {
    /// Says what signs the heads and where they are kept outside the record; only the first call counts.
    pub fn sign_with(&self, key: SigningKey, file: HeadsFile) {
        // A second key would leave the first one's heads without their file.
        let _ = self.shared.signer.set(Signer { key, file });
    }

    /// Returns the key by which heads are verified, where there is one.
    pub fn key(&self) -> Option<VerifyingKey> {
        self.shared.signer.get().map(|signer| signer.key.public())
    }

    /// Writes down that the server starts, brings into the record what a stop left outside it, and signs heads
    /// now and then from here on.
    ///
    /// Errors: the record or the file fails.
    pub async fn begin(&self) -> Result<tokio::task::JoinHandle<()>, SignHeadError> {
        self.heal().await?;
        let start = Entry::by_system(self.now(), "server", Deed::StartServer);
        if let Err(error) = self.record(start).await {
            tracing::error!(error = &error as &dyn std::error::Error, "start not written down");
        }
        let log = self.clone();
        Ok(tokio::spawn(async move {
            loop {
                tokio::time::sleep(HEADS_EVERY).await;
                if let Err(error) = log.sign_head().await {
                    tracing::error!(error = &error as &dyn std::error::Error, "head not signed");
                }
            }
        }))
    }

    /// Waits until every entry is durable, writes down that the server stops, and signs the last head.
    ///
    /// Errors: the record or the file fails.
    pub async fn finish(&self) -> Result<(), SignHeadError> {
        let stop = Entry::by_system(self.now(), "server", Deed::StopServer);
        // The queue keeps its order: when this entry is durable, all before it are.
        if let Err(error) = self.record(stop).await {
            tracing::error!(error = &error as &dyn std::error::Error, "stop not written down");
        }
        self.sign_head().await.map(drop)
    }

    /// Signs a head where the log has grown since the newest one, and keeps it outside the record and within.
    /// Returns the newest head of this key; `None` where nothing signs.
    ///
    /// Errors: the record or the file fails.
    pub async fn sign_head(&self) -> Result<Option<SignedHead>, SignHeadError> {
        let Some(signer) = self.shared.signer.get() else { return Ok(None) };
        let _one_at_a_time = self.shared.signing.lock().await;
        let store = &self.shared.store;
        let newest = store.newest_audit_head().await?;
        let tree = store.audit_state().await?.tree;
        let own = signer.key.public().id();
        if let Some(newest) = newest.filter(|head| head.size == tree.size() && head.key == own) {
            return Ok(Some(newest));
        }
        let head = TreeHead { size: tree.size(), root: tree.root(), at: self.now() };
        let head = signer.key.sign(&head);
        let (file, kept) = (signer.file.clone(), head.clone());
        // Outside first: a record that lost its end must never be the one that knows most.
        tokio::task::spawn_blocking(move || file.append(&kept))
            .await
            .map_err(|_| SignHeadError::Stopping)??;
        let mut batch = store.begin().await?;
        batch.add_audit_head(&head).await?;
        batch.commit().await?;
        Ok(Some(head))
    }

    /// Makes the proof that entries, given with their numbers and canonical bytes, are in the log; `None` where
    /// nothing signs, or the log is not what its head says.
    ///
    /// Errors: the record or the file fails.
    pub(crate) async fn proof_of(
        &self,
        entries: Vec<(u64, String)>,
    ) -> Result<Option<ProofFile>, AuditError> {
        let head = match self.sign_head().await {
            Ok(head) => head,
            Err(SignHeadError::Record(error)) => return Err(AuditError::Record(Arc::new(error))),
            Err(SignHeadError::File(_) | SignHeadError::Stopping) => {
                return Err(AuditError::Closed);
            }
        };
        let Some((head, key)) = head.zip(self.key()) else { return Ok(None) };
        let leaves = self.shared.store.audit_leaves(head.size).await;
        let leaves = leaves.map_err(|error| AuditError::Record(Arc::new(error)))?;
        let make = move || ProofFile::of(&Tree::of(leaves), head, &key, entries);
        tokio::task::spawn_blocking(make).await.map_err(|_| AuditError::Closed)
    }

    /// Brings heads into the record that a stop left only outside it.
    async fn heal(&self) -> Result<(), SignHeadError> {
        let Some(signer) = self.shared.signer.get() else { return Ok(()) };
        let file = signer.file.clone();
        let (outside, _) = tokio::task::spawn_blocking(move || file.read())
            .await
            .map_err(|_| SignHeadError::Stopping)??;
        let Some(last) = outside.last().filter(|head| signer.key.public().verifies(head)) else {
            return Ok(());
        };
        let mut batch = self.shared.store.begin().await?;
        batch.add_audit_head(last).await?;
        Ok(batch.commit().await?)
    }

    /// Verifies the whole log as it is now; one at a time. What was found is kept for the audit page.
    pub(crate) async fn verify(&self) -> Result<Verified, AuditError> {
        let _one_at_a_time = self.shared.signing.lock().await;
        let failed = |error| AuditError::Record(Arc::new(error));
        let keys = self.key().map(|key| vec![key]);
        let (outside, flaws) = match self.shared.signer.get() {
            Some(signer) => {
                let file = signer.file.clone();
                let read = tokio::task::spawn_blocking(move || file.read()).await;
                read.map_err(|_| AuditError::Closed)?.map_err(|_| AuditError::Closed)?
            }
            None => Default::default(),
        };
        let mut found = self.shared.store.verify_audit(keys, outside).await.map_err(failed)?;
        for flaw in flaws {
            found.add(flaw);
        }
        let verified = Verified { at: self.now(), found: Arc::new(found) };
        let mut kept = self.shared.verified.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(verified.clone());
        Ok(verified)
    }

    /// Returns what the newest verification found.
    pub(crate) fn verified(&self) -> Option<Verified> {
        self.shared.verified.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
