//! Neither engine lets the record be changed behind the programme's back.

use std::collections::BTreeSet;

use model::{
    consent::{Answer, Answers},
    identity::{FieldEventId, PersonId},
    inquiry::InquiryStep,
    order::OrderEventKind,
    organisation::OrganisationCode,
};
use sqlx::Connection;
use store::{EntrySource, FieldEvent, SealedIdentifier, Store, WrappedKey, identifier_v7};

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
    ("research_project", "number"),
    ("research_question", "query"),
    ("audit_entry", "name"),
    ("audit_head", "key_name"),
    ("person", "sign_in_name"),
    ("person_revision", "name"),
    ("membership", "role"),
    ("membership_end", "until_day"),
    ("break_glass", "reason"),
    ("break_glass_review", "note"),
    ("saved_cohort", "name"),
    ("saved_cohort_end", "ended_at"),
    ("field_event", "address"),
    ("test_order", "document"),
    ("order_event", "document"),
    ("vault_key", "wrapped"),
    ("patient_identifier", "ciphertext"),
];

/// Tables that are not of the record's documents and events: what is derived of those, what people sign in with,
/// and what passes. A table that is in neither list is one that somebody forgot to protect.
const CHANGING: &[&str] = &[
    "schema_migration",
    "case_summary",
    "case_change",
    "case_change_count",
    "record_cell",
    "record_pending",
    "record_completeness",
    "case_consent",
    "order_summary",
    "audit_tree",
    "credential",
    "recovery_code",
    "session",
    "api_token",
    "invitation",
    "sign_in_failure",
    "external_identity",
    "oidc_flow",
    "one_time_code",
    "patient_session",
];

/// Fills every table of documents and events.
async fn record_everything(store: &Store) {
    record_many(store, 2).await;
    record_consent(store).await;
    crate::audit::append(store, 0..2).await;
    crate::audit::sign(store).await;
    record_registry(store).await;
    record_people(store).await;
    record_entry(store).await;
    crate::order::place(store, 1, &[OrderEventKind::Ordered, OrderEventKind::Sent]).await;
    record_identifier(store).await;
    crate::research::record_project(store).await;
}

async fn record_identifier(store: &Store) {
    let case = store.case_by_reference("CASE-00000").await.unwrap().unwrap().case;
    let hospital = OrganisationCode::new("H0");
    let key = WrappedKey {
        hospital: hospital.clone(),
        key_id: "k1".to_owned(),
        site_key_id: "s1".to_owned(),
        wrapped: vec![1; 72],
        made_at: moment(1),
    };
    let sealed = SealedIdentifier {
        id: identifier_v7(moment(1), &["identifier"]),
        case,
        hospital,
        key_id: "k1".to_owned(),
        nonce: vec![1; 24],
        ciphertext: vec![1; 40],
        number_index: None,
        recorded_by: None,
        recorded_at: moment(1),
    };
    let mut batch = store.begin().await.unwrap();
    assert!(batch.insert_vault_key(&key).await.unwrap());
    assert!(batch.insert_identifier(&sealed).await.unwrap());
    batch.commit().await.unwrap();
}

/// Asserts that every table of a record is known here as one that keeps or as one that changes.
fn assert_all_known(tables: &[String]) {
    let kept = TABLES.iter().map(|(table, _)| *table);
    let known: BTreeSet<&str> = kept.chain(CHANGING.iter().copied()).collect();
    let unknown: Vec<_> = tables.iter().filter(|table| !known.contains(table.as_str())).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "tables of neither list");
    let (there, kept) = (tables.iter().map(String::as_str).collect::<BTreeSet<_>>(), TABLES.iter());
    let missing: Vec<_> = kept.filter(|(table, _)| !there.contains(table)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

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
    record_everything(&record.store).await;
    let mut connection = sqlx::SqliteConnection::connect(&record.url).await.unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
    assert_all_known(&tables);
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
    record_everything(&record.store).await;
    let mut connection = sqlx::PgConnection::connect(&record.url).await.unwrap();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
    assert_all_known(&tables);
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
