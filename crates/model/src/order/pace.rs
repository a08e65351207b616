//! How long orders take: from consent to the day on which the patient was told.
//!
//! Orders that are still under way, and orders that were cancelled, are not left out: whoever waits long is
//! under way longest, so a median of the finished ones alone would promise too short a time. They count as
//! censored (“at least so many days”) and the quartiles are those of the Kaplan–Meier curve.

/// So many orders took, or have taken so far, so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// From consent to explanation, or to today, or to the cancelling. Units: days.
    pub days: u32,
    /// Whether the patient was told; otherwise it took at least so long.
    pub ended: bool,
    /// How many orders.
    pub orders: u64,
}

/// How long orders take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// All orders.
    pub orders: u64,
    /// Those whose patient was told.
    pub ended: u64,
    /// Day by which a quarter of the patients were told; `None` where not so many have been told.
    pub quarter: Option<u32>,
    /// Day by which half of the patients were told.
    pub median: Option<u32>,
    /// Day by which three quarters of the patients were told.
    pub three_quarters: Option<u32>,
}

/// Room for rounding where the curve meets a quartile exactly.
const TOLERANCE: f64 = 1e-9;

impl Pace {
    /// Returns the pace of orders, in any order and grouped or not.
    ///
    /// A quartile is the first day on which the curve is at it or below. Those censored on a day count as still
    /// waiting on it.
    ///
    /// Source: Kaplan and Meier, J Am Stat Assoc 1958;53:457–481.
    pub fn of(intervals: &[Interval]) -> Self {
        let mut sorted = intervals.to_vec();
        sorted.sort_by_key(|interval| interval.days);
        let total = |wanted: fn(&Interval) -> bool| {
            sorted.iter().filter(|each| wanted(each)).map(|each| each.orders).sum::<u64>()
        };
        let mut pace =
            Self { orders: total(|_| true), ended: total(|each| each.ended), ..Self::default() };
        let (mut waiting, mut share) = (pace.orders, 1.0_f64);
        for day in sorted.chunk_by(|one, other| one.days == other.days) {
            let told: u64 = day.iter().filter(|each| each.ended).map(|each| each.orders).sum();
            if told > 0 && waiting > 0 {
                share *= 1.0 - told as f64 / waiting as f64;
                pace.reach(share, day.first().map_or(0, |each| each.days));
            }
            let left: u64 = day.iter().map(|each| each.orders).sum();
            waiting = waiting.saturating_sub(left);
        }
        pace
    }

    fn reach(&mut self, share: f64, days: u32) {
        let quartiles =
            [(0.75, &mut self.quarter), (0.5, &mut self.median), (0.25, &mut self.three_quarters)];
        for (level, quartile) in quartiles {
            if quartile.is_none() && share <= level + TOLERANCE {
                *quartile = Some(days);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(days: u32) -> Interval {
        Interval { days, ended: true, orders: 1 }
    }

    fn waiting(days: u32) -> Interval {
        Interval { days, ended: false, orders: 1 }
    }

    /// Remission times in weeks under 6-mercaptopurine and under placebo.
    ///
    /// Source: Freireich et al., Blood 1963;21:699–716; published medians 23 and 8 weeks.
    #[test]
    fn agrees_with_a_published_table() {
        let treated: Vec<Interval> = [6, 6, 6, 7, 10, 13, 16, 22, 23]
            .map(told)
            .into_iter()
            .chain([6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(waiting))
            .collect();
        let pace = Pace::of(&treated);
        assert_eq!((pace.orders, pace.ended), (21, 9));
        assert_eq!((pace.quarter, pace.median, pace.three_quarters), (Some(13), Some(23), None));
        let placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];
        assert_eq!(Pace::of(&placebo.map(told)).median, Some(8));
    }

    #[test]
    fn those_who_still_wait_make_the_median_longer_and_not_shorter() {
        let finished: Vec<Interval> = (20..40).map(told).collect();
        let alone = Pace::of(&finished).median.unwrap();
        let mut all = finished;
        all.extend((0..10).map(|_| waiting(60)));
        assert!(Pace::of(&all).median.unwrap() > alone);
        assert_eq!(Pace::of(&[waiting(5)]).median, None);
        assert_eq!(Pace::of(&[]), Pace::default());
    }

    #[test]
    fn grouping_does_not_change_it() {
        let single = [told(3), told(3), waiting(3), told(9), waiting(12)];
        let grouped = [
            Interval { days: 9, ended: true, orders: 1 },
            Interval { days: 3, ended: false, orders: 1 },
            Interval { days: 3, ended: true, orders: 2 },
            Interval { days: 12, ended: false, orders: 1 },
        ];
        assert_eq!(Pace::of(&single), Pace::of(&grouped));
    }
}
