//! Comparing the survival of groups.

use crate::{chi_square_tail, linear::Factors};

use super::risk_table::{RiskStep, RiskTable};

/// Most groups that one test compares.
const GROUP_LIMIT: usize = 100;

/// Largest exponent of a Fleming-Harrington weight.
const EXPONENT_LIMIT: f64 = 100.0;

/// Share of its own variance below which what a group adds to the others counts as nothing.
const PIVOT_TOLERANCE: f64 = 1e-10;

/// How much each time of an event counts in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum LogRankWeight {
    /// All the same: the log-rank test.
    ///
    /// Source: Mantel N, Cancer Chemother Rep 1966;50:163; Peto R, Peto J, J R Stat Soc A 1972;135:185.
    #[default]
    Equal,
    /// By those at risk: early differences count more.
    ///
    /// Source: Gehan EA, Biometrika 1965;52:203; Breslow N, Biometrika 1970;57:579.
    GehanBreslow,
    /// By the square root of those at risk.
    ///
    /// Source: Tarone RE, Ware J, Biometrika 1977;64:156.
    TaroneWare,
    /// By an estimate of the survival that hardly depends on censoring.
    ///
    /// Source: Peto R, Peto J, 1972, with the estimate of Klein JP, Moeschberger ML, *Survival Analysis*, 2nd ed. 2003,
    /// section 7.3.
    PetoPeto,
    /// By `S^p (1 - S)^q` of the survival just before: `p` weighs early, `q` late differences.
    ///
    /// Source: Fleming TR, Harrington DP, *Counting Processes and Survival Analysis*, 1991, section 7.4.
    FlemingHarrington {
        /// Exponent of the survival.
        p: f64,
        /// Exponent of its complement.
        q: f64,
    },
}

/// Why groups could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CompareGroupsError {
    /// There are fewer than two groups, or too many.
    #[error(
        "comparing the survival of {0} groups: at least 2 and at most {GROUP_LIMIT} are possible"
    )]
    Groups(usize),
    /// Strata have different numbers of groups.
    #[error(
        "comparing the survival of groups: a stratum has {found} groups and another {expected}"
    )]
    StrataDiffer {
        /// Groups of the first stratum.
        expected: usize,
        /// Groups of the one that differs.
        found: usize,
    },
    /// Nobody has the event.
    #[error("comparing the survival of groups: no case has the event")]
    NoEvents,
    /// At no event are cases of two groups at risk together.
    #[error(
        "comparing the survival of groups: at no event are cases of two groups at risk together"
    )]
    NeverTogether,
    /// The exponents of a weight are negative, too large or not numbers.
    #[error(
        "weighing by survival to the powers {p} and {q}: both must lie between 0 and {EXPONENT_LIMIT}"
    )]
    Exponents {
        /// Exponent of the survival.
        p: f64,
        /// Exponent of its complement.
        q: f64,
    },
}

/// What a group contributes to a comparison.
///
/// Units: cases, or sums of weights.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LogRankGroup {
    /// Cases of the group.
    pub cases: f64,
    /// Events seen in it.
    pub observed: f64,
    /// Events to be expected in it if all groups had the same survival.
    pub expected: f64,
    /// Observed less expected, each time weighted as the test says.
    pub weighted_difference: f64,
}

/// A comparison of the survival of two or more groups, with or without strata, with any of the usual weights.
///
/// Delayed entry needs nothing special: whoever has not entered is not at risk.
///
/// Source: as [`LogRankWeight`]; variance by the hypergeometric distribution at each time (Mantel 1966).
#[derive(Debug, Clone, PartialEq)]
pub struct LogRankTest {
    /// What each group contributes, in the order given.
    pub groups: Vec<LogRankGroup>,
    /// The statistic.
    pub chi_square: f64,
    /// Its degrees of freedom: the groups that can be compared, less one.
    pub degrees: usize,
    /// The probability of so large a statistic if all groups had the same survival.
    pub p: f64,
}

impl LogRankTest {
    /// Compares groups by their risk tables.
    ///
    /// Errors: fewer than two groups or too many, no event, groups never at risk together, impossible exponents.
    pub fn of(groups: &[RiskTable], weight: LogRankWeight) -> Result<Self, CompareGroupsError> {
        Self::stratified(&[groups], weight)
    }

