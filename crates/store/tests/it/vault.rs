//! Keys of the vault are changed without anything else of the record's being changed, on both engines.

use model::{identity::CaseId, organisation::OrganisationCode};
use sqlx::Connection as _;
use store::{CopyRecordError, RecordError, SealedIdentifier, Store, WrappedKey, identifier_v7};

use crate::fixture::{Record, moment, on_both_engines, postgres, record_many, sqlite};

on_both_engines!(
    a_seal_changes_and_nothing_else,
    a_seal_changes_forwards_only,
    a_row_needs_its_key,
    keys_go_when_nothing_needs_them,
    two_do_not_each_take_the_others_key,
    a_key_that_is_being_used_stays,
    numbers_are_found_over_old_and_new_rows,
);

fn hospital() -> OrganisationCode {
    OrganisationCode::new("H1")
}

/// A hospital's key as a site key wraps it; later keys have greater numbers.
fn key(number: u8, site: &str) -> WrappedKey {
    WrappedKey {
        hospital: hospital(),
        key_id: format!("k{number}"),
        site_key_id: site.to_owned(),
        wrapped: vec![number; 72],
        made_at: moment(i64::from(number)),
    }
}

fn row(case: CaseId, number: u8, key: u8) -> SealedIdentifier {
    SealedIdentifier {
        id: identifier_v7(moment(10), &["identifier", &number.to_string()]),
        case,
        hospital: hospital(),
        key_id: format!("k{key}"),
        nonce: vec![number; 24],
        ciphertext: vec![number; 40],
        number_index: Some(format!("index {number} k{key}")),
        recorded_by: None,
        recorded_at: moment(i64::from(number)),
    }
}

/// The row as a later key seals it.
fn anew(sealed: &SealedIdentifier, key: u8) -> SealedIdentifier {
    SealedIdentifier {
        key_id: format!("k{key}"),
        nonce: vec![100 + key; 24],
        ciphertext: vec![100 + key; 40],
        number_index: Some(format!("index anew k{key}")),
        ..sealed.clone()
    }
}

async fn case(store: &Store, number: u32) -> CaseId {
    store.case_by_reference(&format!("CASE-{number:05}")).await.unwrap().unwrap().case
}

/// Two rows of two cases under the first of two keys.
async fn two_rows(store: &Store) -> [SealedIdentifier; 2] {
    record_many(store, 2).await;
    let rows = [row(case(store, 0).await, 1, 1), row(case(store, 1).await, 2, 1)];
    let mut batch = store.begin().await.unwrap();
    for number in [1, 2] {
        assert!(batch.insert_vault_key(&key(number, "s1")).await.unwrap());
    }
    for row in &rows {
        assert!(batch.insert_identifier(row).await.unwrap());
    }
    batch.commit().await.unwrap();
    rows
}

/// Runs a statement as somebody who goes around the program.
async fn execute(url: &str, sql: &str) -> Result<u64, sqlx::Error> {
    let sql = sqlx::AssertSqlSafe(sql);
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await?;
        sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await?;
        sqlx::query(sql).execute(&mut connection).await.map(|done| done.rows_affected())
    }
}

async fn a_seal_changes_and_nothing_else(record: Record) {
    let [one, _] = two_rows(&record.store).await;
    let sealed = "UPDATE patient_identifier SET key_id = 'k2', \
         nonce = (SELECT o.nonce FROM patient_identifier o WHERE o.id <> patient_identifier.id)";
    for also in [
        "id = (SELECT c.id FROM patient_case c LIMIT 1)",
        "case_id = (SELECT c.id FROM patient_case c WHERE c.id <> patient_identifier.case_id)",
        "hospital = 'H2'",
        "recorded_by = (SELECT c.id FROM patient_case c LIMIT 1)",
        "recorded_at = (SELECT k.made_at FROM vault_key k WHERE k.key_id = 'k2')",
        "ciphertext = nonce",
        "number_index = NULL",
    ] {
        let sql = format!("{sealed}, {also} WHERE number_index LIKE '%1 k1'");
        let refused = execute(&record.url, &sql).await.unwrap_err().to_string();
        let is_refused = refused.contains("immutable") || refused.contains("no vault key");
        assert!(is_refused, "{also}: {refused}");
    }
    // The seal alone changes, and the row says otherwise what it said.
    let mut batch = record.store.begin().await.unwrap();
    let resealed = anew(&one, 2);
    assert!(batch.reseal_identifier(&resealed, "k1").await.unwrap());
    assert!(!batch.reseal_identifier(&resealed, "k1").await.unwrap(), "another key has it now");
    batch.commit().await.unwrap();
    assert_eq!(record.store.identifier_of_case(one.case).await.unwrap(), Some(resealed));
    assert_eq!(record.store.check().await.unwrap().findings, []);
    let deleted = execute(&record.url, "DELETE FROM patient_identifier").await.unwrap_err();
    assert!(deleted.to_string().contains("immutable"), "{deleted}");
}

