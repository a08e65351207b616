//! Tab-separated tables with comment lines, bounded.

use std::{fs::File, path::Path};

use super::{ReadStudyOptions, problems};
use crate::{
    compressed,
    lines::{Line, Lines},
    problem_list::ProblemList,
};

/// Most columns of a table.
const MAX_COLUMNS: usize = 100_000;

/// A table in memory.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// File name, for problems.
    pub(super) name: String,
    /// Line of the header. Units: 1-based.
    pub(super) header_line: u64,
    /// Column names.
    pub(super) header: Vec<String>,
    /// Line number and fields of each row.
    pub(super) rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// Reads a table; what is wrong with it is added to the problems.
    pub(super) fn read(
        folder: &Path,
        name: &str,
        options: &ReadStudyOptions,
        problems: &mut ProblemList,
    ) -> Option<Self> {
        let source = File::open(folder.join(name)).ok();
        let reader = source.and_then(|file| compressed::open(file, options.max_file_bytes).ok());
        let Some(reader) = reader else {
            problems.add(problems::unreadable(name, None));
            return None;
        };
        let mut lines = Lines::new(reader, options.max_line_bytes);
        let mut table = Self { name: name.to_owned(), ..Self::default() };
        loop {
            let number = lines.number.saturating_add(1);
            let text = match lines.next_line() {
                Ok(Some(Line::Text(text))) => text,
                Ok(Some(Line::TooLong)) => {
                    problems.add(problems::unreadable(name, Some(number)));
                    continue;
                }
                Ok(None) => break,
                Err(_) => {
                    problems.add(problems::unreadable(name, Some(number)));
                    break;
                }
            };
            let text = String::from_utf8_lossy(text);
            if text.starts_with('#') || text.trim().is_empty() {
                continue;
            }
            let fields: Vec<String> =
                text.split('\t').take(MAX_COLUMNS).map(|field| field.trim().to_owned()).collect();
            if table.header.is_empty() {
                table.header_line = number;
                table.header = fields;
            } else if table.rows.len() >= options.max_rows {
                problems.add(problems::too_many(name, options.max_rows));
                break;
            } else {
                table.rows.push((number, fields));
            }
        }
        Some(table)
    }

    /// Returns where a column is, by the first of its names that is there. Units: 0-based.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| {
            self.header.iter().position(|column| column.eq_ignore_ascii_case(name))
        })
    }

    /// Returns the required columns, or `None` with a problem that names the absent ones.
    pub(super) fn require<const N: usize>(
        &self,
        names: [&'static str; N],
        problems: &mut ProblemList,
    ) -> Option<[usize; N]> {
        let found = names.map(|name| self.column(&[name]));
        let missing: Vec<&str> = names
            .iter()
            .zip(&found)
            .filter(|(_, at)| at.is_none())
            .map(|(name, _)| *name)
            .collect();
        if !missing.is_empty() {
            problems.add(problems::missing_columns(&self.name, self.header_line, &missing));
            return None;
        }
        Some(found.map(Option::unwrap_or_default))
    }
}

/// Returns a field that says something: neither empty nor a word for unknown.
pub(super) fn known(fields: &[String], column: Option<usize>) -> Option<&str> {
    let text = fields.get(column?)?.as_str();
    (!matches!(text, "" | "NA" | "." | "N/A" | "[Not Available]")).then_some(text)
}
