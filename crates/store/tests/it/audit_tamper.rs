//! Random tampering with the rows of the log, triggers and checks switched off: all of it is found.

use access::audit::SignedHead;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::{
    audit::{append, key, sign},
    fixture::Record,
};

/// How often the rows are tampered with.
const TAMPERINGS: u32 = 2_000;
/// Entries of the log.
const ENTRIES: u64 = 24;

/// Numbers by chance, the same in every run. Source: Marsaglia, Xorshift RNGs, 2003 (64 bits, 13, 7, 17).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

const TEXTS: [&str; 6] = ["name", "organisation", "hospital", "action", "outcome", "document"];
const BYTES: [&str; 3] = ["leaf_hash", "person_id", "case_id"];

/// A statement that changes one byte of one column, moves, swaps or removes rows.
fn tampering(chance: &mut Chance) -> String {
    let row = chance.below(ENTRIES);
    let other = (row + 1 + chance.below(ENTRIES - 1)) % ENTRIES;
    match chance.below(8) {
        0 | 1 => {
            let column = chance.of(&TEXTS);
            let place = 1 + chance.below(60);
            format!(
                "UPDATE audit_entry SET {column} = substr({column}, 1, {place} - 1) || \
                 CASE substr({column}, {place}, 1) WHEN 'x' THEN 'y' ELSE 'x' END || \
                 substr({column}, {place} + 1) WHERE sequence = {row}"
            )
        }
        2 => {
            let column = chance.of(&BYTES);
            let place = 1 + 2 * chance.below(16);
            format!(
                "UPDATE audit_entry SET {column} = unhex(substr(hex({column}), 1, {place} - 1) || \
                 CASE substr(hex({column}), {place}, 2) WHEN '00' THEN '01' ELSE '00' END || \
                 substr(hex({column}), {place} + 2)) WHERE sequence = {row}"
            )
        }
        3 => {
            let change = 1 + chance.below(1_000_000);
            format!("UPDATE audit_entry SET told_ms = told_ms + {change} WHERE sequence = {row}")
        }
        4 => format!(
            "UPDATE audit_entry SET sequence = -1 WHERE sequence = {row}; \
             UPDATE audit_entry SET sequence = {row} WHERE sequence = {other}; \
             UPDATE audit_entry SET sequence = {other} WHERE sequence = -1"
        ),
        5 => format!("DELETE FROM audit_entry WHERE sequence = {row}"),
        6 => format!("DELETE FROM audit_entry WHERE sequence >= {row}"),
        _ => match chance.below(4) {
            0 => "UPDATE audit_tree SET size = size + 1".to_owned(),
            1 => "UPDATE audit_tree SET last_ms = last_ms + 1".to_owned(),
            2 => "UPDATE audit_tree SET peaks = zeroblob(length(peaks))".to_owned(),
            _ => {
                let column = chance.of(&["root", "signature"]);
                format!("UPDATE audit_head SET {column} = zeroblob(length({column}))")
            }
        },
    }
}

async fn content(connection: &mut SqliteConnection) -> String {
    let rows = sqlx::query(
        "SELECT group_concat(quote(sequence) || quote(told_ms) || quote(person_id) || quote(name) || \
         quote(organisation) || quote(hospital) || quote(case_id) || quote(action) || quote(outcome) || \
         quote(document) || quote(leaf_hash)) || (SELECT quote(size) || quote(last_ms) || quote(peaks) FROM audit_tree) \
         || (SELECT group_concat(quote(root) || quote(signature)) FROM audit_head) AS all_of_it FROM audit_entry",
    );
    rows.fetch_one(connection)
        .await
        .unwrap()
        .get::<Option<String>, _>("all_of_it")
        .unwrap_or_default()
}

async fn found(record: &Record, outside: &[SignedHead]) -> bool {
    let keys = Some(vec![key().public()]);
    !record.store.verify_audit(keys, outside.to_vec()).await.unwrap().is_whole()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tampering_with_rows_is_found() {
    let record = crate::fixture::sqlite().await.unwrap();
    append(&record.store, 0..10).await;
    let mut outside = vec![sign(&record.store).await];
    append(&record.store, 10..ENTRIES).await;
    outside.push(sign(&record.store).await);
    assert!(!found(&record, &outside).await);

    let mut connection = SqliteConnection::connect(&record.url).await.unwrap();
    let mut free = String::from("PRAGMA synchronous = OFF; PRAGMA ignore_check_constraints = ON;");
    for table in ["audit_entry", "audit_head", "audit_tree"] {
        for trigger in ["keeps", "stays", "grows"] {
            free.push_str(&format!("DROP TRIGGER IF EXISTS {table}_{trigger};"));
        }
        free.push_str(&format!("CREATE TEMP TABLE whole_{table} AS SELECT * FROM {table};"));
    }
    sqlx::raw_sql(AssertSqlSafe(free)).execute(&mut connection).await.unwrap();
    let mend = ["audit_entry", "audit_head", "audit_tree"]
        .map(|table| {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM whole_{table};")
        })
        .concat();

    let whole = content(&mut connection).await;
    let mut chance = Chance(0x5EED);
    let mut tried = 0;
    while tried < TAMPERINGS {
        let sql = tampering(&mut chance);
        sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut connection).await.unwrap();
        // Where there was no value, nothing changed.
        if content(&mut connection).await != whole {
            tried += 1;
            assert!(found(&record, &outside).await, "{sql}");
        }
        sqlx::raw_sql(AssertSqlSafe(mend.clone())).execute(&mut connection).await.unwrap();
    }
    assert!(!found(&record, &outside).await);
}
