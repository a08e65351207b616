//! The writing of Parquet. Source: the Parquet format, version 2, at <https://parquet.apache.org/docs/file-format/>.

use std::{borrow::Cow, sync::Arc};

use chrono::NaiveDate;
use parquet::{
    basic::{LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::Type,
};

use crate::{Cell, Kind, WriteTableError};

/// The day from which Parquet counts days.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1).expect("the day exists");

type Column = (Cow<'static, str>, Kind);

pub(crate) fn write(
    columns: &[Column],
    rows: &[Vec<Cell>],
    notes: &[(&str, String)],
) -> Result<Vec<u8>, WriteTableError> {
    if let Some((row, cells)) = rows.iter().enumerate().find(|(_, row)| row.len() != columns.len())
    {
        let (cells, columns) = (cells.len(), columns.len());
        return Err(WriteTableError::Length { row, cells, columns });
    }
    let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("table").with_fields(fields).build()?;
    let notes = notes.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
    let properties = WriterProperties::builder()
        .set_created_by(concat!("Tsumugi ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(notes.collect()))
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (at, (name, kind)) in columns.iter().enumerate() {
        let cells = rows.iter().filter_map(|row| row.get(at));
        let written = match kind {
            Kind::Integer => put::<Int64Type>(&mut group, cells, |cell| match cell {
                Cell::Integer(number) => Some(*number),
                _ => None,
            }),
            Kind::Number => put::<DoubleType>(&mut group, cells, |cell| match cell {
                Cell::Number(number) => Some(*number),
                _ => None,
            }),
            Kind::Day => put::<Int32Type>(&mut group, cells, |cell| match cell {
                Cell::Day(day) => i32::try_from((*day - FIRST_DAY).num_days()).ok(),
                _ => None,
            }),
            Kind::Words => put::<ByteArrayType>(&mut group, cells, |cell| match cell {
                Cell::Words(words) => Some(ByteArray::from(words.as_ref())),
                _ => None,
            }),
        };
        if let Some(row) = written? {
            return Err(WriteTableError::Kind { row, column: name.to_string(), kind: *kind });
        }
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}

fn field((name, kind): &Column) -> Result<Arc<Type>, WriteTableError> {
    let (physical, logical) = match kind {
        Kind::Integer => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Words => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let field = Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()?;
    Ok(Arc::new(field))
}

/// Writes the next column; returns the first row whose cell is of another kind.
fn put<'c, T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    cells: impl Iterator<Item = &'c Cell>,
    value: impl Fn(&Cell) -> Option<T::T>,
) -> Result<Option<usize>, WriteTableError> {
    let Some(mut column) = group.next_column()? else { return Ok(None) };
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for (row, cell) in cells.enumerate() {
        let known = value(cell);
        if known.is_none() && *cell != Cell::Unknown {
            return Ok(Some(row));
        }
        levels.push(i16::from(known.is_some()));
        values.extend(known);
    }
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    column.close()?;
    Ok(None)
}
