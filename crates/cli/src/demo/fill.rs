//! Fills the record with a synthetic nation, in the background, while pages are served already.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use care::intake::{Prepared, Settings, prepare, receive, register_release};
use chrono::TimeDelta;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use server::AppState;
use store::RecordError;
use synthetic::SyntheticCase;
use tokio::task::JoinHandle;

/// Seed of the demo's nation; the same cases each time.
const SEED: u64 = 1;
/// Cases recorded in one transaction.
const BATCH_CASES: usize = 64;
/// How far apart the receipt of two synthetic cases is put. Units: minutes.
const MINUTES_BETWEEN_CASES: i64 = 90;

/// Begins to fill the record up to a number of cases; what is there already stays.
///
/// The filling ends early when told to stop; every transaction before that is kept.
pub(super) async fn begin(
    state: &AppState,
    cases: u64,
    stop: Arc<AtomicBool>,
) -> Result<JoinHandle<Result<(), RecordError>>, RecordError> {
    let there = state.store.case_counts().await?.synthetic.min(cases);
    register_release(&state.store, state.release, (state.clock)()).await?;
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
        done += batch.len() as u64;
        let prepared = prepared(state, batch)?;
        // The nation's cases seem to have come one after the other until now.
        let to_come = i64::try_from(cases.saturating_sub(done)).unwrap_or(0);
        let received_at = (state.clock)() - TimeDelta::minutes(to_come * MINUTES_BETWEEN_CASES);
        runtime.block_on(receive(&state.store, prepared, received_at))?;
        state.filling.advance_to(done);
        progress.set_position(done);
    }
    progress.finish_and_clear();
    Ok(())
}

fn prepared(state: &AppState, batch: Vec<SyntheticCase>) -> Result<Vec<Prepared>, RecordError> {
    let settings = Settings::new(state.program_version);
    let one = |case: SyntheticCase| {
        prepare(&case.cats_json, &case.file_name, Some(case.case), state.release, &settings)
    };
    batch.into_par_iter().map(one).collect()
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
