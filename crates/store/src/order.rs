//! Test orders and what happened to them.

use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, OrderId, ReportId, ResultId},
    order::{OrderEvent, OrderRefusal, OrderState, TestOrder},
    organisation::OrganisationCode,
};
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::{json_text, of_json_text, without_nul},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most orders of one case that are read.
const ORDERS_OF_CASE_MAX: i64 = 100;
/// Most events of one order that are read.
const EVENTS_MAX: i64 = 1_000;

/// An order that is to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOrder {
    /// Identifier.
    pub id: OrderId,
    /// What is asked.
    pub order: TestOrder,
    /// When it is recorded.
    pub recorded_at: DateTime<Utc>,
}

/// An order with everything that happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredOrder {
    /// Identifier.
    pub id: OrderId,
    /// Reference of the case, its registration number.
    pub reference: String,
    /// What was asked.
    pub order: TestOrder,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// What happened, in order.
    pub events: Vec<OrderEvent>,
}

impl StoredOrder {
    /// Returns where the order stands.
    ///
    /// Errors: the record holds events that cannot follow each other, which the programme never writes.
    pub fn state(&self) -> Result<OrderState, OrderRefusal> {
        OrderState::after(&self.order, &self.events)
    }

    /// Returns the order's number, as laboratories give it with a result.
    pub fn number(&self) -> String {
        self.order.number(&self.reference)
    }
}

row! {
    struct OrderDocumentRow {
        id: Uuid, reference: String, document: String, recorded_at: DateTime<Utc>,
    }
}
row! {
    struct EventRow { order_id: Uuid, document: String }
}

impl OrderDocumentRow {
    fn read(self) -> Result<StoredOrder, RecordError> {
        Ok(StoredOrder {
            order: of_json_text(|| format!("order {}", self.id), &self.document)?,
            id: OrderId(self.id),
            reference: self.reference,
            recorded_at: self.recorded_at,
            events: Vec::new(),
        })
    }
}

const BY_ID: &str = "SELECT o.id, c.reference, o.document, o.recorded_at \
     FROM test_order o JOIN patient_case c ON c.id = o.case_id WHERE o.id = $1 LIMIT $2";
const BETWEEN: &str = "SELECT o.id, c.reference, o.document, o.recorded_at \
     FROM test_order o JOIN patient_case c ON c.id = o.case_id WHERE o.id >= $1 AND o.id <= $2 ORDER BY o.id";
const EVENTS_BETWEEN: &str = "SELECT e.order_id, e.document FROM order_event e \
     WHERE e.order_id >= $1 AND e.order_id <= $2 ORDER BY e.order_id, e.sequence";
const BY_CASE: &str = "SELECT o.id, c.reference, o.document, o.recorded_at \
     FROM test_order o JOIN patient_case c ON c.id = o.case_id WHERE o.case_id = $1 \
     ORDER BY o.ordinal LIMIT $2";
const EVENTS_BY_ID: &str = "SELECT e.order_id, e.document FROM order_event e \
     WHERE e.order_id = $1 ORDER BY e.sequence LIMIT $2";
const EVENTS_BY_CASE: &str = "SELECT e.order_id, e.document FROM order_event e \
     JOIN test_order o ON o.id = e.order_id \
     WHERE o.case_id = $1 ORDER BY e.order_id, e.sequence LIMIT $2";
const ORDER_OF_RESULT: &str =
    "SELECT order_id FROM order_event WHERE result_id = $1 AND kind = 'result-received'";

/// Puts events to the orders they belong to.
fn together(
    orders: Vec<OrderDocumentRow>,
    events: Vec<EventRow>,
) -> Result<Vec<StoredOrder>, RecordError> {
    let mut stored =
        orders.into_iter().map(OrderDocumentRow::read).collect::<Result<Vec<_>, _>>()?;
    for event in events {
        let Some(order) = stored.iter_mut().find(|order| order.id.0 == event.order_id) else {
            continue;
        };
        let read = of_json_text(|| format!("event of order {}", event.order_id), &event.document)?;
        order.events.push(read);
    }
    Ok(stored)
}

