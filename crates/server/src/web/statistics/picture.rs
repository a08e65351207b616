//! The tests of each month as a column of the three kinds of hospital.

use research::programme::{FacilityRow, ProgrammeStatistics};

use super::kind_label;
use crate::{
    format,
    page::Page,
    web::chart::{Anchor, Drawing, axis},
};

/// Size of the picture and of its margins. Units: of the picture.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;
/// Most words under the picture.
const TICKS_MAX: usize = 14;
/// Share of a month's width that its column has.
const COLUMN: f64 = 0.72;

/// Draws the columns. A month of which a count is hidden has a dashed frame.
pub(super) fn months(page: &Page, counted: &ProgrammeStatistics) -> String {
    let rows: Vec<&FacilityRow> = super::rows(counted).collect();
    let sums = (0..counted.months.len()).map(|at| shown(&rows, at).iter().sum::<u64>());
    let (end, step) = axis(sums.max().unwrap_or(0) as f64);
    let height = HEIGHT - TOP - BOTTOM;
    let y = |count: f64| TOP + (1.0 - count / end) * height;
    let mut drawing = Drawing::new(WIDTH, HEIGHT, &page.t("statistics-picture"));
    let steps = (end / step).round() as usize;
    for count in (0..=steps).map(|at| at as f64 * step).filter(|count| count.fract() == 0.0) {
        drawing.line([LEFT, y(count), WIDTH - RIGHT, y(count)], "grid");
        let words = format::grouped(count as u64);
        drawing.text(LEFT - 6.0, y(count) + 4.0, Anchor::End, "tick", &words);
    }
    let wide = (WIDTH - LEFT - RIGHT) / counted.months.len().max(1) as f64;
    let every = counted.months.len().div_ceil(TICKS_MAX).max(1);
    for (at, month) in counted.months.iter().enumerate() {
        let (x, width) = (LEFT + wide * (at as f64 + (1.0 - COLUMN) / 2.0), wide * COLUMN);
        let mut below = 0.0;
        for (row, count) in rows.iter().zip(shown(&rows, at)) {
            let words =
                format!("{} {month}: {}", kind_label(page, row.kind), format::grouped(count));
            let top = y(below + count as f64);
            let size = [x, top, width, y(below) - top];
            drawing.linked(None, &words, |drawing| drawing.rect(size, row.kind.word()));
            below += count as f64;
        }
        if rows.iter().any(|row| row.by_month.get(at) == Some(&None)) {
            drawing.rect([x, TOP, width, height], "hidden");
        }
        if at % every == 0 {
            let below = HEIGHT - BOTTOM + 16.0;
            drawing.text(x + width / 2.0, below, Anchor::Middle, "tick", &month.to_string());
        }
    }
    drawing.finish()
}

fn shown(rows: &[&FacilityRow], at: usize) -> Vec<u64> {
    rows.iter().map(|row| row.by_month.get(at).copied().flatten().unwrap_or(0)).collect()
}
