//! Consent on both engines: what is recorded, what holds, what held, and what must not happen.

use chrono::{DateTime, TimeDelta, Utc};
use model::{
    consent::{
        Answer, Answers, AsOf, ConsentDocument, ConsentEvent, ConsentKind, ConsentPurpose,
        ConsentWay, DataUse, DocumentVersion, Recorder, day_of,
    },
    identity::{CaseId, ConsentEventId, Digest, PersonId},
    text::LocalizedText,
};
use store::{
    CaseFilter, CaseScope, NewCode, PageRequest, RecordError, Store, digest_of, identifier_v7,
};
use uuid::Uuid;

use crate::fixture::{Record, moment, on_both_engines, record_many};

on_both_engines!(
    what_holds_and_what_held_follow_from_the_events,
    registered_cases_are_counted_as_they_are_listed,
    events_are_numbered_without_gaps_by_many_writers,
    a_changed_case_is_found_by_the_number_read_last,
    what_is_impossible_is_refused,
    a_correction_stays_within_its_case,
    documents_are_kept_in_versions,
    a_code_is_used_once_and_tried_a_few_times,
    damage_to_consent_is_found,
);

/// An invented document.
pub(crate) fn consent_document(version: &str) -> ConsentDocument {
    ConsentDocument {
        version: version_of(version),
        title: LocalizedText::of("同意文書(試験用)", "Consent document (for tests)"),
        body: LocalizedText::of("本文", "Text"),
        purposes: ConsentPurpose::ALL.to_vec(),
        effective_from: "2025-04-01".parse().unwrap(),
        demonstration: true,
        recorded_at: moment(0),
    }
}

fn version_of(version: &str) -> DocumentVersion {
    DocumentVersion { code: "demo".to_owned(), version: version.to_owned() }
}

/// An invented consent on paper, signed on the day on which it is recorded.
pub(crate) fn consent(case: CaseId, at: DateTime<Utc>, answers: Answers) -> ConsentEvent {
    ConsentEvent {
        id: ConsentEventId(identifier_v7(at, &["consent", &case.to_string()])),
        case,
        kind: ConsentKind::Given,
        answers,
        recipient: None,
        document: Some(version_of("1")),
        way: ConsentWay::Paper,
        signed_on: day_of(at),
        witness: Some("合成 証人".to_owned()),
        recorded_by: Recorder::Synthetic,
        recorded_at: at,
        supersedes: None,
        note: None,
    }
}

async fn record(store: &Store, event: &ConsentEvent) -> Answers {
    let mut batch = store.begin().await.unwrap();
    let kept = batch.record_consent(event).await.unwrap().expect("a new event");
    batch.commit().await.unwrap();
    kept.answers
}

async fn case_of(store: &Store, number: u32) -> CaseId {
    store.case_by_reference(&format!("CASE-{number:05}")).await.unwrap().unwrap().case
}

fn yes() -> Answers {
    Answers::all(Answer::Yes)
}

async fn what_holds_and_what_held_follow_from_the_events(record_: Record) {
    let store = &record_.store;
    record_many(store, 3).await;
    let (one, two) = (case_of(store, 0).await, case_of(store, 1).await);
    let at = moment(1_000);
    let given = consent(one, at, yes());
    record(store, &given).await;
    record(store, &consent(two, at, yes().with(ConsentPurpose::CompanyUse, Answer::Later))).await;
    let later = at + TimeDelta::days(10);
    let withdrawn = ConsentEvent {
        kind: ConsentKind::Withdrawn,
        way: ConsentWay::Telephone,
        ..consent(one, later, Answers::default().with(ConsentPurpose::AcademicUse, Answer::No))
    };
    let held = record(store, &withdrawn).await;
    assert!(!DataUse::Academic.is_allowed_by(&held) && DataUse::Company.is_allowed_by(&held));
    let of = |states: &[(CaseId, Answers)], case| {
        states.iter().find(|(each, _)| *each == case).map(|(_, answers)| *answers)
    };
    let before = store.consents_at(AsOf::known_then(at - TimeDelta::seconds(1))).await.unwrap();
    assert_eq!(before, []);
    let between = store.consents_at(AsOf::known_then(later - TimeDelta::seconds(1))).await.unwrap();
    assert_eq!(of(&between, one), Some(yes()));
    assert!(!DataUse::Company.is_allowed_by(&of(&between, two).unwrap()));
    let after = store.consents_at(AsOf::known_then(later)).await.unwrap();
    assert_eq!((after.len(), of(&after, one)), (2, Some(held)));
    assert_eq!(store.consent_events(one).await.unwrap(), [given, withdrawn]);
    assert_eq!(store.check().await.unwrap().findings, []);
    assert_eq!(store.counts().await.unwrap().consents, 3);
}

