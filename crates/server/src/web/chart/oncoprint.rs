//! Genes by cases: one line for each gene, one narrow column for each case.
//!
//! What an alteration is shows in where it stands in its cell and how high it is, besides its colour. A gene that the
//! case's test does not cover has no cell at all, only a stroke: that is not known, and is not "not altered".

use super::{Anchor, Drawing, cut};

const WIDTH: f64 = 960.0;
const NAMES: f64 = 84.0;
const VALUES: f64 = 128.0;
const LINE: f64 = 22.0;
const CELL: f64 = 18.0;
const TOP: f64 = 6.0;
/// Widest column of a case.
const COLUMN_MAX: f64 = 14.0;

/// What an alteration is, as far as the picture tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Glyph {
    /// The whole cell.
    Amplification,
    /// The upper half.
    Gain,
    /// The lower half.
    Loss,
    /// The upper and the lower end.
    Deletion,
    /// A thin line above and one below.
    Rearrangement,
    /// The middle, high.
    Truncating,
    /// The middle third.
    Missense,
    /// A narrow band in the middle.
    Inframe,
    /// A narrow band below the middle.
    Other,
}

impl Glyph {
    /// Every glyph, in the order in which they are drawn over each other and of the legend.
    pub(crate) const ALL: [Self; 9] = [
        Self::Amplification,
        Self::Gain,
        Self::Loss,
        Self::Deletion,
        Self::Rearrangement,
        Self::Truncating,
        Self::Missense,
        Self::Inframe,
        Self::Other,
    ];

    /// Returns what it is for programs.
    pub(crate) fn code(self) -> &'static str {
        self.class().trim_start_matches("onco ")
    }

    fn class(self) -> &'static str {
        match self {
            Self::Amplification => "onco amplification",
            Self::Gain => "onco gain",
            Self::Loss => "onco loss",
            Self::Deletion => "onco deletion",
            Self::Rearrangement => "onco rearrangement",
            Self::Truncating => "onco truncating",
            Self::Missense => "onco missense",
            Self::Inframe => "onco inframe",
            Self::Other => "onco other",
        }
    }

    /// Returns the parts of a cell that it fills, as top and height. Units: of the cell's height.
    fn parts(self) -> &'static [(f64, f64)] {
        match self {
            Self::Amplification => &[(0.0, 1.0)],
            Self::Gain => &[(0.0, 0.5)],
            Self::Loss => &[(0.5, 0.5)],
            Self::Deletion => &[(0.0, 0.22), (0.78, 0.22)],
            Self::Rearrangement => &[(0.14, 0.14), (0.72, 0.14)],
            Self::Truncating => &[(0.25, 0.5)],
            Self::Missense => &[(0.34, 0.32)],
            Self::Inframe => &[(0.42, 0.18)],
            Self::Other => &[(0.7, 0.18)],
        }
    }

    /// Draws the glyph into a cell.
    pub(crate) fn draw(self, drawing: &mut Drawing, x: f64, y: f64, width: f64) {
        for (top, height) in self.parts() {
            drawing.rect([x, y + top * CELL, width, height * CELL], self.class());
        }
    }
}

/// What is known of a gene in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// The test does not cover the gene, or it is not known whether it does.
    NotCovered,
    /// The test covers the gene and found nothing.
    NotAltered,
    /// What was found, in the order of [`Glyph::ALL`].
    Altered(Vec<Glyph>),
}

/// A line of the picture.
pub(crate) struct Row {
    /// Gene.
    pub(crate) name: String,
    /// Share altered, in words.
    pub(crate) value: String,
    /// Where it leads.
    pub(crate) href: Option<String>,
    /// One for each case, in the same order in each line.
    pub(crate) cells: Vec<Cell>,
}

