//! The age pyramid: a table that is a picture.

use research::cohort::{CohortPage, PyramidRow};

use crate::{format, page::Page};

/// The pyramid.
#[derive(Default)]
pub(crate) struct PyramidView {
    /// Rows, oldest first.
    pub(crate) rows: Vec<PyramidRowView>,
    /// Cases of unknown age, in words; empty where there is none.
    pub(crate) unknown: String,
    /// Cases of another or unknown sex, in words; empty where there is none.
    pub(crate) other: String,
}

/// A row of five years.
pub(crate) struct PyramidRowView {
    pub(crate) label: String,
    pub(crate) female: String,
    pub(crate) male: String,
    /// Length of the bar. Units: per cent of the longest.
    pub(crate) female_share: u8,
    /// Length of the bar. Units: per cent of the longest.
    pub(crate) male_share: u8,
}

/// Makes the pyramid; rows without a case at either end are left out.
pub(crate) fn pyramid(page: &Page, counted: &CohortPage) -> PyramidView {
    let all = |row: &PyramidRow| row.female + row.male + row.other;
    let rows = &counted.pyramid;
    let first = rows.iter().position(|row| all(row) > 0).unwrap_or(rows.len());
    let last = rows.iter().rposition(|row| all(row) > 0).map_or(0, |last| last + 1);
    let longest = rows.iter().map(|row| row.female.max(row.male)).max().unwrap_or(0);
    let shown = rows.get(first..last).unwrap_or_default();
    let view = |row: &PyramidRow| PyramidRowView {
        // The word joiners keep the two ages on one line.
        label: format!("{}\u{2060}–\u{2060}{}", row.from_years, row.from_years + 4),
        female: format::grouped(row.female),
        male: format::grouped(row.male),
        female_share: format::percent(row.female, longest),
        male_share: format::percent(row.male, longest),
    };
    let unknown = match counted.unknown_age {
        0 => String::new(),
        cases => page.tn("search-age-unknown", cases),
    };
    let other = match rows.iter().map(|row| row.other).sum() {
        0 => String::new(),
        cases => page.tn("search-sex-other", cases),
    };
    PyramidView { rows: shown.iter().rev().map(view).collect(), unknown, other }
}
