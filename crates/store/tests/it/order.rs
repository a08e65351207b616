//! Test orders and sealed identifiers, on both engines.

use chrono::{Days, NaiveDate};
use model::{
    identity::{CaseId, OrderId, ResultId},
    order::{
        CancelReason, EventAuthor, Interval, OrderEvent, OrderEventKind, OrderStep, Pace,
        ProductRule, TestOrder, WaitsFor,
    },
    organisation::OrganisationCode,
};
use store::{
    NewOrder, OrderFilter, PageRequest, SealedIdentifier, Store, StoredOrder, WrappedKey,
    identifier_v7,
};

use crate::fixture::{Record, moment, on_both_engines, record_many, sqlite};

on_both_engines!(
    an_order_is_kept_with_its_events,
    a_number_is_given_once,
    lists_say_whose_turn_it_is,
    pace_counts_those_who_still_wait,
    identifiers_stay_sealed,
    the_list_can_be_rebuilt,
);

use OrderEventKind as Kind;

pub(crate) fn day(number: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 6, 1).unwrap() + Days::new(number)
}

async fn case(store: &Store, number: u32) -> CaseId {
    store.case_by_reference(&format!("CASE-{number:05}")).await.unwrap().unwrap().case
}

pub(crate) async fn place(store: &Store, number: u32, kinds: &[Kind]) -> StoredOrder {
    let case = case(store, number).await;
    let mut batch = store.begin().await.unwrap();
    let ordinal = batch.next_order_ordinal(case).await.unwrap();
    let id =
        OrderId(identifier_v7(moment(5), &["order", &number.to_string(), &ordinal.to_string()]));
    let order = TestOrder {
        case,
        ordinal,
        hospital: OrganisationCode::new(&format!("H{}", number % 3)),
        laboratory: OrganisationCode::new("LAB"),
        product: "Invented Panel".to_owned(),
        specimens: Vec::new(),
        physician: "合成 一郎".to_owned(),
        ordered_on: day(u64::from(number)),
        consented_on: Some(day(u64::from(number))),
        rule: ProductRule { failure_after_cancellation: true, version: "test".to_owned() },
    };
    let new = NewOrder { id, order, recorded_at: moment(5) };
    assert!(batch.insert_order(&new).await.unwrap());
    for (sequence, kind) in (1..).zip(kinds) {
        let on = day(u64::from(number) + u64::from(sequence) - 1);
        let mut event = OrderEvent::new(*kind, on, EventAuthor::default(), moment(6));
        if *kind == Kind::Cancelled {
            event.cancel = Some(CancelReason::PatientWish);
        }
        assert!(batch.insert_order_event(id, sequence, &event).await.unwrap());
    }
    let stored = batch.order(id).await.unwrap().unwrap();
    batch.refresh_order(&stored).await.unwrap();
    batch.commit().await.unwrap();
    stored
}

async fn an_order_is_kept_with_its_events(record: Record) {
    record_many(&record.store, 3).await;
    let placed = place(&record.store, 1, &[Kind::Ordered, Kind::Sent]).await;
    assert_eq!(placed.number(), "CASE-00001-1");
    assert_eq!(record.store.order(placed.id).await.unwrap().unwrap(), placed);
    assert_eq!(placed.state().unwrap().step, OrderStep::Sent);
    let second = place(&record.store, 1, &[Kind::Ordered]).await;
    assert_eq!(second.order.ordinal, 2);
    let of_case = record.store.orders_of_case(placed.order.case).await.unwrap();
    assert_eq!(of_case, [placed, second]);
    let counts = record.store.counts().await.unwrap();
    assert_eq!((counts.orders, counts.order_events), (2, 3));
    assert_eq!(record.store.check().await.unwrap().findings, []);
}

async fn a_number_is_given_once(record: Record) {
    record_many(&record.store, 1).await;
    let placed = place(&record.store, 0, &[Kind::Ordered]).await;
    let result = record.store.results_of_case(placed.order.case).await.unwrap()[0].id;
    let mut batch = record.store.begin().await.unwrap();
    let mut event =
        OrderEvent::new(Kind::ResultReceived, day(3), EventAuthor::default(), moment(9));
    event.result = Some(result);
    assert!(!batch.insert_order_event(placed.id, 1, &event).await.unwrap(), "1 is taken");
    assert!(batch.insert_order_event(placed.id, 2, &event).await.unwrap());
    assert!(!batch.insert_order_event(placed.id, 3, &event).await.unwrap(), "a result comes once");
    assert_eq!(batch.order_of_result(result).await.unwrap(), Some(placed.id));
    assert_eq!(batch.order_of_result(ResultId(placed.id.0)).await.unwrap(), None);
    batch.rollback().await.unwrap();
    assert_eq!(record.store.count_results_without_order().await.unwrap(), 1);
}

async fn lists_say_whose_turn_it_is(record: Record) {
    record_many(&record.store, 6).await;
    for number in 0..6 {
        place(&record.store, number, &[Kind::Ordered, Kind::SpecimenPrepared]).await;
    }
    place(&record.store, 0, &[Kind::Ordered, Kind::Cancelled]).await;
    let all = OrderFilter { open: true, ..OrderFilter::default() };
    let waiting = record.store.orders_waiting(&all).await.unwrap();
    assert!(waiting.contains(&(WaitsFor::Coordinator, 6)), "{waiting:?}");
    assert!(waiting.contains(&(WaitsFor::Laboratory, 0)));
    let own = OrderFilter {
        hospitals: Some(vec![OrganisationCode::new("H1")]),
        waits_for: Some(WaitsFor::Coordinator),
        ..OrderFilter::default()
    };
    let request = PageRequest { rows: 1, after: None };
    let first = record.store.list_orders(&own, request).await.unwrap();
    assert_eq!((first.total, first.rows[0].reference.as_str()), (2, "CASE-00001"));
    let second = record.store.list_orders(&own, PageRequest { rows: 1, after: first.next }).await;
    let second = second.unwrap();
    assert_eq!((second.rows[0].reference.as_str(), second.next), ("CASE-00004", None));
    // Somebody without a hospital sees none, and not all.
    let nobody = OrderFilter { hospitals: Some(Vec::new()), ..OrderFilter::default() };
    assert_eq!(record.store.list_orders(&nobody, request).await.unwrap().total, 0);
    let named = OrderFilter { text: Some("case-00003".to_owned()), ..OrderFilter::default() };
    assert_eq!(record.store.list_orders(&named, request).await.unwrap().total, 1);
}

