//! The audit log: appended with what it tells of, in order, whole, and found to be otherwise when it is not.

use access::audit::{Entry, Flaw, Outcome, SignedHead, SigningKey, TreeHead};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use store::{AuditFilter, Store};
use uuid::Uuid;

use crate::fixture::{Record, moment, on_both_engines, record_one, register_release};

on_both_engines!(
    entries_are_appended_with_what_they_tell_of,
    many_at_once_give_one_unbroken_log,
    a_clock_that_steps_back_is_written_down,
    entries_are_found,
    tampering_is_found,
);

pub(crate) fn entry(number: u64) -> Entry {
    let case = CaseId(Uuid::from_u128(u128::from(number % 3)));
    let mut entry =
        Entry::by_system(moment(i64::try_from(number).unwrap()), "テスト test", "read-case")
            .for_purpose("care")
            .on_case(case, Some(OrganisationCode::new(&format!("H{}", number % 2))))
            .with_items([format!("item-{number}")]);
    entry.person = Some(PersonId(Uuid::from_u128(u128::from(number % 5))));
    entry
}

pub(crate) async fn append(store: &Store, numbers: std::ops::Range<u64>) {
    let mut batch = store.begin().await.unwrap();
    for number in numbers {
        batch.append_audit(&entry(number)).await.unwrap();
    }
    batch.commit().await.unwrap();
}

pub(crate) fn key() -> SigningKey {
    SigningKey::of_seed([7; 32]).unwrap()
}

pub(crate) async fn sign(store: &Store) -> SignedHead {
    let tree = store.audit_state().await.unwrap().tree;
    let head = key().sign(&TreeHead { size: tree.size(), root: tree.root(), at: moment(0) });
    let mut batch = store.begin().await.unwrap();
    batch.add_audit_head(&head).await.unwrap();
    batch.commit().await.unwrap();
    head
}

async fn flaws(store: &Store, outside: Vec<SignedHead>) -> Vec<Flaw> {
    store.verify_audit(Some(vec![key().public()]), outside).await.unwrap().flaws
}

async fn entries_are_appended_with_what_they_tell_of(record: Record) {
    let store = &record.store;
    let mut batch = store.begin().await.unwrap();
    register_release(&mut batch).await;
    record_one(&mut batch, 1).await;
    batch.append_audit(&entry(0)).await.unwrap();
    batch.rollback().await.unwrap();
    assert_eq!(store.counts().await.unwrap(), Default::default());

    let mut batch = store.begin().await.unwrap();
    register_release(&mut batch).await;
    record_one(&mut batch, 1).await;
    batch.append_audit(&entry(0)).await.unwrap();
    batch.append_audit(&entry(1)).await.unwrap();
    batch.commit().await.unwrap();
    append(store, 2..700).await;
    sign(store).await;
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.cases, counts.audit_entries, counts.audit_heads), (1, 700, 1));
    let found = store.verify_audit(Some(vec![key().public()]), Vec::new()).await.unwrap();
    assert_eq!((found.flaws.clone(), found.entries, found.unsigned()), (vec![], 700, 0));
    let stored = store.audit_entry(600).await.unwrap().unwrap();
    assert_eq!((stored.sequence, stored.entry), (600, entry(600)));
    assert_eq!(store.audit_entry(700).await.unwrap(), None);
    assert_eq!(store.check().await.unwrap().findings, []);
}

