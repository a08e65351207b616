//! Registration numbers that many people draw at the same moment, on both engines.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU8, Ordering},
};

use care::registration::register_case;
use chrono::{DateTime, Utc};
use model::{case::PatientCase, organisation::OrganisationCode, registration::RegistrationFormat};
use store::Store;

/// People who register at once; each loses a number to every other at worst, which is fewer than are drawn.
const WRITERS: usize = 12;
/// Cases that each of them registers.
const CASES_EACH: u8 = 5;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_760_000_000_000).unwrap()
}

/// Registers cases of one hospital; whoever registers the same turn draws the same numbers in the same order.
async fn register(store: Store) -> Vec<String> {
    let (format, hospital) = (RegistrationFormat::default(), OrganisationCode::new("H-042"));
    let mut numbers = Vec::new();
    for turn in 0..CASES_EACH {
        let draw = AtomicU8::new(0);
        let random = || {
            let mut bytes = [turn; 32];
            bytes[0] = draw.fetch_add(1, Ordering::Relaxed);
            bytes
        };
        let mut batch = store.begin().await.unwrap();
        let document = PatientCase::default();
        let (registered, number) =
            register_case(&mut batch, &format, &hospital, document, now(), random).await.unwrap();
        batch.commit().await.unwrap();
        let kept = store.case_by_reference(&number).await.unwrap().unwrap();
        assert_eq!((kept.case, kept.revision), (registered.case, 1), "{number} is this writer's");
        numbers.push(number);
    }
    numbers
}

async fn every_number_is_given_once(url: &str) {
    let store = Store::open(url).await.unwrap();
    store.migrate(now()).await.unwrap();
    let writers: Vec<_> = (0..WRITERS).map(|_| tokio::spawn(register(store.clone()))).collect();
    let mut numbers = BTreeSet::new();
    for writer in writers {
        for number in writer.await.unwrap() {
            assert!(numbers.insert(number.clone()), "{number} was given twice");
        }
    }
    assert_eq!(numbers.len(), WRITERS * usize::from(CASES_EACH));
    let counts = store.counts().await.unwrap();
    assert_eq!(usize::try_from(counts.cases).unwrap(), numbers.len());
    assert_eq!(store.check().await.unwrap().findings, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_gives_every_number_once() {
    let folder = tempfile::tempdir().unwrap();
    every_number_is_given_once(&format!("sqlite:{}", folder.path().join("r.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_gives_every_number_once() {
    let Some(url) = testkit::postgres::database() else { return };
    every_number_is_given_once(&url).await;
}
