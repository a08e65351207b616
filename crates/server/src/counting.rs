//! Counting of cases, away from the threads that answer: first come, first served.
//!
//! As many count at once as there are processors. More would only make each other wait, and who came first might be the last to
//! have an answer.

use std::{num::NonZero, sync::Arc, thread};

use tokio::{sync::Semaphore, task};

use crate::{error::PageError, state::AppState};

/// Returns the turns of a server's counting.
pub(crate) fn turns() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(thread::available_parallelism().map_or(1, NonZero::get)))
}

impl AppState {
    /// Does some counting when it is its turn.
    pub(crate) async fn count<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PageError> {
        let turn = Arc::clone(&self.counting).acquire_owned().await.map_err(PageError::internal)?;
        let counted = task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        counted.await.map_err(PageError::internal)
    }
}
