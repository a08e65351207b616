//! The tests of each month as a column of the three kinds of hospital.

use research::programme::{FacilityRow, ProgrammeStatistics};

use super::kind_label;
use crate::{format, page::Page};

/// Size of the picture and of its margins. Units: SVG user units.
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

/// Draws the columns. A month of which a count is hidden has a dashed frame. Only classes are used.
pub(super) fn months(page: &Page, counted: &ProgrammeStatistics) -> String {
    let rows: Vec<&FacilityRow> = super::rows(counted).collect();
    let sums = (0..counted.months.len()).map(|at| shown(&rows, at).iter().sum::<u64>());
    let top = nice(sums.max().unwrap_or(0));
    let step = (WIDTH - LEFT - RIGHT) / counted.months.len().max(1) as f64;
    let y = |count: u64| TOP + (1.0 - count as f64 / top as f64) * (HEIGHT - TOP - BOTTOM);
    let label = page.t("statistics-picture");
    let mut text = format!(
        "<svg class=\"columns\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\">"
    );
    for quarter in 0..=4 {
        let count = top * quarter / 4;
        let (y, right) = (y(count), WIDTH - RIGHT);
        text.push_str(&format!("<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right:.1}\"/>"));
        text.push_str(&words(LEFT - 6.0, y + 4.0, "end", &format::grouped(count)));
    }
    let every = counted.months.len().div_ceil(TICKS_MAX).max(1);
    for (at, month) in counted.months.iter().enumerate() {
        let x = LEFT + step * (at as f64 + (1.0 - COLUMN) / 2.0);
        let width = step * COLUMN;
        let mut below = 0;
        for (row, count) in rows.iter().zip(shown(&rows, at)) {
            let (from, to) = (y(below), y(below + count));
            let (word, height) = (row.kind.word(), from - to);
            text.push_str(&format!(
                "<rect class=\"{word}\" x=\"{x:.1}\" y=\"{to:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{} {month}: {}</title></rect>",
                kind_label(page, row.kind), format::grouped(count)
            ));
            below += count;
        }
        if rows.iter().any(|row| row.by_month.get(at) == Some(&None)) {
            let height = HEIGHT - TOP - BOTTOM;
            text.push_str(&format!(
                "<rect class=\"hidden\" x=\"{x:.1}\" y=\"{TOP:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
            ));
        }
        if at % every == 0 {
            let middle = x + width / 2.0;
            text.push_str(&words(middle, HEIGHT - BOTTOM + 16.0, "middle", &month.to_string()));
        }
    }
    text.push_str("</svg>");
    text
}

fn shown(rows: &[&FacilityRow], at: usize) -> Vec<u64> {
    rows.iter().map(|row| row.by_month.get(at).copied().flatten().unwrap_or(0)).collect()
}

/// Returns the least round number of four equal steps that is no less.
fn nice(most: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for factor in [4, 8, 12, 20] {
            if unit.saturating_mul(factor) >= most {
                return unit.saturating_mul(factor);
            }
        }
        unit = unit.saturating_mul(10);
    }
}

fn words(x: f64, y: f64, anchor: &str, words: &str) -> String {
    format!(
        "<text class=\"tick\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_number() {
        for (most, top) in [(0, 4), (4, 4), (5, 8), (9, 12), (21, 40), (81, 120), (847, 1_200)] {
            assert_eq!(nice(most), top, "{most}");
        }
        assert_eq!(nice(u64::MAX), u64::MAX);
    }
}
