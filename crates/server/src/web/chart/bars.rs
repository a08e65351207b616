//! Columns side by side: a distribution.

use super::{Anchor, Drawing, axis};
use crate::format;

const HEIGHT: f64 = 220.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 44.0;
const WIDTH: f64 = 720.0;

/// A column.
pub(crate) struct Column {
    /// What stands under it; empty where nothing does.
    pub(crate) tick: String,
    /// What it is in words, with its count.
    pub(crate) label: String,
    /// How many; `None` where that may not be told.
    pub(crate) count: Option<u64>,
    /// Where it leads.
    pub(crate) href: Option<String>,
    /// Whether it is drawn as belonging to the upper part, such as above a threshold.
    pub(crate) strong: bool,
}

/// Draws a distribution with the words below it and beside it.
pub(crate) fn columns(label: &str, columns: &[Column], below: &str, beside: &str) -> String {
    let highest = columns.iter().filter_map(|each| each.count).max().unwrap_or(0);
    let (end, step) = axis(highest as f64);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, label);
    let y = |count: f64| TOP + (1.0 - count / end) * (HEIGHT - TOP - BOTTOM);
    let mut at = 0.0;
    while at <= end {
        drawing.line([LEFT, y(at), WIDTH - RIGHT, y(at)], "grid");
        if at.fract() == 0.0 {
            drawing.text(LEFT - 6.0, y(at) + 4.0, Anchor::End, "tick", &format::grouped(at as u64));
        }
        at += step;
    }
    let wide = (WIDTH - LEFT - RIGHT) / columns.len().max(1) as f64;
    for (place, column) in columns.iter().enumerate() {
        let x = LEFT + wide * place as f64;
        drawing.linked(column.href.as_deref(), &column.label, |drawing| match column.count {
            Some(count) => {
                let top = y(count as f64);
                let class = if column.strong { "bar strong" } else { "bar" };
                // The whole height can be pressed, however low the column is.
                drawing.rect([x, TOP, wide, HEIGHT - TOP - BOTTOM], "hit");
                drawing.rect([x + 1.0, top, (wide - 2.0).max(0.5), y(0.0) - top], class);
            }
            None => {
                drawing.rect([x + 1.0, y(0.0) - 8.0, (wide - 2.0).max(0.5), 8.0], "hidden");
            }
        });
        drawing.text(x + wide / 2.0, HEIGHT - BOTTOM + 15.0, Anchor::Middle, "tick", &column.tick);
    }
    drawing.line([LEFT, y(0.0), WIDTH - RIGHT, y(0.0)], "axis");
    drawing.text(WIDTH - RIGHT, HEIGHT - 6.0, Anchor::End, "tick", below);
    drawing.text(LEFT, 11.0, Anchor::Start, "tick", beside);
    drawing.finish()
}

/// A bar that lies, with its words.
pub(crate) struct Bar {
    /// What it is.
    pub(crate) name: String,
    /// Length. Units: per cent.
    pub(crate) percent: f64,
    /// What stands behind it.
    pub(crate) value: String,
    /// The interval of the length. Units: per cent.
    pub(crate) interval: Option<(f64, f64)>,
    /// Where it leads.
    pub(crate) href: Option<String>,
    /// Which series it belongs to. Units: 0-based.
    pub(crate) series: usize,
}

/// Draws lying bars, one line each, with the words below.
pub(crate) fn lying(label: &str, bars: &[Bar], below: &str) -> String {
    const LINE: f64 = 19.0;
    const NAMES: f64 = 200.0;
    const VALUES: f64 = 150.0;
    let highest = |bar: &Bar| bar.interval.map_or(bar.percent, |(_, high)| high.max(bar.percent));
    let (end, step) = axis(bars.iter().map(highest).fold(1.0, f64::max));
    let end = end.min(100.0);
    let height = TOP + LINE * bars.len() as f64 + 28.0;
    let bottom = TOP + LINE * bars.len() as f64;
    let x = |percent: f64| NAMES + (percent / end).clamp(0.0, 1.0) * (WIDTH - NAMES - VALUES);
    let mut drawing = Drawing::new(WIDTH, height, label);
    let mut at = 0.0;
    while at <= end {
        drawing.line([x(at), TOP, x(at), bottom], "grid");
        drawing.text(x(at), bottom + 14.0, Anchor::Middle, "tick", &format!("{at}"));
        at += step;
    }
    for (place, bar) in bars.iter().enumerate() {
        let y = TOP + LINE * place as f64;
        let words = format!("{}: {}", bar.name, bar.value);
        drawing.linked(bar.href.as_deref(), &words, |drawing| {
            let name = super::cut(&bar.name, NAMES - 10.0);
            drawing.text(NAMES - 6.0, y + 13.0, Anchor::End, "name", &name);
            let length = x(bar.percent) - NAMES;
            drawing.rect([NAMES, y + 4.0, length, 11.0], &format!("bar s{}", bar.series));
            if let Some((low, high)) = bar.interval {
                let middle = y + 9.5;
                let whisker = format!(
                    "M{low:.1} {middle:.1}H{high:.1}M{low:.1} {0:.1}v6M{high:.1} {0:.1}v6",
                    middle - 3.0,
                    low = x(low),
                    high = x(high),
                );
                drawing.path(&whisker, "whisker-ground");
                drawing.path(&whisker, "whisker");
            }
        });
        drawing.text(WIDTH - VALUES + 8.0, y + 13.0, Anchor::Start, "tick", &bar.value);
    }
    drawing.line([NAMES, TOP, NAMES, bottom], "axis");
    drawing.text(WIDTH - VALUES, bottom + 26.0, Anchor::End, "tick", below);
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_count_has_no_height_and_a_shown_one_its_own() {
        let column = |count| Column {
            tick: "1".to_owned(),
            label: "one".to_owned(),
            count,
            href: None,
            strong: false,
        };
        let svg = columns("all", &[column(Some(10)), column(Some(5)), column(None)], "x", "n");
        let height = |at: usize| {
            let bar = svg.split("<rect class=\"bar\"").nth(at).unwrap();
            let height = bar.split("height=\"").nth(1).unwrap();
            height.split('"').next().unwrap().parse::<f64>().unwrap()
        };
        assert!((height(1) / height(2) - 2.0).abs() < 0.01, "{svg}");
        assert_eq!(svg.matches("class=\"hidden\"").count(), 1);
        assert!(columns("nothing", &[], "x", "n").contains("svg"));
        assert!(lying("nothing", &[], "x").contains("svg"));
    }
}
