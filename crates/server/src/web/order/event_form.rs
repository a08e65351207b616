//! Recording what happened to an order.

use access::{Action, Relation};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use model::{
    identity::OrderId,
    order::{OrderEvent, OrderEventKind},
};
use serde::Deserialize;

use super::show;
use crate::{
    address,
    error::{PageError, Worded},
    form::CheckedForm,
    order_desk::author,
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
};

/// Longest note. Units: characters.
pub(crate) const NOTE_CHARS_MAX: usize = 1_000;

/// What the form says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EventForm {
    /// What happened.
    pub(crate) kind: String,
    /// On which day; today where it is empty.
    pub(crate) on: String,
    /// What else is to be said.
    pub(crate) note: String,
    /// Why the analysis failed.
    pub(crate) failure: String,
    /// Why the order was cancelled.
    pub(crate) cancel: String,
    /// How many events the page showed.
    pub(crate) seen: String,
}

impl EventForm {
    /// Makes the event; the author is added by whoever asked the rights.
    pub(crate) fn event(
        &self,
        state: &AppState,
        by: model::order::EventAuthor,
    ) -> Result<OrderEvent, PageError> {
        let bad = |_| PageError::BadRequest;
        let kind: OrderEventKind = self.kind.parse().map_err(bad)?;
        if !kind.is_by_hand() {
            return Err(PageError::BadRequest);
        }
        let now = state.now();
        let on: NaiveDate = match self.on.trim() {
            "" => care::order::local_day(now),
            day => day.parse().map_err(|_| PageError::BadRequest)?,
        };
        let mut event = OrderEvent::new(kind, on, by, now);
        event.note = self.note.trim().chars().take(NOTE_CHARS_MAX).collect();
        if kind.needs_failure() && !self.failure.is_empty() {
            event.failure = Some(self.failure.parse().map_err(bad)?);
        }
        if kind == OrderEventKind::Cancelled && !self.cancel.is_empty() {
            event.cancel = Some(self.cancel.parse().map_err(bad)?);
        }
        Ok(event)
    }
}

/// Records what happened, and shows the order again; what cannot follow is said on its page.
pub(crate) async fn record(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(form): CheckedForm<EventForm>,
) -> Result<Response, PageError> {
    let id = OrderId(id);
    let (_, permit) = state.read_order(&viewer, id, Action::AdvanceOrder).await?;
    let event = form.event(&state, author(&permit, &viewer))?;
    if permit.relation() == Relation::ChosenLaboratory && !event.kind.is_of_laboratory() {
        return Err(PageError::NotFound);
    }
    let seen = form.seen.parse().ok();
    match state.record_order_event(&permit, &viewer, id, &event, seen).await {
        Ok(_) => Ok(Redirect::to(&address::order(id)).into_response()),
        Err(error) => {
            let Some(words) = error.explain() else { return Err(PageError::internal(error)) };
            let mistake = words.get(reader.language).to_owned();
            let mut page = show::page_of(&state, &viewer, &reader, id, Some(mistake)).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            page.extensions_mut().insert(Worded);
            Ok(page)
        }
    }
}
