//! A snapshot says what the record said at one moment, whatever the engine, while others write.

use store::Store;

use crate::{
    copy::fill,
    fixture::{Record, moment, on_both_engines, record_many},
};

async fn is_of_one_moment(record: Record) {
    fill(&record).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.sqlite");
    // A command of its own takes the snapshot, while the site is in the middle of writing.
    let command = Store::open_existing(&record.url).await.unwrap();
    let writing = record.store.begin().await.unwrap();
    command.snapshot_into(&path, moment(9), |_| ()).await.unwrap();
    writing.commit().await.unwrap();
    let snapshot = Store::open_existing(&format!("sqlite:{}", path.display())).await.unwrap();
    snapshot.require_migrated().await.unwrap();
    record.store.require_same_tables(&snapshot).await.unwrap();
    assert_eq!(snapshot.counts().await.unwrap(), record.store.counts().await.unwrap());
    assert_eq!(snapshot.check().await.unwrap().findings, []);
    assert!(record.store.table_counts().await.unwrap()["patient_case"] > 0);
    snapshot.close().await;
}

on_both_engines!(is_of_one_moment);

#[tokio::test]
async fn a_snapshot_is_written_over_nothing() {
    let record = crate::fixture::sqlite().await.unwrap();
    record_many(&record.store, 3).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.sqlite");
    record.store.snapshot_into(&path, moment(9), |_| ()).await.unwrap();
    assert!(record.store.snapshot_into(&path, moment(9), |_| ()).await.is_err());
}
