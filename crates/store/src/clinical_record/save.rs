//! Recording entries: many editors' at once, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::identity::{CaseId, FieldEventId, PersonId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{
    EVENT_COLUMNS, EntrySource, EventRow, FieldAddress, FieldEvent, FieldHead, FieldState,
    MERGED_MAX, RefusedEntry, SaveOutcome, SavedField, VALUE_CHARS_MAX,
    fold::{Decision, Known, apply, decide},
    merged_text, stored_address,
};
use crate::{
    db::{Batch, EngineTransaction, on_batch},
    error::RecordError,
    identifier::to_milliseconds,
    row::{STATEMENT_ROWS_MAX, row},
};

row! {
    pub(crate) struct CellRow {
        pub(crate) case_id: Uuid, address: String, event_id: Uuid, value: Option<String>, person_id: Uuid,
        source: String, saved_at: chrono::DateTime<chrono::Utc>,
    }
}

/// The columns of [`CellRow`].
pub(crate) const CELL_COLUMNS: &str =
    "case_id, address, event_id, value, person_id, source, saved_at";

/// A field of a case.
pub(super) type Cell = (CaseId, FieldAddress);

impl CellRow {
    pub(super) fn read(self) -> Result<(Cell, FieldHead), RecordError> {
        let head = FieldHead {
            event: FieldEventId(self.event_id),
            value: self.value,
            person: PersonId(self.person_id),
            source: EntrySource::of(&self.source)?,
            saved_at: self.saved_at,
        };
        Ok(((CaseId(self.case_id), stored_address(&self.address)?), head))
    }

    /// Returns what the fields of one case say.
    pub(crate) fn fields(
        rows: Vec<Self>,
    ) -> Result<BTreeMap<FieldAddress, FieldState>, RecordError> {
        let mut states: BTreeMap<FieldAddress, FieldState> = BTreeMap::new();
        for row in rows {
            let ((_, address), head) = row.read()?;
            states.entry(address).or_default().heads.push(head);
        }
        states.values_mut().for_each(FieldState::sort);
        Ok(states)
    }
}

/// What a batch of entries found in the record, and what it is about to write.
#[derive(Default)]
struct Work {
    cases: HashSet<CaseId>,
    known: HashMap<FieldEventId, FieldEvent>,
    cells: HashMap<Cell, FieldState>,
    new: Vec<FieldEvent>,
    gone: Vec<(Cell, FieldEventId)>,
}

impl Batch {
    /// Records entries, each as far as it can be, and returns what became of each, in their order.
    ///
    /// An entry that was recorded before, by its identifier, is not recorded again. Entries wait for those of
    /// other transactions on the same cases.
    ///
    /// Errors: the engine fails; then nothing of the batch may be kept.
    pub async fn save_fields(
        &mut self,
        entries: &[FieldEvent],
    ) -> Result<Vec<SavedField>, RecordError> {
        let mut work = Work::default();
        self.lock_cases(entries, &mut work).await?;
        self.read_named_events(entries, &mut work).await?;
        self.read_cells(entries, &mut work).await?;
        let saved = entries.iter().map(|entry| work.take(entry)).collect();
        self.write_events(&work.new).await?;
        self.remove_cells(&work).await?;
        self.write_cells(&work).await?;
        self.mark_pending(&work.new).await?;
        Ok(saved)
    }

