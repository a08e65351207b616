//! The clinical record for programs, and for the script of the record's own forms.

use access::{Action, Purpose};
use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use model::{
    clinical_record::{ClinicalRecord, Completeness, Finding, RecordReader},
    identity::{CaseId, FieldEventId, PersonId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{EntrySource, FieldState, RefusedEntry, SaveOutcome, SavedField};

use crate::{
    clinical::{Clinical, Entered, Entering, enter},
    error::PageError,
    following::PHASE,
    format,
    limits::ENTRIES_MAX,
    reader::{Id, Reader},
    state::AppState,
    viewer::{FORM_HEADER, Viewer, Visitor},
};

/// Returns where programs find the record.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/cases/{id}/record", get(show))
        .route("/api/cases/{id}/record/cells", post(save))
}

/// A case's record.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordDocument {
    /// The typed document; contested fields are left out.
    record: ClinicalRecord,
    /// What each field says, with the entries that it rests on.
    fields: BTreeMap<String, Vec<Head>>,
    completeness: Completeness,
    findings: Vec<Finding>,
}

/// An entry that nothing supersedes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    event: FieldEventId,
    value: Option<String>,
    person: PersonId,
    source: &'static str,
    saved_at: DateTime<Utc>,
}

fn heads(state: FieldState) -> Vec<Head> {
    let head = |head: store::FieldHead| Head {
        event: head.event,
        value: head.value,
        person: head.person,
        source: head.source.word(),
        saved_at: head.saved_at,
    };
    state.heads.into_iter().map(head).collect()
}

/// Gives a case's record.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Json<RecordDocument>, PageError> {
    let case = CaseId(id);
    state.permit_case(&viewer, Action::ReadCase, case, Purpose::Care).await?;
    let clinical = Clinical::read(&state, case).await?;
    let today = format::local_day(state.now());
    let reader = RecordReader::new(&clinical.record);
    let (completeness, findings) = (reader.completeness(today, PHASE), reader.check(today));
    let fields = clinical.fields;
    Ok(Json(RecordDocument {
        fields: fields.into_iter().map(|(at, state)| (at.to_string(), heads(state))).collect(),
        completeness,
        findings,
        record: clinical.record,
    }))
}

/// Entries to be saved.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Entries {
    entries: Vec<Entry>,
}

/// One entry.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    /// A UUID of the sender's; sent again, the same entry is recorded once.
    id: FieldEventId,
    /// Such as `sex`, `family_member/ROW/family_age`, or `family_member/ROW` for the row itself.
    address: String,
    /// Empty or absent to empty the field.
    #[serde(default)]
    value: Option<String>,
    /// The entry that the editor had seen.
    #[serde(default)]
    base: Option<FieldEventId>,
    /// Further entries that the editor had seen and sets aside.
    #[serde(default)]
    merged: Vec<FieldEventId>,
}

/// What became of entries, in their order. Every one that is `saved` or `contested` is durable.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Saved {
    results: Vec<SavedEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SavedEntry {
    id: FieldEventId,
    /// `saved`, `unchanged`, `contested` or `refused`.
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Local time of saving, for showing.
    saved_at: String,
    /// What the field says now, newest first.
    heads: Vec<Head>,
}

/// Saves entries of a program.
pub(crate) async fn save(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
    Json(entries): Json<Entries>,
) -> Result<Json<Saved>, PageError> {
    save_as(&state, &reader, &viewer, CaseId(id), entries, EntrySource::Api).await
}

/// Saves entries of the record's own form, whose script shows the form's token.
pub(crate) async fn save_from_form(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    visitor: Visitor,
    headers: HeaderMap,
    Id(id): Id,
    Json(entries): Json<Entries>,
) -> Result<Json<Saved>, PageError> {
    let sent = headers.get(FORM_HEADER).and_then(|value| value.to_str().ok());
    visitor.check_form(sent.unwrap_or_default())?;
    save_as(&state, &reader, &viewer, CaseId(id), entries, EntrySource::Form).await
}

async fn save_as(
    state: &AppState,
    reader: &Reader,
    viewer: &Viewer,
    case: CaseId,
    Entries { entries }: Entries,
    source: EntrySource,
) -> Result<Json<Saved>, PageError> {
    let permit =
        state.permit_change(viewer, Action::WriteCase, case, Purpose::Registration).await?;
    if entries.len() > ENTRIES_MAX {
        return Err(PageError::TooLarge);
    }
    let at = state.now();
    let entering = Entering { case, person: viewer.actor.person, source, at };
    let ids: Vec<FieldEventId> = entries.iter().map(|entry| entry.id).collect();
    let entered = entries.into_iter().map(|entry| Entered {
        id: entry.id,
        address: entry.address,
        value: entry.value.unwrap_or_default(),
        base: entry.base,
        merged: entry.merged,
    });
    let saved = enter(state, viewer, &permit, entering, entered.collect()).await?;
    let when = format::clock(at, reader.language);
    let result = |(id, saved): (FieldEventId, SavedField)| {
        let (outcome, reason) = words(&saved.outcome);
        SavedEntry { id, outcome, reason, saved_at: when.clone(), heads: heads(saved.state) }
    };
    Ok(Json(Saved { results: ids.into_iter().zip(saved).map(result).collect() }))
}

fn words(outcome: &SaveOutcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        SaveOutcome::Saved => ("saved", None),
        SaveOutcome::Unchanged => ("unchanged", None),
        SaveOutcome::Contested => ("contested", None),
        SaveOutcome::Refused(RefusedEntry::Value) => ("refused", Some("value")),
        SaveOutcome::Refused(RefusedEntry::IdentifierTaken) => ("refused", Some("identifier")),
        SaveOutcome::Refused(RefusedEntry::Merged) => ("refused", Some("merged")),
        SaveOutcome::Refused(RefusedEntry::NoCase) => ("refused", Some("case")),
    }
}
