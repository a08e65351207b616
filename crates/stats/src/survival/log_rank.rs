//! Comparing the survival of groups.

use super::risk_table::RiskTable;

mod sums;

use self::sums::Sums;

/// Most groups that one test compares.
const GROUP_LIMIT: usize = 100;

/// Largest exponent of a Fleming-Harrington weight.
const EXPONENT_LIMIT: f64 = 100.0;

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
