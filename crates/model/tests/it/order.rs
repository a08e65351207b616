//! The state machine of test orders: no list of events panics, and what is refused has a reason.

use chrono::{DateTime, Days, NaiveDate, Utc};
use model::{
    identity::CaseId,
    order::{
        CancelReason, Counselling, EventAuthor, FailureReason, OrderEvent, OrderEventKind,
        OrderRefusal, OrderState, OrderStep, ProductRule, TestOrder, WaitsFor,
    },
    organisation::OrganisationCode,
};
use proptest::prelude::*;
use uuid::Uuid;

use OrderEventKind as Kind;

fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 4, 1).unwrap() + Days::new(number)
}

fn recorded() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn order(failure_after_cancellation: bool) -> TestOrder {
    TestOrder {
        case: CaseId(Uuid::nil()),
        ordinal: 1,
        hospital: OrganisationCode::new("H-1"),
        laboratory: OrganisationCode::new("L-1"),
        product: "Invented Panel".to_owned(),
        specimens: Vec::new(),
        physician: "合成 一郎".to_owned(),
        ordered_on: day(0),
        consented_on: Some(day(0)),
        rule: ProductRule { failure_after_cancellation, version: "test".to_owned() },
    }
}

fn event(kind: Kind, on: NaiveDate) -> OrderEvent {
    let mut event = OrderEvent::new(kind, on, EventAuthor::default(), recorded());
    if matches!(kind, Kind::AnalysisFailed | Kind::FailureRecorded) {
        event.failure = Some(FailureReason::NucleicAcidPoor);
    }
    if kind == Kind::Cancelled {
        event.cancel = Some(CancelReason::ConditionWorse);
    }
    event
}

fn events(kinds: &[Kind]) -> Vec<OrderEvent> {
    kinds.iter().zip(0..).map(|(kind, number)| event(*kind, day(number))).collect()
}

fn after(kinds: &[Kind]) -> Result<OrderState, OrderRefusal> {
    OrderState::after(&order(true), &events(kinds))
}

const WHOLE_WAY: [Kind; 10] = [
    Kind::Ordered,
    Kind::SpecimenPrepared,
    Kind::Sent,
    Kind::Received,
    Kind::Sequenced,
    Kind::ResultReceived,
    Kind::ReportMade,
    Kind::PanelHeld,
    Kind::Explained,
    Kind::TreatmentStarted,
];

#[test]
fn the_whole_way_is_walked_with_each_step_waiting_for_somebody() {
    let waits: Vec<_> =
        (1..=WHOLE_WAY.len()).map(|n| after(&WHOLE_WAY[..n]).unwrap().waits_for()).collect();
    use WaitsFor as W;
    let expected = [
        Some(W::Pathologist),
        Some(W::Coordinator),
        Some(W::Laboratory),
        Some(W::Laboratory),
        Some(W::Laboratory),
        Some(W::Centre),
        Some(W::Coordinator),
        Some(W::Physician),
        Some(W::Physician),
        None,
    ];
    assert_eq!(waits, expected);
    let state = after(&WHOLE_WAY).unwrap();
    assert_eq!(state.step, OrderStep::Treated);
    assert_eq!(state.explained_on, Some(day(8)));
    assert_eq!(state.passed[3].days_after_last, Some(1));
}

#[test]
fn before_sending_nothing_more_is_asked_of_those_who_cancel() {
    let state = after(&[Kind::Ordered, Kind::SpecimenPrepared, Kind::Cancelled]).unwrap();
    assert_eq!(state.step, OrderStep::CancelledBeforeSending);
    assert_eq!(state.waits_for(), None);
}

#[test]
fn after_sending_some_products_want_the_failure_recorded() {
    let kinds = [Kind::Ordered, Kind::Sent, Kind::Cancelled];
    let state = after(&kinds).unwrap();
    assert_eq!(
        (state.step, state.waits_for()),
        (OrderStep::FailureDue, Some(WaitsFor::Coordinator))
    );
    let other = OrderState::after(&order(false), &events(&kinds)).unwrap();
    assert_eq!(other.step, OrderStep::CancelledAfterSending);
    let recorded = [&kinds[..], &[Kind::FailureRecorded]].concat();
    assert_eq!(after(&recorded).unwrap().step, OrderStep::CancelledAfterSending);
    // A failure that stands already is not asked for again.
    let failed = [Kind::Ordered, Kind::Sent, Kind::AnalysisFailed, Kind::Cancelled];
    assert_eq!(after(&failed).unwrap().step, OrderStep::CancelledAfterSending);
}

#[test]
fn a_failed_analysis_is_followed_by_another_specimen() {
    let kinds = [
        Kind::Ordered,
        Kind::Sent,
        Kind::AnalysisFailed,
        Kind::Resubmitted,
        Kind::SpecimenPrepared,
    ];
    let state = after(&kinds).unwrap();
    assert_eq!((state.step, state.attempts, state.was_sent), (OrderStep::SpecimenReady, 2, true));
    assert_eq!(state.failure, Some(FailureReason::NucleicAcidPoor));
    // The first specimen was sent, so this is no cancelling before sending.
    let cancelled = [&kinds[..], &[Kind::Cancelled]].concat();
    assert_eq!(after(&cancelled).unwrap().step, OrderStep::CancelledAfterSending);
}

