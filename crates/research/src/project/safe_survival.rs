//! Survival of a cohort, told so coarsely that no few deaths can be read from it.

use stats::survival::{KaplanMeierCurve, KaplanMeierOptions};

use crate::cohort::SurvivalCounts;

/// Mean length of a month. Units: days.
const MONTH_DAYS: f64 = 365.25 / 12.0;

/// Survival at the end of a month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SafePoint {
    /// Units: whole months since the start of the clock.
    pub month: u32,
    /// Share still alive. Units: whole per cent.
    pub survival: u32,
}

/// A survival curve in steps, each of which stands for at least as many deaths as the threshold.
///
/// It begins where as many cases as the threshold are under observation, among those alive then, and ends where fewer are left.
#[derive(Clone, Debug, PartialEq)]
pub struct SafeCurve {
    /// Where it begins. Units: whole months since the start of the clock.
    pub from: u32,
    /// The steps, from the first.
    pub points: Vec<SafePoint>,
    /// The month to whose end fewer cases than the threshold are not yet left. Units: months.
    pub until: u32,
    /// Median. Units: whole months; `None` where the steps do not reach it.
    pub median: Option<u32>,
}

impl SafeCurve {
    /// Coarsens the survival of a cohort; `None` where too few cases or deaths are known.
    pub(crate) fn of(counts: &SurvivalCounts, threshold: u64) -> Option<Self> {
        let days = SurvivalCounts::to_day_counts(std::slice::from_ref(counts)).ok()?;
        let enough = threshold as f64;
        let table = days.risk_table(0);
        let from = (table.earliest_with_at_risk(enough)? / MONTH_DAYS).ceil() as u32;
        let table = table.from_landmark(f64::from(from) * MONTH_DAYS);
        let curve = KaplanMeierCurve::of(&table, &KaplanMeierOptions::default()).ok()?;
        let (mut points, mut until, mut deaths) = (Vec::new(), from, 0.0);
        let mut rest = curve.points().iter().peekable();
        let mut survival = 1.0;
        let last = rest.clone().last()?.time;
        for month in from + 1..=(last / MONTH_DAYS).ceil() as u32 {
            let end = f64::from(month) * MONTH_DAYS;
            while let Some(point) = rest.next_if(|point| point.time <= end) {
                deaths += point.events;
                survival = point.survival;
            }
            if curve.at_risk(end) < enough {
                break;
            }
            until = month;
            if deaths >= enough {
                points.push(SafePoint { month, survival: (survival * 100.0).round() as u32 });
                deaths = 0.0;
            }
        }
        let median = points.iter().find(|point| point.survival <= 50).map(|point| point.month);
        (!points.is_empty()).then_some(Self { from, points, until, median })
    }
}
