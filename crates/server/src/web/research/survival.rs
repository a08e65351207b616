//! Survival as a project may see it: steps of months, each of which stands for enough deaths.

use research::{cohort::Clock, project::SafeCurve};

use super::search::{Links, ProjectAddress};
use crate::{
    page::Page,
    project::Told,
    web::chart::{Anchor, Drawing},
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

/// A choice of the clock.
pub(super) struct ClockView {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) current: bool,
}

/// A step in words.
pub(super) struct StepView {
    pub(super) month: u32,
    pub(super) survival: u32,
}

/// The curve, and its steps as a table.
#[derive(Default)]
pub(super) struct SurvivalView {
    pub(super) clocks: Vec<ClockView>,
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
    let clocks = [
        (Clock::Test, "test", page.t("search-clock-test")),
        (Clock::Diagnosis, "diagnosis", page.t("search-clock-diagnosis")),
        (Clock::Treatment, "treatment", page.t("search-clock-treatment")),
    ];
    let clocks = clocks.map(|(each, value, label)| ClockView {
        label,
        href: format!("{}#survival", links.search(text, value)),
        current: each == clock,
    });
    let note = match clock {
        Clock::Test => page.t("search-entry-test"),
        Clock::Diagnosis | Clock::Treatment => page.t("search-entry-delayed"),
    };
    let Some(curve) = &told.survival else {
        return SurvivalView { clocks: clocks.into(), note, ..SurvivalView::default() };
    };
    let months = |months: Option<u32>| match months {
        Some(months) => page.t2("research-median-months", "months", months),
        None => page.t("search-not-reached"),
    };
    SurvivalView {
        clocks: clocks.into(),
        svg: svg(page, curve),
        steps: curve
            .points
            .iter()
            .map(|point| StepView { month: point.month, survival: point.survival })
            .collect(),
        median: months(curve.median),
        from: match curve.from {
            0 => String::new(),
            month => page.t2("research-curve-from", "month", month),
        },
        note,
    }
}

/// Draws the steps.
fn svg(page: &Page, curve: &SafeCurve) -> String {
    let last = curve.until.max(1);
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
    let mut line = format!("M{:.1} {:.1}", x(curve.from), y(100));
    for point in &curve.points {
        line.push_str(&format!("H{:.1}V{:.1}", x(point.month), y(point.survival)));
    }
    line.push_str(&format!("H{:.1}", x(last)));
    drawing.path(&line, "curve c0");
    drawing.finish()
}
