//! Copying from either engine into either gives the same content, at once or in pieces.

use model::{
    consent::{Answer, Answers, AsOf},
    identity::CaseId,
    inquiry::InquiryStep,
};
use store::{
    CopyProgress, CopyRecordError, NewCase, PageRequest, PeopleFilter, Store, identifier_v7,
};

use crate::fixture::{Record, moment, patient_case, postgres, record_many, record_one, sqlite};
use crate::{
    consent::{consent, consent_document},
    inquiry::{inquiry, step},
    people::record_people,
};

/// People and emergency openings of a filled record.
const PEOPLE: u64 = 2 + 1 + 2;
/// Consent documents, consent events and inquiries of a filled record.
const CONSENTS: u64 = 1 + 2 + 1;

/// Permissions and questions of a filled record.
const RESEARCH: u64 = 1 + 1;

/// Everything that can be read of a record.
async fn content(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    for release in store.releases().await.unwrap() {
        lines.push(format!("{} {}", release.id, release.manifest));
    }
    lines.push(format!("{:?}", store.consent_documents().await.unwrap()));
    lines.push(format!("{:?}", store.consents_after(0).await.unwrap()));
    lines.push(format!("{:?}", store.consents_at(AsOf::known_then(moment(9_999))).await.unwrap()));
    lines.push(format!("{:?}", store.inquiries().await.unwrap()));
    for revision in store.projects().await.unwrap() {
        let asked = store.questions_of_project(revision.project.id).await.unwrap();
        lines.push(format!("{revision:?} {asked:?}"));
    }
    for stored in store.audit_entries(0, 10_000).await.unwrap() {
        lines.push(format!("{stored:?}"));
    }
    lines.push(format!("{:?}", store.audit_heads().await.unwrap()));
    lines.push(format!("{:?}", store.audit_state().await.unwrap()));
    lines.push(format!("{:?}", store.people(&PeopleFilter::default()).await.unwrap()));
    lines.push(format!("{:?}", store.break_glasses().await.unwrap()));
    lines.push(format!("{:?}", crate::people::saved(store).await));
    let mut request = PageRequest { rows: 500, after: None };
    loop {
        let page = store.list_cases(&Default::default(), request).await.unwrap();
        for row in &page.rows {
            lines.push(format!("{row:?}"));
            lines.push(format!("{:?}", store.case_revisions(row.case).await.unwrap()));
            for result in store.results_of_case(row.case).await.unwrap() {
                lines.push(format!("{:?}", store.result(result.id).await.unwrap()));
                let original = store.original(&result.digest).await.unwrap().unwrap();
                lines.push(format!("{original:?}"));
            }
            lines.push(format!("{:?}", store.reports_of_case(row.case).await.unwrap()));
        }
        request.after = page.next;
        if request.after.is_none() {
            return lines;
        }
    }
}

pub(crate) async fn fill(record: &Record) {
    record_many(&record.store, 30).await;
    record_people(&record.store).await;
    // A second revision, and a case without a result.
    let mut document = patient_case(3);
    document.hospital = None;
    document.diagnosis = Some("a\u{0}b 改訂".to_owned());
    let mut batch = record.store.begin().await.unwrap();
    let id = CaseId(identifier_v7(moment(1), &["unused"]));
    let revised = NewCase { id, document, revises: true };
    let revised = batch.register_case(&revised, moment(99)).await.unwrap();
    let id = CaseId(identifier_v7(moment(1), &["alone"]));
    let alone = NewCase { id, document: patient_case(900), revises: true };
    let alone = batch.register_case(&alone, moment(99)).await.unwrap();
    batch.refresh_cases(&[revised.case, alone.case]).await.unwrap();
    batch.add_consent_document(&consent_document("1")).await.unwrap();
    for (case, answer) in [(revised.case, Answer::Yes), (alone.case, Answer::No)] {
        let event = consent(case, moment(200), Answers::all(answer));
        batch.record_consent(&event).await.unwrap().unwrap();
    }
    let inquiry = inquiry(1, Some(alone.case));
    batch.open_inquiry(&inquiry).await.unwrap();
    batch.add_inquiry_event(&step(&inquiry, InquiryStep::Noted, "試験用")).await.unwrap();
    batch.commit().await.unwrap();
    crate::audit::append(&record.store, 0..40).await;
    crate::audit::sign(&record.store).await;
    crate::research::record_project(&record.store).await;
}

