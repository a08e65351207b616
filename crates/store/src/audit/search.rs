//! Searching the log, newest first.

use access::audit::Outcome;
use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use sqlx::QueryBuilder;

use super::{ENTRY_COLUMNS, EntryRow, StoredEntry, codes, kept_number};
use crate::{
    db::{Store, on_readers},
    document::without_nul,
    error::RecordError,
    page::PAGE_ROWS_MAX,
    row::STATEMENT_ROWS_MAX,
};

/// Which entries are looked for; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Who acted.
    pub person: Option<PersonId>,
    /// A part of the name of who acted, letter for letter.
    pub name: Option<String>,
    /// The case.
    pub case: Option<CaseId>,
    /// The action's code.
    pub action: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// First moment.
    pub from: Option<DateTime<Utc>>,
    /// The moment before which.
    pub until: Option<DateTime<Utc>>,
    /// Only what people of one of these did, or what was done on one of their cases.
    pub of_organisations: Option<Vec<OrganisationCode>>,
}

/// A page of entries, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<StoredEntry>,
    /// The next page holds entries before this number; `None` on the last one.
    pub next_before: Option<u64>,
}

/// Adds the conditions of a filter to a statement of either engine.
macro_rules! push_filter {
    ($query:ident, $filter:expr, $pattern:expr) => {
        $query.push(" WHERE 1 = 1");
        if let Some(person) = $filter.person {
            $query.push(" AND person_id = ").push_bind(person.0);
        }
        if let Some(pattern) = &$pattern {
            $query.push(" AND name LIKE ").push_bind(pattern).push(" ESCAPE '\\'");
        }
        if let Some(case) = $filter.case {
            $query.push(" AND case_id = ").push_bind(case.0);
        }
        if let Some(action) = &$filter.action {
            $query.push(" AND action = ").push_bind(without_nul(action));
        }
        if let Some(outcome) = $filter.outcome {
            $query.push(" AND outcome = ").push_bind(outcome.word());
        }
        if let Some(from) = $filter.from {
            $query.push(" AND told_ms >= ").push_bind(from.timestamp_millis());
        }
        if let Some(until) = $filter.until {
            $query.push(" AND told_ms < ").push_bind(until.timestamp_millis());
        }
        if let Some(organisations) = &$filter.of_organisations {
            for (mark, column) in [(" AND (", "organisation"), (" OR ", "hospital")] {
                $query.push(mark).push(column).push(" IN (NULL");
                for code in codes(organisations).into_iter().take(STATEMENT_ROWS_MAX) {
                    $query.push(", ").push_bind(code);
                }
                $query.push(")");
            }
            $query.push(")");
        }
    };
}

impl AuditFilter {
    /// A pattern that finds the name anywhere, with `\` as the escape.
    fn pattern(&self) -> Option<String> {
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
        let mut pattern = String::from("%");
        for c in without_nul(name).chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        Some(pattern)
    }
}

impl Store {
    /// Returns a page of the entries that a filter leaves, newest first: those before a number, or the newest.
    ///
    /// Errors: the engine fails, or an entry cannot be read.
    pub async fn search_audit(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        rows: u32,
    ) -> Result<AuditPage, RecordError> {
        let limit = rows.clamp(1, PAGE_ROWS_MAX);
        let before = before.map_or(i64::MAX, kept_number);
        let pattern = filter.pattern();
        let rows: Vec<EntryRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(ENTRY_COLUMNS).push(" FROM audit_entry");
            push_filter!(query, filter, pattern);
            query.push(" AND sequence < ").push_bind(before);
            query.push(" ORDER BY sequence DESC LIMIT ").push_bind(i64::from(limit) + 1);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("search the audit log"))?;
        let mut entries =
            rows.into_iter().map(EntryRow::read).collect::<Result<Vec<StoredEntry>, _>>()?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let next_before = entries.last().filter(|_| more).map(|last| last.sequence);
        Ok(AuditPage { entries, next_before })
    }

    /// Returns how many entries a filter leaves.
    ///
    /// Errors: the engine fails.
    pub async fn count_audit(&self, filter: &AuditFilter) -> Result<u64, RecordError> {
        let pattern = filter.pattern();
        let count: i64 = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT count(*) FROM audit_entry");
            push_filter!(query, filter, pattern);
            query.build_query_scalar().fetch_one(pool).await
        })
        .map_err(RecordError::attempt("search the audit log"))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
