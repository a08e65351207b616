//! Counts of what happens on each whole day, made in one pass.

use super::{
    kaplan_meier::{DrawCurveError, KaplanMeierCurve, KaplanMeierOptions},
    log_rank::{CompareGroupsError, LogRankTest, LogRankWeight},
    risk_table::{RiskStep, RiskTable},
};

mod columns;
mod refusal;
mod totals;

pub use columns::DayColumns;
pub use refusal::CountDaysError;
pub use totals::DayTotals;

use self::refusal::{CASE_LIMIT, CELL_LIMIT, DAY_LIMIT, GROUP_LIMIT};

/// How many enter, have their event, or are censored on each day, for each group.
///
/// It is one pass over the cases and no sorting; counts of parts add up to the counts of the whole.
///
/// ```
/// use stats::survival::{DayCounts, KaplanMeierOptions};
///
/// let mut counts = DayCounts::new(1, 365)?;
/// counts.add(0, 30, true)?;
/// counts.add(0, 90, false)?;
/// counts.add_entered(0, 40, 200, true)?;
/// let curve = counts.curve(0, &KaplanMeierOptions::default())?;
/// assert_eq!(curve.survival_at(30.0), Some(0.5));
/// assert_eq!(curve.at_risk(90.0), 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCounts {
    groups: usize,
    days: usize,
    cases: u64,
    /// For each group and day: censored, events.
    exits: Vec<[u32; 2]>,
    /// For each group and day: entered after the start. Empty while nobody has.
    entries: Vec<u32>,
}

impl DayCounts {
    /// Makes empty counts of `groups` groups, for days up to `last_day`.
    ///
    /// Errors: no group, too many groups, a last day more than 200 years away, or too many days for so many groups.
    pub fn new(groups: usize, last_day: u32) -> Result<Self, CountDaysError> {
        if groups == 0 || groups > GROUP_LIMIT {
            return Err(CountDaysError::Groups(groups));
        }
        if last_day > DAY_LIMIT {
            return Err(CountDaysError::DayAfterLast { day: last_day, last_day: DAY_LIMIT });
        }
        let days = last_day as usize + 1;
        if groups * days > CELL_LIMIT {
            return Err(CountDaysError::Size { days, groups });
        }
        Ok(Self { groups, days, cases: 0, exits: vec![[0; 2]; groups * days], entries: Vec::new() })
    }

    /// Counts a case that was observed from the start.
    ///
    /// Errors: an unknown group, or an exit after the last day; then nothing is counted.
    #[inline]
    pub fn add(&mut self, group: usize, exit: u32, event: bool) -> Result<(), CountDaysError> {
        if group >= self.groups {
            return Err(CountDaysError::UnknownGroup { group, groups: self.groups });
        }
        if exit as usize >= self.days {
            return Err(CountDaysError::DayAfterLast { day: exit, last_day: self.last_day() });
        }
        if self.cases == CASE_LIMIT {
            return Err(CountDaysError::TooManyCases);
        }
        self.cases += 1;
        self.exits[group * self.days + exit as usize][usize::from(event)] += 1;
        Ok(())
    }

    /// Counts a case that came under observation on the day `entry`, and is at risk from the next day on.
    ///
    /// Entry on day 0 is observation from the start.
    ///
    /// Errors: what [`Self::add`] refuses, and a case that leaves on its day of entry or before; then nothing is counted.
    #[inline]
    pub fn add_entered(
        &mut self,
        group: usize,
        entry: u32,
        exit: u32,
        event: bool,
    ) -> Result<(), CountDaysError> {
        if exit <= entry {
            return Err(CountDaysError::NeverAtRisk { entry, exit });
        }
        self.add(group, exit, event)?;
        if entry > 0 {
            if self.entries.is_empty() {
                self.entries = vec![0; self.exits.len()];
            }
            self.entries[group * self.days + entry as usize] += 1;
        }
        Ok(())
    }

