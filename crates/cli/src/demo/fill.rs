//! Fills the record with a synthetic nation, in the background, while pages are served already.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use access::audit::{Deed, Entry};
use care::intake::{Prepared, Received, Settings, prepare, receive_dated, register_release};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use model::case::PatientCase;
use rayon::prelude::*;
use server::AppState;
use store::RecordError;
use synthetic::SyntheticCase;
use tokio::task::JoinHandle;

use super::{consent, orders, people, record};

/// What the audit log calls the demo.
const PART: &str = "tsumugi demo";
/// Seed of the demo's nation; the same cases each time.
const SEED: u64 = 1;
/// Cases prepared at once, on all processors.
const BATCH_CASES: usize = 64;
/// How long after a synthetic case is registered its result seems to come. Units: days.
const DAYS_TO_RESULT: i64 = 24;

/// Begins to fill the record up to a number of cases; what is there already stays.
///
/// The filling ends early when told to stop; every transaction before that is kept.
pub(super) async fn begin(
    state: &AppState,
    cases: u64,
    stop: Arc<AtomicBool>,
) -> Result<JoinHandle<Result<(), RecordError>>, RecordError> {
    let waiting = orders::waiting_there(&state.store, SEED).await?;
    let there = state.store.case_counts().await?.synthetic.saturating_sub(waiting).min(cases);
    register_release(&state.store, state.release, (state.clock)()).await?;
    consent::add_documents(&state.store, (state.clock)()).await?;
    if there < cases {
        state.filling.begin(there, cases);
    }
    let state = state.clone();
    let runtime = tokio::runtime::Handle::current();
    Ok(tokio::task::spawn_blocking(move || {
        let filled = fill(&state, there, cases, &stop, &runtime);
        state.filling.end();
        filled
    }))
}

/// Begins an entry of the audit log about what the demo fills in.
pub(super) fn entry(at: DateTime<Utc>, action: impl ToString) -> Entry {
    Entry::by_system(at, PART, action)
}

fn fill(
    state: &AppState,
    there: u64,
    cases: u64,
    stop: &AtomicBool,
    runtime: &tokio::runtime::Handle,
) -> Result<(), RecordError> {
    if there == cases {
        return Ok(());
    }
    let progress = progress_bar(there, cases);
    let all = usize::try_from(cases).unwrap_or(usize::MAX);
    let mut nation =
        synthetic::nation(SEED, all).skip(usize::try_from(there).unwrap_or(usize::MAX));
    let mut records =
        synthetic::clinical_records(SEED, all).skip(usize::try_from(there).unwrap_or(usize::MAX));
    let coordinator = runtime.block_on(people::coordinator(&state.store))?;
    let mut done = there;
    loop {
        let batch: Vec<SyntheticCase> = nation.by_ref().take(BATCH_CASES).collect();
        if batch.is_empty() || stop.load(Ordering::Relaxed) {
            break;
        }
        let numbered: Vec<_> = (done..).zip(batch.iter().map(|each| each.case.clone())).collect();
        done += batch.len() as u64;
        let prepared = prepared(state, batch)?;
        let by = entry((state.clock)(), Deed::TakeIn);
        // Each case seems to have been received on a day of its own.
        let mut came: Vec<(Vec<Received>, _)> =
            prepared.iter().map(|(_, received_at)| (Vec::new(), *received_at)).collect();
        for received in runtime.block_on(receive_dated(&state.store, prepared, &by))? {
            if let Some((of_file, _)) = came.get_mut(received.file) {
                of_file.push(received);
            }
        }
        runtime.block_on(consent::record(&state.store, SEED, &numbered, (state.clock)()))?;
        let entered = came
            .iter()
            .zip(records.by_ref())
            .filter_map(|((received, at), record)| Some((received.first()?.case?, record, *at)));
        runtime.block_on(record::add(&state.store, coordinator, (state.clock)(), entered))?;
        runtime.block_on(orders::add(state, SEED, &numbered, &came))?;
        state.filling.advance_to(done);
        progress.set_position(done);
    }
    if !stop.load(Ordering::Relaxed) {
        runtime.block_on(orders::add_waiting(&state.store, SEED, cases, (state.clock)()))?;
    }
    progress.finish_and_clear();
    Ok(())
}

fn prepared(
    state: &AppState,
    batch: Vec<SyntheticCase>,
) -> Result<Vec<(Prepared, DateTime<Utc>)>, RecordError> {
    let settings = Settings::new(state.program_version);
    let now = (state.clock)();
    let one = |synthetic: SyntheticCase| {
        let SyntheticCase { case, file_name, cats_json, .. } = synthetic;
        let received_at = received_at(&case, now);
        let prepared = prepare(&cats_json, &file_name, Some(case), state.release, &settings)?;
        Ok((prepared, received_at))
    };
    batch.into_par_iter().map(one).collect()
}

/// Returns when the result of a synthetic case seems to have come: some weeks after its registration.
fn received_at(case: &PatientCase, now: DateTime<Utc>) -> DateTime<Utc> {
    let registered = case.registered.map_or(now, |day| day.and_time(NaiveTime::MIN).and_utc());
    registered.checked_add_signed(TimeDelta::days(DAYS_TO_RESULT)).unwrap_or(now).min(now)
}

fn progress_bar(there: u64, cases: u64) -> ProgressBar {
    let bar = ProgressBar::new(cases).with_position(there);
    let style = "合成症例を作成中 / making synthetic cases {bar:30} {human_pos}/{human_len} {eta}";
    // A style that cannot be read leaves the plain bar.
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use knowledge::Release;
    use store::Store;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_filled_in_is_written_down() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("record.sqlite").display());
        let store = Store::open(&url).await.unwrap();
        let now = DateTime::parse_from_rfc3339("2026-11-20T03:00:00Z").unwrap().to_utc();
        store.migrate(now).await.unwrap();
        let clock = Arc::new(move || now);
        let state = AppState::new(store.clone(), Release::starter(), clock, "0.0.0-test");
        super::super::people::look_in(&store, now).await.unwrap();
        super::super::registry::fill(&store, now).await.unwrap();
        // Twice: what is there already is neither filled in nor written down again.
        for _ in 0..2 {
            let filling = begin(&state, 20, Arc::default()).await.unwrap();
            filling.await.unwrap().unwrap();
        }
        let mut written: BTreeMap<String, u64> = BTreeMap::new();
        for stored in store.audit_entries(0, 10_000).await.unwrap() {
            assert_eq!((stored.entry.name.as_str(), stored.entry.person), (PART, None));
            *written.entry(stored.entry.action).or_default() += 1;
        }
        let counts = store.counts().await.unwrap();
        for (action, there) in [
            ("take-in", counts.results),
            ("record-consent", counts.consents),
            ("write-case", 20),
            ("manage-consent-documents", counts.consent_documents),
            ("order-test", counts.orders),
            ("manage-people", counts.people),
            ("manage-programme", 1),
        ] {
            assert!(there > 0, "{action}");
            assert_eq!(written.get(action), Some(&there), "{action}: {written:?}");
        }
        assert!(store.verify_audit(None, Vec::new()).await.unwrap().is_whole());
    }
}
