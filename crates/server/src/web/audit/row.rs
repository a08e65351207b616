//! Entries as a table shows them.

use std::collections::BTreeMap;

use access::audit::{Entry, Outcome, action_label, purpose_label, role_label};
use model::identity::CaseId;
use store::StoredEntry;

use crate::{
    address,
    error::PageError,
    format,
    page::Page,
    state::AppState,
    view::{CaseLink, iso},
};

/// One entry in the table.
pub(super) struct EntryRowView {
    pub(super) href: String,
    pub(super) number: String,
    pub(super) at: String,
    pub(super) at_iso: String,
    pub(super) who: String,
    pub(super) as_what: String,
    pub(super) action: String,
    pub(super) refused: bool,
    pub(super) purpose: String,
    pub(super) case: Option<CaseLink>,
    pub(super) about: String,
    pub(super) skewed: bool,
}

/// Returns the rows of entries, each case by its reference.
pub(super) async fn rows(
    page: &Page,
    state: &AppState,
    entries: Vec<StoredEntry>,
) -> Result<Vec<EntryRowView>, PageError> {
    let mut references = BTreeMap::new();
    for case in entries.iter().filter_map(|stored| stored.entry.case) {
        if let std::collections::btree_map::Entry::Vacant(place) = references.entry(case) {
            place.insert(reference(state, case).await?);
        }
    }
    let row = |stored: &StoredEntry| {
        let entry = &stored.entry;
        let case = entry.case.map(|case| CaseLink {
            href: address::audit_case(case),
            reference: references.get(&case).cloned().flatten().unwrap_or_else(|| case.to_string()),
        });
        EntryRowView {
            href: address::audit_entry(stored.sequence),
            number: format::grouped(stored.sequence),
            at: format::moment_exact(entry.at),
            at_iso: iso(entry.at),
            who: entry.name.clone(),
            as_what: as_what(page, entry),
            action: page.text(&action_label(&entry.action)).to_owned(),
            refused: entry.outcome == Outcome::Refused,
            purpose: entry
                .purpose
                .as_deref()
                .map(|code| page.text(&purpose_label(code)).to_owned())
                .unwrap_or_default(),
            case,
            about: about(page, entry),
            skewed: entry.skew_ms.is_some(),
        }
    };
    Ok(entries.iter().map(row).collect())
}

/// Returns a case's reference, where there is such a case.
pub(super) async fn reference(state: &AppState, case: CaseId) -> Result<Option<String>, PageError> {
    let revision = state.store.case(case).await.map_err(PageError::internal)?;
    Ok(revision.map(|revision| revision.document.reference))
}

/// Returns the role and the organisation on one line.
pub(super) fn as_what(page: &Page, entry: &Entry) -> String {
    let role = entry.role.as_deref().map(|code| page.text(&role_label(code)).to_owned());
    let organisation = entry.organisation.as_ref().map(ToString::to_string);
    [role, organisation].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn about(page: &Page, entry: &Entry) -> String {
    let thing = entry.kind.as_ref().map(|kind| {
        let id = entry.id.as_deref().unwrap_or_default();
        format!("{kind} {}", id.chars().take(13).collect::<String>())
    });
    let items = (!entry.items.is_empty()).then(|| page.tn("audit-items", entry.items.len() as u64));
    let detail = entry.detail.clone().filter(|detail| !detail.is_empty());
    let detail = detail.map(|detail| detail.chars().take(60).collect::<String>());
    [thing, items, detail].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
