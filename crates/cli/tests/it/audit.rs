//! `tsumugi audit` as an auditor runs it.

use std::{fs, path::Path};

use access::audit::Entry;
use chrono::DateTime;
use sqlx::{AssertSqlSafe, Connection};
use store::Store;
use tempfile::TempDir;

use crate::folder::{block_on, run, tsumugi};

fn url(data: &Path) -> String {
    format!("sqlite:{}", data.join("record.sqlite").display())
}

fn append(data: &Path, names: &[&str]) {
    block_on(async {
        let store = Store::open(&url(data)).await.unwrap();
        let at = DateTime::from_timestamp_millis(1_780_000_000_000).unwrap();
        store.migrate(at).await.unwrap();
        let mut batch = store.begin().await.unwrap();
        for name in names {
            batch.append_audit(&Entry::by_system(at, name, "read-case")).await.unwrap();
        }
        batch.commit().await.unwrap();
        store.close().await;
    });
}

fn damage(data: &Path, sql: &str) {
    block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&url(data)).await.unwrap();
        let free = "DROP TRIGGER IF EXISTS audit_entry_keeps; DROP TRIGGER IF EXISTS audit_entry_stays; \
             DROP TRIGGER IF EXISTS audit_head_stays; DROP TRIGGER IF EXISTS audit_tree_grows;";
        let sql = format!("{free} {sql}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    });
}

fn audit(data: &Path, words: &[&str]) -> (i32, String) {
    let mut all = vec!["audit"];
    all.extend(words);
    if !words.contains(&"check-proof") {
        all.extend(["--data", data.to_str().unwrap()]);
    }
    let (code, stdout, stderr) = run(tsumugi(&all));
    (code, stdout + &stderr)
}

fn signed_log() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    append(folder.path(), &["a", "b", "c", "d", "e"]);
    let (code, told) = audit(folder.path(), &["sign"]);
    assert_eq!(code, 0, "{told}");
    append(folder.path(), &["f", "g"]);
    let (code, told) = audit(folder.path(), &["sign"]);
    assert_eq!(code, 0, "{told}");
    folder
}

#[test]
fn a_whole_log_is_whole_and_a_cut_one_is_not() {
    let folder = signed_log();
    let data = folder.path();
    let (code, told) = audit(data, &["verify"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("entries: 7") && told.contains("異常はありません"), "{told}");
    append(data, &["h"]);
    let (code, told) = audit(data, &["verify"]);
    assert!(code == 0 && told.contains("The last 1 entries are not signed yet"), "{told}");

    // The end cut off the database with all its traces in it: the heads outside tell.
    let seven = fs::read_to_string(data.join("audit-heads.ndjson")).unwrap();
    assert_eq!(seven.lines().count(), 2);
    let copy = tempfile::tempdir().unwrap();
    append(copy.path(), &["a", "b", "c", "d", "e"]);
    for file in ["audit-key", "audit-key.pub", "audit-heads.ndjson"] {
        fs::copy(data.join(file), copy.path().join(file)).unwrap();
    }
    let (code, told) = audit(copy.path(), &["verify"]);
    assert!(code == 1 && told.contains("audit.cut-off"), "{told}");
    assert!(told.contains("末尾が切り取られています"), "{told}");

    damage(data, "UPDATE audit_entry SET document = replace(document, '\"b\"', '\"x\"')");
    let (code, told) = audit(data, &["verify"]);
    assert!(code == 1 && told.starts_with("audit.altered"), "{told}");
    assert!(told.contains("entry 1"), "{told}");
}

#[test]
fn what_cannot_be_read_is_said_so() {
    let folder = signed_log();
    let data = folder.path();
    fs::rename(data.join("audit-key.pub"), data.join("elsewhere.pub")).unwrap();
    let (code, told) = audit(data, &["verify"]);
    assert!(code == 2 && told.contains("audit-key.pub"), "{told}");
    let key = data.join("elsewhere.pub");
    let (code, told) = audit(data, &["verify", "--key", key.to_str().unwrap()]);
    assert_eq!(code, 0, "{told}");
    let (code, told) =
        audit(data, &["verify", "--heads", "/nowhere", "--key", key.to_str().unwrap()]);
    assert_eq!(code, 2, "{told}");
    let (code, told) = audit(data, &["verify", "/nowhere.ndjson", "--key", key.to_str().unwrap()]);
    assert_eq!(code, 2, "{told}");
    let (code, told) = audit(data, &["key"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("tsumugi-audit-public-key-1 "), "{told}");
}

#[test]
fn an_export_is_verified_without_the_record() {
    let folder = signed_log();
    let data = folder.path();
    let file = data.join("log.ndjson");
    let (code, told) = audit(data, &["export", "--out", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{told}");
    let (code, told) = audit(data, &["verify", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{told}");
    let whole = fs::read_to_string(&file).unwrap();
    for spoilt in [
        whole.replace("\"name\":\"c\"", "\"name\":\"x\""),
        whole.lines().skip(1).map(|line| format!("{line}\n")).collect(),
        whole.lines().take(4).map(|line| format!("{line}\n")).collect(),
    ] {
        fs::write(&file, spoilt).unwrap();
        let (code, told) = audit(data, &["verify", file.to_str().unwrap()]);
        assert_eq!(code, 1, "{told}");
    }
}

#[test]
fn a_proof_is_checked_by_whom_it_is_about() {
    let folder = signed_log();
    let data = folder.path();
    let file = data.join("proof.json");
    let out = file.to_str().unwrap();
    let (code, told) = audit(data, &["prove", "--entry", "3", "--out", out]);
    assert_eq!(code, 0, "{told}");
    let key = data.join("audit-key.pub");
    let (code, told) = audit(data, &["check-proof", out, "--key", key.to_str().unwrap()]);
    assert!(code == 0 && told.contains("d  ") && !told.contains("Note:"), "{told}");
    let (code, told) = audit(data, &["check-proof", out]);
    assert!(code == 0 && told.contains("Note:"), "{told}");
    let spoilt = fs::read_to_string(&file)
        .unwrap()
        .replace("\\\"name\\\":\\\"d\\\"", "\\\"name\\\":\\\"e\\\"");
    fs::write(&file, spoilt).unwrap();
    let (code, told) = audit(data, &["check-proof", out]);
    assert!(code == 1 && told.contains("does not hold"), "{told}");
    for nothing in [["--entry", "99"], ["--case", "NOBODY"]] {
        let (code, told) = audit(data, &["prove", nothing[0], nothing[1], "--out", out]);
        assert_eq!(code, 2, "{told}");
    }
}