async fn a_seal_changes_forwards_only(record: Record) {
    let [one, _] = two_rows(&record.store).await;
    let mut batch = record.store.begin().await.unwrap();
    let same_age = WrappedKey { made_at: moment(2), ..key(4, "s1") };
    assert!(batch.insert_vault_key(&same_age).await.unwrap());
    assert!(batch.reseal_identifier(&anew(&one, 2), "k1").await.unwrap());
    batch.commit().await.unwrap();
    for (to, from) in [(1, "k2"), (4, "k2"), (3, "k2")] {
        let mut batch = record.store.begin().await.unwrap();
        let refused = batch.reseal_identifier(&anew(&one, to), from).await;
        assert!(matches!(refused, Err(RecordError::Engine { .. })), "to k{to}: {refused:?}");
        batch.rollback().await.unwrap();
    }
}

async fn a_row_needs_its_key(record: Record) {
    let [one, _] = two_rows(&record.store).await;
    let mut batch = record.store.begin().await.unwrap();
    let refused = batch.insert_identifier(&row(one.case, 3, 9)).await;
    assert!(matches!(refused, Err(RecordError::Engine { .. })), "{refused:?}");
}

async fn remove(store: &Store, key: &WrappedKey) -> bool {
    let mut batch = store.begin().await.unwrap();
    match batch.remove_vault_key(key).await {
        Ok(removed) => {
            assert!(removed);
            batch.commit().await.unwrap();
            true
        }
        Err(_) => false,
    }
}

async fn keys_go_when_nothing_needs_them(record: Record) {
    let store = &record.store;
    let [one, other] = two_rows(store).await;
    assert!(!remove(store, &key(1, "s1")).await, "rows need it");
    assert!(!remove(store, &key(2, "s1")).await, "it is the newest");
    // Wrapped by another site key as well, one of the wraps may go, and then no more.
    let mut batch = store.begin().await.unwrap();
    assert!(batch.insert_vault_key(&key(1, "s2")).await.unwrap());
    batch.commit().await.unwrap();
    assert!(remove(store, &key(1, "s1")).await);
    assert!(!remove(store, &key(1, "s2")).await);
    let mut batch = store.begin().await.unwrap();
    for row in [&one, &other] {
        assert!(batch.reseal_identifier(&anew(row, 2), "k1").await.unwrap());
    }
    batch.commit().await.unwrap();
    assert!(remove(store, &key(1, "s2")).await, "nothing needs it any more");
    assert_eq!(store.all_vault_keys().await.unwrap(), [key(2, "s1")]);
    let uses = store.vault_key_uses().await.unwrap();
    assert_eq!(
        uses.iter().map(|one| (one.key_id.as_str(), one.rows)).collect::<Vec<_>>(),
        [("k2", 2)]
    );
    assert_eq!(store.check().await.unwrap().findings, []);
}

/// Two who take wraps of one key out at the same moment never leave it without any.
async fn two_do_not_each_take_the_others_key(record: Record) {
    let store = &record.store;
    two_rows(store).await;
    let mut batch = store.begin().await.unwrap();
    assert!(batch.insert_vault_key(&key(1, "s2")).await.unwrap());
    batch.commit().await.unwrap();
    let mut first = store.begin().await.unwrap();
    assert!(first.remove_vault_key(&key(1, "s1")).await.unwrap());
    let second = store.clone();
    let second = tokio::spawn(async move { remove(&second, &key(1, "s2")).await });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    first.commit().await.unwrap();
    assert!(!second.await.unwrap());
    assert!(store.all_vault_keys().await.unwrap().contains(&key(1, "s2")));
}

