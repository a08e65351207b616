//! Tab-separated tables: UTF-8, a header row, one record a line, `|` between list values.

/// A table whose columns are found by name.
pub(crate) struct Table<'a> {
    columns: Vec<&'a str>,
    lines: std::str::Lines<'a>,
    line: u64,
}

/// One record.
pub(crate) struct Row<'a> {
    /// Line in the file. Units: 1-based.
    pub(crate) line: u64,
    cells: Vec<&'a str>,
}

/// A column that a table must have and has not.
#[derive(Debug, thiserror::Error)]
#[error("the table has no column {0:?}")]
pub(crate) struct MissingColumnError(pub(crate) String);

impl<'a> Table<'a> {
    /// Reads the header row of a table.
    pub(crate) fn read(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.lines();
        let columns = lines.next().unwrap_or_default().split('\t').map(str::trim).collect();
        Self { columns, lines, line: 1 }
    }

    /// Returns how many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Returns the place of a column that must be there.
    pub(crate) fn column(&self, name: &str) -> Result<usize, MissingColumnError> {
        self.optional(name).ok_or_else(|| MissingColumnError(name.to_owned()))
    }

    /// Returns the place of a column that may be there.
    pub(crate) fn optional(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| *column == name)
    }

    /// Returns the places of columns that must all be there.
    pub(crate) fn columns<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[usize; N], MissingColumnError> {
        let mut places = [0; N];
        for (place, name) in places.iter_mut().zip(names) {
            *place = self.column(name)?;
        }
        Ok(places)
    }
}

impl<'a> Iterator for Table<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        loop {
            let text = self.lines.next()?;
            self.line += 1;
            if !text.trim().is_empty() {
                return Some(Row { line: self.line, cells: text.split('\t').collect() });
            }
        }
    }
}

impl<'a> Row<'a> {
    /// Returns a cell without surrounding space; empty where the record is too short.
    pub(crate) fn get(&self, column: usize) -> &'a str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }

    /// Returns a cell where there is one with text.
    pub(crate) fn text(&self, column: Option<usize>) -> Option<&'a str> {
        column.map(|column| self.get(column)).filter(|cell| !cell.is_empty())
    }

    /// Returns a cell's list values.
    pub(crate) fn list(&self, column: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        self.get(column).split('|').map(str::trim).filter(|value| !value.is_empty())
    }

    /// Returns how many cells the record has.
    pub(crate) fn width(&self) -> usize {
        self.cells.len()
    }
}

/// Writes one record; tabs and line ends in values become spaces, so that the table stays a table.
pub(crate) fn write_row<'a>(into: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            into.push('\t');
        }
        into.extend(cell.trim().chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    into.push('\n');
}
