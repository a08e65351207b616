//! From bytes to rows.

use model::{catalogue::Document, problem::Severity};

use super::{
    FileForm, PortalFile, ReadOptions,
    columns::{Columns, document_of},
    map, problems,
};
use crate::{problem_list::ProblemList, reading::Reading};

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// One row of a file.
pub(super) struct Row {
    /// Units: 1-based.
    pub(super) line: u64,
    pub(super) cells: csv::StringRecord,
}

impl Row {
    /// Returns a cell; empty where the row is too short.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).unwrap_or_default()
    }
}

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Reading<PortalFile> {
    if bytes.len() > options.max_bytes {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        return Reading::failed(vec![problems::too_large(length, options.max_bytes)]);
    }
    let (has_mark, bytes) = match bytes.strip_prefix(MARK) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
            return Reading::failed(vec![problems::not_utf8(number(line))]);
        }
    };
    let form = FileForm {
        has_mark,
        has_carriage_returns: text.find('\n').is_some_and(|at| text[..at].ends_with('\r')),
        ends_with_line_end: text.ends_with(['\n', '\r']),
    };
    let mut problems = ProblemList::new(options.max_problems);
    match rows(text, options, &mut problems) {
        None => Reading { value: None, problems: problems.finish() },
        Some((columns, header, rows)) => {
            let cases = map::cases(&columns, &rows, &mut problems);
            let file = PortalFile { document: columns.document, header, cases, form };
            Reading::of(file, problems.finish())
        }
    }
}

/// Reads header and rows; `None` where the header is none of the portal's.
fn rows(
    text: &str,
    options: &ReadOptions,
    problems: &mut ProblemList,
) -> Option<(Columns, Vec<String>, Vec<Row>)> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header: Vec<String> = match records.next() {
        Some(Ok(record)) => record.iter().map(str::to_owned).collect(),
        Some(Err(_)) | None => {
            problems.push_always(problems::empty());
            return None;
        }
    };
    let columns = read_header(&header, options, problems)?;
    let mut rows = Vec::new();
    for record in records {
        let Ok(cells) = record else {
            // Text that is UTF-8 can always be cut into cells, so nothing is lost here.
            continue;
        };
        let line = cells.position().map_or(0, |position| line_of(text, position));
        if rows.len() >= options.max_rows {
            problems.push_always(problems::too_many_rows(line, options.max_rows));
            break;
        }
        if cells.len() != header.len() {
            let (found, expected) = (cells.len(), header.len());
            problems.push(Severity::Error, || problems::row_width(line, found, expected));
        }
        rows.push(Row { line, cells });
    }
    if rows.is_empty() {
        problems.push_always(problems::no_rows());
    }
    Some((columns, header, rows))
}

/// Returns the line of a row; the reader counts from the end of the row before, so line feeds are still to come.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte()).ok().and_then(|at| text.as_bytes().get(at..));
    let ahead = rest.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line().saturating_add(number(ahead.filter(|byte| **byte == b'\n').count()))
}

fn read_header(
    header: &[String],
    options: &ReadOptions,
    problems: &mut ProblemList,
) -> Option<Columns> {
    if header.len() > options.max_columns {
        problems.push_always(problems::too_wide(header.len(), options.max_columns));
        return None;
    }
    let Some(found) = document_of(header) else {
        problems.push_always(problems::not_the_portals());
        return None;
    };
    if options.document.is_some_and(|wanted| wanted != found) {
        problems.push_always(problems::other_document(found == Document::Case));
        return None;
    }
    let columns = Columns::of(header, found);
    if !columns.missing.is_empty() {
        problems.push_always(problems::missing_columns(&columns.missing));
    }
    for at in &columns.unknown {
        let name = header.get(*at).map_or("", String::as_str);
        problems.push(Severity::Warning, || problems::unknown_column(*at, name));
    }
    for at in &columns.doubled {
        let name = header.get(*at).map_or("", String::as_str);
        problems.push(Severity::Error, || problems::doubled_column(*at, name));
    }
    if !columns.in_order {
        problems.push_always(problems::other_order());
    }
    Some(columns)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
