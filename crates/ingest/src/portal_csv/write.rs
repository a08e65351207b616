//! From cases to bytes.

use super::{PortalFile, columns::Columns, said};

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes a file whole.
pub(super) fn write(file: &PortalFile) -> Vec<u8> {
    let mut bytes = if file.form.has_mark { MARK.to_vec() } else { Vec::new() };
    let header =
        csv::ByteRecord::from(file.header.iter().map(String::as_bytes).collect::<Vec<_>>());
    bytes.extend(lines(file, Some(&header)));
    bytes
}

/// Writes the rows of a file without its header, such as to be put behind the rows of another.
pub fn rows(file: &PortalFile) -> Vec<u8> {
    lines(file, None)
}

fn lines(file: &PortalFile, header: Option<&csv::ByteRecord>) -> Vec<u8> {
    let columns = Columns::of(&file.header, file.document);
    let mut rows: Vec<_> = file
        .cases
        .iter()
        .flat_map(|case| case.rows.iter().map(move |row| (row, &case.record)))
        .collect();
    rows.sort_by_key(|(row, _)| row.number);
    let terminator = if file.form.has_carriage_returns {
        csv::Terminator::CRLF
    } else {
        csv::Terminator::Any(b'\n')
    };
    let mut writer =
        csv::WriterBuilder::new().flexible(true).terminator(terminator).from_writer(Vec::new());
    // Writing to memory does not fail, and rows of any width are allowed.
    let _ = header.map(|header| writer.write_byte_record(header));
    let mut record = csv::ByteRecord::new();
    for (row, values) in rows {
        record.clear();
        let width = row.width.unwrap_or(columns.held.len());
        let mut kept = row.cells.iter().peekable();
        for at in 0..width {
            let text = match kept.next_if(|(column, _)| *column == at) {
                Some((_, text)) => text.as_str(),
                None => match columns.held.get(at) {
                    Some(held) => said(*held, values, row),
                    None => super::NOTHING,
                },
            };
            record.push_field(text.as_bytes());
        }
        let _ = writer.write_byte_record(&record);
    }
    let mut bytes = writer.into_inner().unwrap_or_default();
    if !file.form.ends_with_line_end {
        while bytes.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            bytes.pop();
        }
    }
    bytes
}