async fn pace_counts_those_who_still_wait(record: Record) {
    record_many(&record.store, 3).await;
    let told = [Kind::Ordered, Kind::Sent, Kind::ResultReceived, Kind::ReportMade, Kind::Explained];
    place(&record.store, 0, &told).await;
    place(&record.store, 1, &[Kind::Ordered]).await;
    place(&record.store, 2, &[Kind::Ordered, Kind::Cancelled]).await;
    let mut found =
        record.store.order_intervals(day(0), day(30), Some("Invented Panel"), None).await.unwrap();
    found.sort_by_key(|interval| interval.days);
    let interval = |days, ended| Interval { days, ended, orders: 1 };
    assert_eq!(found, [interval(1, false), interval(4, true), interval(29, false)]);
    assert_eq!(Pace::of(&found).median, Some(4));
    let other = record.store.order_intervals(day(0), day(30), Some("x"), None).await.unwrap();
    assert_eq!(other, []);
    let h1 = OrganisationCode::new("H1");
    let own = record.store.order_intervals(day(0), day(30), None, Some(&h1)).await.unwrap();
    assert_eq!(own, [interval(29, false)]);
}

async fn identifiers_stay_sealed(record: Record) {
    record_many(&record.store, 2).await;
    let hospital = OrganisationCode::new("H1");
    let one = case(&record.store, 1).await;
    let sealed = |number: u8, index: &str, at| SealedIdentifier {
        id: identifier_v7(moment(at), &["identifier", &number.to_string()]),
        case: one,
        hospital: hospital.clone(),
        key_id: "k1".to_owned(),
        nonce: vec![number; 24],
        ciphertext: vec![number; 40],
        number_index: Some(index.to_owned()),
        recorded_by: None,
        recorded_at: moment(at),
    };
    let key = WrappedKey {
        hospital: hospital.clone(),
        key_id: "k1".to_owned(),
        site_key_id: "s1".to_owned(),
        wrapped: vec![1; 72],
        made_at: moment(1),
    };
    let mut batch = record.store.begin().await.unwrap();
    assert!(batch.insert_vault_key(&key).await.unwrap());
    assert!(!batch.insert_vault_key(&key).await.unwrap());
    assert!(batch.insert_identifier(&sealed(1, "old", 10)).await.unwrap());
    assert!(batch.insert_identifier(&sealed(2, "new", 11)).await.unwrap());
    batch.commit().await.unwrap();
    let store = &record.store;
    assert_eq!(store.vault_keys(&hospital).await.unwrap(), [key]);
    assert_eq!(store.identifier_of_case(one).await.unwrap(), Some(sealed(2, "new", 11)));
    let find = async |index: &str, hospital: &str| {
        let hospital = OrganisationCode::new(hospital);
        store.cases_of_number(&hospital, &[index.to_owned()]).await.unwrap()
    };
    assert_eq!(find("new", "H1").await, [one]);
    assert_eq!(find("old", "H1").await, [], "a corrected number no longer leads there");
    assert_eq!(find("new", "H2").await, []);
    assert_eq!(store.check().await.unwrap().findings, []);
}

async fn the_list_can_be_rebuilt(record: Record) {
    record_many(&record.store, 3).await;
    for number in 0..3 {
        place(&record.store, number, &[Kind::Ordered, Kind::Sent]).await;
    }
    let all = OrderFilter::default();
    let before = record.store.list_orders(&all, PageRequest::default()).await.unwrap();
    assert_eq!(before.total, 3);
    record.store.rebuild_order_list().await.unwrap();
    let after = record.store.list_orders(&all, PageRequest::default()).await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_and_identifiers_are_copied() {
    let (from, to) = (sqlite().await.unwrap(), sqlite().await.unwrap());
    record_many(&from.store, 3).await;
    let placed = place(&from.store, 1, &[Kind::Ordered, Kind::Sent]).await;
    from.store.copy_to(&to.store, |_| ()).await.unwrap();
    assert_eq!(to.store.order(placed.id).await.unwrap().unwrap(), placed);
    assert_eq!(
        to.store.list_orders(&OrderFilter::default(), PageRequest::default()).await.unwrap(),
        from.store.list_orders(&OrderFilter::default(), PageRequest::default()).await.unwrap()
    );
    assert_eq!(to.store.check().await.unwrap().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_says_something_else_is_found() {
    let record = sqlite().await.unwrap();
    record_many(&record.store, 1).await;
    place(&record.store, 0, &[Kind::Ordered, Kind::Sent]).await;
    let mut connection =
        <sqlx::SqliteConnection as sqlx::Connection>::connect(&record.url).await.unwrap();
    sqlx::query("UPDATE order_summary SET step = 'failed'").execute(&mut connection).await.unwrap();
    let codes: Vec<_> =
        record.store.check().await.unwrap().findings.into_iter().map(|f| f.code).collect();
    assert_eq!(codes, ["check.order.list"]);
}
