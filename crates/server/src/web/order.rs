//! Test orders: those of a case, one with its way, and what is recorded of it.

pub(crate) mod event_form;
pub(crate) mod of_case;
mod result_form;
pub(crate) mod show;
pub(crate) mod timeline;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use result_form::send as send_result;

use crate::state::AppState;

/// The pages of test orders.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/cases/{id}/orders", get(of_case::show).post(of_case::place))
        .route("/orders/{id}", get(show::show))
        .route("/orders/{id}/events", post(event_form::record))
}