async fn copies_whole(from: Record, to: Record) {
    fill(&from).await;
    let mut ticks = 0;
    let first = from.store.copy_to(&to.store, |_| ticks += 1).await.unwrap();
    assert!(ticks >= 4);
    assert_eq!(
        (first.copied, first.already_there),
        (31 + 30 + 30 + 30 + 1 + 40 + 1 + PEOPLE + CONSENTS + RESEARCH, 0)
    );
    assert_eq!(content(&from.store).await, content(&to.store).await);
    assert_eq!(to.store.check().await.unwrap().findings, []);
    let again = from.store.copy_to(&to.store, |_| ()).await.unwrap();
    assert_eq!((again.copied, again.already_there), (0, first.copied));
    // More in the source later: only that is written.
    let mut batch = from.store.begin().await.unwrap();
    record_one(&mut batch, 500).await;
    batch.append_audit(&crate::audit::entry(40)).await.unwrap();
    batch.commit().await.unwrap();
    let more = from.store.copy_to(&to.store, |_| ()).await.unwrap();
    assert_eq!(more.copied, 5);
    assert_eq!(content(&from.store).await, content(&to.store).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_to_sqlite() {
    copies_whole(sqlite().await.unwrap(), sqlite().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_to_postgres() {
    let Some(to) = postgres().await else { return };
    copies_whole(sqlite().await.unwrap(), to).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_to_sqlite() {
    let Some(from) = postgres().await else { return };
    copies_whole(from, sqlite().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_several_stretches_is_copied_whole() {
    let (from, to) = (sqlite().await.unwrap(), sqlite().await.unwrap());
    record_many(&from.store, 530).await;
    let mut cases = Vec::new();
    let tick = |progress: CopyProgress| {
        if progress.what.ends_with(" cases") {
            cases.push(progress.rows);
        }
    };
    from.store.copy_to(&to.store, tick).await.unwrap();
    assert_eq!(cases, [512, 530]);
    from.store.require_same_tables(&to.store).await.unwrap();
    assert_eq!(content(&from.store).await, content(&to.store).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_says_something_else_is_left_alone() {
    let (from, to) = (sqlite().await.unwrap(), sqlite().await.unwrap());
    record_many(&from.store, 2).await;
    let mut batch = to.store.begin().await.unwrap();
    let id = CaseId(identifier_v7(moment(1), &["other"]));
    let other = NewCase { id, document: patient_case(1), revises: true };
    batch.register_case(&other, moment(1)).await.unwrap();
    batch.commit().await.unwrap();
    let before = to.store.counts().await.unwrap();
    let refused = from.store.copy_to(&to.store, |_| ()).await.unwrap_err();
    assert!(matches!(refused, CopyRecordError::Differs { what: "case", .. }), "{refused:?}");
    assert!(refused.explain().ja.contains("写し先"));
    let after = to.store.counts().await.unwrap();
    assert_eq!((before.cases, before.results), (after.cases, after.results));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_another_record_is_left_alone() {
    let (from, to) = (sqlite().await.unwrap(), sqlite().await.unwrap());
    crate::audit::append(&from.store, 0..9).await;
    crate::audit::append(&to.store, 0..5).await;
    crate::audit::append(&to.store, 6..7).await;
    let refused = from.store.copy_to(&to.store, |_| ()).await.unwrap_err();
    let expected =
        matches!(&refused, CopyRecordError::Differs { what: "audit entry", id } if id == "5");
    assert!(expected, "{refused:?}");
    assert_eq!(to.store.counts().await.unwrap().audit_entries, 6);
}
