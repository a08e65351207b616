//! Where an order stands after its events: the state machine.

use chrono::{FixedOffset, NaiveDate};

use super::{
    TestOrder,
    event::{OrderEvent, OrderEventKind},
    failure::{CancelReason, FailureReason},
    refusal::OrderRefusal,
    step::{OrderStep, WaitsFor, move_of},
};

/// Offset of the programme's local day from UTC. Units: seconds. Japan has no summer time.
const LOCAL_OFFSET_SECONDS: i32 = 9 * 3600;

/// How far genetic counselling has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counselling {
    /// Nobody asked for it.
    #[default]
    NotAsked,
    /// It was asked for and not given yet.
    Asked,
    /// It was given.
    Held,
}

/// An event that stands, with how long after the one before it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedStep {
    /// What happened.
    pub kind: OrderEventKind,
    /// On which day.
    pub on: NaiveDate,
    /// How long after the event before. Units: days; `None` for the first.
    pub days_after_last: Option<i64>,
    /// Place of the event in the order's list. Units: 0-based.
    pub index: usize,
}

/// Where an order stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderState {
    /// Where it stands.
    pub step: OrderStep,
    /// Since which day.
    pub since: NaiveDate,
    /// How many specimens were asked for: 1, and 1 more for each resubmission.
    pub attempts: u16,
    /// Whether a specimen has ever left the hospital.
    pub was_sent: bool,
    /// The newest reason of failure.
    pub failure: Option<FailureReason>,
    /// Why it was cancelled.
    pub cancel: Option<CancelReason>,
    /// How far genetic counselling has come.
    pub counselling: Counselling,
    /// Day on which the result was explained to the patient.
    pub explained_on: Option<NaiveDate>,
    /// Everything that stands, in order; what was taken back is not here.
    pub passed: Vec<PassedStep>,
}

impl OrderState {
    /// Returns where an order stands after its events.
    ///
    /// Errors: an event cannot follow the ones before it; the first such event is the reason.
    pub fn after(order: &TestOrder, events: &[OrderEvent]) -> Result<Self, OrderRefusal> {
        let mut machine = Machine { order, states: Vec::with_capacity(events.len()) };
        for (index, event) in events.iter().enumerate() {
            machine.take(event, index)?;
        }
        machine.states.pop().ok_or(OrderRefusal::Beginning)
    }

    /// Returns whose turn it is; counselling waits beside it, see [`Self::counselling_waits`].
    pub fn waits_for(&self) -> Option<WaitsFor> {
        self.step.waits_for()
    }

    /// Returns whether a genetic counsellor is waited for.
    pub fn counselling_waits(&self) -> bool {
        self.counselling == Counselling::Asked && !self.step.is_cancelled()
    }

    /// Returns the day on which the way from consent to explanation ended, by explanation or by cancelling.
    pub fn way_ended_on(&self) -> Option<NaiveDate> {
        self.explained_on.or_else(|| self.step.is_cancelled().then_some(self.since))
    }

    /// Returns the day of the newest event that stands.
    pub fn last_day(&self) -> NaiveDate {
        self.passed.last().map_or(self.since, |passed| passed.on)
    }

    /// Returns whether an event of a kind stands.
    pub fn has(&self, kind: OrderEventKind) -> bool {
        self.passed.iter().any(|passed| passed.kind == kind)
    }

    /// Returns whether the newest event that stands can be taken back.
    pub fn can_take_back(&self) -> bool {
        self.passed.last().is_some_and(|passed| passed.kind.is_by_hand())
    }
}

/// Goes through the events; each state stays below the next, so that the newest can be taken back.
struct Machine<'a> {
    order: &'a TestOrder,
    states: Vec<OrderState>,
}

