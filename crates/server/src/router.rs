//! Which address leads where, and what every request passes on its way.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};

use crate::{
    api, arrival, assets,
    error::{self, PageError},
    headers, health,
    limits::{
        DRAINED_BYTES_MAX, FORM_BYTES_MAX, RECORD_FORM_BYTES_MAX, UPLOAD_BYTES_MAX, UPLOAD_TIME_MAX,
    },
    lost_post, reader, request_log,
    state::AppState,
    viewer, web,
};

/// Makes the service of all pages and interfaces.
pub fn router(state: AppState) -> Router {
    let pages = Router::new()
        .route("/", get(web::home::show))
        .route("/cases", get(web::cases::show))
        .route("/cases/{id}", get(web::case::show))
        .route("/results", get(web::results::show))
        .route("/results/{id}", get(web::result::show))
        .route("/reports/{id}", get(web::report::show))
        .route("/reports/{id}/print", get(web::report::print))
        .route("/reports/{id}/print.css", get(web::report::print_style))
        .route("/knowledge", get(web::knowledge::show))
        .route("/knowledge/evidence", get(web::knowledge::evidence))
        .route("/knowledge/tumour-types", get(web::tumour_types::show))
        .merge(web::hospitals::routes())
        .merge(web::programme::routes())
        .route("/about", get(web::about::show))
        .route("/assets/{name}", get(assets::serve))
        .route("/api/openapi.json", get(api::description::show))
        .route("/api/cases", get(api::cases::list))
        .route("/api/cases/{id}", get(api::cases::show))
        .route("/api/results/{id}", get(api::results::show))
        .route("/api/reports/{id}", get(api::reports::show))
        .merge(web::order::routes())
        .merge(web::work::routes())
        .merge(web::search::routes())
        .merge(web::research::routes())
        .merge(web::statistics::routes())
        .merge(web::identifier::routes())
        .route("/api/orders", get(api::orders::list))
        .route("/api/orders/{id}", get(api::orders::show))
        .route("/api/orders/{id}/events", post(api::orders::record))
        .merge(web::audit::routes())
        .merge(web::consent::routes())
        .merge(web::desk::routes())
        .merge(web::my::routes())
        .merge(web::sign_in::routes())
        .merge(web::me::routes())
        .merge(web::people::routes())
        .merge(web::break_glass::routes())
        .layer(middleware::from_fn(lost_post::remember))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        // A length that is told is believed: nothing is waited for that would be thrown away.
        .layer(RequestBodyLimitLayer::new(FORM_BYTES_MAX))
        .layer(middleware::from_fn_with_state(state.clone(), page_time));
    let record = web::clinical_record::routes()
        .merge(api::clinical_record::routes())
        .layer(middleware::from_fn(lost_post::remember))
        .layer(DefaultBodyLimit::max(RECORD_FORM_BYTES_MAX))
        .layer(RequestBodyLimitLayer::new(RECORD_FORM_BYTES_MAX))
        .layer(middleware::from_fn_with_state(state.clone(), page_time));
    let of_order = Router::new()
        .route("/orders/{id}/result", post(web::order::send_result))
        .layer(middleware::from_fn(lost_post::remember))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(DRAINED_BYTES_MAX));
    // Typesetting takes longer than a page may.
    let paper = Router::new().route("/reports/{id}/pdf", get(web::report::pdf));
    let form = Router::new()
        .route("/check", get(web::check::show).post(web::check::take))
        .merge(web::clinical_record::upload_routes())
        .layer(middleware::from_fn(lost_post::remember))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(DRAINED_BYTES_MAX));
    let uploads = Router::new()
        .route("/api/results", post(api::results::send))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
        .merge(form)
        .merge(of_order)
        .merge(paper)
        .layer(middleware::from_fn(upload_time));
    let site = pages
        .merge(record)
        .merge(uploads)
        .fallback(async || PageError::NotFound)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn_with_state(state.clone(), headers::same_site_only))
        .layer(middleware::from_fn(arrival::bound))
        .layer(middleware::from_fn_with_state(state.clone(), error::tell))
        .layer(middleware::from_fn_with_state(state.clone(), viewer::identify))
        .layer(middleware::from_fn(reader::remember_language));
    // Who asks whether we live need not name us, nor be anybody.
    let health = if state.site.metrics_beside_pages {
        health::routes_with_metrics()
    } else {
        health::routes()
    };
    site.merge(health.layer(middleware::from_fn_with_state(state.clone(), error::tell)))
        .layer(middleware::from_fn_with_state(state.clone(), headers::guard))
        .layer(middleware::from_fn_with_state(state.clone(), request_log::tell))
        .with_state(state)
}

async fn page_time(State(state): State<AppState>, request: Request, next: Next) -> Response {
    arrival::within(state.page_time_max, request, next).await
}

async fn upload_time(request: Request, next: Next) -> Response {
    arrival::within(UPLOAD_TIME_MAX, request, next).await
}