    /// Finds out which cases there are, and keeps others from writing to them until the end.
    async fn lock_cases(
        &mut self,
        entries: &[FieldEvent],
        work: &mut Work,
    ) -> Result<(), RecordError> {
        let cases: BTreeSet<CaseId> = entries.iter().map(|entry| entry.case).collect();
        // SQLite has one writer, and its transaction has begun.
        let locks = matches!(self.transaction, EngineTransaction::Postgres(_));
        for chunk in cases.into_iter().collect::<Vec<_>>().chunks(STATEMENT_ROWS_MAX) {
            let ids: Vec<Uuid> = on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("SELECT id FROM patient_case WHERE id IN (");
                let mut values = query.separated(", ");
                for case in chunk {
                    values.push_bind(case.0);
                }
                query.push(") ORDER BY id");
                if locks {
                    query.push(" FOR NO KEY UPDATE");
                }
                query.build_query_scalar().fetch_all(connection).await
            })
            .map_err(RecordError::attempt("lock the cases of entries"))?;
            work.cases.extend(ids.into_iter().map(CaseId));
        }
        Ok(())
    }

    /// Reads the entries that are there already, and the events that entries name.
    async fn read_named_events(
        &mut self,
        entries: &[FieldEvent],
        work: &mut Work,
    ) -> Result<(), RecordError> {
        let named = |entry: &FieldEvent| -> Vec<Uuid> {
            let superseded = entry.superseded().take(MERGED_MAX + 1);
            superseded.chain([entry.id]).map(|id| id.0).collect()
        };
        let ids: BTreeSet<Uuid> = entries.iter().flat_map(named).collect();
        for chunk in ids.into_iter().collect::<Vec<_>>().chunks(STATEMENT_ROWS_MAX) {
            let rows: Vec<EventRow> = on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("SELECT ");
                query.push(EVENT_COLUMNS).push(" FROM field_event WHERE id IN (");
                let mut values = query.separated(", ");
                for id in chunk {
                    values.push_bind(*id);
                }
                query.push(")");
                query.build_query_as().fetch_all(connection).await
            })
            .map_err(RecordError::attempt("read the events that entries name"))?;
            for row in rows {
                let event = row.read()?;
                work.known.insert(event.id, event);
            }
        }
        Ok(())
    }

    async fn read_cells(
        &mut self,
        entries: &[FieldEvent],
        work: &mut Work,
    ) -> Result<(), RecordError> {
        let cells: BTreeSet<(Uuid, &str)> =
            entries.iter().map(|entry| (entry.case.0, entry.address.as_str())).collect();
        for chunk in cells.into_iter().collect::<Vec<_>>().chunks(STATEMENT_ROWS_MAX) {
            let rows: Vec<CellRow> = on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("WITH wanted (c, a) AS (");
                query.push_values(chunk, |mut values, (case, address)| {
                    values.push_bind(*case).push_bind(*address);
                });
                query.push(") SELECT ").push(CELL_COLUMNS);
                query.push(" FROM wanted CROSS JOIN record_cell WHERE case_id = c AND address = a");
                query.build_query_as().persistent(false).fetch_all(connection).await
            })
            .map_err(RecordError::attempt("read the fields of entries"))?;
            for row in rows {
                let (cell, head) = row.read()?;
                work.cells.entry(cell).or_default().heads.push(head);
            }
        }
        work.cells.values_mut().for_each(FieldState::sort);
        Ok(())
    }

    /// Writes events as they are, without bringing what is derived up to date.
    pub(super) async fn write_events(&mut self, events: &[FieldEvent]) -> Result<(), RecordError> {
        for chunk in events.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO field_event (");
                query.push(EVENT_COLUMNS).push(") ");
                query.push_values(chunk, |mut values, event| {
                    values
                        .push_bind(event.id.0)
                        .push_bind(event.case.0)
                        .push_bind(event.address.as_str())
                        .push_bind(event.value.as_deref())
                        .push_bind(event.base.map(|base| base.0))
                        .push_bind(merged_text(&event.merged))
                        .push_bind(event.person.0)
                        .push_bind(event.source.word())
                        .push_bind(to_milliseconds(event.saved_at));
                });
                query.build().persistent(false).execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("record entries"))?;
        }
        Ok(())
    }

    async fn remove_cells(&mut self, work: &Work) -> Result<(), RecordError> {
        for chunk in work.gone.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query = QueryBuilder::new(
                    "DELETE FROM record_cell WHERE (case_id, address, event_id) IN (",
                );
                query.push_values(chunk, |mut values, ((case, address), event)| {
                    values.push_bind(case.0).push_bind(address.as_str()).push_bind(event.0);
                });
                query.push(")");
                query.build().persistent(false).execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("bring the fields up to date"))?;
        }
        Ok(())
    }

    async fn write_cells(&mut self, work: &Work) -> Result<(), RecordError> {
        let is_head = |event: &&FieldEvent| {
            let state = work.cells.get(&(event.case, event.address.clone()));
            state.is_some_and(|state| state.heads.iter().any(|head| head.event == event.id))
        };
        let heads: Vec<(Cell, FieldHead)> = work
            .new
            .iter()
            .filter(is_head)
            .map(|event| ((event.case, event.address.clone()), FieldHead::from(event)))
            .collect();
        self.insert_cells(&heads).await
    }

    /// Writes what fields say.
    pub(super) async fn insert_cells(
        &mut self,
        heads: &[(Cell, FieldHead)],
    ) -> Result<(), RecordError> {
        for chunk in heads.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO record_cell (");
                query.push(CELL_COLUMNS).push(") ");
                query.push_values(chunk, |mut values, ((case, address), head)| {
                    values
                        .push_bind(case.0)
                        .push_bind(address.as_str())
                        .push_bind(head.event.0)
                        .push_bind(head.value.as_deref())
                        .push_bind(head.person.0)
                        .push_bind(head.source.word())
                        .push_bind(to_milliseconds(head.saved_at));
                });
                query.build().persistent(false).execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("bring the fields up to date"))?;
        }
        Ok(())
    }

    /// Says that what is derived of the cases has to be made anew.
    pub(super) async fn mark_pending(&mut self, events: &[FieldEvent]) -> Result<(), RecordError> {
        let newest: HashMap<CaseId, FieldEventId> =
            events.iter().map(|event| (event.case, event.id)).collect();
        newest.keys().for_each(|case| self.touch(*case));
        let mut newest: Vec<_> = newest.into_iter().collect();
        newest.sort_unstable();
        for chunk in newest.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query =
                    QueryBuilder::new("INSERT INTO record_pending (case_id, event_id) ");
                query.push_values(chunk, |mut values, (case, event)| {
                    values.push_bind(case.0).push_bind(event.0);
                });
                query.push(" ON CONFLICT (case_id) DO UPDATE SET event_id = excluded.event_id");
                query.build().persistent(false).execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("mark cases as changed"))?;
        }
        Ok(())
    }
}