impl Machine<'_> {
    fn take(&mut self, event: &OrderEvent, index: usize) -> Result<(), OrderRefusal> {
        if event.on > local_day(event) {
            return Err(OrderRefusal::Future { on: event.on });
        }
        let Some(state) = self.states.last() else {
            self.states.push(begin(event, index)?);
            return Ok(());
        };
        if event.kind == OrderEventKind::TakenBack {
            if !state.can_take_back() {
                return Err(OrderRefusal::NothingToTakeBack);
            }
            self.states.pop();
            return Ok(());
        }
        let last = state.last_day();
        if event.on < last {
            return Err(OrderRefusal::Earlier { on: event.on, last });
        }
        let next = self.next(state, event, index)?;
        self.states.push(next);
        Ok(())
    }

    fn next(
        &self,
        state: &OrderState,
        event: &OrderEvent,
        index: usize,
    ) -> Result<OrderState, OrderRefusal> {
        check_reasons(event)?;
        let mut next = state.clone();
        let days = (event.on - state.last_day()).num_days();
        next.passed.push(PassedStep {
            kind: event.kind,
            on: event.on,
            days_after_last: Some(days),
            index,
        });
        match event.kind {
            OrderEventKind::CounsellingAsked | OrderEventKind::CounsellingHeld => {
                next.counselling = counselling(state, event.kind)?;
                return Ok(next);
            }
            OrderEventKind::Cancelled => {
                next.step = self.cancelled(state)?;
                next.cancel = event.cancel;
            }
            kind => next.step = moved(state.step, kind)?,
        }
        if next.step != state.step || next.step == OrderStep::Ordered {
            next.since = event.on;
        }
        match event.kind {
            OrderEventKind::Sent | OrderEventKind::Received | OrderEventKind::ResultReceived => {
                next.was_sent = true;
            }
            OrderEventKind::Resubmitted => next.attempts = next.attempts.saturating_add(1),
            OrderEventKind::Explained => next.explained_on = Some(event.on),
            _ => {}
        }
        if event.kind.needs_failure() {
            next.failure = event.failure;
        }
        Ok(next)
    }

    /// Cancelled before sending: nothing more is asked. After sending: some products want the analysis failure
    /// recorded, unless it stands already.
    fn cancelled(&self, state: &OrderState) -> Result<OrderStep, OrderRefusal> {
        if state.step.is_closed() {
            return Err(OrderRefusal::Closed { step: state.step });
        }
        if state.step == OrderStep::FailureDue {
            return Err(OrderRefusal::Move { step: state.step, kind: OrderEventKind::Cancelled });
        }
        if !state.step.can_be_cancelled() {
            return Err(OrderRefusal::ResultIsHere);
        }
        if !state.was_sent {
            return Ok(OrderStep::CancelledBeforeSending);
        }
        let due = self.order.rule.failure_after_cancellation && state.failure.is_none();
        Ok(if due { OrderStep::FailureDue } else { OrderStep::CancelledAfterSending })
    }
}

fn local_day(event: &OrderEvent) -> NaiveDate {
    let offset = FixedOffset::east_opt(LOCAL_OFFSET_SECONDS);
    offset.map_or(event.recorded_at.date_naive(), |offset| {
        event.recorded_at.with_timezone(&offset).date_naive()
    })
}

fn begin(event: &OrderEvent, index: usize) -> Result<OrderState, OrderRefusal> {
    if event.kind != OrderEventKind::Ordered {
        return Err(OrderRefusal::Beginning);
    }
    Ok(OrderState {
        step: OrderStep::Ordered,
        since: event.on,
        attempts: 1,
        was_sent: false,
        failure: None,
        cancel: None,
        counselling: Counselling::NotAsked,
        explained_on: None,
        passed: vec![PassedStep { kind: event.kind, on: event.on, days_after_last: None, index }],
    })
}

fn moved(step: OrderStep, kind: OrderEventKind) -> Result<OrderStep, OrderRefusal> {
    if kind == OrderEventKind::Ordered {
        return Err(OrderRefusal::Beginning);
    }
    move_of(step, kind).ok_or(if step.is_closed() {
        OrderRefusal::Closed { step }
    } else {
        OrderRefusal::Move { step, kind }
    })
}

fn counselling(state: &OrderState, kind: OrderEventKind) -> Result<Counselling, OrderRefusal> {
    let has_report = state.has(OrderEventKind::ReportMade);
    match (kind, state.counselling) {
        (OrderEventKind::CounsellingAsked, Counselling::NotAsked | Counselling::Held)
            if has_report =>
        {
            Ok(Counselling::Asked)
        }
        (OrderEventKind::CounsellingHeld, Counselling::Asked) => Ok(Counselling::Held),
        _ => Err(OrderRefusal::Counselling),
    }
}

fn check_reasons(event: &OrderEvent) -> Result<(), OrderRefusal> {
    if event.kind.needs_failure() && event.failure.is_none() {
        return Err(OrderRefusal::NoFailureReason);
    }
    if event.kind == OrderEventKind::Cancelled && event.cancel.is_none() {
        return Err(OrderRefusal::NoCancelReason);
    }
    let other = event.failure == Some(FailureReason::Other) && event.kind.needs_failure()
        || event.cancel == Some(CancelReason::Other);
    if other && event.note.trim().is_empty() { Err(OrderRefusal::NoNote) } else { Ok(()) }
}
