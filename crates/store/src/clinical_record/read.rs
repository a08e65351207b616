//! What fields say, and how they came to say it.

use std::collections::BTreeMap;

use model::identity::{CaseId, FieldEventId, PersonId};
use sqlx::QueryBuilder;

use super::{
    EVENT_COLUMNS, EventRow, FieldAddress, FieldEvent, FieldState,
    save::{CELL_COLUMNS, CellRow},
};
use crate::{
    db::{Store, on_readers},
    error::RecordError,
    page::{Cursor, Page, PageRequest},
    row::STATEMENT_ROWS_MAX,
};

/// Most events of one case that are read at once.
const EVENTS_MAX: i64 = 200_000;

/// Which addresses a history has: these, and those that begin so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopedAddresses {
    /// Whole addresses.
    pub items: Vec<String>,
    /// Beginnings of addresses, such as `regimen_after/`.
    pub beginnings: Vec<String>,
}

/// Which events a history has. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only those of these fields.
    pub addresses: Option<ScopedAddresses>,
    /// Only those of one person.
    pub person: Option<PersonId>,
}

/// One line of a case's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The event.
    pub event: FieldEvent,
    /// What the field said to the editor; `None` for an untouched or empty field.
    pub before: Option<String>,
    /// What else the editor had seen and set aside.
    pub set_aside: Vec<String>,
}

impl Store {
    /// Returns what each field of a case says.
    ///
    /// Errors: the engine fails, or the record holds an impossible value.
    pub async fn record_fields(
        &self,
        case: CaseId,
    ) -> Result<BTreeMap<FieldAddress, FieldState>, RecordError> {
        let rows: Vec<CellRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(CELL_COLUMNS).push(" FROM record_cell WHERE case_id = ").push_bind(case.0);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a case's fields"))?;
        CellRow::fields(rows)
    }

    /// Returns every event of a case, in the order of their saving.
    ///
    /// Errors: the engine fails, or the record holds an impossible value.
    pub async fn field_events(&self, case: CaseId) -> Result<Vec<FieldEvent>, RecordError> {
        let rows: Vec<EventRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(EVENT_COLUMNS).push(" FROM field_event WHERE case_id = ").push_bind(case.0);
            query.push(" ORDER BY saved_at, id LIMIT ").push_bind(EVENTS_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a case's entries"))?;
        rows.into_iter().map(EventRow::read).collect()
    }

    /// Returns a page of a case's history, newest first.
    ///
    /// Errors: the engine fails, or the record holds an impossible value.
    pub async fn field_history(
        &self,
        case: CaseId,
        filter: &HistoryFilter,
        page: PageRequest,
    ) -> Result<Page<HistoryRow>, RecordError> {
        macro_rules! push_filter {
            ($query:ident) => {
                $query.push(" FROM field_event WHERE case_id = ").push_bind(case.0);
                if let Some(person) = filter.person {
                    $query.push(" AND person_id = ").push_bind(person.0);
                }
                if let Some(addresses) = &filter.addresses {
                    $query.push(" AND (1 = 0");
                    for item in addresses.items.iter().take(STATEMENT_ROWS_MAX) {
                        $query.push(" OR address = ").push_bind(item);
                    }
                    for beginning in addresses.beginnings.iter().take(STATEMENT_ROWS_MAX) {
                        // '0' follows '/', the last letter of a beginning.
                        let after = format!("{}0", beginning.trim_end_matches('/'));
                        $query.push(" OR (address >= ").push_bind(beginning);
                        $query.push(" AND address < ").push_bind(after).push(")");
                    }
                    $query.push(")");
                }
            };
        }
        let attempt = RecordError::attempt("read a case's history");
        let total: i64 = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT count(*)");
            push_filter!(query);
            query.build_query_scalar().fetch_one(pool).await
        })
        .map_err(attempt)?;
        let rows: Vec<EventRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(EVENT_COLUMNS);
            push_filter!(query);
            if let Some(after) = page.after {
                query.push(" AND (saved_at, id) < (").push_bind(after.at);
                query.push(", ").push_bind(after.id).push(")");
            }
            query.push(" ORDER BY saved_at DESC, id DESC LIMIT ");
            query.push_bind(i64::from(page.rows_bounded()) + 1);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(attempt)?;
        let events = rows.into_iter().map(EventRow::read).collect::<Result<Vec<_>, _>>()?;
        let seen = self.values_of(events.iter().flat_map(FieldEvent::superseded)).await?;
        let rows = events.into_iter().map(|event| {
            let before = event.base.and_then(|base| seen.get(&base).cloned().flatten());
            let aside = event.merged.iter().filter_map(|id| seen.get(id).cloned().flatten());
            let set_aside = aside.filter(|value| Some(value) != event.value.as_ref()).collect();
            HistoryRow { event, before, set_aside }
        });
        let total = u64::try_from(total).unwrap_or(0);
        Ok(Page::of(rows.collect(), page, total, |row| Cursor {
            at: row.event.saved_at,
            id: row.event.id.0,
        }))
    }

    /// Returns the values of events.
    async fn values_of(
        &self,
        events: impl Iterator<Item = FieldEventId>,
    ) -> Result<BTreeMap<FieldEventId, Option<String>>, RecordError> {
        let ids: Vec<FieldEventId> = events.collect();
        let mut values = BTreeMap::new();
        for chunk in ids.chunks(STATEMENT_ROWS_MAX) {
            let rows: Vec<(uuid::Uuid, Option<String>)> = on_readers!(self, |pool| {
                let mut query =
                    QueryBuilder::new("SELECT id, value FROM field_event WHERE id IN (");
                let mut bound = query.separated(", ");
                for id in chunk {
                    bound.push_bind(id.0);
                }
                query.push(")");
                query.build_query_as().fetch_all(pool).await
            })
            .map_err(RecordError::attempt("read the values that a history compares"))?;
            values.extend(rows.into_iter().map(|(id, value)| (FieldEventId(id), value)));
        }
        Ok(values)
    }
}
