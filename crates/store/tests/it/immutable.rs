//! Neither engine lets the record be changed behind the programme's back.

use model::{
    consent::{Answer, Answers},
    identity::{FieldEventId, PersonId},
    inquiry::InquiryStep,
};
use sqlx::Connection;
use store::{EntrySource, FieldEvent, Store, identifier_v7};

use crate::{
    consent::{consent, consent_document},
    fixture::{Record, moment, record_many},
    inquiry::{inquiry, step},
    people::record_people,
};

const TABLES: &[(&str, &str)] = &[
    ("knowledge_release", "name"),
    ("patient_case", "reference"),
    ("case_revision", "hospital"),
    ("original", "digest"),
    ("result", "file_name"),
    ("report", "program_version"),
    ("registry_revision", "document"),
    ("consent_document", "version"),
    ("consent_event", "answers"),
    ("inquiry", "document"),
    ("inquiry_event", "document"),
    ("audit_entry", "name"),
    ("audit_head", "key_name"),
    ("person", "sign_in_name"),
    ("person_revision", "name"),
    ("membership", "role"),
    ("membership_end", "until_day"),
    ("break_glass", "reason"),
    ("break_glass_review", "note"),
    ("field_event", "address"),
];

async fn record_entry(store: &Store) {
    let case = store.case_by_reference("CASE-00000").await.unwrap().unwrap().case;
    let entry = FieldEvent {
        id: FieldEventId(identifier_v7(moment(1), &["entry"])),
        case,
        address: "sex".parse().unwrap(),
        value: Some("1".to_owned()),
        base: None,
        merged: Vec::new(),
        person: PersonId(identifier_v7(moment(1), &["person"])),
        source: EntrySource::Form,
        saved_at: moment(1),
    };
    let mut batch = store.begin().await.unwrap();
    batch.save_fields(&[entry]).await.unwrap();
    batch.commit().await.unwrap();
}

async fn record_consent(store: &Store) {
    let case = store.case_by_reference("CASE-00000").await.unwrap().unwrap().case;
    let inquiry = inquiry(1, Some(case));
    let mut batch = store.begin().await.unwrap();
    batch.add_consent_document(&consent_document("1")).await.unwrap();
    let event = consent(case, moment(200), Answers::all(Answer::Yes));
    batch.record_consent(&event).await.unwrap().unwrap();
    batch.open_inquiry(&inquiry).await.unwrap();
    batch.add_inquiry_event(&step(&inquiry, InquiryStep::Noted, "試験用")).await.unwrap();
    batch.commit().await.unwrap();
}

async fn record_registry(store: &Store) {
    let mut batch = store.begin().await.unwrap();
    batch.record_registry(&crate::registry::registry(), None, moment(300)).await.unwrap();
    batch.commit().await.unwrap();
}

#[tokio::test]
async fn sqlite_refuses_changes() {
    let record = crate::fixture::sqlite().await.unwrap();
    record_many(&record.store, 2).await;
    record_consent(&record.store).await;
    crate::audit::append(&record.store, 0..2).await;
    crate::audit::sign(&record.store).await;
    record_registry(&record.store).await;
    record_people(&record.store).await;
    record_entry(&record.store).await;
    let mut connection = sqlx::SqliteConnection::connect(&record.url).await.unwrap();
    for &(table, column) in TABLES {
        for sql in
            [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")]
        {
            let refused =
                sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap_err();
            assert!(refused.to_string().contains("immutable"), "{table}: {refused}");
        }
    }
}

#[tokio::test]
async fn sqlite_refuses_replacement_through_the_store() {
    let record: Record = crate::fixture::sqlite().await.unwrap();
    record_many(&record.store, 1).await;
    // The store's own connections delete for REPLACE under the eyes of the triggers.
    let before = record.store.case_by_reference("CASE-00000").await.unwrap().unwrap();
    let mut connection = sqlx::SqliteConnection::connect(&record.url).await.unwrap();
    sqlx::query("PRAGMA recursive_triggers = ON").execute(&mut connection).await.unwrap();
    let refused = sqlx::query(
        "INSERT OR REPLACE INTO patient_case SELECT id, reference, 'x' FROM patient_case",
    )
    .execute(&mut connection)
    .await
    .unwrap_err();
    assert!(refused.to_string().contains("immutable"), "{refused}");
    assert_eq!(record.store.case_by_reference("CASE-00000").await.unwrap().unwrap(), before);
}

#[tokio::test]
async fn postgres_refuses_changes() {
    let Some(record) = crate::fixture::postgres().await else { return };
    record_many(&record.store, 2).await;
    record_consent(&record.store).await;
    crate::audit::append(&record.store, 0..2).await;
    crate::audit::sign(&record.store).await;
    record_registry(&record.store).await;
    record_people(&record.store).await;
    record_entry(&record.store).await;
    let mut connection = sqlx::PgConnection::connect(&record.url).await.unwrap();
    for &(table, column) in TABLES {
        for sql in [
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table} CASCADE"),
        ] {
            let refused =
                sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap_err();
            assert!(refused.to_string().contains("immutable"), "{table}: {refused}");
        }
    }
}
