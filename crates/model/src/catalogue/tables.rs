//! The rows of an embedded table, by column name.

use std::collections::HashMap;

use super::read::ReadCatalogueError;

/// An embedded table.
pub(super) struct Table {
    name: &'static str,
    columns: HashMap<&'static str, usize>,
    width: usize,
    lines: std::iter::Enumerate<std::str::Lines<'static>>,
}

/// One row of it.
pub(super) struct Row<'t> {
    table: &'static str,
    /// Units: 1-based.
    pub(super) line: usize,
    columns: &'t HashMap<&'static str, usize>,
    cells: Vec<&'static str>,
}

impl Table {
    /// Opens a table; its first line names the columns.
    pub(super) fn new(name: &'static str, text: &'static str) -> Self {
        let mut lines = text.lines().enumerate();
        let header = lines.next().map_or("", |(_, line)| line);
        let columns: HashMap<_, _> =
            header.split('\t').enumerate().map(|(place, column)| (column, place)).collect();
        Self { name, width: columns.len(), columns, lines }
    }

    /// Calls a function for every row.
    ///
    /// Errors: a row has not as many cells as the header, or the function fails.
    pub(super) fn for_each(
        self,
        mut take: impl FnMut(&Row<'_>) -> Result<(), ReadCatalogueError>,
    ) -> Result<(), ReadCatalogueError> {
        for (index, line) in self.lines {
            let cells: Vec<&str> = line.split('\t').collect();
            let line = index.saturating_add(1);
            if cells.len() != self.width {
                return Err(ReadCatalogueError { table: self.name, line, column: "" });
            }
            take(&Row { table: self.name, line, columns: &self.columns, cells })?;
        }
        Ok(())
    }
}

impl Row<'_> {
    /// Returns a cell's text.
    ///
    /// Errors: the table has no such column.
    pub(super) fn text(&self, column: &'static str) -> Result<&'static str, ReadCatalogueError> {
        let cell = self.columns.get(column).and_then(|place| self.cells.get(*place));
        cell.copied().ok_or_else(|| self.broken(column))
    }

    /// Returns a cell's text, or `None` where it is empty.
    ///
    /// Errors: the table has no such column.
    pub(super) fn filled(
        &self,
        column: &'static str,
    ) -> Result<Option<&'static str>, ReadCatalogueError> {
        Ok(Some(self.text(column)?).filter(|text| !text.is_empty()))
    }

    /// Makes the error of a cell.
    pub(super) fn broken(&self, column: &'static str) -> ReadCatalogueError {
        ReadCatalogueError { table: self.table, line: self.line, column }
    }
}
