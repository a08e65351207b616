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
    time::{Duration, Instant},
};

use care::record_projection::project;
use model::{
    case::PatientCase,
    catalogue::{Phase, VERSION},
    clinical_record::RecordReader,
    problem::Severity,
};
use store::{CaseCompleteness, CaseRevision, PendingCase, RecordError};
use tokio::sync::Notify;

use crate::{clinical::Clinical, format, state::AppState};

/// Cases followed in one transaction, before the waiting ones are looked at again.
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
        let begun = Instant::now();
        let rest = match follow_some(&state).await {
            Ok(0) => {
                state.following.wake.notified().await;
                REST
            }
            // Of many that wait, as many at once as leave half of the time to people.
            Ok(CASES_AT_ONCE) => begun.elapsed().min(REST),
            Ok(_) => REST,
            Err(error) => {
                tracing::warn!(
                    cause = &error as &dyn std::error::Error,
                    "could not bring what is derived of records up to date; trying again"
                );
                REST_AFTER_FAILURE
            }
        };
        tokio::time::sleep(rest).await;
    }
}

/// Follows some of the waiting cases and returns how many there were.
async fn follow_some(state: &AppState) -> Result<u32, RecordError> {
    let pending = state.store.pending_cases(CASES_AT_ONCE).await?;
    let mut derived = Vec::with_capacity(pending.len());
    for case in &pending {
        derived.extend(derive(state, *case).await?);
    }
    if !write(state, &derived).await? {
        // Each alone, so that one that is revised all the time holds no other up.
        for one in derived {
            write(state, &[one]).await?;
        }
    }
    Ok(u32::try_from(pending.len()).unwrap_or(u32::MAX))
}

/// Brings what is derived of one case up to date, if it waits.
pub(crate) async fn follow_now(
    state: &AppState,
    case: model::identity::CaseId,
) -> Result<(), RecordError> {
    match state.store.pending_case(case).await? {
        Some(pending) => {
            let derived = derive(state, pending).await?;
            write(state, derived.as_slice()).await.map(drop)
        }
        None => Ok(()),
    }
}

/// What is derived of a case's record.
struct Derived {
    pending: PendingCase,
    /// What the case said, and what it is to say.
    revision: CaseRevision,
    document: PatientCase,
    completeness: CaseCompleteness,
}

async fn derive(state: &AppState, pending: PendingCase) -> Result<Option<Derived>, RecordError> {
    let Some(revision) = state.store.case(pending.case).await? else { return Ok(None) };
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
    let completeness = CaseCompleteness {
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
    Ok(Some(Derived { pending, revision, document, completeness }))
}

/// Writes what is derived of some cases; returns false, and writes nothing, where somebody else revised one of them at
/// this moment. It still waits then, and is followed again.
async fn write(state: &AppState, derived: &[Derived]) -> Result<bool, RecordError> {
    let mut batch = state.store.begin().await?;
    let mut revised = Vec::new();
    // First the cases, then what waits, as those who save do it: nobody waits in a circle.
    for Derived { pending, revision, document, .. } in derived {
        if *document != revision.document {
            let now = state.now();
            match batch.revise_case(pending.case, revision.revision, document, now).await {
                Ok(_) => revised.push(pending.case),
                Err(RecordError::CaseChanged { .. }) => {
                    batch.rollback().await?;
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
    }
    batch.refresh_cases(&revised).await?;
    for Derived { pending, completeness, .. } in derived {
        batch.put_completeness(completeness, *pending).await?;
    }
    batch.commit().await?;
    Ok(true)
}
