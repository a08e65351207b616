//! A waterfall: bars side by side from growth to shrinkage, each of one case, with its response in a row below.
//!
//! The response of a bar is told by the row in which it has a mark, and by its colour besides.

use super::{Anchor, Drawing};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 26.0;
const PLOT: f64 = 250.0;
const ROW: f64 = 15.0;
/// Widest bar. Units: of the picture.
const BAR_MAX: f64 = 36.0;
/// Width from which bars are drawn apart. Units: of the picture.
const APART_FROM: f64 = 3.0;
/// Change at which the picture ends below. Units: per cent.
const LEAST: f64 = -100.0;
/// Change from which bars are cut, and the least at which the picture ends above. Units: per cent.
const CUT: f64 = 200.0;
const HEAD_MIN: f64 = 40.0;

/// A bar.
pub(crate) struct Fall {
    /// Change. Units: per cent.
    pub(crate) percent: f64,
    /// Which row it belongs to. Units: 0-based.
    pub(crate) row: usize,
    /// What it is in words.
    pub(crate) label: String,
    /// Where it leads.
    pub(crate) href: Option<String>,
}

/// A row of marks below the bars.
pub(crate) struct Row {
    /// What stands beside it.
    pub(crate) name: String,
    /// Class of its colour.
    pub(crate) class: &'static str,
}

/// A line across the bars with its words.
pub(crate) struct Level {
    /// Where it lies. Units: per cent.
    pub(crate) percent: f64,
    pub(crate) words: String,
}

/// Draws bars in the order given; rows without a bar are left out.
pub(crate) fn waterfall(
    label: &str,
    bars: &[Fall],
    rows: &[Row],
    levels: &[Level],
    beside: &str,
) -> String {
    let highest = bars.iter().map(|bar| bar.percent).fold(HEAD_MIN, f64::max);
    let step = if highest > 100.0 { 50.0 } else { 20.0 };
    let head = ((highest / step).ceil() * step).min(CUT);
    let y = |percent: f64| TOP + (head - percent) / (head - LEAST) * PLOT;
    let used: Vec<(usize, &Row)> =
        rows.iter().enumerate().filter(|(at, _)| bars.iter().any(|bar| bar.row == *at)).collect();
    let rows_from = TOP + PLOT + 16.0;
    let mut drawing = Drawing::new(WIDTH, rows_from + ROW * used.len() as f64 + 6.0, label);
    let mut at = LEAST;
    while at <= head {
        drawing.line([LEFT, y(at), WIDTH - RIGHT, y(at)], "grid");
        let words = if at > 0.0 { format!("+{at:.0}") } else { format!("{at:.0}") };
        drawing.text(LEFT - 6.0, y(at) + 4.0, Anchor::End, "tick", &words);
        at += step;
    }
    for (place, (_, row)) in used.iter().enumerate() {
        let middle = rows_from + ROW * place as f64 + ROW / 2.0;
        drawing.line([LEFT, middle, WIDTH - RIGHT, middle], "grid");
        drawing.text(LEFT - 6.0, middle + 4.0, Anchor::End, "name", &row.name);
    }
    let wide = ((WIDTH - LEFT - RIGHT) / bars.len().max(1) as f64).min(BAR_MAX);
    let (indent, thick) = if wide > APART_FROM { (0.5, wide - 1.0) } else { (0.0, wide) };
    let bottom = rows_from + ROW * used.len() as f64;
    for (place, bar) in bars.iter().enumerate() {
        let x = LEFT + wide * place as f64;
        let row = used.iter().position(|(at, _)| *at == bar.row);
        let class = rows.get(bar.row).map_or("fall", |row| row.class);
        drawing.linked(bar.href.as_deref(), &bar.label, |drawing| {
            // The whole column can be pressed, however short the bar is.
            drawing.rect([x, TOP, wide, bottom - TOP], "hit");
            let end = y(bar.percent.min(head));
            let (upper, lower) = (end.min(y(0.0)), end.max(y(0.0)));
            // A change of nothing is still a case.
            drawing.rect([x + indent, upper, thick, (lower - upper).max(1.0)], class);
            if bar.percent > head {
                drawing.line([x, end + 7.0, x + wide, end + 3.0], "cut");
            }
            if let Some(row) = row {
                let mark = rows_from + ROW * row as f64 + 3.0;
                drawing.rect([x + indent, mark, thick, ROW - 6.0], class);
            }
        });
    }
    drawing.line([LEFT, y(0.0), WIDTH - RIGHT, y(0.0)], "axis");
    for level in levels {
        let at = y(level.percent);
        drawing.line([LEFT, at, WIDTH - RIGHT, at], "level");
        // Bars of growth are at the left and those of shrinkage at the right, so that words have room at the other side.
        if level.percent > 0.0 {
            drawing.text(WIDTH - RIGHT, at - 4.0, Anchor::End, "tick", &level.words);
        } else {
            drawing.text(LEFT + 4.0, at + 13.0, Anchor::Start, "tick", &level.words);
        }
    }
    drawing.text(LEFT, 12.0, Anchor::Start, "tick", beside);
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(percents: &[f64]) -> Vec<Fall> {
        let bar = |(at, percent): (usize, &f64)| Fall {
            percent: *percent,
            row: at % 2,
            label: format!("case {at}"),
            href: Some(format!("/case/{at}")),
        };
        percents.iter().enumerate().map(bar).collect()
    }

    fn drawn(percents: &[f64]) -> String {
        let row = |name: &str, class| Row { name: name.to_owned(), class };
        let rows = [row("PR", "fall pr"), row("PD", "fall pd"), row("NE", "fall ne")];
        let levels = [20.0, -30.0].map(|percent| Level { percent, words: format!("{percent}") });
        waterfall("changes", &bars(percents), &rows, &levels, "%")
    }

    /// Returns top and height of the first rectangle of a bar. Units: of the picture.
    fn bar(svg: &str, at: usize) -> (f64, f64) {
        let own = svg.split("<a ").nth(at + 1).unwrap().split("class=\"fall").nth(1).unwrap();
        let number = |name: &str| {
            let text = own.split(&format!(" {name}=\"")).nth(1).unwrap();
            text.split('"').next().unwrap().parse().unwrap()
        };
        (number("y"), number("height"))
    }

    #[test]
    fn bars_stand_on_the_line_of_no_change_and_hang_from_it() {
        let svg = drawn(&[60.0, 0.0, -30.0, -60.0]);
        let (growth, none, less, more) = (bar(&svg, 0), bar(&svg, 1), bar(&svg, 2), bar(&svg, 3));
        assert!((growth.0 + growth.1 - less.0).abs() < 0.2, "they meet at zero");
        assert_eq!(none.1, 1.0, "a change of nothing is seen");
        assert!((more.1 / less.1 - 2.0).abs() < 0.02 && (growth.1 - more.1).abs() < 0.2);
        assert_eq!(svg.matches("class=\"level\"").count(), 2);
        assert!(!svg.contains(">NE<"), "no bar has that response");
        assert_eq!(svg.matches("class=\"fall pr\"").count(), 4, "two bars and two marks");
    }

    #[test]
    fn what_is_beyond_the_picture_is_cut_and_shows_it() {
        let svg = drawn(&[850.0, 150.0, -100.0]);
        assert_eq!(svg.matches("class=\"cut\"").count(), 1);
        assert!(bar(&svg, 0).0 >= TOP - 0.1);
        let (top, height) = bar(&svg, 2);
        assert!((top + height - TOP - PLOT).abs() < 0.2, "nothing left reaches the end");
        assert!(drawn(&[]).contains("svg"));
    }
}