    /// Compares groups within strata: only cases of the same stratum are held against each other.
    ///
    /// Shape: for each stratum the risk tables of all groups, in one order; a group may be empty in a stratum.
    ///
    /// Errors: as [`Self::of`], and strata with different numbers of groups.
    pub fn stratified<Groups: AsRef<[RiskTable]>>(
        strata: &[Groups],
        weight: LogRankWeight,
    ) -> Result<Self, CompareGroupsError> {
        let size = strata.first().map_or(0, |groups| groups.as_ref().len());
        if !(2..=GROUP_LIMIT).contains(&size) {
            return Err(CompareGroupsError::Groups(size));
        }
        if let LogRankWeight::FlemingHarrington { p, q } = weight
            && ![p, q].iter().all(|power| (0.0..=EXPONENT_LIMIT).contains(power))
        {
            return Err(CompareGroupsError::Exponents { p, q });
        }
        let mut sums = Sums::new(size);
        for groups in strata {
            let groups = groups.as_ref();
            if groups.len() != size {
                let (expected, found) = (size, groups.len());
                return Err(CompareGroupsError::StrataDiffer { expected, found });
            }
            sums.add_stratum(groups, weight);
        }
        sums.finish()
    }
}

/// What is summed over times and strata.
struct Sums {
    groups: Vec<LogRankGroup>,
    variance: Vec<f64>,
    at_risk: Vec<f64>,
}

impl Sums {
    fn new(size: usize) -> Self {
        let groups = vec![LogRankGroup::default(); size];
        Self { groups, variance: vec![0.0; size * size], at_risk: vec![0.0; size] }
    }

    fn add_stratum(&mut self, tables: &[RiskTable], weight: LogRankWeight) {
        for (group, table) in self.groups.iter_mut().zip(tables) {
            group.cases += table.cases();
            group.observed += table.events();
        }
        let mut walks: Vec<Walk<'_>> = tables.iter().map(Walk::new).collect();
        let mut events_of = vec![0.0; tables.len()];
        let mut survival = Survival::default();
        for time in event_times(tables) {
            for (group, walk) in walks.iter_mut().enumerate() {
                (self.at_risk[group], events_of[group]) = walk.to(time);
            }
            let at_risk: f64 = self.at_risk.iter().sum();
            let events: f64 = events_of.iter().sum();
            let factor = survival.weigh(weight, at_risk, events);
            self.add_time(&events_of, at_risk, events, factor);
        }
    }

    fn add_time(&mut self, events_of: &[f64], at_risk: f64, events: f64, factor: f64) {
        let size = self.groups.len();
        let spread = if at_risk > 1.0 {
            factor * factor * events * (at_risk - events) / (at_risk - 1.0)
        } else {
            0.0
        };
        for (group, of_group) in events_of.iter().enumerate() {
            let share = self.at_risk[group] / at_risk;
            self.groups[group].expected += events * share;
            self.groups[group].weighted_difference += factor * (of_group - events * share);
            if spread == 0.0 || share == 0.0 {
                continue;
            }
            self.variance[group * size + group] += spread * share;
            for other in 0..size {
                self.variance[group * size + other] -=
                    spread * share * self.at_risk[other] / at_risk;
            }
        }
    }

    fn finish(self) -> Result<LogRankTest, CompareGroupsError> {
        let size = self.groups.len();
        if self.groups.iter().all(|group| group.observed <= 0.0) {
            return Err(CompareGroupsError::NoEvents);
        }
        // The differences add up to nothing, so that one group says nothing new: the last pivot vanishes.
        let factors = Factors::of(&self.variance, size, PIVOT_TOLERANCE);
        let differences: Vec<f64> =
            self.groups.iter().map(|group| group.weighted_difference).collect();
        let degrees = factors.rank();
        if degrees == 0 {
            return Err(CompareGroupsError::NeverTogether);
        }
        let chi_square = factors.inverse_form(&differences).max(0.0);
        let p = chi_square_tail(chi_square, degrees);
        Ok(LogRankTest { groups: self.groups, chi_square, degrees, p })
    }
}

