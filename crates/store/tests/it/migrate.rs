//! Migrations: from empty, twice, from a newer program, and the same form on both engines.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection, Row};
use store::{MigrateError, Store};

use crate::fixture::{
    Record, moment, on_both_engines, postgres, postgres_empty, sqlite, sqlite_empty,
};

on_both_engines!(migrating_again_does_nothing, a_newer_record_is_refused, two_may_migrate_at_once);

async fn migrating_again_does_nothing(record: Record) {
    record.store.require_migrated().await.unwrap();
    let again = record.store.migrate(moment(1)).await.unwrap();
    assert!(again.applied.is_empty());
}

async fn a_newer_record_is_refused(record: Record) {
    execute(&record.url, "INSERT INTO schema_migration VALUES (9999, 'later', 'x', 'x')").await;
    for refused in [
        record.store.migrate(moment(1)).await.map(drop).unwrap_err(),
        record.store.require_migrated().await.unwrap_err(),
    ] {
        assert!(matches!(refused, MigrateError::Newer { found: 9999, .. }), "{refused:?}");
        assert!(refused.explain().ja.contains("新しい版"));
    }
}

async fn two_may_migrate_at_once(record: Record) {
    let other = Store::open(&record.url).await.unwrap();
    let (first, second) = tokio::join!(record.store.migrate(moment(1)), other.migrate(moment(1)));
    first.unwrap();
    second.unwrap();
}

#[tokio::test]
async fn an_empty_record_asks_for_migration() {
    for record in [sqlite_empty().await, postgres_empty().await].into_iter().flatten() {
        let refused = record.store.require_migrated().await.unwrap_err();
        assert!(matches!(refused, MigrateError::Older { found: 0, .. }), "{refused:?}");
        let refused = record.store.case_by_reference("x").await.unwrap_err();
        assert_eq!(refused.cause(), store::Cause::NotMigrated, "{refused:?}");
    }
}

#[tokio::test]
async fn another_programs_file_is_left_alone() {
    let record = sqlite_empty().await.unwrap();
    execute(&record.url, "PRAGMA application_id = 7").await;
    let refused = record.store.migrate(moment(0)).await.unwrap_err();
    assert!(matches!(refused, MigrateError::Foreign { found: 7 }), "{refused:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.db");
    std::fs::write(&path, "this is no database, but a text of some length".repeat(100)).unwrap();
    let refused = Store::open(&format!("sqlite:{}", path.display())).await.unwrap_err();
    assert!(!refused.explain().en.is_empty());
    let missing = Store::open_existing(&format!("sqlite:{}/no.db", folder.path().display())).await;
    assert!(matches!(missing, Err(store::OpenStoreError::Missing { .. })), "{missing:?}");
    for url in ["mysql://x", "", "record.db", "postgres://"] {
        let refused = Store::open(url).await;
        assert!(refused.is_err(), "{url}");
    }
}

/// A table's columns with their type in words of both engines, and whether they may be null; its keys.
type Schema = BTreeMap<String, (BTreeMap<String, (String, bool)>, BTreeSet<String>)>;

#[tokio::test]
async fn both_engines_have_the_same_form() {
    let sqlite = sqlite().await.unwrap();
    let Some(postgres) = postgres().await else { return };
    let ours = sqlite_schema(&sqlite.url).await;
    assert!(ours.len() >= 8, "{:?}", ours.keys());
    assert_eq!(ours, postgres_schema(&postgres.url).await);
}

async fn execute(url: &str, sql: &'static str) {
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
}

/// SQLite keeps several of PostgreSQL's types in one: name the one that the column's name means.
fn common_type(column: &str, engine_type: &str) -> String {
    let engine_type = engine_type.to_lowercase();
    let common = match engine_type.as_str() {
        "blob" if column == "id" || column.ends_with("_id") || column == "recorded_by" => "uuid",
        "blob" => "bytea",
        "integer"
            if matches!(
                column,
                "synthetic" | "demonstration" | "explained" | "counselling_waits"
            ) =>
        {
            "boolean"
        }
        "integer" => "bigint",
        "text" if column.ends_with("_at") && column != "applied_at" => "timestamp with time zone",
        "text" if column.ends_with("_on") => "date",
        other => other,
    };
    common.to_owned()
}

async fn sqlite_schema(url: &str) -> Schema {
    let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut schema = Schema::new();
    for table in tables {
        let rows = sqlx::query("SELECT name, type, \"notnull\", pk FROM pragma_table_info($1)")
            .bind(&table)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let mut columns = BTreeMap::new();
        for row in rows {
            let name: String = row.get("name");
            let engine_type: String = row.get("type");
            let engine_type = common_type(&name, &engine_type);
            columns.insert(name, (engine_type, row.get::<i64, _>("notnull") == 0));
        }
        let mut keys = BTreeSet::new();
        let indexes = sqlx::query("SELECT name, \"unique\" AS u FROM pragma_index_list($1)")
            .bind(&table)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for index in indexes {
            let names: Vec<String> =
                sqlx::query_scalar("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
                    .bind(index.get::<String, _>("name"))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
            let unique = if index.get::<i64, _>("u") == 1 { "unique" } else { "index" };
            keys.insert(format!("{unique} ({})", names.join(", ")));
        }
        let foreign = sqlx::query(
            "SELECT id, \"table\" AS t, group_concat(\"from\", ', ') AS f, group_concat(\"to\", ', ') AS o \
             FROM (SELECT * FROM pragma_foreign_key_list($1) ORDER BY id, seq) GROUP BY id",
        )
        .bind(&table)
        .fetch_all(&mut connection)
        .await
        .unwrap();
        for key in foreign {
            let (from, to): (String, String) = (key.get("f"), key.get("o"));
            keys.insert(format!("({from}) -> {} ({to})", key.get::<String, _>("t")));
        }
        schema.insert(table, (columns, keys));
    }
    schema
}

async fn postgres_schema(url: &str) -> Schema {
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    let mut schema = Schema::new();
    let columns = sqlx::query(
        "SELECT table_name::text AS t, column_name::text AS c, data_type::text AS d, is_nullable::text AS n \
         FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for row in columns {
        let (table, column): (String, String) = (row.get("t"), row.get("c"));
        let engine_type: String = row.get("d");
        let nullable = row.get::<String, _>("n") == "YES";
        schema.entry(table).or_default().0.insert(column, (engine_type, nullable));
    }
    let indexes = sqlx::query(
        "SELECT t.relname::text AS t, i.indisunique AS u, \
         (SELECT string_agg(a.attname::text, ', ' ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(a, n) \
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.a) AS c \
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
         JOIN pg_namespace s ON s.oid = t.relnamespace WHERE s.nspname = 'public' AND t.relkind = 'r'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for row in indexes {
        let unique = if row.get::<bool, _>("u") { "unique" } else { "index" };
        let key = format!("{unique} ({})", row.get::<String, _>("c"));
        schema.entry(row.get("t")).or_default().1.insert(key);
    }
    let foreign = sqlx::query(
        "SELECT t.relname::text AS t, o.relname::text AS o, \
         (SELECT string_agg(a.attname::text, ', ' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(a, n) \
          JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.a) AS f, \
         (SELECT string_agg(a.attname::text, ', ' ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(a, n) \
          JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.a) AS r \
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid \
         WHERE c.contype = 'f'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for row in foreign {
        let key = format!(
            "({}) -> {} ({})",
            row.get::<String, _>("f"),
            row.get::<String, _>("o"),
            row.get::<String, _>("r")
        );
        schema.entry(row.get("t")).or_default().1.insert(key);
    }
    schema
}
