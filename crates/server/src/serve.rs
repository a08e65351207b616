//! Listening and answering until told to stop.

use std::{future::Future, time::Duration};

use tokio::net::TcpListener;

use crate::{audit::SignHeadError, router::router, state::AppState};

/// Longest that running requests are waited for when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener failed.
    #[error("could not go on serving pages")]
    Listen(#[source] std::io::Error),
    /// The audit log could not be begun or ended.
    #[error("could not begin or end the audit log")]
    Audit(#[source] SignHeadError),
}

/// Serves until the future ends, then lets running requests end for a few seconds.
///
/// Errors: the listener or the audit log fails.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let signing = state.audit.begin().await.map_err(ServeError::Audit)?;
    let audit = state.audit.clone();
    let served = answer(state, listener, until).await;
    signing.abort();
    // Requests have ended: what they wrote down is signed as the last thing.
    let finished = audit.finish().await.map_err(ServeError::Audit);
    served.and(finished)
}

async fn answer(
    state: AppState,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let until = async move {
        until.await;
        // Nobody listens any more only when serving has ended already.
        let _ = stopping.send(true);
    };
    let serving = axum::serve(listener, router(state)).with_graceful_shutdown(until);
    let grace = async move {
        if stopped.changed().await.is_ok() {
            tokio::time::sleep(GRACE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = serving => ended.map_err(ServeError::Listen),
        () = grace => Ok(()),
    }
}
