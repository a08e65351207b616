//! Fills the record with a synthetic nation, in the background, while pages are served already.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use care::intake::{Prepared, Settings, prepare, receive, register_release};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use model::case::PatientCase;
use rayon::prelude::*;
use server::AppState;
use store::RecordError;
use synthetic::SyntheticCase;
use tokio::task::JoinHandle;

use super::{consent, orders};

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
    consent::add_documents(&state.store).await?;
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
    let mut done = there;
    loop {
        let batch: Vec<SyntheticCase> = nation.by_ref().take(BATCH_CASES).collect();
        if batch.is_empty() || stop.load(Ordering::Relaxed) {
            break;
        }
        let numbered: Vec<_> = (done..).zip(batch.iter().map(|each| each.case.clone())).collect();
        done += batch.len() as u64;
        let prepared = prepared(state, batch)?;
        // Each case seems to have been received on a day of its own, so each is a transaction.
        let mut came = Vec::with_capacity(prepared.len());
        for (prepared, received_at) in prepared {
            let received = receive(&state.store, vec![prepared], received_at);
            came.push((runtime.block_on(received)?, received_at));
        }
        runtime.block_on(consent::record(&state.store, SEED, &numbered, (state.clock)()))?;
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
