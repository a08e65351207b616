//! Test orders in the record: placing one, recording what happens, and attaching results as they come.
//!
//! Whether an event can follow is decided by `model::order`, in the transaction that records it: two people who
//! record at the same moment are told apart, and neither overwrites the other.
//!
//! Not here: who may record what (`access`), and pages (`server`).

mod attach;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use model::{
    identity::OrderId,
    order::{CancelReason, FailureReason, OrderEvent, OrderRefusal, OrderState, TestOrder},
    text::LocalizedText,
};
use store::{Batch, NewOrder, RecordError, StoredOrder, identifier_v7};

pub use self::attach::{Attachment, attach_report, attach_result, named_case, order_for};

/// How often an event is tried again when others record at the same moment.
const ATTEMPTS_MAX: u32 = 5;
/// Offset of the programme's local day from UTC. Units: seconds.
const LOCAL_OFFSET_SECONDS: i32 = 9 * 3600;

/// Why an order or an event was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordOrderError {
    /// It cannot follow.
    #[error("the event cannot be recorded")]
    Refused(#[from] OrderRefusal),
    /// There is no such order.
    #[error("there is no order {0}")]
    Unknown(OrderId),
    /// Others kept recording at the same moment.
    #[error("others recorded events of the order at the same moment")]
    Busy,
    /// The page showed an older state than the record has.
    #[error("the order has changed since it was read")]
    Changed,
    /// The record refused.
    #[error("could not record the order")]
    Record(#[from] RecordError),
}

impl RecordOrderError {
    /// Returns what to tell the user; `None` where it is not the user's to mend.
    pub fn explain(&self) -> Option<LocalizedText> {
        match self {
            Self::Refused(refusal) => Some(refusal.explain()),
            Self::Busy | Self::Changed => Some(LocalizedText::of(
                "ほかの人が同時に記録しました。最新の状態を見て、もう一度行ってください。",
                "Somebody else recorded something meanwhile: look at the present state and try again.",
            )),
            Self::Unknown(_) | Self::Record(_) => None,
        }
    }
}

/// Returns the local day of a moment.
pub fn local_day(at: DateTime<Utc>) -> NaiveDate {
    match FixedOffset::east_opt(LOCAL_OFFSET_SECONDS) {
        Some(offset) => at.with_timezone(&offset).date_naive(),
        None => at.date_naive(),
    }
}

/// Places an order: what is asked, with its first event. The ordinal is given here.
///
/// Errors: the first event is not the ordering itself, or the record fails.
pub async fn place_order(
    batch: &mut Batch,
    mut order: TestOrder,
    first: OrderEvent,
) -> Result<StoredOrder, RecordOrderError> {
    let recorded_at = first.recorded_at;
    for _ in 0..ATTEMPTS_MAX {
        order.ordinal = batch.next_order_ordinal(order.case).await?;
        OrderState::after(&order, std::slice::from_ref(&first))?;
        let parts = ["order", &order.case.to_string(), &order.ordinal.to_string()];
        let id = OrderId(identifier_v7(recorded_at, &parts));
        let new = NewOrder { id, order: order.clone(), recorded_at };
        if !batch.insert_order(&new).await? {
            continue;
        }
        batch.insert_order_event(id, 1, &first).await?;
        let stored = batch.order(id).await?.ok_or(RecordOrderError::Unknown(id))?;
        batch.refresh_order(&stored).await?;
        return Ok(stored);
    }
    Err(RecordOrderError::Busy)
}

/// Records what happened to an order.
///
/// `seen` is how many events the recorder has seen, where it was a person: what they decide by must not have
/// changed behind them.
///
/// Errors: it cannot follow, there is no such order, it changed, or the record fails.
pub async fn record_event(
    batch: &mut Batch,
    id: OrderId,
    event: &OrderEvent,
    seen: Option<usize>,
) -> Result<StoredOrder, RecordOrderError> {
    for _ in 0..ATTEMPTS_MAX {
        let mut stored = batch.order(id).await?.ok_or(RecordOrderError::Unknown(id))?;
        if seen.is_some_and(|seen| seen != stored.events.len()) {
            return Err(RecordOrderError::Changed);
        }
        stored.events.push(event.clone());
        stored.state()?;
        let sequence = u32::try_from(stored.events.len()).map_err(|_| RecordOrderError::Busy)?;
        if batch.insert_order_event(id, sequence, event).await? {
            batch.refresh_order(&stored).await?;
            return Ok(stored);
        }
    }
    Err(RecordOrderError::Busy)
}

/// Returns whether an event of a kind could be recorded now.
pub fn can_follow(stored: &StoredOrder, mut event: OrderEvent) -> bool {
    // The reason is asked for when the event is recorded.
    event.failure = event.failure.or(Some(FailureReason::StoppedAfterSending));
    event.cancel = event.cancel.or(Some(CancelReason::PatientWish));
    let mut events = stored.events.clone();
    events.push(event);
    OrderState::after(&stored.order, &events).is_ok()
}
