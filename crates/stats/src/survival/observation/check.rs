//! What observations must be.

/// Least and largest weight: sums of weights farther apart would lose the small ones.
pub(super) const WEIGHTS: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// Why observations cannot be used.
///
/// Rows are numbered from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CheckObservationsError {
    /// There is no row.
    #[error("checking observations: there are none")]
    Empty,
    /// A column has another length than the exit times.
    #[error("checking observations: the column `{column}` has {length} rows and not {rows}")]
    ColumnLength {
        /// The column.
        column: &'static str,
        /// Its rows.
        length: usize,
        /// Rows of the exit times.
        rows: usize,
    },
    /// A time is negative, infinite or not a number.
    #[error("checking the {column} time {value} of row {row}: it must be finite and not negative")]
    Time {
        /// The column.
        column: &'static str,
        /// The row.
        row: usize,
        /// What it holds.
        value: f64,
    },
    /// A case leaves at its entry or before it, so that it was never at risk.
    #[error("checking row {row}: it enters at {entry} and leaves at {exit}, and was never at risk")]
    NeverAtRisk {
        /// The row.
        row: usize,
        /// Its entry.
        entry: f64,
        /// Its exit.
        exit: f64,
    },
    /// A weight is not above 0, beyond a million either way, or not a number.
    #[error(
        "checking the weight {value} of row {row}: it must lie between a millionth and a million"
    )]
    Weight {
        /// The row.
        row: usize,
        /// What it holds.
        value: f64,
    },
    /// A row names a group that does not exist.
    #[error("checking row {row}: it is of group {group}, and there are {groups} groups")]
    UnknownGroup {
        /// The row.
        row: usize,
        /// The group it names.
        group: usize,
        /// How many groups there are.
        groups: usize,
    },
}

pub(super) fn check_length(
    column: &'static str,
    length: usize,
    rows: usize,
) -> Result<(), CheckObservationsError> {
    if length == rows {
        Ok(())
    } else {
        Err(CheckObservationsError::ColumnLength { column, length, rows })
    }
}

pub(super) fn check_times(
    column: &'static str,
    times: &[f64],
) -> Result<(), CheckObservationsError> {
    match times.iter().position(|time| !time.is_finite() || *time < 0.0) {
        None => Ok(()),
        Some(row) => Err(CheckObservationsError::Time { column, row, value: times[row] }),
    }
}