/// A key under which a row is being entered at this moment stays.
async fn a_key_that_is_being_used_stays(record: Record) {
    let store = &record.store;
    let [one, other] = two_rows(store).await;
    let mut batch = store.begin().await.unwrap();
    for row in [&one, &other] {
        assert!(batch.reseal_identifier(&anew(row, 2), "k1").await.unwrap());
    }
    batch.commit().await.unwrap();
    let mut entering = store.begin().await.unwrap();
    assert!(entering.insert_identifier(&row(one.case, 3, 1)).await.unwrap());
    let removing = store.clone();
    let removing = tokio::spawn(async move { remove(&removing, &key(1, "s1")).await });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    entering.commit().await.unwrap();
    assert!(!removing.await.unwrap());
    assert_eq!(store.check().await.unwrap().findings, []);
}

async fn numbers_are_found_over_old_and_new_rows(record: Record) {
    let [one, other] = two_rows(&record.store).await;
    let mut batch = record.store.begin().await.unwrap();
    assert!(batch.reseal_identifier(&anew(&one, 2), "k1").await.unwrap());
    batch.commit().await.unwrap();
    let find = async |indexes: &[&str]| {
        let indexes: Vec<String> = indexes.iter().map(ToString::to_string).collect();
        record.store.cases_of_number(&hospital(), &indexes).await.unwrap()
    };
    assert_eq!(find(&["index anew k2", "index 1 k1"]).await, [one.case]);
    assert_eq!(find(&["index 2 k2", "index 2 k1"]).await, [other.case]);
    assert_eq!(find(&["index 1 k1"]).await, [], "the old index leads nowhere any more");
}

/// Copies, changes keys in the original, copies again, and asserts that both say the same.
async fn copied_again(from: Record, to: Record) {
    let [one, other] = two_rows(&from.store).await;
    from.store.copy_to(&to.store, |_| ()).await.unwrap();
    let mut batch = from.store.begin().await.unwrap();
    assert!(batch.reseal_identifier(&anew(&one, 2), "k1").await.unwrap());
    batch.commit().await.unwrap();
    let summary = from.store.copy_to(&to.store, |_| ()).await.unwrap();
    assert_eq!(summary.copied, 1, "{summary:?}");
    let mut batch = from.store.begin().await.unwrap();
    assert!(batch.reseal_identifier(&anew(&other, 2), "k1").await.unwrap());
    assert!(batch.insert_vault_key(&key(2, "s2")).await.unwrap());
    assert!(batch.remove_vault_key(&key(2, "s1")).await.unwrap());
    assert!(batch.remove_vault_key(&key(1, "s1")).await.unwrap());
    batch.commit().await.unwrap();
    from.store.copy_to(&to.store, |_| ()).await.unwrap();
    assert_eq!(to.store.all_vault_keys().await.unwrap(), [key(2, "s2")]);
    for row in [one, other] {
        let there = to.store.identifier_of_case(row.case).await.unwrap();
        assert_eq!(there, Some(anew(&row, 2)));
    }
    from.store.require_same_tables(&to.store).await.unwrap();
    assert_eq!(from.store.copy_to(&to.store, |_| ()).await.unwrap().copied, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_sqlite_follows_changed_keys() {
    copied_again(sqlite().await.unwrap(), sqlite().await.unwrap()).await;
    if let Some(to) = postgres().await {
        copied_again(sqlite().await.unwrap(), to).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_postgres_follows_changed_keys() {
    let Some(from) = postgres().await else { return };
    copied_again(from, sqlite().await.unwrap()).await;
}

/// What an older copy says is never put over what a later key has sealed.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_record_is_not_copied_over_a_later_one() {
    let (old, new) = (sqlite().await.unwrap(), sqlite().await.unwrap());
    let [one, _] = two_rows(&old.store).await;
    old.store.copy_to(&new.store, |_| ()).await.unwrap();
    let mut batch = new.store.begin().await.unwrap();
    assert!(batch.reseal_identifier(&anew(&one, 2), "k1").await.unwrap());
    batch.commit().await.unwrap();
    let refused = old.store.copy_to(&new.store, |_| ()).await;
    let is_differing = matches!(refused, Err(CopyRecordError::Differs { what: "identifier", .. }));
    assert!(is_differing, "{refused:?}");
    assert_eq!(new.store.identifier_of_case(one.case).await.unwrap(), Some(anew(&one, 2)));
}