    /// Adds the counts of other cases.
    ///
    /// Errors: another number of groups, or too many cases; then nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), CountDaysError> {
        if self.groups != other.groups {
            let (ours, theirs) = (self.groups, other.groups);
            return Err(CountDaysError::GroupsDiffer { ours, theirs });
        }
        if self.cases + other.cases > CASE_LIMIT {
            return Err(CountDaysError::TooManyCases);
        }
        if other.days > self.days {
            self.lengthen(other.days);
        }
        self.cases += other.cases;
        if self.entries.is_empty() && !other.entries.is_empty() {
            self.entries = vec![0; self.exits.len()];
        }
        for group in 0..self.groups {
            let (ours, theirs) = (group * self.days, group * other.days);
            for day in 0..other.days {
                let [censored, events] = other.exits[theirs + day];
                self.exits[ours + day][0] += censored;
                self.exits[ours + day][1] += events;
                if let Some(entered) = other.entries.get(theirs + day) {
                    self.entries[ours + day] += entered;
                }
            }
        }
        Ok(())
    }

    fn lengthen(&mut self, days: usize) {
        fn spread<T: Copy + Default>(cells: &[T], from: usize, to: usize) -> Vec<T> {
            let mut spread = vec![T::default(); cells.len() / from * to];
            for (old, new) in cells.chunks_exact(from).zip(spread.chunks_exact_mut(to)) {
                new[..from].copy_from_slice(old);
            }
            spread
        }
        self.exits = spread(&self.exits, self.days, days);
        self.entries = spread(&self.entries, self.days, days);
        self.days = days;
    }

    /// Returns how many groups are counted.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Returns the last day that can be counted.
    pub fn last_day(&self) -> u32 {
        (self.days - 1) as u32
    }

    /// Returns how many cases were counted, in all groups.
    pub fn cases(&self) -> u64 {
        self.cases
    }

    /// Returns the risk table of a group; it is empty when there is no such group.
    pub fn risk_table(&self, group: usize) -> RiskTable {
        self.sum(group..(group + 1).min(self.groups))
    }

    /// Returns the risk tables of all groups.
    pub fn risk_tables(&self) -> Vec<RiskTable> {
        (0..self.groups).map(|group| self.risk_table(group)).collect()
    }

    /// Returns the risk table of all groups together.
    pub fn pooled(&self) -> RiskTable {
        self.sum(0..self.groups)
    }

    /// Returns the survival curve of a group.
    ///
    /// Errors: those of [`KaplanMeierCurve::of`].
    pub fn curve(
        &self,
        group: usize,
        options: &KaplanMeierOptions,
    ) -> Result<KaplanMeierCurve, DrawCurveError> {
        KaplanMeierCurve::of(&self.risk_table(group), options)
    }

    /// Compares the survival of the groups.
    ///
    /// Errors: those of [`LogRankTest::of`].
    pub fn log_rank(&self, weight: LogRankWeight) -> Result<LogRankTest, CompareGroupsError> {
        LogRankTest::of(&self.risk_tables(), weight)
    }

    fn sum(&self, groups: std::ops::Range<usize>) -> RiskTable {
        let mut steps = Vec::new();
        let (mut left, mut came) = (0_u64, 0_u64);
        for day in 0..self.days {
            let (mut censored, mut events, mut entered) = (0_u32, 0_u32, 0_u32);
            for group in groups.clone() {
                let cell = group * self.days + day;
                let exits = self.exits[cell];
                censored += exits[0];
                events += exits[1];
                entered += self.entries.get(cell).copied().unwrap_or(0);
            }
            if censored == 0 && events == 0 && entered == 0 {
                continue;
            }
            left += u64::from(censored) + u64::from(events);
            came += u64::from(entered);
            steps.push(RiskStep {
                time: day as f64,
                at_risk: 0.0,
                events: f64::from(events),
                censored: f64::from(censored),
                entered: f64::from(entered),
            });
        }
        RiskTable::fill((left - came) as f64, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_counted_and_counts_nothing_of_it() {
        let mut counts = DayCounts::new(2, 10).unwrap();
        assert!(matches!(counts.add(2, 1, true), Err(CountDaysError::UnknownGroup { .. })));
        assert!(matches!(counts.add(0, 11, true), Err(CountDaysError::DayAfterLast { .. })));
        let never = counts.add_entered(0, 5, 5, true);
        assert_eq!(never, Err(CountDaysError::NeverAtRisk { entry: 5, exit: 5 }));
        assert_eq!(counts, DayCounts::new(2, 10).unwrap());
        assert_eq!(DayCounts::new(0, 10), Err(CountDaysError::Groups(0)));
        assert!(DayCounts::new(1, u32::MAX).is_err());
        assert!(matches!(DayCounts::new(1_000, DAY_LIMIT), Err(CountDaysError::Size { .. })));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let exit = [3, 9, 4, 4, 20, 7];
        let entry = [0, 2, 1, 0, 8, 6];
        let event = [true, false, true, false, true, true];
        let group = [0, 1, 1, 0, 1, 0];
        let count = |rows: std::ops::Range<usize>| {
            DayCounts::of_columns(&DayColumns {
                entry: Some(&entry[rows.clone()]),
                exit: &exit[rows.clone()],
                event: &event[rows.clone()],
                group: Some(&group[rows]),
                groups: 2,
            })
            .unwrap()
        };
        let mut parts = count(0..3);
        parts.merge(&count(3..6)).unwrap();
        assert_eq!(parts, count(0..6));
        assert_eq!(parts.pooled().cases(), 6.0);
        assert_eq!(parts.pooled().at_start(), 2.0);
        assert_eq!(parts.risk_table(1).at_risk(9.0), 2.0);
    }

    #[test]
    fn no_group_of_that_number_is_an_empty_table() {
        let counts = DayCounts::new(1, 10).unwrap();
        assert_eq!(counts.risk_table(7).cases(), 0.0);
    }
}