/// Returns the distinct times at which somebody of any group has the event.
fn event_times(tables: &[RiskTable]) -> Vec<f64> {
    let mut times: Vec<f64> = tables
        .iter()
        .flat_map(RiskTable::steps)
        .filter(|step| step.events > 0.0)
        .map(|step| step.time)
        .collect();
    // The times of each group are in order already, which the stable sort makes use of.
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

/// A walk along the steps of a table, by increasing times.
struct Walk<'a> {
    at_risk: f64,
    rest: &'a [RiskStep],
}

impl<'a> Walk<'a> {
    fn new(table: &'a RiskTable) -> Self {
        Self { at_risk: table.at_start(), rest: table.steps() }
    }

    /// Returns those at risk and the events at a time.
    fn to(&mut self, time: f64) -> (f64, f64) {
        while let [step, rest @ ..] = self.rest
            && step.time < time
        {
            self.at_risk = step.at_risk_after();
            self.rest = rest;
        }
        match self.rest {
            [step, ..] if step.time == time => (step.at_risk, step.events),
            _ => (self.at_risk, 0.0),
        }
    }
}

/// The survival of all groups together, as weights need it.
struct Survival {
    kaplan_meier: f64,
    peto: f64,
}

impl Default for Survival {
    fn default() -> Self {
        Self { kaplan_meier: 1.0, peto: 1.0 }
    }
}

impl Survival {
    /// Returns the weight of a time, and goes past it.
    fn weigh(&mut self, weight: LogRankWeight, at_risk: f64, events: f64) -> f64 {
        let before = self.kaplan_meier;
        self.kaplan_meier *= 1.0 - events / at_risk;
        self.peto *= 1.0 - events / (at_risk + 1.0);
        match weight {
            LogRankWeight::Equal => 1.0,
            LogRankWeight::GehanBreslow => at_risk,
            LogRankWeight::TaroneWare => at_risk.sqrt(),
            LogRankWeight::PetoPeto => self.peto,
            LogRankWeight::FlemingHarrington { p, q } => before.powf(p) * (1.0 - before).powf(q),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survival::DayCounts;

    fn counts(cases: &[(usize, u32, u32, bool)]) -> DayCounts {
        let mut counts = DayCounts::new(3, 100).unwrap();
        for &(group, entry, exit, event) in cases {
            counts.add_entered(group, entry, exit, event).unwrap();
        }
        counts
    }

    #[test]
    fn refuses_what_cannot_be_compared() {
        let none = counts(&[(0, 0, 5, false), (1, 0, 7, false)]);
        let equal = LogRankWeight::Equal;
        assert_eq!(none.log_rank(equal), Err(CompareGroupsError::NoEvents));
        let one = counts(&[(0, 0, 5, true), (0, 0, 7, true)]);
        assert_eq!(one.log_rank(equal), Err(CompareGroupsError::NeverTogether));
        let apart = counts(&[(0, 0, 5, true), (0, 0, 6, true), (1, 6, 9, true), (1, 6, 10, true)]);
        assert_eq!(apart.log_rank(equal), Err(CompareGroupsError::NeverTogether));
        let table = one.risk_table(0);
        let lone = LogRankTest::of(std::slice::from_ref(&table), equal);
        assert_eq!(lone, Err(CompareGroupsError::Groups(1)));
        let weight = LogRankWeight::FlemingHarrington { p: f64::NAN, q: 0.0 };
        assert!(matches!(one.log_rank(weight), Err(CompareGroupsError::Exponents { .. })));
        let strata = [vec![table.clone(), table.clone()], vec![table]];
        let differ = LogRankTest::stratified(&strata, equal);
        assert_eq!(differ, Err(CompareGroupsError::StrataDiffer { expected: 2, found: 1 }));
    }

    #[test]
    fn an_empty_group_takes_no_part() {
        let two = counts(&[(0, 0, 5, true), (2, 0, 7, true), (0, 0, 9, true), (2, 0, 12, false)]);
        let test = two.log_rank(LogRankWeight::Equal).unwrap();
        assert_eq!(test.degrees, 1);
        assert_eq!(test.groups[1], LogRankGroup::default());
    }
}