async fn many_at_once_give_one_unbroken_log(record: Record) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 12;
    let writers = (0..WRITERS).map(|writer| {
        let store = record.store.clone();
        tokio::spawn(async move {
            for number in 0..EACH {
                append(&store, writer * 1_000 + number * 3..writer * 1_000 + number * 3 + 3).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    sign(&record.store).await;
    assert_eq!(flaws(&record.store, Vec::new()).await, []);
    let entries = record.store.audit_entries(0, 1_000).await.unwrap();
    assert_eq!(entries.len() as u64, WRITERS * EACH * 3);
    assert!(entries.iter().enumerate().all(|(place, stored)| stored.sequence == place as u64));
}

async fn a_clock_that_steps_back_is_written_down(record: Record) {
    append(&record.store, 10_000..10_001).await;
    append(&record.store, 9_500..9_501).await;
    append(&record.store, 2_000..2_001).await;
    append(&record.store, 2_001..2_002).await;
    let skews = record.store.audit_entries(0, 10).await.unwrap();
    let skews: Vec<_> = skews.into_iter().map(|stored| stored.entry.skew_ms).collect();
    assert_eq!(skews, [None, None, Some(7_500), None]);
    assert_eq!(flaws(&record.store, Vec::new()).await, []);
}

async fn entries_are_found(record: Record) {
    let store = &record.store;
    append(store, 0..30).await;
    let mut batch = store.begin().await.unwrap();
    let refused = Entry::by_system(moment(30), "50%_\\", "sign-in").refused();
    batch.append_audit(&refused).await.unwrap();
    batch.commit().await.unwrap();
    let count = async |filter: AuditFilter| {
        let page = store.search_audit(&filter, None, 500).await.unwrap();
        assert_eq!(store.count_audit(&filter).await.unwrap(), page.entries.len() as u64);
        page.entries.len()
    };
    let all = AuditFilter::default();
    assert_eq!(count(all.clone()).await, 31);
    let case = Some(CaseId(Uuid::from_u128(1)));
    assert_eq!(count(AuditFilter { case, ..all.clone() }).await, 10);
    let person = Some(PersonId(Uuid::from_u128(4)));
    assert_eq!(count(AuditFilter { case, person, ..all.clone() }).await, 2);
    let name = |name: &str| AuditFilter { name: Some(name.to_owned()), ..all.clone() };
    assert_eq!(count(name("スト")).await, 30);
    assert_eq!(count(name("0%_\\")).await, 1);
    assert_eq!(count(name("%")).await, 1);
    assert_eq!(count(name(" ")).await, 31);
    let outcome = Some(Outcome::Refused);
    assert_eq!(count(AuditFilter { outcome, ..all.clone() }).await, 1);
    let action = Some("sign-in".to_owned());
    assert_eq!(count(AuditFilter { action, ..all.clone() }).await, 1);
    let (from, until) = (Some(moment(5)), Some(moment(8)));
    assert_eq!(count(AuditFilter { from, until, ..all.clone() }).await, 3);
    let own = |code: &str| AuditFilter {
        of_organisations: Some(vec![OrganisationCode::new(code)]),
        ..all.clone()
    };
    assert_eq!(count(own("H1")).await, 15);
    assert_eq!(count(own("H9")).await, 0);
    let none = AuditFilter { of_organisations: Some(Vec::new()), ..all.clone() };
    assert_eq!(count(none).await, 0);

    let first = store.search_audit(&all, None, 20).await.unwrap();
    assert_eq!((first.entries[0].sequence, first.next_before), (30, Some(11)));
    let second = store.search_audit(&all, first.next_before, 20).await.unwrap();
    assert_eq!((second.entries.len(), second.next_before), (11, None));
}

async fn tampering_is_found(record: Record) {
    let store = &record.store;
    append(store, 0..50).await;
    let first = sign(store).await;
    append(store, 50..80).await;
    let second = sign(store).await;
    append(store, 80..90).await;
    let outside = vec![first.clone(), second.clone()];
    assert_eq!(flaws(store, outside.clone()).await, []);

    let other = SigningKey::of_seed([8; 32]).unwrap().public();
    let found = store.verify_audit(Some(vec![other]), Vec::new()).await.unwrap();
    assert!(matches!(found.flaws[0], Flaw::UnknownKey { size: 50, .. }), "{found:?}");

    let forged = SignedHead { size: 91, ..second.clone() };
    assert_eq!(flaws(store, vec![forged]).await, [Flaw::Signature { size: 91 }]);

    // A head outside that the record has lost, but for the newest.
    damage(&record, "audit_head", "DELETE FROM audit_head WHERE size = 50").await;
    assert_eq!(flaws(store, outside.clone()).await, [Flaw::HeadMissing { size: 50 }]);
    let mut batch = store.begin().await.unwrap();
    batch.add_audit_head(&first).await.unwrap();
    batch.commit().await.unwrap();

    damage(&record, "audit_entry", "UPDATE audit_entry SET action = 'x' WHERE sequence = 7").await;
    assert_eq!(flaws(store, outside.clone()).await, [Flaw::Index { sequence: 7 }]);
    let mend = "UPDATE audit_entry SET action = 'read-case' WHERE sequence = 7";
    damage(&record, "audit_entry", mend).await;

    let alter = "UPDATE audit_entry SET document = replace(document, 'item-60', 'item-61') WHERE sequence = 60";
    damage(&record, "audit_entry", alter).await;
    let found = flaws(store, outside.clone()).await;
    assert_eq!(found[..2], [Flaw::Altered { sequence: 60 }, Flaw::Root { agreed: 50, size: 80 }]);
    let mend = "UPDATE audit_entry SET document = replace(document, 'item-61', 'item-60') WHERE sequence = 60";
    damage(&record, "audit_entry", mend).await;
    assert_eq!(flaws(store, outside.clone()).await, []);

    damage(&record, "audit_entry", "DELETE FROM audit_entry WHERE sequence >= 80").await;
    let found = flaws(store, outside.clone()).await;
    assert_eq!(found, [Flaw::State { entries: 80, kept: 90 }]);
    damage(&record, "audit_entry", "DELETE FROM audit_entry WHERE sequence >= 70").await;
    let found = flaws(store, outside.clone()).await;
    assert_eq!(found[0], Flaw::CutOff { entries: 70, signed: 80 });
    assert_eq!(store.check().await.unwrap().findings[0].code, "check.audit");
    // A head that lies outside tells even if the record knows nothing of it any more.
    damage(&record, "audit_head", "DELETE FROM audit_head WHERE size = 80").await;
    let found = flaws(store, outside).await;
    assert_eq!(found[0], Flaw::CutOff { entries: 70, signed: 80 });
}

/// Changes the record behind the back of the triggers.
pub(crate) async fn damage(record: &Record, table: &str, sql: &str) {
    crate::check::damage(&record.url, table, sql).await;
}