impl Batch {
    /// Returns the ordinal that the next order of a case gets.
    ///
    /// Errors: the engine fails, or the case has more orders than can be numbered.
    pub async fn next_order_ordinal(&mut self, case: CaseId) -> Result<u16, RecordError> {
        const SQL: &str = "SELECT coalesce(max(ordinal), 0) + 1 FROM test_order WHERE case_id = $1";
        let next: i64 = on_batch!(self, |connection| {
            sqlx::query_scalar(SQL).bind(case.0).fetch_one(connection).await
        })
        .map_err(RecordError::attempt("number an order"))?;
        u16::try_from(next)
            .map_err(|_| RecordError::Value { what: "order ordinal", value: next.to_string() })
    }

    /// Inserts an order; false where its identifier or its ordinal is taken.
    ///
    /// Errors: the engine fails, such as for a case that is not in the record.
    pub async fn insert_order(&mut self, new: &NewOrder) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO test_order (id, case_id, ordinal, hospital, laboratory, product, \
             document, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        let document = json_text("order", &new.order)?;
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(new.id.0)
                .bind(new.order.case.0)
                .bind(i64::from(new.order.ordinal))
                .bind(without_nul(new.order.hospital.as_str()))
                .bind(without_nul(new.order.laboratory.as_str()))
                .bind(without_nul(&new.order.product))
                .bind(&document)
                .bind(to_milliseconds(new.recorded_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("insert an order"))
    }

    /// Adds an event as the one of a number, counted from 1; false where that number is taken, because
    /// somebody else recorded an event at the same moment.
    ///
    /// Whether it can follow the ones before is for the caller to ask [`OrderState::after`].
    ///
    /// Errors: the engine fails.
    pub async fn insert_order_event(
        &mut self,
        order: OrderId,
        sequence: u32,
        event: &OrderEvent,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO order_event (order_id, sequence, kind, document, result_id, report_id, \
             recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let document = json_text("order event", event)?;
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(order.0)
                .bind(i64::from(sequence))
                .bind(event.kind.code())
                .bind(&document)
                .bind(event.result.map(|ResultId(id)| id))
                .bind(event.report.map(|ReportId(id)| id))
                .bind(to_milliseconds(event.recorded_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("add an event to an order"))
    }

    /// Returns an order as this transaction sees it.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn order(&mut self, id: OrderId) -> Result<Option<StoredOrder>, RecordError> {
        let attempt = RecordError::attempt("read an order");
        let orders: Vec<OrderDocumentRow> = on_batch!(self, |connection| {
            sqlx::query_as(BY_ID).bind(id.0).bind(1_i64).fetch_all(connection).await
        })
        .map_err(attempt)?;
        let events: Vec<EventRow> = on_batch!(self, |connection| {
            sqlx::query_as(EVENTS_BY_ID).bind(id.0).bind(EVENTS_MAX).fetch_all(connection).await
        })
        .map_err(attempt)?;
        Ok(together(orders, events)?.pop())
    }

    /// Returns the orders of a case as this transaction sees them, oldest first.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn orders_of_case(&mut self, case: CaseId) -> Result<Vec<StoredOrder>, RecordError> {
        let attempt = RecordError::attempt("read the orders of a case");
        let orders: Vec<OrderDocumentRow> = on_batch!(self, |connection| {
            sqlx::query_as(BY_CASE)
                .bind(case.0)
                .bind(ORDERS_OF_CASE_MAX)
                .fetch_all(connection)
                .await
        })
        .map_err(attempt)?;
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let events: Vec<EventRow> = on_batch!(self, |connection| {
            sqlx::query_as(EVENTS_BY_CASE)
                .bind(case.0)
                .bind(EVENTS_MAX * ORDERS_OF_CASE_MAX)
                .fetch_all(connection)
                .await
        })
        .map_err(attempt)?;
        together(orders, events)
    }

    /// Returns the order that a result came for, where it is known.
    ///
    /// Errors: the engine fails.
    pub async fn order_of_result(
        &mut self,
        result: ResultId,
    ) -> Result<Option<OrderId>, RecordError> {
        let found: Option<Uuid> = on_batch!(self, |connection| {
            sqlx::query_scalar(ORDER_OF_RESULT).bind(result.0).fetch_optional(connection).await
        })
        .map_err(RecordError::attempt("find the order of a result"))?;
        Ok(found.map(OrderId))
    }

    /// Returns the case of a reference, without its document.
    ///
    /// Errors: the engine fails.
    pub async fn case_of_reference(
        &mut self,
        reference: &str,
    ) -> Result<Option<CaseId>, RecordError> {
        let found: Option<Uuid> = on_batch!(self, |connection| {
            sqlx::query_scalar("SELECT id FROM patient_case WHERE reference = $1")
                .bind(without_nul(reference))
                .fetch_optional(connection)
                .await
        })
        .map_err(RecordError::attempt("find a case"))?;
        Ok(found.map(CaseId))
    }
}

impl Store {
    /// Returns an order with its events.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn order(&self, id: OrderId) -> Result<Option<StoredOrder>, RecordError> {
        let attempt = RecordError::attempt("read an order");
        let orders: Vec<OrderDocumentRow> = on_readers!(self, |pool| {
            sqlx::query_as(BY_ID).bind(id.0).bind(1_i64).fetch_all(pool).await
        })
        .map_err(attempt)?;
        let events: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENTS_BY_ID).bind(id.0).bind(EVENTS_MAX).fetch_all(pool).await
        })
        .map_err(attempt)?;
        Ok(together(orders, events)?.pop())
    }

    /// Returns the orders of a case with their events, oldest first.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn orders_of_case(&self, case: CaseId) -> Result<Vec<StoredOrder>, RecordError> {
        let attempt = RecordError::attempt("read the orders of a case");
        let orders: Vec<OrderDocumentRow> = on_readers!(self, |pool| {
            sqlx::query_as(BY_CASE).bind(case.0).bind(ORDERS_OF_CASE_MAX).fetch_all(pool).await
        })
        .map_err(attempt)?;
        let events: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENTS_BY_CASE)
                .bind(case.0)
                .bind(EVENTS_MAX * ORDERS_OF_CASE_MAX)
                .fetch_all(pool)
                .await
        })
        .map_err(attempt)?;
        together(orders, events)
    }

    /// Returns the orders from one identifier to another, both included, with their events.
    pub(crate) async fn orders_between(
        &self,
        first: Uuid,
        last: Uuid,
    ) -> Result<Vec<StoredOrder>, RecordError> {
        let attempt = RecordError::attempt("read orders");
        let orders: Vec<OrderDocumentRow> = on_readers!(self, |pool| {
            sqlx::query_as(BETWEEN).bind(first).bind(last).fetch_all(pool).await
        })
        .map_err(attempt)?;
        let events: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENTS_BETWEEN).bind(first).bind(last).fetch_all(pool).await
        })
        .map_err(attempt)?;
        together(orders, events)
    }

    /// Returns the laboratories that tests of a case were ordered from, each once.
    ///
    /// Errors: the engine fails.
    pub async fn laboratories_of_case(
        &self,
        case: CaseId,
    ) -> Result<Vec<OrganisationCode>, RecordError> {
        const SQL: &str = "SELECT DISTINCT laboratory FROM test_order WHERE case_id = $1 \
             ORDER BY laboratory LIMIT $2";
        let codes: Vec<String> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(case.0).bind(ORDERS_OF_CASE_MAX).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read the laboratories of a case"))?;
        Ok(codes.iter().map(|code| OrganisationCode::new(code)).collect())
    }
}
