//! An ingest that is killed at any moment loses nothing and doubles nothing.

use std::{
    process::Child,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng};
use store::{RecordCounts, Store};
use testkit::postgres::{Durability, Server};

use crate::folder::{Invented, block_on, counted, ingest, invent, run, tsumugi};

/// How often the program is killed.
const KILLS: u32 = 6;
/// Longest time that a run has before it is killed.
const LIFE_MAX: Duration = Duration::from_millis(1_600);
/// Longest wait for the program to begin to record.
const BEGIN_MAX: Duration = Duration::from_secs(60);

fn counts(url: &str) -> RecordCounts {
    block_on(async {
        let store = Store::open_existing(url).await.unwrap();
        let counts = store.counts().await.unwrap();
        store.close().await;
        counts
    })
}

/// Nothing that is there is half there, whenever the program was ended.
fn nothing_is_half(url: &str) {
    let (code, stdout, stderr) = run(tsumugi(&["db", "check", "--db", url]));
    assert_eq!(code, 0, "{stdout}{stderr}");
}

fn is_migrated(url: &str) -> bool {
    block_on(async {
        match Store::open_existing(url).await {
            Ok(store) => store.require_migrated().await.is_ok(),
            Err(_) => false,
        }
    })
}

fn kill_again_and_again(invented: &Invented, url: &str, seed: u64) {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut before = RecordCounts::default();
    let mut killed_midway = 0;
    for _kill in 0..KILLS {
        let mut child = ingest(invented.folder.path(), url).spawn().unwrap();
        let life = random.random_range(0..LIFE_MAX.as_millis() as u64);
        std::thread::sleep(Duration::from_millis(life));
        child.kill().unwrap();
        child.wait().unwrap();
        if !is_migrated(url) {
            continue;
        }
        let now = counts(url);
        assert!(
            now.results >= before.results && now.reports >= before.reports,
            "{before:?} {now:?}"
        );
        assert_eq!(now.results, now.originals, "a file is there whole or not at all");
        killed_midway += u32::from(now.results > before.results && now.results < invented.files);
        before = now;
        nothing_is_half(url);
    }
    // However quick the machine is, one kill falls into the midst.
    if killed_midway == 0 && before.results < invented.files {
        let mut child = ingest(invented.folder.path(), url).spawn().unwrap();
        wait_for_more(url, before.results, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        nothing_is_half(url);
    }
    let resumed = counts(url).results;
    let (code, stdout, stderr) = run(ingest(invented.folder.path(), url));
    assert!(code == 0 || code == 1, "{stderr}");
    assert_eq!(counted(&stdout, "already there"), resumed);
    everything_is_there_once(invented, url);
}

/// Waits until a run has committed something, or has ended.
fn wait_for_more(url: &str, before: u64, child: &mut Child) {
    let begun = Instant::now();
    while begun.elapsed() < BEGIN_MAX && child.try_wait().unwrap().is_none() {
        if is_migrated(url) && counts(url).results > before {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn everything_is_there_once(invented: &Invented, url: &str) {
    let done = counts(url);
    assert_eq!((done.results, done.originals), (invented.files, invented.files));
    assert_eq!((done.cases, done.revisions), (invented.files, invented.files));
    nothing_is_half(url);
    let (_, stdout, _) = run(ingest(invented.folder.path(), url));
    assert_eq!(counted(&stdout, "new"), 0);
    assert_eq!(counted(&stdout, "already there"), invented.files);
    let rejected = counted(&stdout, "rejected");
    assert_eq!(done.reports, invented.files - rejected, "one report for each accepted result");
    assert_eq!(counts(url), done, "running again changes nothing");
}

#[test]
fn killed_while_writing_to_sqlite() {
    let invented = invent(11, 1_500);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    kill_again_and_again(&invented, &url, 1);
}

#[test]
fn killed_while_writing_to_postgres() {
    let Some(url) = testkit::postgres::database() else { return };
    let invented = invent(12, 1_500);
    kill_again_and_again(&invented, &url, 2);
}

#[test]
fn two_at_once_write_everything_once() {
    let invented = invent(13, 300);
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("record.db").display());
    for url in [Some(sqlite), testkit::postgres::database()].into_iter().flatten() {
        let children: Vec<Child> =
            (0..2).map(|_| ingest(invented.folder.path(), &url).spawn().unwrap()).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            let code = output.status.code().unwrap();
            assert!(code == 0 || code == 1, "{}", String::from_utf8_lossy(&output.stderr));
        }
        everything_is_there_once(&invented, &url);
    }
}

#[test]
fn the_server_restarts_while_writing() {
    let Some(server) = Server::start(Durability::None) else { return };
    let url = server.database();
    let invented = invent(14, 600);
    let mut child = ingest(invented.folder.path(), &url).spawn().unwrap();
    wait_for_more(&url, 0, &mut child);
    server.stop();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("接続") && said.contains("connection"), "{said}");

    let (code, _, said) = run(ingest(invented.folder.path(), &url));
    assert_eq!(code, 2, "the server is down: {said}");

    server.start_again();
    nothing_is_half(&url);
    let (code, stdout, stderr) = run(ingest(invented.folder.path(), &url));
    assert!(code == 0 || code == 1, "{stdout}{stderr}");
    everything_is_there_once(&invented, &url);
}
