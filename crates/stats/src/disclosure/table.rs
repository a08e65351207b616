//! Tables of counts with totals, and the rules of hiding.

/// Most cells of a table.
const CELL_LIMIT: usize = 10_000;

/// Largest count of a table.
const COUNT_LIMIT: u64 = 1_000_000_000_000;

/// Largest threshold.
const THRESHOLD_LIMIT: u64 = 1_000_000;

/// Why the cells of a table could not be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HideCellsError {
    /// There is no row or no column, or there are too many cells.
    #[error(
        "hiding cells of a table of {rows} rows and {columns} columns: it needs one of each, and at most {CELL_LIMIT} cells"
    )]
    Shape {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// There are not as many counts as cells.
    #[error("hiding cells of a table of {rows} rows and {columns} columns: it has {counts} counts")]
    Counts {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
        /// Counts.
        counts: usize,
    },
    /// A count is too large.
    #[error("hiding cells of a table with the count {0}: the largest possible is {COUNT_LIMIT}")]
    CountTooLarge(u64),
    /// The threshold is too large.
    #[error("hiding counts below {0}: the largest threshold is {THRESHOLD_LIMIT}")]
    ThresholdTooLarge(u64),
}

/// Which totals go out with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotalsShown {
    /// The total of each row.
    pub rows: bool,
    /// The total of each column.
    pub columns: bool,
    /// The total of all.
    pub all: bool,
}

impl Default for TotalsShown {
    fn default() -> Self {
        Self { rows: true, columns: true, all: true }
    }
}

/// What is to be hidden.
///
/// ```
/// use stats::disclosure::HidingRules;
///
/// assert_eq!(HidingRules::default().threshold, 10);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HidingRules {
    /// Counts above 0 and below this are hidden; hidden counts stay uncertain by at least as much.
    pub threshold: u64,
    /// Which totals go out.
    pub totals: TotalsShown,
}

impl Default for HidingRules {
    fn default() -> Self {
        Self { threshold: 10, totals: TotalsShown::default() }
    }
}

impl HidingRules {
    pub(super) fn check(&self) -> Result<(), HideCellsError> {
        if self.threshold > THRESHOLD_LIMIT {
            return Err(HideCellsError::ThresholdTooLarge(self.threshold));
        }
        Ok(())
    }
}

/// Where a count stands; `None` is the total over rows or over columns.
///
/// Units: 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CellPlace {
    /// The row, or the total of all rows.
    pub row: Option<usize>,
    /// The column, or the total of all columns.
    pub column: Option<usize>,
}

/// A table of counts by two things, from which totals follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountTable {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Counts and totals by row, each row ending with its total, and the totals of columns last.
    pub(super) cells: Vec<u64>,
}

impl CountTable {
    /// Takes counts, row by row.
    ///
    /// Errors: no row or column, too many cells, other counts than cells, a count that is too large.
    pub fn new(rows: usize, columns: usize, counts: &[u64]) -> Result<Self, HideCellsError> {
        let size = rows.checked_mul(columns).filter(|size| *size <= CELL_LIMIT);
        let Some(size) = size.filter(|size| *size > 0) else {
            return Err(HideCellsError::Shape { rows, columns });
        };
        if size != counts.len() {
            return Err(HideCellsError::Counts { rows, columns, counts: counts.len() });
        }
        if let Some(count) = counts.iter().find(|count| **count > COUNT_LIMIT) {
            return Err(HideCellsError::CountTooLarge(*count));
        }
        let mut cells = Vec::with_capacity((rows + 1) * (columns + 1));
        let mut totals = vec![0; columns + 1];
        for row in counts.chunks_exact(columns) {
            let total: u64 = row.iter().sum();
            for (sum, count) in totals.iter_mut().zip(row.iter().chain([&total])) {
                *sum += count;
            }
            cells.extend_from_slice(row);
            cells.push(total);
        }
        cells.append(&mut totals);
        Ok(Self { rows, columns, cells })
    }

    /// Returns the place of a cell.
    pub(super) fn place(&self, cell: usize) -> CellPlace {
        let (row, column) = (cell / (self.columns + 1), cell % (self.columns + 1));
        CellPlace {
            row: (row < self.rows).then_some(row),
            column: (column < self.columns).then_some(column),
        }
    }

    /// Returns the cell of a place; `None` when there is no such place.
    pub(super) fn cell(&self, place: CellPlace) -> Option<usize> {
        let row = place.row.unwrap_or(self.rows);
        let column = place.column.unwrap_or(self.columns);
        let known = place.row.is_none_or(|row| row < self.rows)
            && place.column.is_none_or(|column| column < self.columns);
        known.then_some(row * (self.columns + 1) + column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_its_totals() {
        let table = CountTable::new(2, 3, &[1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(table.cells, [1, 2, 3, 6, 4, 5, 6, 15, 5, 7, 9, 21]);
        for cell in 0..12 {
            assert_eq!(table.cell(table.place(cell)), Some(cell));
        }
        assert_eq!(table.cell(CellPlace { row: Some(2), column: None }), None);
    }

    #[test]
    fn refuses_what_is_no_table() {
        use HideCellsError as Wrong;
        assert_eq!(CountTable::new(0, 3, &[]), Err(Wrong::Shape { rows: 0, columns: 3 }));
        assert!(matches!(CountTable::new(usize::MAX, 3, &[1]), Err(Wrong::Shape { .. })));
        assert!(matches!(CountTable::new(1, 2, &[1]), Err(Wrong::Counts { counts: 1, .. })));
        assert_eq!(CountTable::new(1, 1, &[u64::MAX]), Err(Wrong::CountTooLarge(u64::MAX)));
        let rules = HidingRules { threshold: u64::MAX, ..HidingRules::default() };
        assert_eq!(rules.check(), Err(Wrong::ThresholdTooLarge(u64::MAX)));
    }
}
