//! Keeps what is derived of clinical records up to date, behind the saving: what the findings report must
//! know of the patient, and how complete the record is.
//!
//! Which cases wait is kept in the record, in the transaction of the entries, so that nothing is forgotten when
//! the program ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use care::record_projection::project;
use model::{
    catalogue::{Phase, VERSION},
    clinical_record::RecordReader,
    problem::Severity,
};
use store::{CaseCompleteness, PendingCase, RecordError};
use tokio::sync::Notify;

use crate::{clinical::Clinical, format, state::AppState};

/// Cases followed before the waiting ones are looked at again.
const CASES_AT_ONCE: u32 = 32;
/// Rest between two looks, which lets entries of one person gather.
const REST: Duration = Duration::from_millis(300);
/// Rest after the record failed.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(3);
/// Up to which phase a record is asked for on overviews; later phases are asked for on their own sections.
pub(crate) const PHASE: Phase = Phase::Registration;

/// The follower. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Following {
    begun: Arc<AtomicBool>,
    wake: Arc<Notify>,
}

impl Following {
    /// Says that there is something to follow.
    pub(crate) fn touch(&self, state: &AppState) {
        if !self.begun.swap(true, Ordering::AcqRel) {
            tokio::spawn(follow(state.clone()));
        }
        self.wake.notify_one();
    }
}

async fn follow(state: AppState) {
    loop {
        match follow_some(&state).await {
            Ok(0) => state.following.wake.notified().await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(
                    cause = &error as &dyn std::error::Error,
                    "could not bring what is derived of records up to date; trying again"
                );
                tokio::time::sleep(REST_AFTER_FAILURE).await;
            }
        }
        tokio::time::sleep(REST).await;
    }
}

/// Follows some of the waiting cases and returns how many there were.
async fn follow_some(state: &AppState) -> Result<usize, RecordError> {
    let pending = state.store.pending_cases(CASES_AT_ONCE).await?;
    for case in &pending {
        follow_case(state, *case).await?;
    }
    Ok(pending.len())
}

/// Brings what is derived of one case up to date, if it waits.
pub(crate) async fn follow_now(
    state: &AppState,
    case: model::identity::CaseId,
) -> Result<(), RecordError> {
    match state.store.pending_case(case).await? {
        Some(pending) => follow_case(state, pending).await,
        None => Ok(()),
    }
}

async fn follow_case(state: &AppState, pending: PendingCase) -> Result<(), RecordError> {
    let Some(revision) = state.store.case(pending.case).await? else { return Ok(()) };
    let clinical = Clinical::of(state.store.record_fields(pending.case).await?);
    let now = state.now();
    let today = format::local_day(now);
    let reader = RecordReader::new(&clinical.record);
    let settled = |item: &str| {
        let field = clinical.field(item);
        !field.heads.is_empty() && !field.is_contested()
    };
    let document = project(&revision.document, &clinical.record, settled);
    let complete = reader.completeness(today, PHASE);
    let problems =
        reader.check(today).into_iter().filter(|finding| finding.severity != Severity::Note);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let newest = clinical.fields.values().flat_map(|field| &field.heads).map(|head| head.saved_at);
    let row = CaseCompleteness {
        case: pending.case,
        hospital: document.hospital.clone(),
        required: count(complete.required),
        filled: count(complete.filled),
        problems: count(problems.count()),
        contested: count(clinical.contested()),
        catalogue: VERSION.to_owned(),
        opened_at: revision.created_at,
        touched_at: newest.max().unwrap_or(now),
    };
    let mut batch = state.store.begin().await?;
    if document != revision.document {
        match batch.revise_case(pending.case, revision.revision, &document, now).await {
            Ok(_) => batch.refresh_cases(&[pending.case]).await?,
            // Another revised it at this moment: the case still waits, and is followed again.
            Err(RecordError::CaseChanged { .. }) => return batch.rollback().await,
            Err(error) => return Err(error),
        }
    }
    batch.put_completeness(&row, pending).await?;
    batch.commit().await
}
