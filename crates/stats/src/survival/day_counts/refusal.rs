//! What counting by day refuses, and its limits.

/// Last day that can be counted: 200 years.
pub(super) const DAY_LIMIT: u32 = 73_050;

/// Most groups that can be counted beside each other.
pub(super) const GROUP_LIMIT: usize = 1_024;

/// Most groups times days.
pub(super) const CELL_LIMIT: usize = 8_000_000;

/// Most cases that can be counted.
pub(super) const CASE_LIMIT: u64 = u32::MAX as u64;

/// Why cases could not be counted by day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CountDaysError {
    /// There is no group, or there are too many.
    #[error("counting days in {0} groups: at least 1 and at most {GROUP_LIMIT} are possible")]
    Groups(usize),
    /// There are too many days for so many groups.
    #[error(
        "counting {days} days in {groups} groups: at most {CELL_LIMIT} days and groups together are possible"
    )]
    Size {
        /// Days.
        days: usize,
        /// Groups.
        groups: usize,
    },
    /// The columns have different lengths.
    #[error("counting days of {exits} exits: the column `{column}` has {length} rows")]
    ColumnLength {
        /// The column that differs.
        column: &'static str,
        /// Rows of that column.
        length: usize,
        /// Rows of the exit column.
        exits: usize,
    },
    /// A case names a group that is not counted.
    #[error("counting a case of group {group}: there are {groups} groups, numbered from 0")]
    UnknownGroup {
        /// The group.
        group: usize,
        /// How many groups there are.
        groups: usize,
    },
    /// A case leaves after the last day.
    #[error("counting a case that leaves on day {day}: the last day is {last_day}")]
    DayAfterLast {
        /// The day on which the case leaves.
        day: u32,
        /// The last day that is counted.
        last_day: u32,
    },
    /// A case leaves on the day of its entry or before it, so that it was never at risk.
    #[error(
        "counting a case that enters on day {entry} and leaves on day {exit}: it was never at risk"
    )]
    NeverAtRisk {
        /// Day of entry.
        entry: u32,
        /// Day of exit.
        exit: u32,
    },
    /// There are more cases than can be counted.
    #[error("counting more than {CASE_LIMIT} cases")]
    TooManyCases,
    /// Two counts with different groups cannot be added.
    #[error("adding counts of {theirs} groups to counts of {ours} groups")]
    GroupsDiffer {
        /// Groups here.
        ours: usize,
        /// Groups there.
        theirs: usize,
    },
}
