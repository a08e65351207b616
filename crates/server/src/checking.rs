//! From a sent file to an answer: reading and composing away from the threads that answer requests.
//!
//! What is a problem is for `ingest` to say, what is found for `knowledge` and `care`.

use access::{Action, Permit, Purpose, Relation, audit::Entry};
use care::{
    intake::{
        Prepared, Received, Settings, prepare, reannotate_with, receive_by, reference_of,
        register_release,
    },
    report::{FindingsReport, ReportInput, compose_with},
};
use ingest::detect::{ReadOptions, read_any};
use knowledge::{AnnotateOptions, Release};
use model::{
    case::PatientCase,
    identity::{OrderId, ResultId},
    problem::{Problem, has_error},
    result::ResultFormat,
    tumour::TumourTypeCode,
};

use crate::{
    error::PageError, limits::UPLOAD_TIME_MAX, state::AppState, upload::SentFile, viewer::Viewer,
    web::fragment::Source,
};

/// What came of checking a file.
pub(crate) struct Checked {
    /// Size of the file. Units: bytes.
    pub(crate) size_bytes: u64,
    /// Format; `None` where the file could not be read.
    pub(crate) format: Option<ResultFormat>,
    /// Everything found.
    pub(crate) problems: Vec<Problem>,
    /// The file, for showing the parts that problems speak of.
    pub(crate) source: Source,
    /// Names of the samples in the file, where it holds several.
    pub(crate) samples: Vec<String>,
    /// Report on the first result, where the file has no errors.
    pub(crate) report: Option<FindingsReport>,
}

/// Finds the tumour type that a text names: a code, a name, or a code followed by a name.
pub(crate) fn tumour_type(
    release: &Release,
    text: &str,
) -> Result<Option<TumourTypeCode>, PageError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    let code = TumourTypeCode::new(first.to_uppercase());
    if let Some(known) = release.tumour_type(&code) {
        let named = |name: &str| text.strip_prefix(first).is_some_and(|rest| rest.trim() == name);
        if text == first || named(&known.name.ja) || named(&known.name.en) {
            return Ok(Some(code));
        }
    }
    let same = |name: &str| name.eq_ignore_ascii_case(text);
    let by_name =
        release.tumour_types().find(|tumour| same(&tumour.name.ja) || same(&tumour.name.en));
    by_name.map(|tumour| Some(tumour.code.clone())).ok_or(PageError::UnknownTumourType)
}

/// Returns where this site's patients are treated, for laying results beside the release.
pub(crate) fn annotate_options(state: &AppState) -> AnnotateOptions {
    AnnotateOptions { home: state.site.home_region.clone() }
}

/// Returns how this site reads files and makes reports.
fn settings(state: &AppState) -> Settings<'static> {
    Settings { annotate: annotate_options(state), ..Settings::new(state.program_version) }
}

/// Checks a file without keeping anything.
pub(crate) async fn check(
    state: &AppState,
    file: &SentFile,
    tumour: Option<TumourTypeCode>,
) -> Result<Checked, PageError> {
    let (file, release, settings) = (file.clone(), state.release, settings(state));
    let work = tokio::task::spawn_blocking(move || check_now(&file, tumour, release, &settings));
    let outcome = tokio::time::timeout(UPLOAD_TIME_MAX, work).await;
    outcome.map_err(|_| PageError::TooSlow)?.map_err(PageError::internal)
}

fn check_now(
    file: &SentFile,
    tumour: Option<TumourTypeCode>,
    release: &Release,
    settings: &Settings<'_>,
) -> Checked {
    let reading = read_any(&file.bytes, &file.name, &ReadOptions::default());
    let results = reading.value.unwrap_or_default();
    let first = results.first();
    let case = PatientCase { tumour_type: tumour, ..PatientCase::default() };
    let accepted = first.filter(|_| !has_error(&reading.problems));
    let report = accepted.map(|read| {
        let input = ReportInput {
            result: &read.result,
            case: Some(&case),
            problems: &reading.problems,
            program_version: settings.program_version,
        };
        compose_with(&input, release, &settings.annotate)
    });
    let source =
        if reading.problems.is_empty() { Source::Nothing } else { Source::of(&file.bytes) };
    Checked {
        size_bytes: file.bytes.len() as u64,
        format: first.map(|read| read.result.source.clone()),
        samples: results.iter().filter_map(|read| read.label.clone()).collect(),
        problems: reading.problems,
        source,
        report,
    }
}

