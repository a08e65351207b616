//! The Kaplan-Meier curve, its uncertainty, its quantiles.

use crate::{Interval, normal_quantile};

use super::risk_table::RiskTable;

mod summary;

pub use summary::{RestrictedMean, SurvivalQuantile};

/// The scale on which an interval around a survival is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConfidenceScale {
    /// The survival itself, cut off at 0 and 1.
    Plain,
    /// The logarithm of the survival, cut off at 1.
    Log,
    /// The logarithm of the cumulative hazard, which stays within 0 and 1.
    #[default]
    LogLog,
}

/// How a curve is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaplanMeierOptions {
    /// The scale of the intervals.
    pub scale: ConfidenceScale,
    /// The share of intervals that should hold the truth, above 0 and below 1.
    pub level: f64,
}

impl Default for KaplanMeierOptions {
    fn default() -> Self {
        Self { scale: ConfidenceScale::default(), level: 0.95 }
    }
}

/// Why a survival curve could not be drawn or asked.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DrawCurveError {
    /// There is nobody to observe.
    #[error("drawing a survival curve of no case")]
    NoCases,
    /// The level of confidence is not between 0 and 1.
    #[error("drawing a survival curve at the confidence level {0}: it must lie between 0 and 1")]
    Level(f64),
    /// The probability of a quantile is not between 0 and 1.
    #[error("reading the quantile {0} of a survival curve: it must lie between 0 and 1")]
    Quantile(f64),
    /// The horizon lies outside of what was observed.
    #[error("taking the mean survival up to {horizon}: the curve is known from {start} to {last}")]
    Horizon {
        /// The horizon that was asked for.
        horizon: f64,
        /// Where the curve begins.
        start: f64,
        /// Where the curve ends.
        last: f64,
    },
}

/// The survival at one time at which somebody had the event or was censored.
///
/// Units: `time` as the observations; survival and its interval are shares from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KaplanMeierPoint {
    /// The time.
    pub time: f64,
    /// Those at risk at this time.
    pub at_risk: f64,
    /// Those whose event happened at this time.
    pub events: f64,
    /// Those censored at this time.
    pub censored: f64,
    /// The survival from this time on, until the next.
    pub survival: f64,
    /// The standard error of the survival; `None` once the survival is 0.
    pub standard_error: Option<f64>,
    /// The interval of the survival; `None` once the survival is 0.
    pub interval: Option<Interval>,
}

/// A curve that fell to zero although cases were observed later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collapse {
    /// The time from which the curve is 0.
    pub time: f64,
    /// How many were at risk then, all of whom had the event.
    pub at_risk: f64,
    /// How many left later, whom the curve can no longer show.
    pub observed_later: f64,
}

/// The product-limit estimate of survival.
///
/// Before the first point the survival is 1; after the last it is not known, unless it is 0.
///
/// Source: Kaplan EL, Meier P, J Am Stat Assoc 1958;53:457; with delayed entry Tsai WY, Jewell NP, Wang MC, Biometrika
/// 1987;74:883; variance Greenwood M, 1926; intervals Kalbfleisch JD, Prentice RL, *The Statistical Analysis of Failure
/// Time Data*, 2nd ed. 2002, section 1.4.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeierCurve {
    table: RiskTable,
    options: KaplanMeierOptions,
    points: Vec<KaplanMeierPoint>,
    collapse: Option<Collapse>,
}

impl KaplanMeierCurve {
    /// Draws the curve of a risk table.
    ///
    /// Weights count as so many cases: they widen and narrow the intervals as copies of a case would.
    ///
    /// Errors: nobody to observe, or a level of confidence outside of 0 and 1.
    pub fn of(table: &RiskTable, options: &KaplanMeierOptions) -> Result<Self, DrawCurveError> {
        if !(options.level > 0.0 && options.level < 1.0) {
            return Err(DrawCurveError::Level(options.level));
        }
        if table.cases() <= 0.0 {
            return Err(DrawCurveError::NoCases);
        }
        let deviation = normal_quantile(f64::midpoint(1.0, options.level));
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let mut collapse: Option<Collapse> = None;
        let mut points = Vec::with_capacity(table.steps().len());
        for step in table.steps() {
            let leaving = step.events + step.censored;
            if leaving <= 0.0 {
                continue;
            }
            if let Some(collapse) = &mut collapse {
                collapse.observed_later += leaving;
            }
            if step.events > 0.0 && survival > 0.0 {
                let spared = step.at_risk - step.events;
                if spared > 0.0 {
                    survival *= spared / step.at_risk;
                    greenwood += step.events / (step.at_risk * spared);
                } else {
                    survival = 0.0;
                    let (time, at_risk) = (step.time, step.at_risk);
                    collapse = Some(Collapse { time, at_risk, observed_later: 0.0 });
                }
            }
            let error = (survival > 0.0).then(|| greenwood.sqrt());
            points.push(KaplanMeierPoint {
                time: step.time,
                at_risk: step.at_risk,
                events: step.events,
                censored: step.censored,
                survival,
                standard_error: error.map(|error| survival * error),
                interval: error.map(|error| around(survival, deviation * error, options.scale)),
            });
        }
        let collapse = collapse.filter(|collapse| collapse.observed_later > 0.0);
        Ok(Self { table: table.clone(), options: *options, points, collapse })
    }

    /// Returns the points at which somebody had the event or was censored, in increasing time.
    pub fn points(&self) -> &[KaplanMeierPoint] {
        &self.points
    }

    /// Returns how the curve was drawn.
    pub fn options(&self) -> &KaplanMeierOptions {
        &self.options
    }

