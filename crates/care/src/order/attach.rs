//! Results and reports find their order.

use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, OrderId, ReportId, ResultId},
    order::{EventAuthor, OrderEvent, OrderEventKind},
    organisation::OrganisationCode,
};
use store::{Batch, RecordError, StoredOrder};

use super::{RecordOrderError, local_day, record_event};

/// Finds the order that a result came for: the one whose number the laboratory gave, or else the only one of
/// the case that waits for a result of this laboratory.
///
/// Where several wait, none is chosen: a person decides.
pub fn order_for<'a>(
    orders: &'a [StoredOrder],
    test_id: Option<&str>,
    laboratory: Option<&OrganisationCode>,
) -> Option<&'a StoredOrder> {
    let of_laboratory = |order: &&StoredOrder| {
        laboratory.is_none_or(|laboratory| *laboratory == order.order.laboratory)
    };
    let takes_result = |order: &&StoredOrder| {
        order.state().is_ok_and(|state| !state.step.is_closed() && !state.step.is_cancelled())
    };
    let named = orders.iter().filter(of_laboratory).find(|order| {
        test_id.is_some_and(|test_id| test_id == order.number() || test_id == order.id.to_string())
    });
    if let Some(order) = named {
        return Some(order).filter(takes_result);
    }
    let awaits = |order: &&StoredOrder| order.state().is_ok_and(|state| state.step.awaits_result());
    let mut waiting = orders.iter().filter(of_laboratory).filter(awaits);
    match (waiting.next(), waiting.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// What is known of where a result belongs.
#[derive(Clone, Debug, Default)]
pub struct Attachment {
    /// The order that the sender names.
    pub order: Option<OrderId>,
    /// The laboratory that sends.
    pub laboratory: Option<OrganisationCode>,
}

/// Finds the reference of the registered case whose order a test identifier names: the order's number, or the
/// case's registration number where an order of the case waits for this laboratory's result.
///
/// Errors: the record fails.
pub async fn named_case(
    batch: &mut Batch,
    test_id: Option<&str>,
    attachment: &Attachment,
) -> Result<Option<String>, RecordError> {
    if let Some(order) = attachment.order {
        return Ok(batch.order(order).await?.map(|order| order.reference));
    }
    let Some(test_id) = test_id else { return Ok(None) };
    let without_ordinal = test_id.rsplit_once('-').map(|(reference, _)| reference);
    for reference in [Some(test_id), without_ordinal].into_iter().flatten() {
        let Some(case) = batch.case_of_reference(reference).await? else { continue };
        let orders = batch.orders_of_case(case).await?;
        if order_for(&orders, Some(test_id), attachment.laboratory.as_ref()).is_some() {
            return Ok(Some(reference.to_owned()));
        }
    }
    Ok(None)
}

/// Records at its order that a result came; does nothing where it is recorded already or no order is found.
///
/// Errors: the record fails.
pub async fn attach_result(
    batch: &mut Batch,
    case: CaseId,
    result: ResultId,
    test_id: Option<&str>,
    attachment: &Attachment,
    received_at: DateTime<Utc>,
) -> Result<Option<OrderId>, RecordError> {
    if let Some(order) = batch.order_of_result(result).await? {
        return Ok(Some(order));
    }
    let orders = batch.orders_of_case(case).await?;
    let named = attachment.order.and_then(|id| orders.iter().find(|order| order.id == id));
    let found = named.or_else(|| order_for(&orders, test_id, attachment.laboratory.as_ref()));
    let Some(order) = found else { return Ok(None) };
    let mut event = automatic(order, OrderEventKind::ResultReceived, received_at);
    event.result = Some(result);
    recorded(record_event(batch, order.id, &event, None).await, order.id)
}

/// Records at the order of a result that its report was made.
///
/// Errors: the record fails.
pub async fn attach_report(
    batch: &mut Batch,
    result: ResultId,
    report: ReportId,
    composed_at: DateTime<Utc>,
) -> Result<Option<OrderId>, RecordError> {
    let Some(id) = batch.order_of_result(result).await? else { return Ok(None) };
    let Some(order) = batch.order(id).await? else { return Ok(None) };
    let mut event = automatic(&order, OrderEventKind::ReportMade, composed_at);
    event.result = Some(result);
    event.report = Some(report);
    recorded(record_event(batch, id, &event, None).await, id)
}

/// An event that the programme records itself; a day that lies before the newest event's becomes that day.
fn automatic(order: &StoredOrder, kind: OrderEventKind, at: DateTime<Utc>) -> OrderEvent {
    let day = local_day(at);
    let last = order.state().map_or(day, |state| state.last_day());
    OrderEvent::new(kind, day.max(last), EventAuthor::default(), at)
}

/// A result or report that cannot follow is kept all the same, without an order.
fn recorded(
    outcome: Result<StoredOrder, RecordOrderError>,
    id: OrderId,
) -> Result<Option<OrderId>, RecordError> {
    match outcome {
        Ok(_) => Ok(Some(id)),
        Err(RecordOrderError::Record(error)) => Err(error),
        Err(
            RecordOrderError::Refused(_)
            | RecordOrderError::Unknown(_)
            | RecordOrderError::Busy
            | RecordOrderError::Changed,
        ) => Ok(None),
    }
}
