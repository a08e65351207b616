//! Listening and answering until told to stop.

use std::{
    convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::ServiceExt;

use crate::{
    audit::SignHeadError,
    limits::{
        CONNECTIONS_MAX, DRAIN_TIME_MAX, HANDSHAKE_TIME_MAX, HEAD_BUFFER_BYTES, HEAD_TIME_MAX,
    },
    metrics::Metrics,
    router::router,
    state::AppState,
    tls::Tls,
};

/// How long is waited before accepting again after the system refused, such as for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

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

/// How pages are reached.
#[derive(Debug)]
pub struct Door {
    /// Where connections come in.
    pub listener: TcpListener,
    /// The certificate; without one, connections are not encrypted.
    pub tls: Option<Arc<Tls>>,
    /// Most connections at once; more wait to be accepted.
    pub connections_max: usize,
    /// Longest that running requests are waited for when the server stops.
    pub drain_time_max: Duration,
    /// Longest that a head may take to arrive, and a connection to wait for its next request.
    pub head_time_max: Duration,
}

impl Door {
    /// Makes a door without encryption, with the usual limits.
    pub fn plain(listener: TcpListener) -> Self {
        Self {
            listener,
            tls: None,
            connections_max: CONNECTIONS_MAX,
            drain_time_max: DRAIN_TIME_MAX,
            head_time_max: HEAD_TIME_MAX,
        }
    }
}

/// Serves every page until the future ends, then lets running requests end for a few seconds.
///
/// Errors: the listener or the audit log fails.
pub async fn serve(
    state: AppState,
    door: Door,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let signing = state.audit.begin().await.map_err(ServeError::Audit)?;
    let (audit, metrics) = (state.audit.clone(), Arc::clone(&state.metrics));
    // What was saved before an end that nobody wished for may not have been followed.
    state.following.touch(&state);
    state.cohort.begin(&state);
    state.imports.begin_sweeping(&state);
    let served = serve_router(router(state.clone()), metrics, door, until).await;
    signing.abort();
    state.cohort.keep(&state, Duration::ZERO).await;
    // Requests have ended: what they wrote down is signed as the last thing.
    let finished = audit.finish().await.map_err(ServeError::Audit);
    served.and(finished)
}

/// Serves the counters and the health of the process, apart from the pages.
///
/// Errors: the listener fails.
pub async fn serve_operations(
    state: AppState,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let router = crate::health::routes_with_metrics().with_state(state);
    // Who watches is not among those who are counted.
    serve_router(router, Arc::default(), Door::plain(listener), until).await
}

async fn serve_router(
    router: Router,
    metrics: Arc<Metrics>,
    door: Door,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let Door { listener, tls, connections_max, drain_time_max, head_time_max } = door;
    listener.local_addr().map_err(ServeError::Listen)?;
    let free = Arc::new(Semaphore::new(connections_max));
    let graceful = GracefulShutdown::new();
    let mut until = pin!(until);
    loop {
        let next = accept(&listener, &free);
        let (stream, peer, permit) = tokio::select! {
            accepted = next => accepted,
            () = &mut until => break,
        };
        let connection = Connection {
            router: router.clone(),
            peer,
            watcher: graceful.watcher(),
            counted: metrics.connected(),
            permit,
            head_time_max,
        };
        tokio::spawn(connection.greet(stream, tls.clone()));
    }
    drop(listener);
    // What is not answered by then is cut off; nothing that was acknowledged is lost by that.
    if tokio::time::timeout(drain_time_max, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still open when the time to drain was over");
    }
    Ok(())
}

/// Waits for room, then for a connection.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed.
    let permit = Arc::clone(free).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, permit),
            Err(error) => {
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection and what it holds on to.
struct Connection {
    router: Router,
    peer: SocketAddr,
    watcher: Watcher,
    counted: crate::metrics::Connected,
    permit: Option<OwnedSemaphorePermit>,
    head_time_max: Duration,
}

impl Connection {
    async fn greet(self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        // Small answers should not wait for more to send.
        let _nodelay = stream.set_nodelay(true);
        let Some(tls) = tls else { return self.talk(stream).await };
        match tokio::time::timeout(HANDSHAKE_TIME_MAX, tls.acceptor().accept(stream)).await {
            Ok(Ok(encrypted)) => self.talk(encrypted).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn talk(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { router, peer, watcher, counted, permit, head_time_max } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let router = router.clone();
            async move {
                let answer = router.oneshot(request).await;
                answer.map_err(|never: Infallible| never)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_time_max)
            .max_buf_size(HEAD_BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop((counted, permit));
    }
}