/// Draws genes by cases.
pub(crate) fn oncoprint(label: &str, rows: &[Row], not_covered: &str) -> String {
    let cases = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(1);
    let column = ((WIDTH - NAMES - VALUES) / cases as f64).min(COLUMN_MAX);
    let gap = if column > 5.0 { 1.0 } else { column * 0.12 };
    let mut drawing = Drawing::new(WIDTH, TOP * 2.0 + LINE * rows.len().max(1) as f64, label);
    for (at, row) in rows.iter().enumerate() {
        let y = TOP + LINE * at as f64;
        let words = format!("{} {}", row.name, row.value);
        drawing.linked(row.href.as_deref(), &words, |drawing| {
            drawing.text(NAMES - 8.0, y + 13.0, Anchor::End, "name", &cut(&row.name, NAMES - 10.0));
        });
        for run in runs(&row.cells) {
            let x = NAMES + column * run.start as f64;
            let width = column * run.len() as f64;
            match row.cells.get(run.start) {
                Some(Cell::NotCovered) => {
                    let middle = y + CELL / 2.0;
                    drawing.linked(None, not_covered, |drawing| {
                        drawing.rect([x, middle - 0.6, width, 1.2], "onco not-covered");
                    });
                }
                Some(Cell::NotAltered) => {
                    drawing.rect([x, y, width - gap, CELL], "onco cell");
                }
                Some(Cell::Altered(glyphs)) => {
                    for (place, _) in
                        row.cells.get(run.clone()).unwrap_or_default().iter().enumerate()
                    {
                        let x = x + column * place as f64;
                        drawing.rect([x, y, column - gap, CELL], "onco cell");
                        for glyph in glyphs {
                            glyph.draw(&mut drawing, x, y, column - gap);
                        }
                    }
                }
                None => {}
            }
        }
        let end = NAMES + column * row.cells.len() as f64;
        drawing.text(end + 8.0, y + 13.0, Anchor::Start, "tick", &row.value);
    }
    drawing.finish()
}

/// Draws one cell for the legend.
pub(crate) fn key(label: &str, cell: &Cell) -> String {
    let mut drawing = Drawing::new(16.0, CELL, label);
    match cell {
        Cell::NotCovered => drawing.rect([0.0, CELL / 2.0 - 0.6, 16.0, 1.2], "onco not-covered"),
        Cell::NotAltered => drawing.rect([2.0, 0.0, 12.0, CELL], "onco cell"),
        Cell::Altered(glyphs) => {
            drawing.rect([2.0, 0.0, 12.0, CELL], "onco cell");
            for glyph in glyphs {
                glyph.draw(&mut drawing, 2.0, 0.0, 12.0);
            }
        }
    }
    drawing.finish()
}

/// Returns runs of cells that are alike, so that a picture of hundreds of cases stays small.
fn runs(cells: &[Cell]) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    cells
        .chunk_by(|left, right| left == right)
        .map(|run| {
            let range = start..start + run.len();
            start = range.end;
            range
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_tested_has_no_cell() {
        let cells = vec![
            Cell::Altered(vec![Glyph::Amplification, Glyph::Missense]),
            Cell::Altered(vec![Glyph::Missense]),
            Cell::NotAltered,
            Cell::NotAltered,
            Cell::NotCovered,
        ];
        let row = Row { name: "KRAS".into(), value: "2/4".into(), href: None, cells };
        let svg = oncoprint("genes", &[row], "not tested");
        assert_eq!(svg.matches("class=\"onco cell\"").count(), 3, "alike ones are drawn at once");
        assert_eq!(svg.matches("onco missense").count(), 2);
        assert_eq!(svg.matches("onco amplification").count(), 1);
        assert_eq!(svg.matches("onco not-covered").count(), 1);
        assert!(oncoprint("nothing", &[], "").contains("svg"));
    }

    #[test]
    fn glyphs_differ_in_more_than_colour() {
        for (at, one) in Glyph::ALL.iter().enumerate() {
            for other in &Glyph::ALL[at + 1..] {
                assert_ne!(one.parts(), other.parts(), "{one:?} {other:?}");
            }
        }
    }
}
