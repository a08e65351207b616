//! The clinical record of a case: every entry into a field is an event, and nothing is overwritten.
//!
//! An entry names the event that its editor had seen. What a field says now are the events that no other
//! has superseded: one, or several where two people wrote without seeing each other. Several values stand
//! side by side, as a contested field, until a person chooses; the choice is an event that names them all.
//! Equal values are no conflict. A row of a repeated block is a field of its own, so that adding, removing
//! and bringing back a row are entries like any other.
//!
//! Which fields there are, and what their values mean, is the catalogue's matter (`model`), not the
//! record's: here an address and a value are text.

mod completeness;
mod fold;
mod follow;
mod read;
mod recorder;
mod save;
mod whole;

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use model::identity::{CaseId, FieldEventId, PersonId};
use uuid::Uuid;

pub use completeness::{CaseCompleteness, HospitalCompleteness, IncompleteCase};
pub use follow::PendingCase;
pub use read::{HistoryFilter, HistoryRow, ScopedAddresses};
pub use recorder::{RecordFieldsError, Recorder};
pub(crate) use save::{CELL_COLUMNS, CellRow};

use crate::{error::RecordError, row::row};

/// Longest address of a field. Units: bytes.
pub const ADDRESS_BYTES_MAX: usize = 200;
/// Longest value of a field. Units: characters.
pub const VALUE_CHARS_MAX: usize = 4_000;
/// Most events that one entry may name beside its base.
pub const MERGED_MAX: usize = 32;

/// Names a field of a case's record: an item, a row of a repeated block, or an item in such a row.
///
/// Shape: 1 to 200 bytes of printable text without blanks.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldAddress(String);

/// A text that names no field.
#[derive(Debug, thiserror::Error)]
#[error("could not read the address of a field: {0:?}")]
pub struct ParseAddressError(String);

impl FromStr for FieldAddress {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sound = !text.is_empty()
            && text.len() <= ADDRESS_BYTES_MAX
            && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseAddressError(text.chars().take(80).collect()))
        }
    }
}

impl FieldAddress {
    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How an entry came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntrySource {
    /// Typed into a form.
    Form,
    /// Read from a file.
    Import,
    /// Sent by a program.
    Api,
}

impl EntrySource {
    /// Returns the word of the record and of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Import => "import",
            Self::Api => "api",
        }
    }

    pub(crate) fn of(word: &str) -> Result<Self, RecordError> {
        [Self::Form, Self::Import, Self::Api]
            .into_iter()
            .find(|source| source.word() == word)
            .ok_or_else(|| RecordError::Value { what: "entry source", value: word.to_owned() })
    }
}

/// One entry into a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldEvent {
    /// Given by whoever enters: sent again, it is the same entry.
    pub id: FieldEventId,
    /// The case.
    pub case: CaseId,
    /// The field.
    pub address: FieldAddress,
    /// What was entered; `None` where the field was emptied.
    pub value: Option<String>,
    /// The event that the editor had seen; `None` for an untouched field.
    pub base: Option<FieldEventId>,
    /// Further events that the editor had seen and that this one supersedes as well.
    pub merged: Vec<FieldEventId>,
    /// Who.
    pub person: PersonId,
    /// How it came.
    pub source: EntrySource,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

impl FieldEvent {
    /// Returns every event that this one supersedes.
    pub(crate) fn superseded(&self) -> impl Iterator<Item = FieldEventId> + '_ {
        self.base.into_iter().chain(self.merged.iter().copied())
    }
}

/// What a field says now: the events that nothing supersedes, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldState {
    /// The events; none for an untouched field.
    pub heads: Vec<FieldHead>,
}

/// One event that nothing supersedes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldHead {
    /// The event.
    pub event: FieldEventId,
    /// What was entered; `None` where the field was emptied.
    pub value: Option<String>,
    /// Who.
    pub person: PersonId,
    /// How it came.
    pub source: EntrySource,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

impl FieldState {
    /// Returns whether different values stand side by side.
    pub fn is_contested(&self) -> bool {
        self.heads.iter().any(|head| head.value != self.heads[0].value)
    }

    /// Returns the value where there is one and nobody contests it.
    pub fn value(&self) -> Option<&str> {
        if self.is_contested() { None } else { self.heads.first()?.value.as_deref() }
    }

    pub(crate) fn sort(&mut self) {
        self.heads.sort_by_key(|head| std::cmp::Reverse((head.saved_at, head.event)));
    }
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// It is recorded, and the field says so.
    Saved,
    /// The editor changed nothing, so nothing was recorded.
    Unchanged,
    /// It is recorded beside what another entered in the meantime.
    Contested,
    /// It was not recorded.
    Refused(RefusedEntry),
}

/// Why an entry was not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedEntry {
    /// There is no such case.
    #[error("there is no such case")]
    NoCase,
    /// The identifier belongs to another entry.
    #[error("the identifier belongs to another entry")]
    IdentifierTaken,
    /// The value is too long or has characters that no field takes.
    #[error("the value is too long or has characters that no field takes")]
    Value,
    /// It names too many events.
    #[error("it names too many events")]
    Merged,
}

/// What became of an entry, and what the field says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedField {
    /// What became of it.
    pub outcome: SaveOutcome,
    /// What the field says now.
    pub state: FieldState,
}

row! {
    pub(crate) struct EventRow {
        pub(crate) id: Uuid, pub(crate) case_id: Uuid, pub(crate) address: String, pub(crate) value: Option<String>, pub(crate) base_id: Option<Uuid>,
        pub(crate) merged: Option<String>, pub(crate) person_id: Uuid, pub(crate) source: String, pub(crate) saved_at: DateTime<Utc>,
    }
}

/// The columns of [`EventRow`].
pub(crate) const EVENT_COLUMNS: &str =
    "id, case_id, address, value, base_id, merged, person_id, source, saved_at";

impl EventRow {
    pub(crate) fn read(self) -> Result<FieldEvent, RecordError> {
        Ok(FieldEvent {
            id: FieldEventId(self.id),
            case: CaseId(self.case_id),
            address: stored_address(&self.address)?,
            value: self.value,
            base: self.base_id.map(FieldEventId),
            merged: merged_of(self.merged.as_deref())?,
            person: PersonId(self.person_id),
            source: EntrySource::of(&self.source)?,
            saved_at: self.saved_at,
        })
    }
}

pub(crate) fn stored_address(text: &str) -> Result<FieldAddress, RecordError> {
    text.parse().map_err(|_| RecordError::Value { what: "field address", value: text.to_owned() })
}

/// Reads the further events that an entry names, as [`merged_text`] writes them.
fn merged_of(text: Option<&str>) -> Result<Vec<FieldEventId>, RecordError> {
    let read = |word: &str| {
        Uuid::try_parse(word)
            .map(FieldEventId)
            .map_err(|_| RecordError::Value { what: "merged event", value: word.to_owned() })
    };
    text.unwrap_or_default().split_whitespace().map(read).collect()
}

/// Writes the further events that an entry names. Shape: identifiers parted by blanks; `None` without any.
pub(crate) fn merged_text(merged: &[FieldEventId]) -> Option<String> {
    if merged.is_empty() {
        return None;
    }
    Some(merged.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
}
