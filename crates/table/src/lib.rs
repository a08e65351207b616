//! Tables as files: columns and rows in, CSV or Parquet out.
//!
//! Not here: what the numbers mean, who may have them, reading.

mod cell;
mod parquet_file;

use std::borrow::Cow;

pub use self::cell::{Cell, Kind};

/// A form of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableForm {
    /// Text with commas. Source: RFC 4180.
    Csv,
    /// Apache Parquet, columns with types.
    Parquet,
}

impl TableForm {
    /// Every form.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Parquet];

    /// Returns how names of such files end, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// Returns the form of files whose names end so, without the dot.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.extension() == extension)
    }

    /// Returns the media type. Source: IANA's list of media types.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteTableError {
    /// A row has more or fewer cells than there are columns.
    #[error("write a table: row {row} has {cells} cells for {columns} columns")]
    Length {
        /// Units: 0-based.
        row: usize,
        /// Cells of the row.
        cells: usize,
        /// Columns of the table.
        columns: usize,
    },
    /// A cell is of another kind than its column.
    #[error("write a table: row {row} of the column {column} is no {kind:?}")]
    Kind {
        /// Units: 0-based.
        row: usize,
        /// Name of the column.
        column: String,
        /// What the column holds.
        kind: Kind,
    },
    /// The CSV cannot be written.
    #[error("write a table as CSV")]
    Csv(#[from] csv::Error),
    /// The Parquet file cannot be written.
    #[error("write a table as Parquet")]
    Parquet(#[from] parquet::errors::ParquetError),
}

/// A table: named columns, each of one kind, and rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<(Cow<'static, str>, Kind)>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Begins a table of some columns.
    pub fn of_columns<N: Into<Cow<'static, str>>>(
        columns: impl IntoIterator<Item = (N, Kind)>,
    ) -> Self {
        let columns = columns.into_iter().map(|(name, kind)| (name.into(), kind)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Adds rows, each with a cell for every column.
    pub fn with_rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// Writes the table as CSV, with a head.
    ///
    /// Errors: a row has more or fewer cells than there are columns.
    pub fn to_csv(&self) -> Result<Vec<u8>, WriteTableError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|(name, _)| name.as_ref()))?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::to_string))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()).into())
    }

    /// Writes the table as Parquet, with notes as its key-value metadata.
    ///
    /// Shape: one row group; names as in the CSV; every column may be null.
    ///
    /// Errors: a row has more or fewer cells than there are columns, or a cell is of another kind than its column.
    pub fn to_parquet(&self, notes: &[(&str, String)]) -> Result<Vec<u8>, WriteTableError> {
        parquet_file::write(&self.columns, &self.rows, notes)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use testkit::parquet_file::ParquetText;

    use super::*;

    const COLUMNS: [(&str, Kind); 4] = [
        ("gene", Kind::Words),
        ("altered: \"a,b\"", Kind::Integer),
        ("odds", Kind::Number),
        ("日", Kind::Day),
    ];

    fn table() -> Table {
        let day = |year, month, day| Cell::Day(NaiveDate::from_ymd_opt(year, month, day).unwrap());
        Table::of_columns(COLUMNS).with_rows([
            vec!["KRAS".into(), 12_u64.into(), f64::INFINITY.into(), day(2026, 2, 28)],
            vec!["肺,\n\"x\"".into(), Cell::Unknown, (1.0 / 3.0).into(), day(1931, 12, 1)],
            vec![Cell::Unknown, Cell::Integer(-1), None::<f64>.into(), Cell::Unknown],
            vec![String::new().into(), u64::MAX.into(), 1e-300.into(), Cell::Unknown],
        ])
    }

    #[test]
    fn parquet_says_what_csv_says_and_of_which_kind() {
        let csv = table().to_csv().unwrap();
        let mut reader = csv::Reader::from_reader(csv.as_slice());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let record = |record: csv::Result<csv::StringRecord>| {
            record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let rows: Vec<Vec<String>> = reader.records().map(record).collect();
        let read = ParquetText::of(&table().to_parquet(&[("synthetic", "yes".into())]).unwrap());
        assert_eq!(read.rows, rows);
        assert_eq!(rows[0], ["KRAS", "12", "inf", "2026-02-28"]);
        assert_eq!(rows[1], ["肺,\n\"x\"", "", "0.3333333333333333", "1931-12-01"]);
        let (own, types): (Vec<String>, Vec<String>) = read.columns.into_iter().unzip();
        assert_eq!(own, names);
        assert_eq!(types, ["BYTE_ARRAY String", "INT64", "DOUBLE", "INT32 Date"]);
        assert_eq!(read.notes["synthetic"], "yes");
    }

    #[test]
    fn what_does_not_fit_its_column_is_refused() {
        let wrong = table().with_rows([vec!["a".into(), "b".into(), 1.0.into(), Cell::Unknown]]);
        let refused = wrong.to_parquet(&[]).unwrap_err();
        assert!(matches!(refused, WriteTableError::Kind { row: 4, kind: Kind::Integer, .. }));
        let short = table().with_rows([vec!["a".into()]]);
        assert!(matches!(
            short.to_parquet(&[]).unwrap_err(),
            WriteTableError::Length { row: 4, cells: 1, columns: 4 }
        ));
        assert!(short.to_csv().is_err());
        let empty = Table::of_columns(COLUMNS);
        assert!(ParquetText::of(&empty.to_parquet(&[]).unwrap()).rows.is_empty());
        assert_eq!(empty.to_csv().unwrap().iter().filter(|byte| **byte == b'\n').count(), 1);
    }
}
