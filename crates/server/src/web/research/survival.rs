//! Survival as a project may see it: steps of months, each of which stands for enough deaths.

use research::{cohort::Clock, project::SafeCurve};

use super::search::{Links, ProjectAddress};
use crate::{
    page::Page,
    project::Told,
    web::{
        chart::{Anchor, Drawing},
        search::{compare::LETTERS, survival::ChoiceView},
    },
};

/// Size of the picture and of its margins. Units: SVG user units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 40.0;
/// Months between words under the picture.
const STEPS: [u32; 4] = [3, 6, 12, 24];
/// Most words under the picture.
const TICKS_MAX: u32 = 8;

/// A step in words.
pub(super) struct StepView {
    pub(super) month: u32,
    pub(super) survival: u32,
}

/// The curve, and its steps as a table.
#[derive(Default)]
pub(super) struct SurvivalView {
    pub(super) clocks: Vec<ChoiceView>,
    pub(super) svg: String,
    pub(super) steps: Vec<StepView>,
    pub(super) median: String,
    pub(super) note: String,
    /// Among whom the curve is, where it does not begin at the start of the clock.
    pub(super) from: String,
}

/// Makes the picture of what is told.
pub(super) fn view(
    page: &Page,
    links: &Links<'_>,
    address: &ProjectAddress,
    text: &str,
    told: &Told,
) -> SurvivalView {
    let clock = address.clock();
    let href = |value: &str| format!("{}#survival", links.search(text, value));
    let (clocks, note) = (clocks(page, clock, &href), note(page, clock));
    let Some(curve) = &told.survival else {
        return SurvivalView { clocks, note, ..SurvivalView::default() };
    };
    SurvivalView {
        clocks,
        svg: svg(page, &[(0, curve)]),
        steps: curve
            .points
            .iter()
            .map(|point| StepView { month: point.month, survival: point.survival })
            .collect(),
        median: median(page, curve),
        from: from(page, curve),
        note,
    }
}

fn clocks(page: &Page, clock: Clock, href: &dyn Fn(&str) -> String) -> Vec<ChoiceView> {
    [
        (Clock::Test, "test", page.t("search-clock-test")),
        (Clock::Diagnosis, "diagnosis", page.t("search-clock-diagnosis")),
        (Clock::Treatment, "treatment", page.t("search-clock-treatment")),
    ]
    .map(|(each, value, label)| ChoiceView { label, href: href(value), current: each == clock })
    .into()
}

fn note(page: &Page, clock: Clock) -> String {
    let entry = match clock {
        Clock::Test => page.t("search-entry-test"),
        Clock::Diagnosis | Clock::Treatment => page.t("search-entry-delayed"),
    };
    [entry, page.t("search-test-day")].join(" ")
}

fn median(page: &Page, curve: &SafeCurve) -> String {
    match curve.median {
        Some(months) => page.t2("research-median-months", "months", months),
        None => page.t("search-not-reached"),
    }
}

fn from(page: &Page, curve: &SafeCurve) -> String {
    match curve.from {
        0 => String::new(),
        month => page.t2("research-curve-from", "month", month),
    }
}

/// A curve of several in words.
pub(super) struct CurveView {
    pub(super) letter: &'static str,
    pub(super) place: usize,
    pub(super) median: String,
    pub(super) from: String,
    /// Empty where there is no curve.
    pub(super) steps: String,
}

/// The curves of several cohorts.
#[derive(Default)]
pub(super) struct ComparedCurves {
    pub(super) clocks: Vec<ChoiceView>,
    pub(super) note: String,
    pub(super) svg: String,
    pub(super) curves: Vec<CurveView>,
}

/// Draws the curves that are told of several cohorts.
pub(super) fn compared(
    page: &Page,
    clock: Clock,
    href: &dyn Fn(&str) -> String,
    told: &[&Told],
) -> ComparedCurves {
    let curves = told.iter().enumerate();
    let curves: Vec<(usize, Option<&SafeCurve>)> =
        curves.map(|(place, told)| (place, told.survival.as_ref())).collect();
    let drawn: Vec<(usize, &SafeCurve)> =
        curves.iter().filter_map(|(place, curve)| Some((*place, (*curve)?))).collect();
    let view = |(place, curve): &(usize, Option<&SafeCurve>)| CurveView {
        letter: LETTERS.get(*place).copied().unwrap_or_default(),
        place: *place,
        median: curve.map_or_else(String::new, |curve| median(page, curve)),
        from: curve.map_or_else(String::new, |curve| from(page, curve)),
        steps: curve.map_or_else(String::new, |curve| {
            let steps = curve.points.iter();
            let steps = steps.map(|point| format!("{}: {} %", point.month, point.survival));
            steps.collect::<Vec<_>>().join(" · ")
        }),
    };
    ComparedCurves {
        clocks: clocks(page, clock, href),
        note: note(page, clock),
        svg: if drawn.is_empty() { String::new() } else { svg(page, &drawn) },
        curves: curves.iter().map(view).collect(),
    }
}

/// Draws the steps of curves, each with its place among the lines.
fn svg(page: &Page, curves: &[(usize, &SafeCurve)]) -> String {
    let last = curves.iter().map(|(_, curve)| curve.until).max().unwrap_or(0).max(1);
    let x = |month: u32| LEFT + f64::from(month) / f64::from(last) * (WIDTH - LEFT - RIGHT);
    let y =
        |percent: u32| TOP + (1.0 - f64::from(percent.min(100)) / 100.0) * (HEIGHT - TOP - BOTTOM);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, &page.t("research-curve-label"));
    for percent in [0, 25, 50, 75, 100] {
        drawing.line([LEFT, y(percent), WIDTH - RIGHT, y(percent)], "grid");
        let words = format!("{percent} %");
        drawing.text(LEFT - 6.0, y(percent) + 4.0, Anchor::End, "tick", &words);
    }
    let step = STEPS.into_iter().find(|step| last / step < TICKS_MAX).unwrap_or(last);
    for month in (0..=last).step_by(step as usize) {
        let below = HEIGHT - BOTTOM + 16.0;
        drawing.text(x(month), below, Anchor::Middle, "tick", &month.to_string());
    }
    let months = page.t("search-months");
    drawing.text(WIDTH - RIGHT, HEIGHT - 3.0, Anchor::End, "tick", &months);
    for (place, curve) in curves {
        let mut line = format!("M{:.1} {:.1}", x(curve.from), y(100));
        for point in &curve.points {
            line.push_str(&format!("H{:.1}V{:.1}", x(point.month), y(point.survival)));
        }
        line.push_str(&format!("H{:.1}", x(curve.until.max(curve.from))));
        drawing.path(&line, &format!("curve c{place}"));
    }
    drawing.finish()
}