    /// Returns the table that the curve was drawn from.
    pub fn table(&self) -> &RiskTable {
        &self.table
    }

    /// Returns the curve of those still at risk right after `landmark`, conditional on being alive then.
    ///
    /// Errors: nobody at risk then or later.
    pub fn from_landmark(&self, landmark: f64) -> Result<Self, DrawCurveError> {
        Self::of(&self.table.from_landmark(landmark), &self.options)
    }

    /// Tells of a curve that fell to zero too early, while few had entered.
    ///
    /// The remedy is [`Self::from_landmark`], at [`RiskTable::earliest_with_at_risk`].
    pub fn collapse(&self) -> Option<&Collapse> {
        self.collapse.as_ref()
    }

    /// Returns how many were at risk at `time`.
    pub fn at_risk(&self, time: f64) -> f64 {
        self.table.at_risk(time)
    }

    /// Returns the last point at or before `time`; `None` before the first.
    pub fn point_at(&self, time: f64) -> Option<&KaplanMeierPoint> {
        let after = self.points.partition_point(|point| point.time <= time);
        after.checked_sub(1).map(|last| &self.points[last])
    }

    /// Returns the survival at `time`; `None` before the start of the curve and after the last observation.
    pub fn survival_at(&self, time: f64) -> Option<f64> {
        let last = self.points.last()?;
        if time.is_nan() || time < self.table.start() || (time > last.time && last.survival > 0.0) {
            return None;
        }
        Some(self.point_at(time).map_or(1.0, |point| point.survival))
    }
}

/// Returns the interval of a survival above 0, whose logarithm has the half width `half` on the log scale.
fn around(survival: f64, half: f64, scale: ConfidenceScale) -> Interval {
    match scale {
        ConfidenceScale::Plain => Interval {
            lower: (survival - survival * half).max(0.0),
            upper: (survival + survival * half).min(1.0),
        },
        ConfidenceScale::Log => {
            Interval { lower: survival * (-half).exp(), upper: (survival * half.exp()).min(1.0) }
        }
        ConfidenceScale::LogLog if survival >= 1.0 => Interval { lower: 1.0, upper: 1.0 },
        ConfidenceScale::LogLog => {
            let ratio = (half / survival.ln()).abs();
            Interval { lower: survival.powf(ratio.exp()), upper: survival.powf((-ratio).exp()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survival::DayCounts;

    fn counts(cases: &[(u32, u32, bool)]) -> DayCounts {
        let mut counts = DayCounts::new(1, 100).unwrap();
        for &(entry, exit, event) in cases {
            counts.add_entered(0, entry, exit, event).unwrap();
        }
        counts
    }

    #[test]
    fn an_early_event_of_a_lone_case_brings_the_curve_to_zero_and_is_told() {
        let counts =
            counts(&[(1, 3, true), (5, 20, true), (5, 30, false), (6, 40, true), (6, 41, false)]);
        let curve = counts.curve(0, &KaplanMeierOptions::default()).unwrap();
        assert_eq!(curve.survival_at(50.0), Some(0.0));
        let expected = Collapse { time: 3.0, at_risk: 1.0, observed_later: 4.0 };
        assert_eq!(curve.collapse(), Some(&expected));

        let landmark = curve.table().earliest_with_at_risk(4.0).unwrap();
        let conditional = curve.from_landmark(landmark).unwrap();
        assert_eq!(landmark, 6.0);
        assert_eq!(conditional.collapse(), None);
        assert_eq!(conditional.survival_at(40.0), Some(0.75 * 0.5));
        assert_eq!(curve.from_landmark(41.0), Err(DrawCurveError::NoCases));
        assert_eq!(conditional.survival_at(5.0), None, "nothing is known before the landmark");
    }

    #[test]
    fn the_middle_of_a_level_stretch_is_the_median() {
        let counts = counts(&[(0, 10, true), (0, 20, true), (0, 30, true), (0, 50, true)]);
        let curve = counts.curve(0, &KaplanMeierOptions::default()).unwrap();
        assert_eq!(curve.median().time, Some(25.0));
        assert_eq!(curve.quantile(0.6).unwrap().time, Some(30.0));
    }

    #[test]
    fn all_censored_is_level_and_its_median_not_reached() {
        let counts = counts(&[(0, 10, false), (0, 20, false)]);
        let curve = counts.curve(0, &KaplanMeierOptions::default()).unwrap();
        let nothing = SurvivalQuantile { time: None, lower: None, upper: None };
        assert_eq!(curve.survival_at(20.0), Some(1.0));
        assert_eq!(curve.survival_at(20.1), None);
        assert_eq!(curve.median(), nothing);
    }

    #[test]
    fn refuses_nobody_and_impossible_levels() {
        let empty = DayCounts::new(1, 10).unwrap();
        let drawn = empty.curve(0, &KaplanMeierOptions::default());
        assert_eq!(drawn, Err(DrawCurveError::NoCases));
        let one = counts(&[(0, 10, true)]);
        for level in [0.0, 1.0, -1.0, f64::NAN, f64::INFINITY] {
            let options = KaplanMeierOptions { level, ..KaplanMeierOptions::default() };
            assert!(matches!(one.curve(0, &options), Err(DrawCurveError::Level(_))), "{level}");
        }
        let curve = one.curve(0, &KaplanMeierOptions::default()).unwrap();
        assert!(curve.quantile(f64::NAN).is_err());
        assert!(curve.restricted_mean(f64::NAN).is_err());
        assert_eq!(curve.restricted_mean(30.0).unwrap().mean, 10.0);
    }
}
