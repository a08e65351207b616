//! Listening and answering until told to stop.

use std::{future::Future, time::Duration};

use tokio::net::TcpListener;

use crate::{router::router, state::AppState};

/// Longest that running requests are waited for when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
#[error("could not go on serving pages")]
pub struct ServeError(#[source] std::io::Error);

/// Serves until the future ends, then lets running requests end for a few seconds.
///
/// Errors: the listener fails.
pub async fn serve(
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
        ended = serving => ended.map_err(ServeError),
        () = grace => Ok(()),
    }
}
