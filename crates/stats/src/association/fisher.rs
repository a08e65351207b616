//! Tables of two by two counts, with their margins taken as given.

use crate::Interval;

mod margins;

use self::margins::Margins;

/// Most cases of a table.
const CASE_LIMIT: u64 = 1_000_000_000;

/// Why a fourfold table could not be tested.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CompareFourfoldError {
    /// A row or a column is empty, so that nothing can be compared.
    #[error("testing a fourfold table: a row or a column is empty")]
    EmptyMargin,
    /// There are too many cases.
    #[error("testing a fourfold table: it has more than {CASE_LIMIT} cases")]
    TooManyCases,
    /// The level of confidence is not between 0 and 1.
    #[error("testing a fourfold table at the confidence level {0}: it must lie between 0 and 1")]
    Level(f64),
}

/// How many have both of two things, either one, or neither.
///
/// Units: cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FourfoldTable {
    /// Those with both.
    pub both: u64,
    /// Those with the first alone.
    pub only_first: u64,
    /// Those with the second alone.
    pub only_second: u64,
    /// Those with neither.
    pub neither: u64,
}

impl FourfoldTable {
    /// Returns the odds of one thing with the other over its odds without; infinite when a cell of the divisor is 0.
    ///
    /// `None` when a row or a column is empty.
    pub fn odds_ratio(&self) -> Option<f64> {
        self.margins().ok()?;
        let concordant = self.both as f64 * self.neither as f64;
        let discordant = self.only_first as f64 * self.only_second as f64;
        Some(concordant / discordant)
    }

    fn margins(&self) -> Result<Margins, CompareFourfoldError> {
        let cells = [self.both, self.only_first, self.only_second, self.neither];
        let total = cells.iter().try_fold(0_u64, |sum, cell| sum.checked_add(*cell));
        let Some(total) = total.filter(|total| *total <= CASE_LIMIT) else {
            return Err(CompareFourfoldError::TooManyCases);
        };
        let (first, second) = (self.both + self.only_first, self.both + self.only_second);
        if first == 0 || second == 0 || first == total || second == total {
            return Err(CompareFourfoldError::EmptyMargin);
        }
        Ok(Margins { first, second, total, seen: self.both })
    }
}

/// Fisher's exact test, with the odds ratio that is likeliest given the margins.
///
/// Source: Fisher RA, J R Stat Soc 1935;98:39; two-sided as the tables no likelier than the one seen, with the tolerance
/// of R `fisher.test`; interval of Cornfield J, 1956, from the noncentral hypergeometric distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FisherTest {
    /// The probability of a table no likelier than this one; 0 below the least number, about 1e-308.
    pub p: f64,
    /// The probability of as few or fewer with both.
    pub p_fewer: f64,
    /// The probability of as many or more with both.
    pub p_more: f64,
    /// The conditional maximum likelihood estimate of the odds ratio; 0 or infinite at an end of what is possible.
    pub odds_ratio: f64,
    /// The exact interval of the odds ratio.
    pub interval: Interval,
}

impl FisherTest {
    /// Tests a table and estimates its odds ratio with an interval of a level.
    ///
    /// Errors: an empty row or column, too many cases, a level outside of 0 and 1.
    ///
    /// ```
    /// use stats::association::{FisherTest, FourfoldTable};
    ///
    /// let tea = FourfoldTable { both: 3, only_first: 1, only_second: 1, neither: 3 };
    /// let test = FisherTest::of(&tea, 0.95)?;
    /// assert!((test.p - 34.0 / 70.0).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(table: &FourfoldTable, level: f64) -> Result<Self, CompareFourfoldError> {
        if !(level > 0.0 && level < 1.0) {
            return Err(CompareFourfoldError::Level(level));
        }
        let margins = table.margins()?;
        let (odds_ratio, interval) = margins.estimate(level);
        let (p_fewer, p_more) = margins.one_sided();
        Ok(Self { p: margins.two_sided(), p_fewer, p_more, odds_ratio, interval })
    }

    /// Returns only the two-sided probability, which takes less time than the estimates.
    ///
    /// Errors: an empty row or column, too many cases.
    pub fn p_of(table: &FourfoldTable) -> Result<f64, CompareFourfoldError> {
        Ok(table.margins()?.two_sided())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_says_nothing() {
        let table = |both, only_first, only_second, neither| FourfoldTable {
            both,
            only_first,
            only_second,
            neither,
        };
        let empty = Err(CompareFourfoldError::EmptyMargin);
        assert_eq!(FisherTest::p_of(&table(0, 0, 0, 0)), empty);
        assert_eq!(FisherTest::p_of(&table(0, 0, 3, 4)), empty);
        assert_eq!(FisherTest::p_of(&table(3, 0, 4, 0)), empty);
        assert_eq!(table(0, 5, 0, 5).odds_ratio(), None);
        let many = FisherTest::p_of(&table(u64::MAX, 1, 1, 1));
        assert_eq!(many, Err(CompareFourfoldError::TooManyCases));
        let level = FisherTest::of(&table(1, 2, 3, 4), f64::NAN);
        assert!(matches!(level, Err(CompareFourfoldError::Level(_))));
    }

    #[test]
    fn rounding_makes_no_probability_above_1() {
        let table = FourfoldTable { both: 59_428, only_first: 17_019, only_second: 1, neither: 0 };
        let test = FisherTest::of(&table, 0.95).unwrap();
        assert!(test.p <= 1.0 && test.p_fewer <= 1.0 && test.p_more <= 1.0, "{test:?}");
    }

    #[test]
    fn an_end_of_what_is_possible_has_an_open_interval() {
        let table = FourfoldTable { both: 0, only_first: 5, only_second: 5, neither: 4 };
        let test = FisherTest::of(&table, 0.95).unwrap();
        assert_eq!((test.odds_ratio, test.interval.lower), (0.0, 0.0));
        assert!(test.interval.upper.is_finite());
    }
}
