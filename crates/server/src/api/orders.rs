//! Test orders for programs, such as a laboratory's: what was ordered, and what happens to it.

use access::{Action, Relation};
use axum::{
    Json,
    extract::{Query, State, rejection::JsonRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use model::{
    identity::{CaseId, OrderId},
    order::WaitsFor,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{OrderFilter, PageRequest, StoredOrder};

use crate::{
    address,
    error::{PageError, Worded},
    order_desk::author,
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
    web::order::event_form::EventForm,
};

/// Orders on one page.
const ORDERS_PER_PAGE: u32 = 100;

/// An order in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderSummary {
    id: OrderId,
    href: String,
    case: CaseId,
    registration_number: String,
    number: String,
    product: String,
    hospital: String,
    laboratory: String,
    step: &'static str,
    waits_for: Option<&'static str>,
    since: NaiveDate,
    ordered_on: NaiveDate,
}

/// A page of orders.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderList {
    total: u64,
    orders: Vec<OrderSummary>,
    next: Option<String>,
}

/// One event of an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventSummary {
    kind: &'static str,
    on: NaiveDate,
    recorded_at: DateTime<Utc>,
}

/// What a list is asked for.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListQuery {
    waits_for: String,
    after: String,
}

/// Lists the orders that whoever asks may see and that wait for somebody, those begun longest ago first.
pub(crate) async fn list(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(query): Query<ListQuery>,
) -> Result<Json<OrderList>, PageError> {
    let seen = state.orders_seen_by(&viewer).await?.ok_or(PageError::NotFound)?;
    let waits_for = match query.waits_for.as_str() {
        "" => None,
        code => Some(code.parse::<WaitsFor>().map_err(|_| PageError::BadRequest)?),
    };
    let after = match query.after.as_str() {
        "" => None,
        cursor => Some(cursor.parse().map_err(|_| PageError::BadRequest)?),
    };
    let filter = OrderFilter { open: true, waits_for, ..seen };
    let request = PageRequest { rows: ORDERS_PER_PAGE, after };
    let page = state.store.list_orders(&filter, request).await.map_err(PageError::internal)?;
    let orders = page.rows.into_iter().map(|row| OrderSummary {
        id: row.order,
        href: address::api(&address::order(row.order)),
        case: row.case,
        number: format!("{}-{}", row.reference, row.ordinal),
        registration_number: row.reference,
        product: row.product,
        hospital: row.hospital.to_string(),
        laboratory: row.laboratory.to_string(),
        step: row.step.code(),
        waits_for: row.waits_for.map(WaitsFor::code),
        since: row.since,
        ordered_on: row.ordered_on,
    });
    Ok(Json(OrderList {
        orders: orders.collect(),
        total: page.total,
        next: page.next.map(|cursor| cursor.to_string()),
    }))
}

fn document(stored: &StoredOrder) -> serde_json::Value {
    let step = stored.state().ok().map(|state| state.step.code());
    let events: Vec<EventSummary> = stored
        .events
        .iter()
        .map(|event| EventSummary {
            kind: event.kind.code(),
            on: event.on,
            recorded_at: event.recorded_at,
        })
        .collect();
    json!({
        "id": stored.id,
        "number": stored.number(),
        "registrationNumber": stored.reference,
        "product": stored.order.product,
        "hospital": stored.order.hospital,
        "laboratory": stored.order.laboratory,
        "specimens": stored.order.specimens,
        "orderedOn": stored.order.ordered_on,
        "step": step,
        "events": events,
    })
}

/// Gives one order with what happened to it.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Json<serde_json::Value>, PageError> {
    let (stored, _) = state.read_order(&viewer, OrderId(id), Action::ReadOrder).await?;
    Ok(Json(document(&stored)))
}

/// An event that a program records.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SentEvent {
    /// What happened, by code.
    kind: String,
    /// On which day; today where it is missing.
    #[serde(default)]
    on: String,
    /// What else is to be said.
    #[serde(default)]
    note: String,
    /// Why the analysis failed, by code.
    #[serde(default)]
    failure: String,
    /// Why the order was cancelled, by code.
    #[serde(default)]
    cancel: String,
}

/// Records what happened to an order; answers 201, or 422 with the reason where it cannot follow.
pub(crate) async fn record(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    sent: Result<Json<SentEvent>, JsonRejection>,
) -> Result<Response, PageError> {
    let id = OrderId(id);
    let (_, permit) = state.read_order(&viewer, id, Action::AdvanceOrder).await?;
    let Json(sent) = sent.map_err(|_| PageError::BadRequest)?;
    let form = EventForm {
        kind: sent.kind,
        on: sent.on,
        note: sent.note,
        failure: sent.failure,
        cancel: sent.cancel,
        seen: String::new(),
    };
    let event = form.event(&state, author(&permit, &viewer))?;
    if permit.relation() == Relation::ChosenLaboratory && !event.kind.is_of_laboratory() {
        return Err(PageError::NotFound);
    }
    match state.record_order_event(&permit, &viewer, id, &event, None).await {
        Ok(stored) => Ok((StatusCode::CREATED, Json(document(&stored))).into_response()),
        Err(error) => {
            let Some(words) = error.explain() else { return Err(PageError::internal(error)) };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let body = json!({
                "type": "/about#order-not-recorded",
                "title": "The event cannot be recorded",
                "status": status.as_u16(),
                "detail": words.get(reader.language),
            });
            let mut response = (status, Json(body)).into_response();
            let kind = HeaderValue::from_static("application/problem+json");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response.extensions_mut().insert(Worded);
            Ok(response)
        }
    }
}