/// A result in the record.
pub(crate) struct Kept {
    /// Identifier.
    pub(crate) id: ResultId,
    /// Whether it was not there before.
    pub(crate) new: bool,
    /// Whether it was accepted.
    pub(crate) accepted: bool,
}

/// Takes a file into the record; a file of several samples gives the first one's result.
///
/// A case that is there already must be one to which the person may send results; a new one becomes the person's
/// own hospital's.
pub(crate) async fn keep(
    state: &AppState,
    viewer: &Viewer,
    file: &SentFile,
    reference: &str,
    tumour: Option<TumourTypeCode>,
) -> Result<Kept, PageError> {
    let Sending { permit, hospital, references } =
        permit_sending(state, viewer, file, reference).await?;
    // One result is of one case, entered or not: a new one is then of the sender's hospital.
    let reference = match &references[..] {
        [only] if hospital.is_some() => only.as_str(),
        _ => reference,
    };
    let known = known_case(state, reference, hospital).await?;
    let (file, release, settings) = (file.clone(), state.release, settings(state));
    let work = tokio::task::spawn_blocking(move || {
        let case = case_of(&file, known, tumour)?;
        prepare(&file.bytes, &file.name, case, release, &settings).map_err(PageError::internal)
    });
    let prepared = work.await.map_err(PageError::internal)??;
    let first = take_in(state, viewer, &permit, prepared).await?;
    Ok(Kept { id: first.result, new: first.new, accepted: first.accepted })
}

/// Takes a file into the record as the result of a test order: from the laboratory that was chosen, or from the
/// hospital that received it on paper or disk.
///
/// The file holds one result, whatever test identifier it gives.
pub(crate) async fn keep_for_order(
    state: &AppState,
    viewer: &Viewer,
    file: &SentFile,
    order: OrderId,
) -> Result<Kept, PageError> {
    let (stored, permit) = state.read_order(viewer, order, Action::SendResult).await?;
    let step = stored.state().map_err(PageError::internal)?.step;
    if step.is_closed() || step.is_cancelled() {
        return Err(PageError::NoResultDue);
    }
    let sender = Some(stored.order.laboratory.clone());
    let (file, release) = (file.clone(), state.release);
    let settings = Settings { sender, order: Some(order), ..settings(state) };
    let work = tokio::task::spawn_blocking(move || {
        if references_in(&file).len() > 1 {
            return Err(PageError::SeveralSamples);
        }
        prepare(&file.bytes, &file.name, None, release, &settings).map_err(PageError::internal)
    });
    let prepared = work.await.map_err(PageError::internal)??;
    let first = take_in(state, viewer, &permit, prepared).await?;
    if first.case != Some(stored.order.case) {
        return Err(PageError::ResultElsewhere);
    }
    Ok(Kept { id: first.result, new: first.new, accepted: first.accepted })
}

/// Takes a prepared file into the record, writes down who brought it, and makes the reports that are due; gives
/// its first result.
async fn take_in(
    state: &AppState,
    viewer: &Viewer,
    permit: &Permit,
    prepared: Prepared,
) -> Result<Received, PageError> {
    let (store, release, now) = (&state.store, state.release, state.now());
    register_release(store, release, now).await.map_err(PageError::internal)?;
    let by = Entry::permitted(now, &viewer.actor, permit);
    let received = receive_by(store, vec![prepared], now, &by).await;
    let received = received.map_err(PageError::internal)?;
    state.metrics.saved("result", received.iter().filter(|each| each.new).count());
    if received.iter().any(|each| each.report_pending) {
        let (Settings { program_version, annotate, .. }, clock) = (settings(state), || state.now());
        reannotate_with(store, release, program_version, &annotate, clock, |_| {})
            .await
            .map_err(PageError::internal)?;
    }
    received.into_iter().next().ok_or(PageError::NoFile)
}

