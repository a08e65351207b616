//! Recording what was prepared: one transaction for each batch, and the same bytes once.

use access::audit::Entry;
use chrono::{DateTime, Utc};
use knowledge::Release;
use model::{
    case::PatientCase,
    identity::{CaseId, ReportId, ResultId},
};
use store::{
    Batch, NewCase, NewReport, NewResult, RecordError, RegisteredCase, RegisteredRelease,
    Registration, ResultStatus, Store, identifier_v7,
};

use super::prepare::{Prepared, PreparedReport, PreparedResult};
use crate::order::{Attachment, attach_report, attach_result, named_case};

/// What became of one result of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Where its file was among those received. Units: 0-based.
    pub file: usize,
    /// The result.
    pub result: ResultId,
    /// Which of several results in the file; empty for the only one.
    pub label: String,
    /// The case.
    pub case: Option<CaseId>,
    /// Whether it was recorded now; otherwise the same bytes were there already.
    pub new: bool,
    /// Whether it was accepted; otherwise it was rejected.
    pub accepted: bool,
    /// The report that was added now.
    pub report: Option<ReportId>,
    /// Whether the case says more than the report was made of: [`reannotate`](super::reannotate) adds one.
    pub report_pending: bool,
}

/// Records a knowledge release, once; reports name it, so this comes before [`receive`].
///
/// Errors: the manifest cannot be written as JSON, or the engine fails.
pub async fn register_release(
    store: &Store,
    release: &Release,
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    if store.release(release.id()).await?.is_some() {
        return Ok(());
    }
    let manifest = release.manifest();
    let registered = RegisteredRelease {
        id: release.id().to_owned(),
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        demonstration: manifest.demonstration,
        manifest: serde_json::to_value(manifest)
            .map_err(|source| RecordError::Write { what: "manifest", source })?,
        registered_at: now,
    };
    let mut batch = store.begin().await?;
    batch.register_release(&registered).await?;
    batch.commit().await
}

/// Records files in one transaction: either all of them are durable when this returns, or none.
///
/// A file whose bytes are recorded already is left as it is; only its case may get a revision.
///
/// Errors: the engine fails, or a case document cannot be kept; then nothing of the batch is kept.
pub async fn receive(
    store: &Store,
    files: Vec<Prepared>,
    received_at: DateTime<Utc>,
) -> Result<Vec<Received>, RecordError> {
    receive_into(store, at_once(files, received_at), None).await
}

/// Records files as [`receive`] does, and writes down in the same transaction who brought each result that was
/// new, and each case that it revised: `by` says who and why.
///
/// Errors: as [`receive`].
pub async fn receive_by(
    store: &Store,
    files: Vec<Prepared>,
    received_at: DateTime<Utc>,
    by: &Entry,
) -> Result<Vec<Received>, RecordError> {
    receive_into(store, at_once(files, received_at), Some(by)).await
}

/// Records files as [`receive_by`] does, each as received at a moment of its own, in one transaction.
///
/// Errors: as [`receive`].
pub async fn receive_dated(
    store: &Store,
    files: Vec<(Prepared, DateTime<Utc>)>,
    by: &Entry,
) -> Result<Vec<Received>, RecordError> {
    receive_into(store, files, Some(by)).await
}

fn at_once(files: Vec<Prepared>, moment: DateTime<Utc>) -> Vec<(Prepared, DateTime<Utc>)> {
    files.into_iter().map(|file| (file, moment)).collect()
}

async fn receive_into(
    store: &Store,
    files: Vec<(Prepared, DateTime<Utc>)>,
    by: Option<&Entry>,
) -> Result<Vec<Received>, RecordError> {
    let mut batch = store.begin().await?;
    let mut received = Vec::with_capacity(files.len());
    let mut touched = Vec::with_capacity(files.len());
    // In one order for every process, so that two of them wait for each other and never in a circle.
    let mut ordered: Vec<_> = files.into_iter().enumerate().collect();
    ordered.sort_by(|(_, (a, _)), (_, (b, _))| a.digest.cmp(&b.digest));
    for (file, (prepared, received_at)) in ordered {
        receive_file(&mut batch, file, prepared, received_at, &mut received, &mut touched).await?;
    }
    touched.sort_unstable();
    touched.dedup();
    batch.refresh_cases(&touched).await?;
    if let Some(by) = by {
        for entry in entries(by, &received, &touched) {
            batch.append_audit(&entry).await?;
        }
    }
    batch.commit().await?;
    received.sort_by_key(|one: &Received| one.file);
    Ok(received)
}

/// What is written down of what was received: each new result, and each other case that was touched.
fn entries(by: &Entry, received: &[Received], touched: &[CaseId]) -> Vec<Entry> {
    let new = received.iter().filter(|one| one.new);
    let with_result: Vec<CaseId> = new.clone().filter_map(|one| one.case).collect();
    let of_results = new.map(|one| {
        let entry = by.clone().about("result", one.result);
        match one.case {
            Some(case) => entry.on_case(case, by.hospital.clone()),
            None => entry,
        }
    });
    let revised = touched.iter().filter(|case| !with_result.contains(case));
    let of_cases = revised.map(|case| by.clone().on_case(*case, by.hospital.clone()));
    of_results.chain(of_cases).collect()
}

