//! Forms that change something: each carries the token of its visitor's session.

use axum::{
    Form,
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::StatusCode,
};
use serde::de::DeserializeOwned;

use crate::{error::PageError, state::AppState, viewer::Visitor};

/// Name of the field that carries the token.
pub(crate) const FORM_TOKEN_FIELD: &str = "csrf";
/// Longest token that is read. Units: bytes.
const FORM_TOKEN_BYTES_MAX: usize = 128;

/// A form that was sent from one of our own pages; its template holds `{{ page.csrf()|safe }}`.
#[derive(Clone, Debug)]
pub(crate) struct CheckedForm<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for CheckedForm<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        let visitor = visitor(&request);
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state)
            .await
            .map_err(|refused| match refused.status() {
                StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
                _ => PageError::BadRequest,
            })?;
        let sent = form_urlencoded::parse(&bytes)
            .find(|(name, _)| name == FORM_TOKEN_FIELD)
            .map(|(_, value)| value.into_owned());
        visitor.check_form(&sent.unwrap_or_default())?;
        match Form::<T>::from_request(Request::from_parts(parts, Body::from(bytes)), state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(_) => Err(PageError::BadRequest),
        }
    }
}

/// A form with files that was sent from one of our own pages. The token is its first field, so that nothing is
/// read of a form that is not ours; its template holds `{{ page.csrf()|safe }}` before every other field.
#[derive(Debug)]
pub(crate) struct CheckedMultipart(pub(crate) Multipart);

impl FromRequest<AppState> for CheckedMultipart {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        let visitor = visitor(&request);
        let read = Multipart::from_request(request, state).await;
        let mut multipart = read.map_err(|_| PageError::BadRequest)?;
        let first = multipart.next_field().await.map_err(|_| PageError::BadRequest)?;
        let Some(mut field) = first.filter(|field| field.name() == Some(FORM_TOKEN_FIELD)) else {
            return Err(visitor.check_form("").err().unwrap_or(PageError::BadRequest));
        };
        let mut sent = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| PageError::BadRequest)? {
            if sent.len() + chunk.len() > FORM_TOKEN_BYTES_MAX {
                return Err(PageError::BadRequest);
            }
            sent.extend_from_slice(&chunk);
        }
        visitor.check_form(&String::from_utf8_lossy(&sent))?;
        drop(field);
        Ok(Self(multipart))
    }
}

fn visitor(request: &Request) -> Visitor {
    request.extensions().get::<Visitor>().cloned().unwrap_or_default()
}