impl Work {
    /// Decides on one entry after those before it.
    fn take(&mut self, entry: &FieldEvent) -> SavedField {
        let cell = (entry.case, entry.address.clone());
        if let Some(reason) = self.refusal(entry) {
            let state = self.cells.get(&cell).cloned().unwrap_or_default();
            return SavedField { outcome: SaveOutcome::Refused(reason), state };
        }
        let state = self.cells.entry(cell.clone()).or_default();
        if self.known.contains_key(&entry.id) {
            let outcome =
                if state.is_contested() { SaveOutcome::Contested } else { SaveOutcome::Saved };
            return SavedField { outcome, state: state.clone() };
        }
        let known: HashMap<FieldEventId, Known> = entry
            .superseded()
            .filter_map(|id| self.known.get(&id))
            .filter(|event| event.case == entry.case && event.address == entry.address)
            .map(|event| (event.id, Known { value: event.value.clone() }))
            .collect();
        let Decision::Record { base, merged } = decide(entry, state, &known) else {
            return SavedField { outcome: SaveOutcome::Unchanged, state: state.clone() };
        };
        let saved_at = to_milliseconds(entry.saved_at);
        let event = FieldEvent { base, merged, saved_at, ..entry.clone() };
        let superseded: HashSet<FieldEventId> = event.superseded().collect();
        let gone = state.heads.iter().map(|head| head.event).filter(|id| superseded.contains(id));
        self.gone.extend(gone.map(|id| (cell.clone(), id)));
        apply(state, &event);
        let outcome =
            if state.is_contested() { SaveOutcome::Contested } else { SaveOutcome::Saved };
        let saved = SavedField { outcome, state: state.clone() };
        self.known.insert(event.id, event.clone());
        self.new.push(event);
        saved
    }

    fn refusal(&self, entry: &FieldEvent) -> Option<RefusedEntry> {
        if !self.cases.contains(&entry.case) {
            return Some(RefusedEntry::NoCase);
        }
        if let Some(there) = self.known.get(&entry.id) {
            let same = there.case == entry.case
                && there.address == entry.address
                && there.value == entry.value;
            return (!same).then_some(RefusedEntry::IdentifierTaken);
        }
        if entry.merged.len() > MERGED_MAX {
            return Some(RefusedEntry::Merged);
        }
        let value = entry.value.as_deref().unwrap_or_default();
        let unfit = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        let sound = value.chars().count() <= VALUE_CHARS_MAX && !value.contains(unfit);
        (!sound).then_some(RefusedEntry::Value)
    }
}
