//! Tables of counts with any number of rows and columns.

use crate::chi_square_tail;

/// Most cells of a table.
const CELL_LIMIT: usize = 1_000_000;

/// Why a table could not be tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TestTableError {
    /// There are fewer than two rows or columns, or too many cells.
    #[error(
        "testing a table of {rows} rows and {columns} columns: it needs two of each, and at most {CELL_LIMIT} cells"
    )]
    Shape {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// Rows have different lengths.
    #[error("testing a table: row {row} has {found} columns and the first has {expected}")]
    RowLength {
        /// The row, numbered from 0.
        row: usize,
        /// Its columns.
        found: usize,
        /// Columns of the first row.
        expected: usize,
    },
    /// A row is empty.
    #[error("testing a table: row {0} is empty")]
    EmptyRow(usize),
    /// A column is empty.
    #[error("testing a table: column {0} is empty")]
    EmptyColumn(usize),
    /// Yates's correction was asked for a table that is not two by two.
    #[error(
        "testing a table of {rows} rows and {columns} columns with Yates's correction: it is for two by two"
    )]
    CorrectionOfLargerTable {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
}

/// Pearson's test of whether rows and columns go together.
///
/// Source: Pearson K, Phil Mag 1900;50:157; correction Yates F, J R Stat Soc Suppl 1934;1:217, cut off as R `chisq.test`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquareTest {
    /// The statistic.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// The probability of so large a statistic if rows and columns did not go together.
    pub p: f64,
    /// The smallest count to be expected in a cell; below 5 the probability is rough.
    pub smallest_expected: f64,
}

impl ChiSquareTest {
    /// Tests a table, given by rows.
    ///
    /// Errors: fewer than two rows or columns, rows of different lengths, an empty row or column.
    pub fn of<Row: AsRef<[u64]>>(rows: &[Row]) -> Result<Self, TestTableError> {
        Self::corrected(rows, false)
    }

    /// Tests a table of two by two with Yates's correction.
    ///
    /// Errors: as [`Self::of`], and a larger table.
    pub fn with_yates<Row: AsRef<[u64]>>(rows: &[Row]) -> Result<Self, TestTableError> {
        Self::corrected(rows, true)
    }

    fn corrected<Row: AsRef<[u64]>>(rows: &[Row], yates: bool) -> Result<Self, TestTableError> {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let shape = (rows.len(), columns);
        if rows.len() < 2 || columns < 2 || rows.len().saturating_mul(columns) > CELL_LIMIT {
            return Err(TestTableError::Shape { rows: rows.len(), columns });
        }
        if yates && shape != (2, 2) {
            return Err(TestTableError::CorrectionOfLargerTable { rows: rows.len(), columns });
        }
        let mut row_totals = Vec::with_capacity(rows.len());
        let mut column_totals = vec![0.0; columns];
        for (place, row) in rows.iter().map(AsRef::as_ref).enumerate() {
            if row.len() != columns {
                let (found, expected) = (row.len(), columns);
                return Err(TestTableError::RowLength { row: place, found, expected });
            }
            for (total, count) in column_totals.iter_mut().zip(row) {
                *total += *count as f64;
            }
            row_totals.push(row.iter().map(|count| *count as f64).sum::<f64>());
        }
        if let Some(row) = row_totals.iter().position(|total| *total == 0.0) {
            return Err(TestTableError::EmptyRow(row));
        }
        if let Some(column) = column_totals.iter().position(|total| *total == 0.0) {
            return Err(TestTableError::EmptyColumn(column));
        }
        let total: f64 = row_totals.iter().sum();
        let (mut chi_square, mut smallest_expected) = (0.0, f64::INFINITY);
        for (row, row_total) in rows.iter().zip(&row_totals) {
            for (count, column_total) in row.as_ref().iter().zip(&column_totals) {
                let expected = row_total * column_total / total;
                let apart = (*count as f64 - expected).abs();
                let apart = if yates { apart - apart.min(0.5) } else { apart };
                chi_square += apart * apart / expected;
                smallest_expected = expected.min(smallest_expected);
            }
        }
        let degrees = (rows.len() - 1) * (columns - 1);
        let p = chi_square_tail(chi_square, degrees);
        Ok(Self { chi_square, degrees, p, smallest_expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_tables_that_say_nothing() {
        use TestTableError as Wrong;
        let none: [[u64; 2]; 0] = [];
        assert_eq!(ChiSquareTest::of(&none), Err(Wrong::Shape { rows: 0, columns: 0 }));
        assert_eq!(ChiSquareTest::of(&[[1, 2]]), Err(Wrong::Shape { rows: 1, columns: 2 }));
        assert_eq!(ChiSquareTest::of(&[[0, 0], [1, 2]]), Err(Wrong::EmptyRow(0)));
        assert_eq!(ChiSquareTest::of(&[[1, 0], [2, 0]]), Err(Wrong::EmptyColumn(1)));
        let ragged = ChiSquareTest::of(&[vec![1, 2], vec![3]]);
        assert_eq!(ragged, Err(Wrong::RowLength { row: 1, found: 1, expected: 2 }));
        let larger = ChiSquareTest::with_yates(&[[1, 2, 3], [4, 5, 6]]);
        assert_eq!(larger, Err(Wrong::CorrectionOfLargerTable { rows: 2, columns: 3 }));
    }
}
