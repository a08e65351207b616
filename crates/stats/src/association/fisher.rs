//! Tables of two by two counts, with their margins taken as given.

use crate::Interval;

use super::{hypergeometric, root};

/// Most cases of a table.
const CASE_LIMIT: u64 = 1_000_000_000;

/// How much likelier than the table seen another may be and still count as no likelier, against rounding.
const RELATIVE_ROUNDING: f64 = 1e-7;

/// Share of what was seen below which the rest of a distribution is left out.
const NEGLIGIBLE: f64 = 1e-20;

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

/// The margins of a table and its first cell.
struct Margins {
    first: u64,
    second: u64,
    total: u64,
    seen: u64,
}

/// Probabilities of what is on either side of the cell seen.
struct Tails {
    fewer: f64,
    more: f64,
    mean: f64,
}

impl Margins {
    fn least(&self) -> u64 {
        (self.first + self.second).saturating_sub(self.total)
    }

    fn most(&self) -> u64 {
        self.first.min(self.second)
    }

    /// Returns how much likelier `count + 1` is than `count`, at odds of 1.
    fn rise(&self, count: u64) -> f64 {
        let up = (self.first - count) as f64 * (self.second - count) as f64;
        let free = self.total - self.first + count + 1 - self.second;
        up / ((count + 1) as f64 * free as f64)
    }

    /// Returns how much likelier `count` is than `count + 1`, at odds of 1.
    fn fall(&self, count: u64) -> f64 {
        let up = (self.first - count) as f64 * (self.second - count) as f64;
        let free = self.total - self.first + count + 1 - self.second;
        (count + 1) as f64 * free as f64 / up
    }

    /// Returns the likeliest count at the given odds.
    fn mode(&self, odds: f64) -> u64 {
        let (mut low, mut high) = (self.least(), self.most());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.rise(middle) * odds >= 1.0 {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Returns the tails of the noncentral hypergeometric distribution, whose likeliest count is given the weight 1.
    fn tails(&self, log_odds: f64) -> Tails {
        let odds = log_odds.exp();
        let mode = self.mode(odds);
        let up = |count: u64| self.rise(count) * odds;
        let down = |count: u64| self.fall(count - 1) / odds;
        let mut seen = 1.0;
        for count in mode..self.seen.max(mode) {
            seen *= up(count);
        }
        for count in (self.seen.min(mode) + 1..=mode).rev() {
            seen *= down(count);
        }
        let floor = NEGLIGIBLE * seen;
        let mut sums = Sums::default();
        let (mut count, mut weight) = (mode, 1.0_f64);
        loop {
            sums.add(count as f64 - mode as f64, weight, count.cmp(&self.seen));
            if count == self.most() || weight < floor || weight == 0.0 {
                break;
            }
            weight *= up(count);
            count += 1;
        }
        (count, weight) = (mode, 1.0);
        while count > self.least() && weight >= floor && weight > 0.0 {
            weight *= down(count);
            count -= 1;
            sums.add(count as f64 - mode as f64, weight, count.cmp(&self.seen));
        }
        Tails {
            fewer: (sums.fewer + seen) / sums.total,
            more: (sums.more + seen) / sums.total,
            mean: mode as f64 + sums.offset / sums.total,
        }
    }

    fn probability(&self, count: u64) -> f64 {
        hypergeometric::probability(count, self.first, self.second, self.total)
    }

    /// Returns the probability of `count` or more, for a count above the likeliest.
    fn upper_tail(&self, count: u64) -> f64 {
        let (mut sum, mut term) = (0.0, self.probability(count));
        let floor = NEGLIGIBLE * term;
        for at in count..self.most() {
            sum += term;
            term *= self.rise(at);
            if term <= floor {
                return sum;
            }
        }
        sum + term
    }

    /// Returns the probability of `count` or fewer, for a count below the likeliest.
    fn lower_tail(&self, count: u64) -> f64 {
        let (mut sum, mut term) = (0.0, self.probability(count));
        let floor = NEGLIGIBLE * term;
        for at in (self.least()..count).rev() {
            sum += term;
            term *= self.fall(at);
            if term <= floor {
                return sum;
            }
        }
        sum + term
    }

    /// Returns the probabilities of as few or fewer, and of as many or more.
    fn one_sided(&self) -> (f64, f64) {
        let here = self.probability(self.seen);
        if self.seen >= self.mode(1.0) {
            let more = self.upper_tail(self.seen).min(1.0);
            ((1.0 - more + here).min(1.0), more)
        } else {
            let fewer = self.lower_tail(self.seen).min(1.0);
            (fewer, (1.0 - fewer + here).min(1.0))
        }
    }

    /// Returns the probability of all counts no likelier than the one seen.
    fn two_sided(&self) -> f64 {
        let mode = self.mode(1.0);
        let no_likelier = self.probability(self.seen) * (1.0 + RELATIVE_ROUNDING);
        let unlikely = |count: u64| self.probability(count) <= no_likelier;
        if unlikely(mode) {
            return 1.0;
        }
        // Probabilities fall on either side of the likeliest count, so that halving finds where the other side begins.
        let (near, far) = if self.seen > mode { (mode, self.least()) } else { (mode, self.most()) };
        let here =
            if self.seen > mode { self.upper_tail(self.seen) } else { self.lower_tail(self.seen) };
        if !unlikely(far) {
            return here.min(1.0);
        }
        let (mut likely, mut bound) = (near, far);
        while likely.abs_diff(bound) > 1 {
            let middle = u64::midpoint(likely, bound);
            if unlikely(middle) {
                bound = middle;
            } else {
                likely = middle;
            }
        }
        let other = if self.seen > mode { self.lower_tail(bound) } else { self.upper_tail(bound) };
        (here + other).min(1.0)
    }

    fn estimate(&self, level: f64) -> (f64, Interval) {
        let tail = (0.5 * (1.0 - level)).ln();
        let half = |count: u64| count as f64 + 0.5;
        let neither = self.total + self.seen - self.first - self.second;
        let guess = (half(self.seen) * half(neither)
            / half(self.first - self.seen)
            / half(self.second - self.seen))
        .ln();
        let (mut odds_ratio, mut lower, mut upper) = (None, 0.0, f64::INFINITY);
        if self.seen == self.least() {
            odds_ratio = Some(0.0);
        } else {
            lower = root::of_increasing(|odds| self.tails(odds).more.ln() - tail, guess).exp();
        }
        if self.seen == self.most() {
            odds_ratio = Some(f64::INFINITY);
        } else {
            upper = root::of_increasing(|odds| tail - self.tails(odds).fewer.ln(), guess).exp();
        }
        let likeliest = || {
            let seen = self.seen as f64;
            root::of_increasing(|odds| self.tails(odds).mean - seen, guess).exp()
        };
        (odds_ratio.unwrap_or_else(likeliest), Interval { lower, upper })
    }
}

/// Sums of weights.
#[derive(Default)]
struct Sums {
    total: f64,
    offset: f64,
    fewer: f64,
    more: f64,
}

impl Sums {
    fn add(&mut self, offset: f64, weight: f64, side: std::cmp::Ordering) {
        self.total += weight;
        self.offset += offset * weight;
        match side {
            std::cmp::Ordering::Less => self.fewer += weight,
            std::cmp::Ordering::Greater => self.more += weight,
            std::cmp::Ordering::Equal => {}
        }
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
