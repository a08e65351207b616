//! Forms that change something.

use axum::{
    Form,
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;

use crate::{error::PageError, state::AppState};

/// A form that was sent from one of our own pages; its template holds `{{ page.csrf()|safe }}`.
#[derive(Clone, Debug)]
pub(crate) struct CheckedForm<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for CheckedForm<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        match Form::<T>::from_request(request, state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(_) => Err(PageError::BadRequest),
        }
    }
}