async fn registered_cases_are_counted_as_they_are_listed(record_: Record) {
    let store = &record_.store;
    record_many(store, 12).await;
    let refused = yes().with(ConsentPurpose::Registration, Answer::No);
    for (number, answers) in [(0, yes()), (1, refused), (2, yes()), (3, yes())] {
        record(store, &consent(case_of(store, number).await, moment(1_000), answers)).await;
    }
    let hospital = store.hospital_of_case(case_of(store, 2).await).await.unwrap().unwrap();
    let some: Vec<_> = hospital.into_iter().collect();
    assert!(!some.is_empty(), "the case has a hospital");
    for (expected, withdraws) in [(3, 0), (2, 2)] {
        for (hospitals, registered) in
            [(vec![], true), (some.clone(), true), (some.clone(), false), (vec![], false)]
        {
            let laboratories = Vec::new();
            let scope = CaseScope::Seen { hospitals, registered, laboratories };
            let filter = CaseFilter { scope: scope.clone(), ..CaseFilter::default() };
            let listed = store.list_cases(&filter, PageRequest::default()).await.unwrap();
            let counted = store.count_seen_cases(&scope).await.unwrap();
            assert_eq!(counted, listed.total, "{scope:?}");
            let synthetic = listed.rows.iter().any(|row| row.synthetic);
            assert_eq!(store.sees_synthetic_cases(&scope).await.unwrap(), synthetic, "{scope:?}");
        }
        let all = CaseScope::Seen { hospitals: vec![], registered: true, laboratories: vec![] };
        assert_eq!(store.count_seen_cases(&all).await.unwrap(), expected);
        let none = Answers::default().with(ConsentPurpose::Registration, Answer::No);
        let at = moment(2_000 + i64::from(withdraws));
        let kind = ConsentKind::Withdrawn;
        let withdrawn = ConsentEvent { kind, ..consent(case_of(store, withdraws).await, at, none) };
        record(store, &withdrawn).await;
    }
}

