//! Whole columns counted by day.

use super::{DayCounts, refusal::CountDaysError};

/// Columns of cases to be counted, one row each.
///
/// Units: days since the start of the clock, 0-based.
#[derive(Debug, Clone, Copy)]
pub struct DayColumns<'a> {
    /// Day of entry; `None` when all are observed from the start.
    pub entry: Option<&'a [u32]>,
    /// Day of the event or of the last contact.
    pub exit: &'a [u32],
    /// Whether the case left by its event.
    pub event: &'a [bool],
    /// Group of the case, numbered from 0; `None` when there is one group.
    pub group: Option<&'a [u16]>,
    /// How many groups there are.
    pub groups: usize,
}

impl DayCounts {
    /// Counts whole columns.
    ///
    /// Errors: columns of different lengths, and what [`Self::add_entered`] refuses; the first such row ends the count.
    pub fn of_columns(columns: &DayColumns<'_>) -> Result<Self, CountDaysError> {
        let exits = columns.exit.len();
        let lengths = [
            ("entry", columns.entry.map_or(exits, <[u32]>::len)),
            ("event", columns.event.len()),
            ("group", columns.group.map_or(exits, <[u16]>::len)),
        ];
        for (column, length) in lengths {
            if length != exits {
                return Err(CountDaysError::ColumnLength { column, length, exits });
            }
        }
        let last_day = columns.exit.iter().copied().max().unwrap_or(0);
        let mut counts = Self::new(columns.groups, last_day)?;
        let rows = columns.exit.iter().zip(columns.event);
        match (columns.entry, columns.group) {
            (None, None) => {
                for (&exit, &event) in rows {
                    counts.add(0, exit, event)?;
                }
            }
            (None, Some(groups)) => {
                for ((&exit, &event), &group) in rows.zip(groups) {
                    counts.add(usize::from(group), exit, event)?;
                }
            }
            (Some(entries), None) => {
                for ((&exit, &event), &entry) in rows.zip(entries) {
                    counts.add_entered(0, entry, exit, event)?;
                }
            }
            (Some(entries), Some(groups)) => {
                for (((&exit, &event), &entry), &group) in rows.zip(entries).zip(groups) {
                    counts.add_entered(usize::from(group), entry, exit, event)?;
                }
            }
        }
        Ok(counts)
    }
}
