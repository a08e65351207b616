//! Shares of cases.

use crate::{Interval, normal_quantile};

/// Why a share could not be estimated.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum EstimateProportionError {
    /// There is no case.
    #[error("estimating a share of no case")]
    NoCases,
    /// More have it than there are.
    #[error("estimating a share: {with} of {cases} have it")]
    MoreThanAll {
        /// Those who have it.
        with: u64,
        /// All.
        cases: u64,
    },
    /// The level of confidence is not between 0 and 1.
    #[error("estimating a share at the confidence level {0}: it must lie between 0 and 1")]
    Level(f64),
}

/// A share of cases, with its interval.
///
/// Source: Wilson EB, J Am Stat Assoc 1927;22:209, the score interval without correction for continuity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// Those who have it, over all.
    pub share: f64,
    /// The interval of the share.
    pub interval: Interval,
}

impl Proportion {
    /// Estimates the share of `with` in `cases`, with an interval of a level.
    ///
    /// Errors: no case, more with it than cases, a level outside of 0 and 1.
    ///
    /// ```
    /// use stats::association::Proportion;
    ///
    /// let given = Proportion::of(607, 7_467, 0.95)?;
    /// assert!(given.interval.lower > 0.075 && given.interval.upper < 0.088);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(with: u64, cases: u64, level: f64) -> Result<Self, EstimateProportionError> {
        if !(level > 0.0 && level < 1.0) {
            return Err(EstimateProportionError::Level(level));
        }
        if cases == 0 {
            return Err(EstimateProportionError::NoCases);
        }
        if with > cases {
            return Err(EstimateProportionError::MoreThanAll { with, cases });
        }
        let count = cases as f64;
        let share = with as f64 / count;
        let deviation = normal_quantile(f64::midpoint(1.0, level));
        let square = deviation * deviation / count;
        let centre = share + square / 2.0;
        let half = (share * (1.0 - share) * square + square * square / 4.0).sqrt();
        let lower = if with == 0 { 0.0 } else { (centre - half) / (1.0 + square) };
        let upper = if with == cases { 1.0 } else { (centre + half) / (1.0 + square) };
        Ok(Self { share, interval: Interval { lower, upper } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_share() {
        assert_eq!(Proportion::of(0, 0, 0.95), Err(EstimateProportionError::NoCases));
        let more = Proportion::of(2, 1, 0.95);
        assert_eq!(more, Err(EstimateProportionError::MoreThanAll { with: 2, cases: 1 }));
        assert!(Proportion::of(1, 2, f64::NAN).is_err());
        assert_eq!(Proportion::of(0, 5, 0.95).unwrap().interval.lower, 0.0);
        assert_eq!(Proportion::of(5, 5, 0.95).unwrap().interval.upper, 1.0);
    }
}
