//! Numbers that sum up a survival curve: quantiles and the restricted mean.

use crate::Interval;

use super::{DrawCurveError, KaplanMeierCurve, KaplanMeierPoint};

/// How near a survival comes to a quantile's level to count as meeting it.
const LEVEL_TOLERANCE: f64 = 1.5e-8;

/// A time by which a share of the cases has had the event, with its interval.
///
/// Units: as the observations. `None` is *not reached*.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalQuantile {
    /// The time at which the curve meets the level.
    pub time: Option<f64>,
    /// The time at which the lower bound of the curve meets it.
    pub lower: Option<f64>,
    /// The time at which the upper bound of the curve meets it.
    pub upper: Option<f64>,
}

/// The mean time without event up to a horizon.
///
/// Units: as the observations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RestrictedMean {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl KaplanMeierCurve {
    /// Returns the time by which half of the cases have had the event.
    ///
    /// Source: as [`Self::quantile`].
    pub fn median(&self) -> SurvivalQuantile {
        self.meeting(0.5)
    }

    /// Returns the time by which the share `probability` of the cases has had the event.
    ///
    /// Where the curve runs level exactly at the quantile, the time is the middle of the level stretch.
    ///
    /// Errors: a probability that is not above 0 and below 1.
    ///
    /// Source: Brookmeyer R, Crowley J, Biometrics 1982;38:29, inverting the interval of the curve; the middle of a level
    /// stretch as R `quantile.survfit`.
    pub fn quantile(&self, probability: f64) -> Result<SurvivalQuantile, DrawCurveError> {
        if !(probability > 0.0 && probability < 1.0) {
            return Err(DrawCurveError::Quantile(probability));
        }
        Ok(self.meeting(1.0 - probability))
    }

    fn meeting(&self, level: f64) -> SurvivalQuantile {
        let bound = |of: fn(&Interval) -> f64| {
            self.first_at(level, |point| point.interval.as_ref().map(of))
        };
        SurvivalQuantile {
            time: self.first_at(level, |point| Some(point.survival)),
            lower: bound(|interval| interval.lower),
            upper: bound(|interval| interval.upper),
        }
    }

    fn first_at(
        &self,
        level: f64,
        height: impl Fn(&KaplanMeierPoint) -> Option<f64>,
    ) -> Option<f64> {
        let below = |limit: f64| {
            self.points.iter().find(|point| height(point).is_some_and(|height| height <= limit))
        };
        let meets = below(level + LEVEL_TOLERANCE)?;
        let leaves = below(level - LEVEL_TOLERANCE).or(self.points.last())?;
        Some(f64::midpoint(meets.time, leaves.time))
    }

    /// Returns the mean time without event, counted from the start of the curve and cut off at `horizon`.
    ///
    /// Errors: a horizon before the start, or after the last observation of a curve that has not come to 0.
    ///
    /// Source: Klein JP, Moeschberger ML, *Survival Analysis*, 2nd ed. 2003, section 4.5; R `print(survfit, rmean=)`.
    pub fn restricted_mean(&self, horizon: f64) -> Result<RestrictedMean, DrawCurveError> {
        let start = self.table.start();
        let last = self
            .points
            .last()
            .map_or(start, |point| if point.survival > 0.0 { point.time } else { f64::INFINITY });
        if !(horizon >= start && horizon <= last && horizon.is_finite()) {
            return Err(DrawCurveError::Horizon { horizon, start, last });
        }
        let (mut area, mut variance, mut until) = (0.0, 0.0, horizon);
        let within = self.points.partition_point(|point| point.time <= horizon);
        for point in self.points[..within].iter().rev() {
            area += point.survival * (until - point.time);
            until = point.time;
            let spared = point.at_risk - point.events;
            if spared > 0.0 {
                variance += area * area * point.events / (point.at_risk * spared);
            }
        }
        Ok(RestrictedMean { mean: area + until - start, standard_error: variance.sqrt() })
    }
}