async fn receive_file(
    batch: &mut Batch,
    file: usize,
    prepared: Prepared,
    received_at: DateTime<Utc>,
    received: &mut Vec<Received>,
    touched: &mut Vec<CaseId>,
) -> Result<(), RecordError> {
    let is_new = match &prepared.original {
        Some(original) => batch.insert_original(original, received_at).await?,
        None => false,
    };
    if !is_new {
        let revised = match &prepared.case {
            Some(case) => Some(register(batch, case, true, received_at).await?),
            None => None,
        };
        let revised = revised.filter(|case| case.registration != Registration::Unchanged);
        touched.extend(revised.map(|case| case.case));
        let pending = revised.is_some_and(|case| case.registration == Registration::Revised);
        let of_order = match prepared.order {
            Some(order) => batch.order(order).await?.map(|order| order.order.case),
            None => None,
        };
        let attachment = Attachment { order: prepared.order, laboratory: prepared.sender };
        for row in batch.results_of_digest(&prepared.digest).await? {
            let accepted = row.status == ResultStatus::Accepted;
            // A result that came without its order finds it when it is sent for it again.
            if let (true, Some(case)) = (accepted && row.case == of_order, row.case) {
                attach_result(batch, case, row.id, None, &attachment, received_at).await?;
            }
            received.push(Received {
                file,
                result: row.id,
                label: row.label,
                case: row.case,
                new: false,
                accepted,
                report: None,
                report_pending: accepted && pending,
            });
        }
        return Ok(());
    }
    let supplied = prepared.case.is_some();
    let attachment = Attachment { order: prepared.order, laboratory: prepared.sender };
    for result in prepared.results {
        let one = receive_result(batch, file, result, supplied, &attachment, received_at).await?;
        touched.extend(one.case);
        received.push(one);
    }
    Ok(())
}

async fn receive_result(
    batch: &mut Batch,
    file: usize,
    prepared: PreparedResult,
    supplied: bool,
    attachment: &Attachment,
    received_at: DateTime<Utc>,
) -> Result<Received, RecordError> {
    let PreparedResult { content, case: mut document, report, test_id } = prepared;
    // A result without a case document joins the case whose order it names.
    if let (false, Some(made_up)) = (supplied, document.as_mut())
        && let Some(reference) = named_case(batch, test_id.as_deref(), attachment).await?
    {
        made_up.reference = reference;
    }
    let registered = match &document {
        Some(document) => Some(register(batch, document, supplied, received_at).await?),
        None => None,
    };
    let id = ResultId(identifier_v7(received_at, &["result", &content.digest.0, &content.label]));
    let label = content.label.clone();
    let accepted = content.status == ResultStatus::Accepted;
    let mut case = registered.map(|case| case.case);
    // What was refused is shown to those of the order that it was sent for.
    if let (None, Some(order)) = (case, attachment.order) {
        case = batch.order(order).await?.map(|order| order.order.case);
    }
    batch.insert_result(&NewResult { id, case, content, received_at }).await?;
    if let (true, Some(case)) = (accepted, case) {
        attach_result(batch, case, id, test_id.as_deref(), attachment, received_at).await?;
    }
    let mut added = None;
    let mut report_pending = false;
    if let (Some(report), Some(registered)) = (report, registered) {
        // A made-up case that was there already may say more than the report knows of.
        if supplied || registered.registration == Registration::Inserted {
            added = add_report(batch, report, id, registered, received_at).await?;
        } else {
            report_pending = true;
        }
    }
    Ok(Received {
        file,
        result: id,
        label,
        case,
        new: true,
        accepted,
        report: added,
        report_pending,
    })
}

async fn register(
    batch: &mut Batch,
    document: &PatientCase,
    revises: bool,
    received_at: DateTime<Utc>,
) -> Result<RegisteredCase, RecordError> {
    let id = CaseId(identifier_v7(received_at, &["case", &document.reference]));
    batch.register_case(&NewCase { id, document: document.clone(), revises }, received_at).await
}

/// Adds a report; `None` where the same report on the same result is there already.
pub(super) async fn add_report(
    batch: &mut Batch,
    report: PreparedReport,
    result: ResultId,
    case: RegisteredCase,
    composed_at: DateTime<Utc>,
) -> Result<Option<ReportId>, RecordError> {
    let id = ReportId(identifier_v7(
        composed_at,
        &[
            "report",
            &result.to_string(),
            &case.revision.to_string(),
            &report.release,
            &report.digest.0,
        ],
    ));
    let new = NewReport {
        id,
        result,
        case: case.case,
        case_revision: case.revision,
        release: report.release,
        program_version: report.program_version,
        digest: report.digest,
        document: report.document,
        highest_level: report.highest_level,
        finding_count: report.finding_count,
        composed_at,
    };
    if !batch.add_report(&new).await? {
        return Ok(None);
    }
    attach_report(batch, result, id, composed_at).await?;
    Ok(Some(id))
}
