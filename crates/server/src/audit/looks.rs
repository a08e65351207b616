//! Who looked at a case: what the log says of it, gathered by day, person and purpose.

use access::audit::{Entry, Outcome};
use chrono::{DateTime, NaiveDate, Utc};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use store::{AuditFilter, PAGE_ROWS_MAX, StoredEntry};

use super::{AuditError, AuditLog};
use crate::format;

/// Most entries of one case that are gathered, the newest.
const ENTRIES_MAX: usize = 5_000;

/// What one person did with a case on one day, for one purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The day, in local time.
    pub day: NaiveDate,
    /// Who.
    pub person: Option<PersonId>,
    /// Name as it was then.
    pub name: String,
    /// For which organisation.
    pub organisation: Option<OrganisationCode>,
    /// The role's code.
    pub role: Option<String>,
    /// The purpose's code.
    pub purpose: Option<String>,
    /// The action's code.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// First time that day.
    pub first_at: DateTime<Utc>,
    /// Last time that day.
    pub last_at: DateTime<Utc>,
    /// How often.
    pub times: u32,
    /// Which items, each once.
    pub items: Vec<String>,
    /// Numbers of the entries in the log, newest first.
    pub entries: Vec<u64>,
}

impl AuditLog {
    /// Returns who did what with a case, for what, newest first; of a case with very many entries, the newest.
    ///
    /// Errors: the record fails.
    pub async fn of_case(&self, case: CaseId) -> Result<Vec<Look>, AuditError> {
        let filter = AuditFilter { case: Some(case), ..AuditFilter::default() };
        let mut entries = Vec::new();
        let mut before = None;
        loop {
            let page = self.shared.store.search_audit(&filter, before, PAGE_ROWS_MAX).await;
            let page = page.map_err(|error| AuditError::Record(error.into()))?;
            entries.extend(page.entries);
            before = page.next_before;
            if before.is_none() || entries.len() >= ENTRIES_MAX {
                return Ok(gathered(entries));
            }
        }
    }
}

fn gathered(entries: Vec<StoredEntry>) -> Vec<Look> {
    let mut looks: Vec<Look> = Vec::new();
    for StoredEntry { sequence, entry, .. } in entries {
        let day = format::local_day(entry.at);
        // Newest first: what belongs together lies near the end.
        let same_day = looks.iter_mut().rev().take_while(|look| look.day == day);
        match same_day.into_iter().find(|look| is_same(look, &entry)) {
            Some(look) => add(look, sequence, entry),
            None => looks.push(new(day, sequence, entry)),
        }
    }
    looks
}

fn is_same(look: &Look, entry: &Entry) -> bool {
    look.person == entry.person
        && look.name == entry.name
        && look.organisation == entry.organisation
        && look.role == entry.role
        && look.purpose == entry.purpose
        && look.action == entry.action
        && look.outcome == entry.outcome
}

fn new(day: NaiveDate, sequence: u64, entry: Entry) -> Look {
    Look {
        day,
        person: entry.person,
        name: entry.name,
        organisation: entry.organisation,
        role: entry.role,
        purpose: entry.purpose,
        action: entry.action,
        outcome: entry.outcome,
        first_at: entry.at,
        last_at: entry.at,
        times: 1,
        items: entry.items,
        entries: vec![sequence],
    }
}

fn add(look: &mut Look, sequence: u64, entry: Entry) {
    look.first_at = look.first_at.min(entry.at);
    look.last_at = look.last_at.max(entry.at);
    look.times += 1;
    look.entries.push(sequence);
    for item in entry.items {
        if !look.items.contains(&item) {
            look.items.push(item);
        }
    }
}