#[test]
fn what_cannot_follow_is_refused_with_its_reason() {
    use OrderRefusal as R;
    assert_eq!(OrderState::after(&order(true), &[]), Err(R::Beginning));
    assert_eq!(after(&[Kind::Sent]), Err(R::Beginning));
    assert_eq!(after(&[Kind::Ordered, Kind::Ordered]), Err(R::Beginning));
    assert_eq!(
        after(&[Kind::Ordered, Kind::PanelHeld]),
        Err(R::Move { step: OrderStep::Ordered, kind: Kind::PanelHeld })
    );
    let with_result = [Kind::Ordered, Kind::ResultReceived, Kind::Cancelled];
    assert_eq!(after(&with_result), Err(R::ResultIsHere));
    let closed = [Kind::Ordered, Kind::Cancelled, Kind::Sent];
    assert_eq!(after(&closed), Err(R::Closed { step: OrderStep::CancelledBeforeSending }));
    let early = [event(Kind::Ordered, day(5)), event(Kind::Sent, day(4))];
    let refused = OrderState::after(&order(true), &early).unwrap_err();
    assert_eq!(refused, R::Earlier { on: day(4), last: day(5) });
    let future = [event(Kind::Ordered, day(300))];
    assert_eq!(OrderState::after(&order(true), &future), Err(R::Future { on: day(300) }));
    let mut other = event(Kind::Cancelled, day(1));
    other.cancel = Some(CancelReason::Other);
    let refused = OrderState::after(&order(true), &[event(Kind::Ordered, day(0)), other]);
    assert_eq!(refused, Err(R::NoNote));
}

#[test]
fn a_mistake_is_taken_back_but_not_a_result() {
    let kinds = [Kind::Ordered, Kind::Sent, Kind::TakenBack, Kind::SpecimenPrepared];
    let state = after(&kinds).unwrap();
    assert_eq!((state.step, state.was_sent), (OrderStep::SpecimenReady, false));
    let result = [Kind::Ordered, Kind::ResultReceived, Kind::TakenBack];
    assert_eq!(after(&result), Err(OrderRefusal::NothingToTakeBack));
    assert_eq!(after(&[Kind::Ordered, Kind::TakenBack]), Err(OrderRefusal::NothingToTakeBack));
}

#[test]
fn counselling_goes_beside_the_way_once_there_is_a_report() {
    let early = [Kind::Ordered, Kind::CounsellingAsked];
    assert_eq!(after(&early), Err(OrderRefusal::Counselling));
    let asked = [&WHOLE_WAY[..7], &[Kind::CounsellingAsked]].concat();
    let state = after(&asked).unwrap();
    assert_eq!((state.step, state.counselling_waits()), (OrderStep::ReportHere, true));
    let held = [&asked[..], &[Kind::PanelHeld, Kind::CounsellingHeld]].concat();
    let state = after(&held).unwrap();
    assert_eq!((state.step, state.counselling), (OrderStep::PanelDone, Counselling::Held));
}

fn any_event() -> impl Strategy<Value = OrderEvent> {
    let kind = proptest::sample::select(Kind::ALL.to_vec());
    let failure = proptest::option::of(proptest::sample::select(FailureReason::ALL.to_vec()));
    let cancel = proptest::option::of(proptest::sample::select(CancelReason::ALL.to_vec()));
    (kind, 0_u64..400, failure, cancel, "[a備 ]{0,3}").prop_map(
        |(kind, on, failure, cancel, note)| OrderEvent {
            failure,
            cancel,
            note,
            ..OrderEvent::new(kind, day(on), EventAuthor::default(), recorded())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_list_of_events_panics_and_every_refusal_is_worded(
        asks in any::<bool>(),
        events in proptest::collection::vec(any_event(), 0..40),
    ) {
        if let Err(refusal) = OrderState::after(&order(asks), &events) {
            let words = refusal.explain();
            prop_assert!(!words.ja.is_empty() && !words.en.is_empty());
            prop_assert!(!refusal.to_string().is_empty());
        }
    }

    /// Whatever is tried, what was accepted so far is a state of its own that hangs together.
    #[test]
    fn accepted_events_keep_the_order_sound(
        asks in any::<bool>(),
        tried in proptest::collection::vec(any_event(), 0..60),
    ) {
        let order = order(asks);
        let mut taken = vec![event(Kind::Ordered, day(0))];
        for attempt in tried {
            let last = OrderState::after(&order, &taken).unwrap().last_day();
            let next = OrderEvent { on: attempt.on.clamp(last, day(200).max(last)), ..attempt };
            taken.push(next);
            if OrderState::after(&order, &taken).is_err() {
                taken.pop();
            }
        }
        let state = OrderState::after(&order, &taken).unwrap();
        prop_assert_eq!(state.step.is_closed(), state.waits_for().is_none());
        prop_assert!(state.passed.windows(2).all(|pair| pair[0].on <= pair[1].on));
        prop_assert!(state.passed.iter().all(|passed| passed.kind != Kind::TakenBack));
        if state.step == OrderStep::CancelledBeforeSending {
            prop_assert!(!state.was_sent);
        }
        if state.step == OrderStep::FailureDue {
            prop_assert!(asks && state.was_sent && state.failure.is_none());
        }
        if state.has(Kind::Explained) {
            prop_assert!(state.has(Kind::ReportMade) && state.explained_on.is_some());
        }
        // Once closed, only a report on what is there already can follow.
        if state.step.is_closed() {
            for kind in Kind::ALL.iter().filter(|kind| !matches!(kind, Kind::TakenBack | Kind::ReportMade)) {
                let mut more = taken.clone();
                more.push(event(*kind, state.last_day()));
                let counselling = matches!(kind, Kind::CounsellingAsked | Kind::CounsellingHeld);
                prop_assert!(counselling || OrderState::after(&order, &more).is_err());
            }
        }
        let json = serde_json::to_string(&taken).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<OrderEvent>>(&json).unwrap(), taken);
    }
}
