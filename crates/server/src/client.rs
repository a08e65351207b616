//! Where a request comes from.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::request::Parts,
};

/// The machine that asks.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Its address; `unknown` where the server was not told.
    pub(crate) address: String,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address =
            known.map_or_else(|| "unknown".to_owned(), |ConnectInfo(it)| it.ip().to_string());
        Ok(Self { address })
    }
}
