//! A process that appends to the log and is killed leaves a whole log with everything that it had acknowledged.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use store::Store;

use crate::{
    audit::{append, key},
    fixture::{Record, on_both_engines},
};

/// Names the record in which the child appends.
const CHILD: &str = "TSUMUGI_TEST_AUDIT_APPENDS";
/// How often a child is killed.
const KILLS: u64 = 5;

on_both_engines!(killed_in_the_midst_of_appending);

/// Not a test of its own: the child that appends until it is killed.
#[tokio::test(flavor = "multi_thread")]
async fn appends_until_killed() {
    let Some(url) = std::env::var_os(CHILD) else { return };
    let store = Store::open_existing(url.to_str().unwrap()).await.unwrap();
    for number in 0.. {
        append(&store, number * 3..number * 3 + 3).await;
        println!("acknowledged {}", store.audit_state().await.unwrap().tree.size());
    }
}

async fn killed_in_the_midst_of_appending(record: Record) {
    let mut acknowledged = 0;
    for kill in 1..=KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "audit_kill::appends_until_killed", "--nocapture"])
            .env(CHILD, &record.url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // The child is always in the midst of the next append when it is killed.
        for _ in 0..kill * 7 {
            let line = lines.by_ref().find(|line| line.as_ref().unwrap().starts_with("ack"));
            let line = line.expect("the child appends").unwrap();
            acknowledged = line.rsplit(' ').next().unwrap().parse::<u64>().unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let keys = Some(vec![key().public()]);
        let found = record.store.verify_audit(keys, Vec::new()).await.unwrap();
        assert_eq!(found.flaws, []);
        assert!(found.entries >= acknowledged, "{} {acknowledged}", found.entries);
        assert_eq!(found.entries % 3, 0, "a transaction is there whole or not at all");
    }
}
