//! Bounds on what arrives: long addresses, large heads, and bodies that come too slowly.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::PageError,
    limits::{ADDRESS_BYTES_MAX, HEAD_BYTES_MAX},
};

/// Turns away requests whose address or head is beyond the limits.
pub(crate) async fn bound(request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > ADDRESS_BYTES_MAX {
        return PageError::AddressTooLong.into_response();
    }
    if bytes_of(request.headers()) > HEAD_BYTES_MAX {
        return PageError::HeadTooLarge.into_response();
    }
    next.run(request).await
}

fn bytes_of(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// Answers within a time. A body that had not arrived by then is the sender's doing, the rest is ours.
pub(crate) async fn within(limit: Duration, request: Request, next: Next) -> Response {
    let arrived = Arc::new(AtomicBool::new(request.body().is_end_stream()));
    let seen = Arc::clone(&arrived);
    let request = request.map(|inner| Body::new(Watched { inner, arrived: seen }));
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) if arrived.load(Ordering::Relaxed) => PageError::TooSlow.into_response(),
        Err(_) => PageError::SlowBody.into_response(),
    }
}

/// A body that remembers whether it has arrived whole.
struct Watched {
    inner: Body,
    arrived: Arc<AtomicBool>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(context);
        let ended = matches!(frame, Poll::Ready(None)) || self.inner.is_end_stream();
        if ended {
            self.arrived.store(true, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.inner.size_hint()
    }
}