async fn events_are_numbered_without_gaps_by_many_writers(record_: Record) {
    record_many(&record_.store, 8).await;
    let mut writers = Vec::new();
    for number in 0..8_u32 {
        let store = Store::open(&record_.url).await.unwrap();
        writers.push(tokio::spawn(async move {
            let case = case_of(&store, number).await;
            for step in 0..5 {
                let at = moment(1_000 + i64::from(number) * 10 + step * 1_000);
                let mut batch = store.begin().await.unwrap();
                batch.record_consent(&consent(case, at, yes())).await.unwrap().unwrap();
                // Some do not commit; their number is another's then.
                if step == 2 { batch.rollback().await } else { batch.commit().await }.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(record_.store.counts().await.unwrap().consents, 32);
    assert_eq!(record_.store.check().await.unwrap().findings, [], "no gap, and nothing twice");
}

async fn a_changed_case_is_found_by_the_number_read_last(record_: Record) {
    let store = &record_.store;
    record_many(store, 2).await;
    let (one, two) = (case_of(store, 0).await, case_of(store, 1).await);
    record(store, &consent(one, moment(1_000), yes())).await;
    record(store, &consent(two, moment(1_001), yes())).await;
    let all = store.consents_after(0).await.unwrap();
    assert_eq!(all.iter().map(|each| each.case).collect::<Vec<_>>(), [one, two]);
    let last = all.last().unwrap().sequence;
    assert_eq!(store.consents_after(last).await.unwrap(), []);
    // Another process commits, with a clock that is behind.
    let other = Store::open(&record_.url).await.unwrap();
    record(&other, &consent(one, moment(500), Answers::all(Answer::No))).await;
    let changed = store.consents_after(last).await.unwrap();
    assert_eq!(changed.len(), 1);
    assert_eq!((changed[0].case, changed[0].sequence), (one, last + 1));
}

async fn what_is_impossible_is_refused(record_: Record) {
    let store = &record_.store;
    record_many(store, 1).await;
    let case = case_of(store, 0).await;
    let mut event = consent(case, moment(1_000), yes());
    event.signed_on = event.signed_on.succ_opt().unwrap();
    let mut batch = store.begin().await.unwrap();
    let refused = batch.record_consent(&event).await.unwrap_err();
    assert!(matches!(refused, RecordError::Consent { .. }), "{refused:?}");
    assert!(!refused.explain().ja.is_empty());
    let nobody = consent(CaseId(Uuid::from_u128(7)), moment(1_000), yes());
    let refused = batch.record_consent(&nobody).await.unwrap_err();
    assert!(matches!(refused, RecordError::Engine { .. }), "{refused:?}");
    batch.rollback().await.unwrap();
    // The same event twice is one.
    let event = consent(case, moment(1_000), yes());
    record(store, &event).await;
    let mut batch = store.begin().await.unwrap();
    assert_eq!(batch.record_consent(&event).await.unwrap(), None);
    batch.rollback().await.unwrap();
}

async fn a_correction_stays_within_its_case(record_: Record) {
    let store = &record_.store;
    record_many(store, 2).await;
    let (one, two) = (case_of(store, 0).await, case_of(store, 1).await);
    let wrong = consent(one, moment(1_000), yes());
    record(store, &wrong).await;
    let correct = |case| ConsentEvent {
        kind: ConsentKind::Corrected,
        supersedes: Some(wrong.id),
        ..consent(case, moment(2_000), Answers::all(Answer::No))
    };
    let mut batch = store.begin().await.unwrap();
    let refused = batch.record_consent(&correct(two)).await.unwrap_err();
    assert!(matches!(refused, RecordError::Refused { .. }), "{refused:?}");
    batch.rollback().await.unwrap();
    assert_eq!(record(store, &correct(one)).await, Answers::all(Answer::No));
}

async fn documents_are_kept_in_versions(record_: Record) {
    let store = &record_.store;
    let mut batch = store.begin().await.unwrap();
    assert!(batch.add_consent_document(&consent_document("1")).await.unwrap());
    assert!(!batch.add_consent_document(&consent_document("1")).await.unwrap());
    assert!(batch.add_consent_document(&consent_document("2")).await.unwrap());
    let bad = ConsentDocument { purposes: Vec::new(), ..consent_document("3") };
    assert!(matches!(
        batch.add_consent_document(&bad).await.unwrap_err(),
        RecordError::ConsentDocument { .. }
    ));
    batch.commit().await.unwrap();
    assert_eq!(
        store.consent_documents().await.unwrap(),
        [consent_document("1"), consent_document("2")]
    );
}

fn code(case: CaseId, name: &str, at: DateTime<Utc>) -> NewCode {
    NewCode {
        id: identifier_v7(at, &["code", name]),
        case,
        digest: digest_of(name.as_bytes()),
        fact: "birth-year".to_owned(),
        fact_salt: "salt".to_owned(),
        fact_digest: digest_of(b"salt1970"),
        issued_by: PersonId(Uuid::nil()),
        issued_at: at,
        expires_at: at + TimeDelta::days(7),
        attempts: 3,
    }
}

async fn a_code_is_used_once_and_tried_a_few_times(record_: Record) {
    let store = &record_.store;
    record_many(store, 1).await;
    let case = case_of(store, 0).await;
    let at = moment(1_000);
    let mut batch = store.begin().await.unwrap();
    batch.issue_code(&code(case, "first", at)).await.unwrap();
    batch.issue_code(&code(case, "second", at + TimeDelta::seconds(1))).await.unwrap();
    batch.commit().await.unwrap();
    let attempt = async |name: &str, at| {
        let mut batch = store.begin().await.unwrap();
        let found = batch.try_code(&digest_of(name.as_bytes()), at).await.unwrap();
        batch.commit().await.unwrap();
        found
    };
    let soon = at + TimeDelta::minutes(1);
    assert_eq!(attempt("first", soon).await, None, "a new code takes the old one back");
    assert_eq!(attempt("guess", soon).await, None);
    assert_eq!(attempt("second", at + TimeDelta::days(8)).await, None, "expired");
    let found = attempt("second", soon).await.unwrap();
    assert_eq!((found.case, found.fact_digest.clone()), (case, digest_of(b"salt1970")));
    attempt("second", soon).await.unwrap();
    let session = Digest(digest_of(b"session").0);
    let mut batch = store.begin().await.unwrap();
    let last = batch.try_code(&digest_of(b"second"), soon).await.unwrap().unwrap();
    batch.open_patient_session(&session, &last, soon, soon + TimeDelta::minutes(15)).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(attempt("second", soon).await, None, "used, and tried often enough");
    let open = store.patient_session(&session, soon).await.unwrap().unwrap();
    assert_eq!((open.case, open.code), (case, found.id));
    assert_eq!(store.patient_session(&session, soon + TimeDelta::minutes(15)).await.unwrap(), None);
    let mut batch = store.begin().await.unwrap();
    batch.end_patient_session(&session, soon).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(store.patient_session(&session, soon).await.unwrap(), None);
    let codes = store.codes_of_case(case).await.unwrap();
    assert_eq!(codes.len(), 2);
    assert!(codes[0].used_at.is_some() && codes[1].revoked_at.is_some());
    assert_eq!(codes[0].attempts_left, 0);
}

async fn damage_to_consent_is_found(record_: Record) {
    let store = &record_.store;
    record_many(store, 3).await;
    for number in 0..3 {
        let case = case_of(store, number).await;
        record(store, &consent(case, moment(1_000 + i64::from(number)), yes())).await;
    }
    for (table, sql, code) in [
        (
            "case_consent",
            "UPDATE case_consent SET answers = 'nnnnnnnn' WHERE sequence = 1",
            "check.consent.held",
        ),
        (
            "consent_event",
            "UPDATE consent_event SET answers = 'yyyynyyy' WHERE sequence = 2",
            "check.consent.held",
        ),
        ("consent_event", "DELETE FROM consent_event WHERE sequence = 2", "check.consent.gap"),
        (
            "consent_event",
            "UPDATE consent_event SET document = '{}' WHERE sequence = 3",
            "check.consent.event",
        ),
    ] {
        crate::check::damage(&record_.url, table, sql).await;
        let found = store.check().await.unwrap().findings;
        assert!(found.iter().any(|finding| finding.code == code), "{sql}: {found:?}");
    }
}
