//! How long it takes to say what every patient allowed at a past moment, on either engine.
//!
//! `cargo bench -p store --bench consents_at -- [--cases N] [--runs N]`
//!
//! Every case has a consent; one in twenty changed it, one in a hundred withdrew. The moment asked about lies in the
//! middle, so that many events had not been recorded by then. A line gives the least, the median and the largest time of the runs, by what was recorded then and by what is
//! known now. The connections are warm; the record is on this machine's disk.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use model::{
    case::PatientCase,
    consent::{
        Answer, Answers, AsOf, ConsentEvent, ConsentKind, ConsentPurpose, ConsentWay, DataUse,
        DocumentVersion, Recorder, day_of,
    },
    identity::{CaseId, ConsentEventId},
};
use store::{NewCase, Store, identifier_v7};

/// Cases written in one transaction.
const CASES_PER_TRANSACTION: usize = 2_000;

fn main() {
    let cases = argument("--cases").unwrap_or(100_000);
    let runs = argument("--runs").unwrap_or(7).max(1);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = format!("sqlite:{}", folder.path().join("record.db").display());
    let urls = [("sqlite", Some(sqlite)), ("postgres", testkit::postgres::database())];
    for (engine, url) in urls {
        match url {
            Some(url) => runtime.block_on(measure(engine, &url, cases, runs)),
            None => println!("{engine}: not installed, skipped"),
        }
    }
}

fn argument(name: &str) -> Option<usize> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)?.parse().ok()
}

fn begin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).expect("a moment")
}

async fn measure(engine: &str, url: &str, cases: usize, runs: usize) {
    let store = Store::open(url).await.expect("the record opens");
    store.migrate(begin()).await.expect("the record has its form");
    let events = fill(&store, cases).await;
    let asked = begin() + TimeDelta::days(400);
    let now = begin() + TimeDelta::days(2_000);
    for (name, as_of) in
        [("recorded then", AsOf::known_then(asked)), ("known now", AsOf::known_by(asked, now))]
    {
        let mut times = Vec::new();
        let mut allowed = 0;
        for _run in 0..=runs {
            let started = Instant::now();
            let states = store.consents_at(as_of).await.expect("the states are read");
            allowed = states
                .iter()
                .filter(|(_, answers)| DataUse::Academic.is_allowed_by(answers))
                .count();
            times.push(started.elapsed());
        }
        // The first run warms the connection.
        let mut times: Vec<Duration> = times.into_iter().skip(1).collect();
        times.sort();
        let (least, median, most) = (times[0], times[times.len() / 2], times[times.len() - 1]);
        println!(
            "{engine:9} {cases} cases, {events} events, {name:13}: {least:.0?} {median:.0?} {most:.0?}, {allowed} allowed"
        );
    }
    store.close().await;
}

async fn fill(store: &Store, cases: usize) -> usize {
    let mut written = 0;
    let numbers: Vec<usize> = (0..cases).collect();
    for chunk in numbers.chunks(CASES_PER_TRANSACTION) {
        let mut batch = store.begin().await.expect("a transaction");
        for number in chunk {
            let at = begin() + TimeDelta::minutes(*number as i64 * 11);
            let reference = format!("BENCH-{number:07}");
            let case = CaseId(identifier_v7(at, &["case", &reference]));
            let document = PatientCase { reference, synthetic: true, ..PatientCase::default() };
            let new = NewCase { id: case, document, revises: false };
            batch.register_case(&new, at).await.expect("a case is registered");
            for event in events(case, *number, at) {
                batch.record_consent(&event).await.expect("consent is recorded");
                written += 1;
            }
        }
        batch.commit().await.expect("a commit");
    }
    written
}

fn events(case: CaseId, number: usize, at: DateTime<Utc>) -> Vec<ConsentEvent> {
    let event = |step: i64, kind, answers| {
        let recorded_at = at + TimeDelta::days(step * 30);
        ConsentEvent {
            id: ConsentEventId(identifier_v7(recorded_at, &["consent", &case.to_string()])),
            case,
            kind,
            answers,
            recipient: None,
            document: Some(DocumentVersion { code: "bench".to_owned(), version: "1".to_owned() }),
            way: ConsentWay::Electronic,
            signed_on: day_of(recorded_at),
            witness: None,
            recorded_by: Recorder::Synthetic,
            recorded_at,
            supersedes: None,
            note: None,
        }
    };
    let mut events = vec![event(0, ConsentKind::Given, Answers::all(Answer::Yes))];
    if number.is_multiple_of(20) {
        let no = Answers::default().with(ConsentPurpose::AbroadUse, Answer::No);
        events.push(event(1, ConsentKind::Changed, no));
    }
    if number.is_multiple_of(100) {
        events.push(event(2, ConsentKind::Withdrawn, Answers::all(Answer::No)));
    }
    events
}
