//! Reads a file as cells.

use std::borrow::Cow;

use super::{CELL_MAX_CHARS, CsvRow, CsvTable, FILE_MAX_BYTES, ProgrammeTable, ROWS_MAX, problems};
use crate::{problem_list::ProblemList, reading::Reading};

/// Reads a file; its header says which table it is. Broken rows are left out, each with a problem.
pub fn read(bytes: &[u8]) -> Reading<CsvTable> {
    let mut problems = ProblemList::default();
    if bytes.len() > FILE_MAX_BYTES {
        return Reading::failed(vec![problems::too_large()]);
    }
    let Some(text) = decode(bytes, &mut problems) else {
        problems.add(problems::encoding());
        return Reading::failed(problems.finish());
    };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else {
        problems.add(problems::empty());
        return Reading::failed(problems.finish());
    };
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    let Some((table, columns)) = columns(&names, &mut problems) else {
        return Reading::failed(problems.finish());
    };
    let mut rows = Vec::new();
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.add(problems::malformed(line));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        // A line of blanks alone says nothing.
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() >= ROWS_MAX {
            problems.push_always(problems::too_many_rows());
            break;
        }
        if record.len() != names.len() {
            problems.add(problems::cell_count(line, record.len(), names.len()));
            continue;
        }
        let long = record.iter().position(|cell| cell.chars().count() > CELL_MAX_CHARS);
        if let Some(at) = long {
            problems.add(problems::too_long(line, at as u64 + 1));
            continue;
        }
        rows.push(CsvRow { line, cells: record.iter().map(str::to_owned).collect() });
    }
    Reading::of(CsvTable { table, columns, rows }, problems.finish())
}

/// Returns the text of UTF-8, with or without a byte order mark, or of Shift_JIS.
fn decode<'a>(bytes: &'a [u8], problems: &mut ProblemList) -> Option<Cow<'a, str>> {
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bare) {
        return Some(Cow::Borrowed(text));
    }
    let text = encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    problems.add(problems::was_shift_jis());
    Some(text)
}

/// Finds the table of a header, and where its columns are.
fn columns(
    names: &[&str],
    problems: &mut ProblemList,
) -> Option<(ProgrammeTable, Vec<Option<usize>>)> {
    let missing = |table: ProgrammeTable| -> Vec<&'static str> {
        let wanted = table.required().iter();
        wanted.filter(|column| !names.contains(*column)).copied().collect()
    };
    let closest = ProgrammeTable::ALL.into_iter().min_by_key(|table| missing(*table).len())?;
    let lacks = missing(closest);
    if !lacks.is_empty() {
        problems.add(problems::unknown_table(closest, &lacks));
        return None;
    }
    let mut sound = true;
    for (at, name) in names.iter().enumerate() {
        if !closest.columns().contains(name) {
            if !name.is_empty() {
                problems.add(problems::unknown_column(at as u64 + 1, name));
            }
        } else if names.iter().take(at).any(|before| before == name) {
            problems.add(problems::repeated_column(at as u64 + 1, name));
            sound = false;
        }
    }
    let place = |column: &&str| names.iter().position(|name| name == column);
    sound.then(|| (closest, closest.columns().iter().map(place).collect()))
}
