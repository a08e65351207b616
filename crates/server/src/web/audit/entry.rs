//! One entry with everything it says, and its proof.

use access::audit::{action_label, purpose_label};
use askama::Template;
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use store::StoredEntry;

use super::{Scope, row};
use crate::{
    address,
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::Fact,
    viewer::Viewer,
};

#[derive(Template)]
#[template(path = "audit/entry.html")]
struct EntryTemplate {
    page: Page,
    number: String,
    summary: String,
    facts: Vec<Fact>,
    items: Vec<String>,
    document: String,
    leaf: String,
    proof_href: Option<String>,
}

/// Returns an entry that the viewer may read, and writes down that it was read.
async fn readable(
    state: &AppState,
    viewer: &Viewer,
    sequence: &str,
) -> Result<StoredEntry, PageError> {
    let scope = Scope::of(state, viewer)?;
    let sequence = sequence.parse().map_err(|_| PageError::NotFound)?;
    let stored = state.store.audit_entry(sequence).await.map_err(PageError::internal)?;
    let stored = stored.filter(|stored| scope.has(&stored.entry)).ok_or(PageError::NotFound)?;
    scope
        .write_down(state, viewer, |entry| {
            let entry = entry.about("audit-entry", sequence);
            let case = stored.entry.case.map(|case| (case, stored.entry.hospital.clone()));
            case.into_iter().fold(entry, |entry, (case, hospital)| entry.on_case(case, hospital))
        })
        .await?;
    Ok(stored)
}

/// Shows an entry.
pub(super) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(sequence): Path<String>,
) -> Result<Response, PageError> {
    let stored = readable(&state, &viewer, &sequence).await?;
    let page = Page::new(&state, &reader, Place::InAudit).await?;
    let reference = match stored.entry.case {
        Some(case) => Some(row::reference(&state, case).await?.unwrap_or_else(|| case.to_string())),
        None => None,
    };
    let action = page.text(&action_label(&stored.entry.action)).to_owned();
    let signs = state.audit.key().is_some();
    let template = EntryTemplate {
        number: format::grouped(stored.sequence),
        summary: format!("{} · {}", stored.entry.name, action),
        facts: facts(&page, &stored, reference),
        items: stored.entry.items.clone(),
        proof_href: signs.then(|| format!("{}/proof", address::audit_entry(stored.sequence))),
        leaf: stored.leaf.to_string(),
        document: stored.document,
        page,
    };
    render(&template)
}

fn facts(page: &Page, stored: &StoredEntry, reference: Option<String>) -> Vec<Fact> {
    let entry = &stored.entry;
    let fact = |label, value| Fact { label, value };
    let outcome = match entry.outcome {
        access::audit::Outcome::Done => page.t("audit-done"),
        access::audit::Outcome::Refused => page.t("audit-refused"),
    };
    let purpose = entry.purpose.as_deref();
    let thing = entry.kind.as_ref().map(|kind| match &entry.id {
        Some(id) => format!("{kind} {id}"),
        None => kind.clone(),
    });
    let as_what = Some(row::as_what(page, entry)).filter(|text| !text.is_empty());
    let all = [
        fact(page.t("audit-when"), Some(format::moment_exact(entry.at))),
        fact(page.t("audit-who"), Some(entry.name.clone())),
        fact(page.t("audit-as"), as_what),
        fact(page.t("audit-what"), Some(page.text(&action_label(&entry.action)).to_owned())),
        fact(page.t("audit-outcome"), Some(outcome)),
        fact(
            page.t("audit-purpose"),
            purpose.map(|code| page.text(&purpose_label(code)).to_owned()),
        ),
        fact(page.t("audit-case"), reference),
        fact(page.t("audit-hospital"), entry.hospital.as_ref().map(ToString::to_string)),
        fact(page.t("audit-about"), thing),
        fact(page.t("audit-detail"), entry.detail.clone().filter(|detail| !detail.is_empty())),
        fact(page.t("audit-address"), entry.address.clone()),
        fact(page.t("audit-request"), entry.request.clone()),
        fact(
            page.t("audit-skew"),
            entry.skew_ms.map(|skew| page.t2("audit-skew-seconds", "seconds", skew / 1_000)),
        ),
    ];
    all.into_iter().filter(|fact| fact.value.is_some()).collect()
}

/// Gives the proof that the entry is in the log, as a file to be kept.
pub(super) async fn proof(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(sequence): Path<String>,
) -> Result<Response, PageError> {
    let stored = readable(&state, &viewer, &sequence).await?;
    let proof = state.audit.proof_of(vec![(stored.sequence, stored.document)]).await?;
    let proof = proof.ok_or(PageError::NotFound)?;
    let name = format!("attachment; filename=\"audit-entry-{}.proof.json\"", stored.sequence);
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(proof)).into_response())
}
