//! Who is signed in.

use std::sync::Arc;

use access::{Actor, Membership, Role};
use axum::{
    extract::{FromRequestParts, Request},
    http::request::Parts,
    middleware::Next,
    response::Response,
};
use chrono::NaiveDate;
use model::{identity::PersonId, organisation::OrganisationCode};
use uuid::Uuid;

use crate::error::PageError;

/// A person who is signed in. A handler that takes one is reached by nobody else.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// The person with the roles.
    pub(crate) actor: Arc<Actor>,
    /// Whether it is the built-in person of the demonstration, who stands in every relation.
    pub(crate) demonstration: bool,
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::NotFound)
    }
}

/// Finds out who asks, and leaves it with the request.
pub(crate) async fn identify(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Viewer::demonstration());
    next.run(request).await
}

impl Viewer {
    /// The built-in person of the demonstration.
    fn demonstration() -> Self {
        let membership = |role: &Role| Membership {
            organisation: OrganisationCode::new("DEMO"),
            role: *role,
            from: NaiveDate::MIN,
            until: None,
        };
        let actor = Actor {
            person: PersonId(Uuid::nil()),
            name: "Demonstration 合成".to_owned(),
            memberships: Role::ALL.iter().map(membership).collect(),
            second_factor: false,
        };
        Self { actor: Arc::new(actor), demonstration: true }
    }
}
