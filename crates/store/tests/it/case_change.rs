//! Whoever follows the changes of cases overlooks none, whatever the order of the writers.

use std::collections::BTreeMap;

use model::{case::PatientCase, identity::CaseId};
use store::{CASE_CHANGES_PAGE, NewCase, Store, identifier_v7};
use uuid::Uuid;

use crate::fixture::{Record, moment, on_both_engines};

on_both_engines!(
    a_change_is_found_when_it_is_committed,
    a_follower_overlooks_nothing_of_many_writers,
);

const WRITERS: u64 = 6;
const CHANGES_EACH: u64 = 25;

fn document(reference: &str, age: u64) -> PatientCase {
    PatientCase {
        reference: reference.to_owned(),
        age_years: u16::try_from(age).ok(),
        ..PatientCase::default()
    }
}

async fn write(store: &Store, reference: &str, age: u64) -> CaseId {
    let id = CaseId(identifier_v7(moment(0), &["case", reference]));
    let new = NewCase { id, document: document(reference, age), revises: true };
    let mut batch = store.begin().await.unwrap();
    let registered = batch.register_case(&new, moment(0)).await.unwrap();
    batch.commit().await.unwrap();
    registered.case
}

async fn a_change_is_found_when_it_is_committed(record: Record) {
    let store = &record.store;
    let begun = store.newest_case_change().await.unwrap();
    assert!(store.case_changes_after(begun, CaseId(Uuid::max())).await.unwrap().is_empty());
    let first = write(store, "A", 1).await;
    let second = write(store, "B", 1).await;
    let found = store.case_changes_after(begun, CaseId(Uuid::max())).await.unwrap();
    assert_eq!(found.iter().map(|change| change.case).collect::<Vec<_>>(), [first, second]);
    let last = found[1].number;
    assert_eq!(store.newest_case_change().await.unwrap(), last);
    // Only the newest change of a case is kept; what changes nothing is none.
    write(store, "A", 2).await;
    write(store, "B", 1).await;
    let later = store.case_changes_after(last, CaseId(Uuid::max())).await.unwrap();
    assert_eq!(later.iter().map(|change| change.case).collect::<Vec<_>>(), [first]);
    // What was not committed never was.
    let mut batch = store.begin().await.unwrap();
    let new = NewCase {
        id: CaseId(identifier_v7(moment(0), &["case", "C"])),
        document: document("C", 1),
        revises: true,
    };
    batch.register_case(&new, moment(0)).await.unwrap();
    batch.rollback().await.unwrap();
    let after = later[0].number;
    assert!(store.case_changes_after(after, CaseId(Uuid::max())).await.unwrap().is_empty());
}

async fn a_follower_overlooks_nothing_of_many_writers(record: Record) {
    let store = &record.store;
    let writers = (0..WRITERS).map(|writer| async move {
        for age in 1..=CHANGES_EACH {
            write(store, &format!("W{writer}"), age).await;
        }
    });
    let follower = async {
        let (mut number, mut case) = (0, CaseId(Uuid::nil()));
        let mut seen: BTreeMap<CaseId, u16> = BTreeMap::new();
        let all = u16::try_from(CHANGES_EACH).unwrap();
        while seen.values().filter(|age| **age == all).count() < WRITERS as usize {
            let page = store.case_changes_after(number, case).await.unwrap();
            assert!((page.len() as i64) < CASE_CHANGES_PAGE);
            for change in page {
                let revision = store.case(change.case).await.unwrap().unwrap();
                seen.insert(change.case, revision.document.age_years.unwrap());
                (number, case) = (change.number, change.case);
            }
        }
        seen.len()
    };
    let followed = tokio::time::timeout(std::time::Duration::from_secs(60), async {
        tokio::join!(futures_util::future::join_all(writers), follower).1
    });
    assert_eq!(followed.await.expect("the follower sees every last change"), WRITERS as usize);
}
