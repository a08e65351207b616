//! Clinical tables of historical cohorts: one row for each tumour, separated by tabs or commas.
//!
//! Columns are found by name. Plain, gzip and zstd are told apart by magic number; tabs or commas by the header. A row
//! whose number of cells is not the header's is kept and reported.
//!
//! Not here: what a column means, which whoever knows the table says in a mapping.

use std::io::Read;

use model::{
    problem::{Place, Problem, Severity},
    text::LocalizedText,
};

use crate::{compressed, problem_list::ProblemList, reading::Reading};

/// Largest table after decompression. Units: bytes.
const MAX_BYTES: u64 = 1 << 30;
/// Most rows.
const MAX_ROWS: usize = 2_000_000;
/// Most columns.
const MAX_COLUMNS: usize = 5_000;
/// Most problems listed one by one.
const MAX_PROBLEMS: usize = 1_000;
/// Most names of columns that a remedy lists.
const MAX_LISTED: usize = 24;

/// A table of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClinicalTable {
    /// Names of the columns, as written.
    pub header: Vec<String>,
    /// Rows, in the order of the file.
    pub rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Line in the file. Units: 1-based.
    pub line: u64,
    cells: csv::StringRecord,
}

impl TableRow {
    /// Returns a cell without the blanks around it; empty where the row is too short. Units: 0-based.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default().trim()
    }
}

impl ClinicalTable {
    /// Returns the place of a column. Units: 0-based.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    /// Says that a column that is needed is absent, with the names that the table has.
    pub fn missing_column(&self, name: &str) -> Problem {
        let listed = self.header.iter().take(MAX_LISTED).cloned().collect::<Vec<_>>().join(", ");
        Problem::error(
            "clinical.column.missing",
            Place::line(1, None),
            LocalizedText::new(
                format!("対応表が使う列「{name}」が臨床表にありません。"),
                format!("The clinical table lacks the column \"{name}\" that the mapping uses."),
            ),
            LocalizedText::new(
                format!("対応表の列名を直してください。表にある列: {listed}"),
                format!("Mend the name in the mapping. Columns of the table: {listed}"),
            ),
        )
    }
}

/// Reads a table.
///
/// The value is `None` when no header could be read.
pub fn read_from(source: impl Read) -> Reading<ClinicalTable> {
    let mut problems = ProblemList::new(MAX_PROBLEMS);
    let mut bytes = Vec::new();
    let opened = compressed::open(source, MAX_BYTES);
    if let Err(error) = opened.and_then(|mut reader| reader.read_to_end(&mut bytes)) {
        return Reading::failed(vec![unreadable(&error)]);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            return Reading::failed(vec![not_utf8(line)]);
        }
    };
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.contains('\t') { b'\t' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        // A quote within a table of tabs is a quote.
        .quoting(delimiter == b',')
        .from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
        Err(_) => return Reading::failed(vec![no_header()]),
    };
    if header.len() > MAX_COLUMNS || header.iter().all(String::is_empty) {
        return Reading::failed(vec![no_header()]);
    }
    doubled(&header, &mut problems);
    let mut table = ClinicalTable { header, rows: Vec::new() };
    for record in reader.into_records() {
        let Ok(cells) = record else { continue };
        let line = cells.position().map_or(0, |position| line_of(text, position));
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if table.rows.len() >= MAX_ROWS {
            problems.push_always(too_many_rows(line));
            break;
        }
        if cells.len() != table.header.len() {
            let (found, expected) = (cells.len(), table.header.len());
            problems.push(Severity::Warning, || cell_count(line, found, expected));
        }
        table.rows.push(TableRow { line, cells });
    }
    Reading::of(table, problems.finish())
}

/// Returns the line of a record. The reader tells where it began to look for it, which may be an empty line before.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

fn doubled(header: &[String], problems: &mut ProblemList) {
    for (at, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if header.get(..at).is_some_and(|before| before.contains(name)) {
            problems.push(Severity::Warning, || {
                Problem::warning(
                    "clinical.column.doubled",
                    Place::line(1, Some(at as u64 + 1)),
                    LocalizedText::new(
                        format!("列名「{name}」が二度あります。最初の列を使いました。"),
                        format!("The column name \"{name}\" occurs twice; the first was used."),
                    ),
                    LocalizedText::of("列名を一つずつにしてください。", "Name each column once."),
                )
            });
        }
    }
}