/// What a file would reach.
struct Sending {
    /// The permit to send.
    permit: Permit,
    /// The hospital of a case that is new; `None` where the sender is of no hospital.
    hospital: Option<String>,
    /// References of its cases, one for each result.
    references: Vec<String>,
}

/// Permits sending a result: to every case that the file would reach.
async fn permit_sending(
    state: &AppState,
    viewer: &Viewer,
    file: &SentFile,
    reference: &str,
) -> Result<Sending, PageError> {
    let references = if reference.is_empty() {
        let file = file.clone();
        let read = tokio::task::spawn_blocking(move || references_in(&file));
        read.await.map_err(PageError::internal)?
    } else {
        vec![reference.to_owned()]
    };
    for reference in &references {
        let known = state.store.case_by_reference(reference).await.map_err(PageError::internal)?;
        if let Some(known) = known {
            let (action, purpose) = (Action::SendResult, Purpose::Testing);
            let permit = state.permit_case(viewer, action, known.case, purpose).await;
            // Another hospital's reference is one that cannot be used, and nothing more is said.
            permit.map_err(|error| match error {
                PageError::NotFound => PageError::BadReference,
                other => other,
            })?;
        }
    }
    let permit = |relation| state.permit(viewer, Action::SendResult, relation, Purpose::Testing);
    match permit(Relation::OwnHospital) {
        Ok(permit) => {
            let hospital = Some(permit.organisation().as_str().to_owned());
            Ok(Sending { permit, hospital, references })
        }
        Err(_) => {
            let permit = permit(Relation::Programme)?;
            Ok(Sending { permit, hospital: None, references })
        }
    }
}

/// Returns the references that the results in a file get where none is entered.
fn references_in(file: &SentFile) -> Vec<String> {
    let reading = read_any(&file.bytes, &file.name, &ReadOptions::default());
    let digest = store::digest_of(&file.bytes);
    let results = reading.value.unwrap_or_default();
    results
        .iter()
        .map(|read| reference_of(&read.result, read.label.as_deref(), &digest, None))
        .collect()
}

/// Returns what the record says of a case; only the reference and the hospital where it is not there yet.
async fn known_case(
    state: &AppState,
    reference: &str,
    hospital: Option<String>,
) -> Result<Option<PatientCase>, PageError> {
    if reference.is_empty() {
        return Ok(None);
    }
    store::check_reference(reference).map_err(|_| PageError::BadReference)?;
    let known = state.store.case_by_reference(reference).await.map_err(PageError::internal)?;
    Ok(Some(known.map_or_else(
        || PatientCase { reference: reference.to_owned(), hospital, ..PatientCase::default() },
        |revision| revision.document,
    )))
}

/// Makes the case document of what was entered; `None` where nothing was, so that intake makes one up.
fn case_of(
    file: &SentFile,
    known: Option<PatientCase>,
    tumour: Option<TumourTypeCode>,
) -> Result<Option<PatientCase>, PageError> {
    if known.is_none() && tumour.is_none() {
        return Ok(None);
    }
    let reading = read_any(&file.bytes, &file.name, &ReadOptions::default());
    let results = reading.value.unwrap_or_default();
    if results.len() > 1 {
        return Err(PageError::SeveralSamples);
    }
    let mut case = match (known, results.first()) {
        (Some(case), _) => case,
        (None, Some(read)) => {
            let digest = store::digest_of(&file.bytes);
            let reference = reference_of(&read.result, read.label.as_deref(), &digest, None);
            PatientCase { reference, ..PatientCase::default() }
        }
        (None, None) => return Ok(None),
    };
    case.tumour_type = tumour.or(case.tumour_type);
    Ok(Some(case))
}
