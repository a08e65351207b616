//! How long it takes to append to the audit log and to verify it, in the record and as a file.
//!
//! `cargo bench -p cli --bench audit_verify -- [--entries N] [--runs N] [--program FILE]`
//!
//! The log has a signed head for every 1,000 entries. *append* is measured with 100 entries in each transaction, on
//! SQLite with its full durability; *verify* runs the whole program from start to end: signatures, hashes, roots,
//! and what is kept to search by. Beside it stands `sha256sum` of the exported file, the least that looking at
//! every byte once can cost on one core.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use access::audit::{Entry, SigningKey, TreeHead};
use chrono::DateTime;
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use store::Store;
use uuid::Uuid;

/// Entries of one transaction.
const ENTRIES_PER_TRANSACTION: u64 = 100;
/// Entries between two signed heads.
const ENTRIES_PER_HEAD: u64 = 1_000;

fn main() {
    let entries = argument("--entries").unwrap_or(1_000_000);
    let runs = argument("--runs").unwrap_or(3).max(1);
    let folder = tempfile::tempdir().expect("a folder for the record");
    let data = folder.path();
    let key = SigningKey::of_seed([1; 32]).expect("a key");
    std::fs::write(data.join("audit-key"), key.to_secret_text()).expect("a key is written");
    std::fs::write(data.join("audit-key.pub"), key.public().to_text()).expect("a key is written");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let appended = runtime.block_on(append(data, &key, entries));
    println!(
        "append    {:8.2} s  {:8.0} entries/s, {ENTRIES_PER_TRANSACTION} in a transaction",
        appended.as_secs_f64(),
        entries as f64 / appended.as_secs_f64()
    );
    let file = data.join("log.ndjson");
    let written = tsumugi(data, &["export", "--out", &file.display().to_string()]);
    let bytes = std::fs::metadata(&file).expect("the file is there").len();
    println!("export    {:8.2} s  {:8.1} MB", written.as_secs_f64(), bytes as f64 / 1e6);
    let mut seen = [Vec::new(), Vec::new(), Vec::new()];
    for _run in 0..runs {
        seen[0].push(timed(Command::new("sha256sum").arg(&file)));
        seen[1].push(tsumugi(data, &["verify"]));
        seen[2].push(tsumugi(data, &["verify", &file.display().to_string()]));
    }
    let least = median(&mut seen[0]);
    for (name, times) in ["sha256sum", "record", "file"].iter().zip(&mut seen) {
        let seconds = median(times);
        println!(
            "{name:9} {seconds:8.2} s  {:8.0} entries/s  {:5.1} x sha256sum",
            entries as f64 / seconds,
            seconds / least
        );
    }
}

/// Returns the number after a word of the command line.
fn argument(name: &str) -> Option<u64> {
    word_after(name)?.parse().ok()
}

fn word_after(name: &str) -> Option<String> {
    std::env::args().skip_while(|word| word != name).nth(1)
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64)
}

async fn append(data: &Path, key: &SigningKey, entries: u64) -> Duration {
    let url = format!("sqlite:{}", data.join("record.sqlite").display());
    let store = Store::open(&url).await.expect("the record opens");
    let begin = DateTime::from_timestamp_millis(1_780_000_000_000).expect("a moment");
    store.migrate(begin).await.expect("the record is migrated");
    let begun = Instant::now();
    let mut done = 0;
    while done < entries {
        let mut batch = store.begin().await.expect("a transaction");
        for number in done..(done + ENTRIES_PER_TRANSACTION).min(entries) {
            batch.append_audit(&entry(begin, number)).await.expect("an entry is taken");
        }
        batch.commit().await.expect("the entries are durable");
        done += ENTRIES_PER_TRANSACTION;
        if done.is_multiple_of(ENTRIES_PER_HEAD) {
            let tree = store.audit_state().await.expect("the state is read").tree;
            let head = key.sign(&TreeHead { size: tree.size(), root: tree.root(), at: begin });
            let mut batch = store.begin().await.expect("a transaction");
            batch.add_audit_head(&head).await.expect("a head is taken");
            batch.commit().await.expect("the head is durable");
        }
    }
    let took = begun.elapsed();
    store.close().await;
    took
}

fn entry(begin: DateTime<chrono::Utc>, number: u64) -> Entry {
    let id = |kind: u128, bound: u64| Uuid::from_u128(kind << 64 | u128::from(number % bound));
    let at = begin + chrono::TimeDelta::milliseconds(i64::try_from(number).unwrap_or(0) * 50);
    let hospital = OrganisationCode::new(&format!("H-{:03}", number % 282));
    let mut entry = Entry::by_system(at, "合成 花子", "read-case")
        .for_purpose("care")
        .on_case(CaseId(id(1, 100_000)), Some(hospital.clone()))
        .about("case", id(1, 100_000))
        .with_items(["tumour-type", "performance-status", "regimen"])
        .from_request(Some("10.0.0.7"), Some("0198-42"));
    entry.person = Some(PersonId(id(2, 300)));
    entry.organisation = Some(hospital);
    entry.role = Some("physician".to_owned());
    entry
}

/// Runs `tsumugi audit` and returns how long it took.
fn tsumugi(data: &Path, words: &[&str]) -> Duration {
    let built = || env!("CARGO_BIN_EXE_tsumugi").to_owned();
    let mut command = Command::new(word_after("--program").unwrap_or_else(built));
    timed(command.arg("audit").args(words).arg("--data").arg(data))
}

fn timed(command: &mut Command) -> Duration {
    let begun = Instant::now();
    let status = command.stdout(Stdio::null()).status().expect("the program runs");
    assert!(status.success(), "{command:?} failed");
    begun.elapsed()
}
