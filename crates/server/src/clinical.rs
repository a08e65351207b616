//! The clinical record of a case as pages and programs see it: entries of the store read by the item catalogue.

use std::collections::{BTreeMap, BTreeSet};

use access::{Permit, audit::Entry};
use chrono::{DateTime, Utc};
use model::{
    catalogue::Catalogue,
    clinical_record::{CellAddress, CellValue, ClinicalRecord, RowId},
    identity::{CaseId, FieldEventId, PersonId},
};
use store::{EntrySource, FieldAddress, FieldEvent, FieldState, SaveOutcome, SavedField};
use uuid::Uuid;

use crate::{error::PageError, state::AppState, viewer::Viewer};

pub(crate) use model::clinical_record::{ROW_PRESENT, ROW_REMOVED};

/// What an address of the record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// An item, in a row or once in the case.
    Cell(CellAddress),
    /// A row of a repeated block.
    Row(String, RowId),
}

/// Reads an address; `None` where the catalogue has nothing there.
pub(crate) fn named(address: &str) -> Option<Named> {
    let catalogue = Catalogue::get();
    if let Ok(cell) = address.parse::<CellAddress>() {
        let item = catalogue.item(cell.item.as_str())?;
        let block = cell.block.as_ref().map(|(block, _)| block.as_str());
        return (item.block == block).then_some(Named::Cell(cell));
    }
    let (block, row) = address.split_once('/')?;
    catalogue.block(block)?;
    Some(Named::Row(block.to_owned(), RowId(Uuid::try_parse(row).ok()?)))
}

/// Returns the address of a row of a repeated block.
pub(crate) fn row_address(block: &str, row: RowId) -> String {
    format!("{block}/{row}")
}

/// A case's record.
pub(crate) struct Clinical {
    /// What each field says.
    pub(crate) fields: BTreeMap<FieldAddress, FieldState>,
    /// The same as a typed document; contested fields and removed rows are left out.
    pub(crate) record: ClinicalRecord,
    /// Rows that are there, also those with nothing in them yet, by block.
    pub(crate) rows: BTreeMap<String, Vec<RowId>>,
    /// Rows that were taken away, by block.
    pub(crate) removed: BTreeMap<String, Vec<RowId>>,
}

impl Clinical {
    /// Reads a case's record.
    pub(crate) async fn read(state: &AppState, case: CaseId) -> Result<Self, PageError> {
        let fields = state.store.record_fields(case).await.map_err(PageError::internal)?;
        Ok(Self::of(fields))
    }

    /// Makes the record of what its fields say.
    pub(crate) fn of(fields: BTreeMap<FieldAddress, FieldState>) -> Self {
        let mut removed_rows = BTreeSet::new();
        let mut rows: BTreeMap<String, BTreeSet<RowId>> = BTreeMap::new();
        let mut cells = Vec::new();
        for (address, state) in &fields {
            match named(address.as_str()) {
                Some(Named::Row(block, row)) if state.value() == Some(ROW_REMOVED) => {
                    removed_rows.insert((block, row));
                }
                Some(Named::Row(block, row)) => drop(rows.entry(block).or_default().insert(row)),
                Some(Named::Cell(cell)) => {
                    let said = state.heads.iter().any(|head| head.value.is_some());
                    if let (Some((block, row)), true) = (&cell.block, said) {
                        rows.entry(block.as_str().to_owned()).or_default().insert(*row);
                    }
                    cells.push((cell, state.value()));
                }
                None => {}
            }
        }
        let is_removed = |block: &str, row: RowId| removed_rows.contains(&(block.to_owned(), row));
        let mut record = ClinicalRecord::default();
        for (cell, value) in cells {
            let gone =
                cell.block.as_ref().is_some_and(|(block, row)| is_removed(block.as_str(), *row));
            if let (Some(value), false) = (value, gone) {
                record.set(&cell, Some(CellValue::of_entered(value)));
            }
        }
        let there = rows.into_iter().map(|(block, rows)| {
            let there = rows.into_iter().filter(|row| !is_removed(&block, *row)).collect();
            (block, there)
        });
        let rows: BTreeMap<String, Vec<RowId>> = there.collect();
        let mut removed: BTreeMap<String, Vec<RowId>> = BTreeMap::new();
        for (block, row) in removed_rows {
            removed.entry(block).or_default().push(row);
        }
        Self { fields, record, rows, removed }
    }

    /// Returns what a field says; an untouched field says nothing.
    pub(crate) fn field(&self, address: &str) -> FieldState {
        let address = address.parse::<FieldAddress>().ok();
        address.and_then(|address| self.fields.get(&address)).cloned().unwrap_or_default()
    }

    /// Counts the fields that different people say different things of.
    pub(crate) fn contested(&self) -> usize {
        self.fields.values().filter(|state| state.is_contested()).count()
    }
}

