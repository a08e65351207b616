//! Columns of the public survival data sets and of our own reference numbers.

use std::{collections::HashMap, path::Path};

/// A table read whole, by column name; cells as text.
pub(crate) struct Table {
    columns: HashMap<String, Vec<String>>,
}

impl Table {
    /// Reads a public data set such as `lung.csv`; `None` where the folder is absent.
    pub(crate) fn public(name: &str) -> Option<Self> {
        let path = testkit::public_data::path(&format!("survival/{name}"))?;
        Some(Self::read(&path))
    }

    /// Reads reference numbers of ours, such as `kaplan_meier.tsv`.
    pub(crate) fn reference(name: &str) -> Self {
        Self::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name))
    }

    fn read(path: &Path) -> Self {
        let tabs = path.extension().is_some_and(|extension| extension == "tsv");
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(if tabs { b'\t' } else { b',' })
            .from_path(path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); names.len()];
        for record in reader.records() {
            for (column, cell) in columns.iter_mut().zip(&record.unwrap()) {
                column.push(cell.trim().to_owned());
            }
        }
        Self { columns: names.into_iter().zip(columns).collect() }
    }

    /// Returns the cells of a column.
    pub(crate) fn text(&self, column: &str) -> &[String] {
        self.columns.get(column).unwrap_or_else(|| panic!("there is no column {column}"))
    }

    /// Returns the numbers of a column; NaN where a cell is empty or `NA`.
    pub(crate) fn numbers(&self, column: &str) -> Vec<f64> {
        self.text(column)
            .iter()
            .map(|cell| match cell.as_str() {
                "" | "NA" => f64::NAN,
                cell => cell.parse().unwrap_or_else(|_| panic!("{column}: {cell} is no number")),
            })
            .collect()
    }
}

/// Asserts that two numbers agree to `digits` significant digits; NaN agrees with NaN.
#[track_caller]
pub(crate) fn assert_digits(ours: f64, reference: f64, digits: i32, what: &str) {
    if ours.is_nan() && reference.is_nan() || ours == reference {
        return;
    }
    let allowed = 0.5 * 10_f64.powi(1 - digits) * reference.abs().max(f64::MIN_POSITIVE);
    assert!((ours - reference).abs() <= allowed, "{what}: {ours} is not {reference}");
}
