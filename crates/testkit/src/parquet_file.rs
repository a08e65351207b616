//! Reading of Parquet, to compare it with what else was told.

use std::collections::BTreeMap;

use parquet::{
    file::reader::{FileReader as _, SerializedFileReader},
    record::Field,
};

/// A Parquet file as text.
#[derive(Debug, PartialEq, Eq)]
pub struct ParquetText {
    /// Names of the columns and how their schema writes their types.
    pub columns: Vec<(String, String)>,
    /// Cells; null is empty.
    pub rows: Vec<Vec<String>>,
    /// Key-value metadata.
    pub notes: BTreeMap<String, String>,
}

impl ParquetText {
    /// Reads a file.
    ///
    /// # Panics
    ///
    /// If it cannot be read, as a test may.
    pub fn of(bytes: &[u8]) -> Self {
        let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).unwrap();
        let metadata = reader.metadata().file_metadata();
        let columns = metadata.schema_descr().columns().iter();
        let column = |own: &std::sync::Arc<parquet::schema::types::ColumnDescriptor>| {
            let logical = own.logical_type_ref().map(|logical| format!(" {logical:?}"));
            let physical = own.physical_type();
            (own.name().to_owned(), format!("{physical}{}", logical.unwrap_or_default()))
        };
        let notes = metadata.key_value_metadata().into_iter().flatten();
        let notes = notes.map(|note| (note.key.clone(), note.value.clone().unwrap_or_default()));
        let row = |row: parquet::record::Row| {
            row.into_columns().into_iter().map(|(_, field)| text(field)).collect()
        };
        Self {
            columns: columns.map(column).collect(),
            rows: reader.get_row_iter(None).unwrap().map(|own| row(own.unwrap())).collect(),
            notes: notes.collect(),
        }
    }
}

fn text(field: Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Long(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Str(words) => words,
        date @ Field::Date(_) => date.to_string(),
        other => panic!("a cell that no table writes: {other:?}"),
    }
}