/// What somebody entered, before it is an event.
#[derive(Clone, Debug)]
pub(crate) struct Entered {
    /// Identifier given by whoever enters.
    pub(crate) id: FieldEventId,
    /// Address of the field.
    pub(crate) address: String,
    /// What was entered; empty to empty the field.
    pub(crate) value: String,
    /// The event that was seen.
    pub(crate) base: Option<FieldEventId>,
    /// Further events that were seen and are set aside.
    pub(crate) merged: Vec<FieldEventId>,
}

/// Who enters, into what, and how.
#[derive(Clone, Copy)]
pub(crate) struct Entering {
    /// The case.
    pub(crate) case: CaseId,
    /// Who.
    pub(crate) person: PersonId,
    /// How.
    pub(crate) source: EntrySource,
    /// When.
    pub(crate) at: DateTime<Utc>,
}

/// Records what was entered together with its audit entry, in one transaction, and returns after its commit.
///
/// Errors: an address names nothing of the catalogue, or the record cannot be written to.
pub(crate) async fn enter(
    state: &AppState,
    viewer: &Viewer,
    permit: &Permit,
    entering: Entering,
    entered: Vec<Entered>,
) -> Result<Vec<SavedField>, PageError> {
    let items: Vec<String> = entered.iter().map(|entered| entered.address.clone()).collect();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let audit = Entry::permitted(entering.at, &viewer.actor, permit)
        .on_case(entering.case, None)
        .with_items(items);
    let entries = entered.into_iter().map(|entered| event_of(entering, entered));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let saved = state.recorder.save(entries, vec![audit]).await.map_err(PageError::internal)?;
    let recorded =
        |field: &&SavedField| matches!(field.outcome, SaveOutcome::Saved | SaveOutcome::Contested);
    state.metrics.saved("field", saved.iter().filter(recorded).count());
    state.following.touch(state);
    Ok(saved)
}

fn event_of(entering: Entering, entered: Entered) -> Result<FieldEvent, PageError> {
    named(&entered.address).ok_or(PageError::BadRequest)?;
    let address = entered.address.parse().map_err(|_| PageError::BadRequest)?;
    // Browsers send line breaks as two characters, and pasted text may hold what no engine keeps.
    let value: String = entered.value.replace("\r\n", "\n").replace('\r', "\n");
    let value: String =
        value.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let value = value.trim();
    Ok(FieldEvent {
        id: entered.id,
        case: entering.case,
        address,
        value: Some(value.to_owned()).filter(|value| !value.is_empty()),
        base: entered.base,
        merged: entered.merged,
        person: entering.person,
        source: entering.source,
        saved_at: entering.at,
    })
}

#[cfg(test)]
mod tests {
    use store::FieldHead;

    use super::*;

    fn state(values: &[Option<&str>]) -> FieldState {
        let head = |(number, value): (usize, &Option<&str>)| FieldHead {
            event: FieldEventId(Uuid::from_u128(number as u128)),
            value: value.map(str::to_owned),
            person: PersonId(Uuid::nil()),
            source: EntrySource::Form,
            saved_at: DateTime::UNIX_EPOCH,
        };
        FieldState { heads: values.iter().enumerate().map(head).collect() }
    }

    #[test]
    fn addresses_name_what_the_catalogue_has() {
        let row = Uuid::from_u128(5);
        assert!(matches!(named("sex"), Some(Named::Cell(_))));
        assert!(matches!(named(&format!("family_member/{row}")), Some(Named::Row(..))));
        assert!(matches!(named(&format!("family_member/{row}/family_age")), Some(Named::Cell(_))));
        for wrong in
            ["", "sexx", "family_age", "x/y", "family_member/x/family_age", "../sex", "sex/"]
        {
            assert_eq!(named(wrong), None, "{wrong}");
        }
        assert_eq!(named(&format!("family_member/{row}/sex")), None);
    }

    #[test]
    fn removed_rows_and_contested_fields_are_left_out() {
        let (kept, gone) = (RowId::numbered(1), RowId::numbered(2));
        let mut fields = BTreeMap::new();
        let mut put = |address: String, values: &[Option<&str>]| {
            fields.insert(address.parse().unwrap(), state(values));
        };
        put("sex".to_owned(), &[Some("1"), Some("2")]);
        put("age".to_owned(), &[Some("60")]);
        put(row_address("family_member", kept), &[Some(ROW_PRESENT)]);
        put(row_address("family_member", gone), &[Some(ROW_REMOVED)]);
        put(format!("family_member/{gone}/family_age"), &[Some("50")]);
        let clinical = Clinical::of(fields);
        assert_eq!(clinical.contested(), 1);
        assert!(clinical.record.value("sex").is_none());
        assert_eq!(clinical.record.value("age").unwrap().written, "60");
        assert_eq!(clinical.rows["family_member"], [kept]);
        assert_eq!(clinical.removed["family_member"], [gone]);
        assert_eq!(clinical.record.rows("family_member").count(), 0);
    }
}