fn unreadable(error: &std::io::Error) -> Problem {
    let is_too_large = error.kind() == std::io::ErrorKind::FileTooLarge;
    let (code, ja, en) = if is_too_large {
        ("clinical.size", "臨床表が上限より大きいです。", "The clinical table is too large.")
    } else {
        (
            "clinical.read",
            "臨床表を最後まで読めませんでした。",
            "The clinical table could not be read to its end.",
        )
    };
    Problem::error(
        code,
        Place::file(),
        LocalizedText::of(ja, en),
        LocalizedText::of(
            "ファイルが壊れていないか、途中で切れていないかを確かめてください。",
            "Check that the file is not damaged or cut off.",
        ),
    )
}

fn not_utf8(line: u64) -> Problem {
    Problem::error(
        "clinical.encoding",
        Place::line(line, None),
        LocalizedText::of("臨床表がUTF-8ではありません。", "The clinical table is not UTF-8."),
        LocalizedText::of("UTF-8で保存してください。", "Save it as UTF-8."),
    )
}

fn no_header() -> Problem {
    Problem::error(
        "clinical.header",
        Place::line(1, None),
        LocalizedText::of(
            "臨床表に見出し行がありません。",
            "The clinical table has no header line.",
        ),
        LocalizedText::of(
            "1行目に、タブかコンマで区切った列名を書いてください。",
            "Write the names of its columns into line 1, separated by tabs or commas.",
        ),
    )
}

fn too_many_rows(line: u64) -> Problem {
    Problem::error(
        "clinical.rows.limit",
        Place::line(line, None),
        LocalizedText::new(
            format!("行が上限の{MAX_ROWS}を超えています。"),
            format!("There are more than {MAX_ROWS} rows."),
        ),
        LocalizedText::of("表を分けてください。", "Split the table."),
    )
}

fn cell_count(line: u64, found: usize, expected: usize) -> Problem {
    Problem::warning(
        "clinical.row.cells",
        Place::line(line, None),
        LocalizedText::new(
            format!("セルが{found}個で、見出し行の{expected}個と違います。"),
            format!("The row has {found} cells where the header has {expected}."),
        ),
        LocalizedText::of(
            "区切り文字の過不足がないか確かめてください。",
            "Check for missing or extra separators.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_and_commas_are_told_by_the_header() {
        let tabs = read_from(&b"a\tb\n1\t\"x, y\n\n2\n"[..]);
        let table = tabs.value.unwrap();
        assert_eq!(table.header, ["a", "b"]);
        assert_eq!(table.rows[0].cell(1), "\"x, y");
        assert_eq!((table.rows[1].line, table.rows[1].cell(1)), (4, ""));
        assert_eq!(tabs.problems[0].code, "clinical.row.cells");
        assert_eq!(tabs.problems[0].place.line, Some(4));
        let commas = b"\xef\xbb\xbfa,b\r\n1,\"x, y\"\r\n2,z\r\n\r\n3,\"p\nq\"\r\n4,r\r\n";
        let commas = read_from(&commas[..]).value.unwrap();
        let lines: Vec<u64> = commas.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 3, 5, 7]);
        assert_eq!((commas.column("a"), commas.rows[0].cell(1)), (Some(0), "x, y"));
        assert_eq!(commas.missing_column("c").code, "clinical.column.missing");
    }

    #[test]
    fn what_is_no_table_is_refused_with_a_reason() {
        let code = |bytes: &[u8]| read_from(bytes).problems[0].code.clone();
        assert_eq!(code(b""), "clinical.header");
        assert_eq!(code(b"a,b\n\xff,1\n"), "clinical.encoding");
        assert_eq!(code(&[0x1f, 0x8b, 8, 0, 1, 2]), "clinical.read");
        assert_eq!(code(b"a,a\n"), "clinical.column.doubled");
    }
}
