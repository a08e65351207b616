//! Reports of another release, or of a revised case: added, never changed.

use chrono::{DateTime, Utc};
use knowledge::{AnnotateOptions, Release};
use model::identity::ResultId;
use store::{RecordError, RegisteredCase, Registration, Store};

use super::{
    prepare::prepare_report,
    receive::{add_report, register_release},
};

/// Results whose reports are added in one transaction.
const BATCH_RESULTS: u32 = 128;

/// What a re-annotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reannotated {
    /// Results that were looked at because they had no report of this release on their case's newest revision.
    pub results: u64,
    /// Reports that were added.
    pub reports: u64,
}

/// Adds a report of the release to every accepted result that has none on its case's newest revision.
///
/// It can be ended at any moment and begun again. `tick` is called after each transaction with what has
/// been done so far, and `clock` before each.
///
/// Errors: the engine fails, or a stored document cannot be read; what was committed stays.
pub async fn reannotate(
    store: &Store,
    release: &Release,
    program_version: &str,
    clock: impl Fn() -> DateTime<Utc>,
    tick: impl FnMut(Reannotated),
) -> Result<Reannotated, RecordError> {
    let options = AnnotateOptions::default();
    reannotate_with(store, release, program_version, &options, clock, tick).await
}

/// Adds reports as [`reannotate`] does, for patients who are treated where the options say.
///
/// Errors: as [`reannotate`].
pub async fn reannotate_with(
    store: &Store,
    release: &Release,
    program_version: &str,
    options: &AnnotateOptions,
    clock: impl Fn() -> DateTime<Utc>,
    mut tick: impl FnMut(Reannotated),
) -> Result<Reannotated, RecordError> {
    register_release(store, release, clock()).await?;
    let mut done = Reannotated::default();
    let mut after: Option<ResultId> = None;
    loop {
        let pending = store.results_without_report(release.id(), after, BATCH_RESULTS).await?;
        let Some(last) = pending.last().copied() else { return Ok(done) };
        after = Some(last);
        let composed_at = clock();
        let mut made = Vec::with_capacity(pending.len());
        for id in pending {
            let Some(stored) = store.result(id).await? else { continue };
            let (Some(document), Some(case)) = (&stored.document, stored.row.case) else {
                continue;
            };
            let Some(case) = store.case(case).await? else { continue };
            let report = prepare_report(
                document,
                &case.document,
                &stored.problems,
                release,
                program_version,
                options,
            )?;
            let registration = Registration::Unchanged;
            let case = RegisteredCase { case: case.case, revision: case.revision, registration };
            made.push((id, case, report));
        }
        let mut batch = store.begin().await?;
        let mut touched = Vec::with_capacity(made.len());
        for (id, case, report) in made {
            touched.push(case.case);
            let added = add_report(&mut batch, report, id, case, composed_at).await?;
            done.results += 1;
            done.reports += u64::from(added.is_some());
        }
        touched.sort_unstable();
        touched.dedup();
        batch.refresh_cases(&touched).await?;
        batch.commit().await?;
        tick(done);
    }
}
