//! Covariates, checked once.

/// Most covariates of a model.
const COVARIATE_LIMIT: usize = 200;

/// Why covariates cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CheckCovariatesError {
    /// There is no covariate, or there are too many.
    #[error("checking {0} covariates: at least 1 and at most {COVARIATE_LIMIT} are possible")]
    Count(usize),
    /// There are not as many names as columns.
    #[error("checking covariates: {names} names for {columns} columns")]
    Names {
        /// Names.
        names: usize,
        /// Columns.
        columns: usize,
    },
    /// Columns have different lengths.
    #[error("checking covariates: `{covariate}` has {length} rows and not {rows}")]
    ColumnLength {
        /// The covariate.
        covariate: String,
        /// Its rows.
        length: usize,
        /// Rows of the first covariate.
        rows: usize,
    },
    /// A value is infinite or not a number.
    #[error("checking the value {value} of `{covariate}` in row {row}: it must be finite")]
    Value {
        /// The covariate.
        covariate: String,
        /// The row, numbered from 0.
        row: usize,
        /// What it holds.
        value: f64,
    },
}

/// Named columns of numbers, one row for each observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariates {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

/// Covariates of mean 0 and standard deviation 1.
pub(super) struct Standardised {
    /// The standard deviation that each covariate had; 0 for one that never differs.
    pub(super) scale: Vec<f64>,
    /// One row after the other.
    pub(super) cells: Vec<f64>,
}

impl Covariates {
    /// Takes names and a column for each.
    ///
    /// Errors: no column or too many, names missing, columns of different lengths, values that are not finite.
    pub fn new(names: Vec<String>, columns: Vec<Vec<f64>>) -> Result<Self, CheckCovariatesError> {
        if columns.is_empty() || columns.len() > COVARIATE_LIMIT {
            return Err(CheckCovariatesError::Count(columns.len()));
        }
        if names.len() != columns.len() {
            let (names, columns) = (names.len(), columns.len());
            return Err(CheckCovariatesError::Names { names, columns });
        }
        let rows = columns[0].len();
        for (name, column) in names.iter().zip(&columns) {
            let covariate = || name.clone();
            if column.len() != rows {
                let (covariate, length) = (covariate(), column.len());
                return Err(CheckCovariatesError::ColumnLength { covariate, length, rows });
            }
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                let (covariate, value) = (covariate(), column[row]);
                return Err(CheckCovariatesError::Value { covariate, row, value });
            }
        }
        Ok(Self { names, columns })
    }

    /// Returns the names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns how many rows there are.
    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    pub(super) fn standardised(&self, weight: Option<&[f64]>) -> Standardised {
        let weight = |row: usize| weight.map_or(1.0, |weight| weight[row]);
        let total: f64 = (0..self.rows()).map(weight).sum();
        let size = self.columns.len();
        let mut cells = vec![0.0; self.rows() * size];
        let mut scale = Vec::with_capacity(size);
        for (place, column) in self.columns.iter().enumerate() {
            // Divided by the largest first, so that no square leaves the range of numbers.
            let largest = column.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            let unit = if largest > 0.0 { largest } else { 1.0 };
            let mean = weighted(column, weight, |value| value / unit) / total;
            let square = |value: f64| (value / unit - mean) * (value / unit - mean);
            let deviation = (weighted(column, weight, square) / total).sqrt();
            let differs = column.iter().any(|value| *value != column[0]);
            scale.push(if differs { deviation * unit } else { 0.0 });
            for (row, value) in column.iter().enumerate() {
                let centred = value / unit - mean;
                cells[row * size + place] = if deviation > 0.0 { centred / deviation } else { 0.0 };
            }
        }
        Standardised { scale, cells }
    }
}

fn weighted(column: &[f64], weight: impl Fn(usize) -> f64, of: impl Fn(f64) -> f64) -> f64 {
    column.iter().enumerate().map(|(row, value)| weight(row) * of(*value)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        use CheckCovariatesError as Wrong;
        let named = |name: &str| vec![name.to_owned()];
        assert_eq!(Covariates::new(vec![], vec![]), Err(Wrong::Count(0)));
        let names = Covariates::new(named("age"), vec![vec![1.0], vec![2.0]]);
        assert_eq!(names, Err(Wrong::Names { names: 1, columns: 2 }));
        let infinite = Covariates::new(named("age"), vec![vec![1.0, f64::INFINITY]]);
        assert!(matches!(infinite, Err(Wrong::Value { row: 1, .. })));
        let both = vec!["age".to_owned(), "sex".to_owned()];
        let lengths = Covariates::new(both, vec![vec![1.0], vec![]]);
        assert!(matches!(lengths, Err(Wrong::ColumnLength { length: 0, rows: 1, .. })));
    }
}
