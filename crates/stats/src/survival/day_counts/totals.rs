//! Days that were counted elsewhere.

use super::{DayCounts, refusal::CountDaysError};

/// What was counted of one group on each day from day 0 on; days beyond a list's end have 0.
///
/// Units: cases.
#[derive(Debug, Clone, Copy, Default)]
pub struct DayTotals<'a> {
    /// Cases that came under observation; those of day 0 from the start.
    pub entered: &'a [u64],
    /// Cases that had their event.
    pub events: &'a [u64],
    /// Cases that were censored.
    pub censored: &'a [u64],
}

impl DayTotals<'_> {
    fn days(&self) -> usize {
        self.entered.len().max(self.events.len()).max(self.censored.len())
    }
}

impl DayCounts {
    /// Makes counts of days that were counted elsewhere, such as in an index that holds no single case.
    ///
    /// Errors: no group, too many groups, days or cases, and more cases that leave than have entered before; who enters
    /// on a day is at risk from the next day on.
    pub fn of_days(groups: &[DayTotals<'_>]) -> Result<Self, CountDaysError> {
        let days = groups.iter().map(DayTotals::days).max().unwrap_or(0);
        let last_day = u32::try_from(days.saturating_sub(1)).unwrap_or(u32::MAX);
        let mut counts = Self::new(groups.len(), last_day)?;
        let width = counts.days;
        let at = |list: &[u64], day: usize| {
            let count = list.get(day).copied().unwrap_or(0);
            u32::try_from(count).map_err(|_| CountDaysError::TooManyCases)
        };
        for (group, totals) in groups.iter().enumerate() {
            let mut at_risk = u64::from(at(totals.entered, 0)?);
            for day in 0..totals.days() {
                let cell = group * width + day;
                let exits = [at(totals.censored, day)?, at(totals.events, day)?];
                let leaving = u64::from(exits[0]) + u64::from(exits[1]);
                if leaving > at_risk {
                    let day = day as u32;
                    return Err(CountDaysError::NeverAtRisk { entry: day, exit: day });
                }
                at_risk -= leaving;
                counts.cases += leaving;
                counts.exits[cell] = exits;
                let entered = at(totals.entered, day)?;
                if day > 0 && entered > 0 {
                    at_risk += u64::from(entered);
                    if counts.entries.is_empty() {
                        counts.entries = vec![0; counts.exits.len()];
                    }
                    counts.entries[cell] = entered;
                }
            }
            if at_risk > 0 {
                // Whoever entered and never left was not followed to any day.
                return Err(CountDaysError::NeverAtRisk { entry: last_day, exit: last_day });
            }
        }
        if counts.cases > super::CASE_LIMIT {
            Err(CountDaysError::TooManyCases)
        } else {
            Ok(counts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_counted_elsewhere_are_the_same_as_cases_counted_here() {
        let mut counts = DayCounts::new(1, 9).unwrap();
        counts.add(0, 3, true).unwrap();
        counts.add(0, 0, false).unwrap();
        counts.add_entered(0, 2, 9, true).unwrap();
        counts.add_entered(0, 3, 4, false).unwrap();
        let totals = DayTotals {
            entered: &[2, 0, 1, 1],
            events: &[0, 0, 0, 1, 0, 0, 0, 0, 0, 1],
            censored: &[1, 0, 0, 0, 1],
        };
        assert_eq!(DayCounts::of_days(&[totals]), Ok(counts));
    }

    #[test]
    fn nobody_leaves_before_entering_and_nobody_stays() {
        let early = DayTotals { entered: &[0, 0, 1], events: &[0, 0, 1], censored: &[] };
        assert!(matches!(DayCounts::of_days(&[early]), Err(CountDaysError::NeverAtRisk { .. })));
        let stays = DayTotals { entered: &[2], events: &[0, 1], censored: &[] };
        assert!(DayCounts::of_days(&[stays]).is_err());
        assert!(DayCounts::of_days(&[]).is_err());
    }
}
