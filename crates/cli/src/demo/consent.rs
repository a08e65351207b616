//! Records the invented consents of synthetic cases, and the demonstration's consent documents.

use access::Action;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use model::{
    case::PatientCase,
    consent::{ConsentEvent, ConsentWay, Recorder, day_of},
    identity::{CaseId, ConsentEventId},
    organisation::OrganisationCode,
};
use store::{RecordError, Store, identifier_v7};
use synthetic::SyntheticConsent;

use super::fill::entry;

/// Hour of the programme's day at which invented consents seem to be recorded. Units: hours after midnight UTC.
const RECORDED_HOUR: i64 = 3;

/// Adds the demonstration's documents where they are not there yet.
pub(super) async fn add_documents(store: &Store, now: DateTime<Utc>) -> Result<(), RecordError> {
    let mut batch = store.begin().await?;
    for document in synthetic::consent_documents() {
        if batch.add_consent_document(&document).await? {
            let version = &document.version;
            let entry = entry(now, Action::ManageConsentDocuments);
            let entry =
                entry.about("consent-document", format!("{} {}", version.code, version.version));
            batch.append_audit(&entry).await?;
        }
    }
    batch.commit().await
}

/// Records the consents of cases that are in the record, in one transaction.
pub(super) async fn record(
    store: &Store,
    seed: u64,
    cases: &[(u64, PatientCase)],
    now: DateTime<Utc>,
) -> Result<(), RecordError> {
    let mut events = Vec::new();
    for (index, case) in cases {
        let Some(registered) = case.registered else { continue };
        let Some(revision) = store.case_by_reference(&case.reference).await? else { continue };
        let hospital = case.hospital.as_deref().map(OrganisationCode::new);
        for act in synthetic::consents(seed, *index, registered) {
            let event = event(revision.case, &case.reference, &act, now);
            events.extend(event.map(|event| (event, hospital.clone())));
        }
    }
    let mut batch = store.begin().await?;
    for (event, hospital) in events {
        if batch.record_consent(&event).await?.is_some() {
            let entry = entry(now, Action::RecordConsent).on_case(event.case, hospital);
            batch.append_audit(&entry.about("consent", event.id)).await?;
        }
    }
    batch.commit().await
}

/// Makes the event of an act; `None` where it lies in the future.
fn event(
    case: CaseId,
    reference: &str,
    act: &SyntheticConsent,
    now: DateTime<Utc>,
) -> Option<ConsentEvent> {
    let morning = act.signed_on.and_time(NaiveTime::MIN).and_utc();
    let recorded_at = morning.checked_add_signed(TimeDelta::hours(RECORDED_HOUR))?.min(now);
    if act.signed_on > day_of(recorded_at) {
        return None;
    }
    let parts = ["synthetic consent", reference, act.kind.code()];
    let on_paper = act.way == ConsentWay::Paper;
    Some(ConsentEvent {
        id: ConsentEventId(identifier_v7(recorded_at, &parts)),
        case,
        kind: act.kind,
        answers: act.answers,
        recipient: act.recipient,
        document: Some(synthetic::document_on(act.signed_on)),
        way: act.way,
        signed_on: act.signed_on,
        witness: on_paper.then(|| "合成 コーディネーター".to_owned()),
        recorded_by: Recorder::Synthetic,
        recorded_at,
        supersedes: None,
        note: None,
    })
}
