//! The programme office: changing the registry, applications, what expires.

use axum::{
    Router,
    routing::{get, post},
};
use model::programme::{Laboratory, PanelProduct};

use crate::state::AppState;

pub(crate) mod application;
pub(crate) mod application_form;
pub(crate) mod change;
pub(crate) mod entry;
pub(crate) mod hospital_entry;
pub(crate) mod hospital_office;
pub(crate) mod hospital_requirements;
mod laboratory_entry;
pub(crate) mod overview;
mod panel_entry;
pub(crate) mod tables;

/// Addresses of the office.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/programme", get(overview::show))
        .route("/programme/tables/{name}", get(tables::give))
        .route(
            "/programme/hospitals/new",
            get(hospital_entry::show_new).post(hospital_entry::create),
        )
        .route("/programme/hospitals/{code}", get(hospital_office::show))
        .route(
            "/programme/hospitals/{code}/entry",
            get(hospital_entry::show).post(hospital_entry::revise),
        )
        .route("/programme/hospitals/{code}/designations", post(hospital_office::designate))
        .route("/programme/hospitals/{code}/links", post(hospital_office::link))
        .route(
            "/programme/hospitals/{code}/requirements",
            get(hospital_requirements::show).post(hospital_requirements::record),
        )
        .route(
            "/programme/laboratories/new",
            get(entry::show_new::<Laboratory>).post(entry::create::<Laboratory>),
        )
        .route(
            "/programme/laboratories/{code}",
            get(entry::show::<Laboratory>).post(entry::revise::<Laboratory>),
        )
        .route(
            "/programme/panels/new",
            get(entry::show_new::<PanelProduct>).post(entry::create::<PanelProduct>),
        )
        .route(
            "/programme/panels/{code}",
            get(entry::show::<PanelProduct>).post(entry::revise::<PanelProduct>),
        )
        .route(
            "/programme/applications/new",
            get(application_form::show).post(application_form::submit),
        )
        .route("/programme/applications/{id}", get(application::show))
        .route("/programme/applications/{id}/opinion", post(application::give_opinion))
        .route("/programme/applications/{id}/decision", post(application::decide))
        .route("/programme/applications/{id}/withdrawal", post(application::withdraw))
}
