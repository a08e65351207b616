//! Comparing two samples by the ranks of their values.

use crate::normal_two_sided;

/// Samples of as many values or more are not compared exactly.
const EXACT_LIMIT: usize = 50;

/// Why two samples could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompareRanksError {
    /// A sample is empty.
    #[error("comparing the ranks of {first} and {second} values: neither may be empty")]
    Empty {
        /// Values of the first sample.
        first: usize,
        /// Values of the second sample.
        second: usize,
    },
    /// A value is not a number.
    #[error("comparing ranks: a value is not a number")]
    NotANumber,
    /// All values are the same.
    #[error("comparing ranks: all values are the same")]
    AllTied,
}

/// The rank sum test of Wilcoxon, which is that of Mann and Whitney.
///
/// Exact when both samples have fewer than 50 values and none is tied; otherwise by the normal distribution with
/// corrections for ties and for continuity.
///
/// Source: Wilcoxon F, Biometrics Bull 1945;1:80; Mann HB, Whitney DR, Ann Math Stat 1947;18:50; choices as R
/// `wilcox.test`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankSumTest {
    /// The pairs in which the value of the first sample is the larger, a tie counting half.
    pub statistic: f64,
    /// The probability of so extreme a statistic, on either side, if both samples came from one distribution.
    pub p: f64,
    /// Whether the probability is exact.
    pub exact: bool,
}

impl RankSumTest {
    /// Compares two samples.
    ///
    /// Errors: an empty sample, a value that is not a number, values that are all the same.
    pub fn of(first: &[f64], second: &[f64]) -> Result<Self, CompareRanksError> {
        if first.is_empty() || second.is_empty() {
            let (first, second) = (first.len(), second.len());
            return Err(CompareRanksError::Empty { first, second });
        }
        let mut values: Vec<(f64, bool)> = first.iter().map(|value| (value + 0.0, true)).collect();
        values.extend(second.iter().map(|value| (value + 0.0, false)));
        if values.iter().any(|(value, _)| value.is_nan()) {
            return Err(CompareRanksError::NotANumber);
        }
        values.sort_unstable_by(|one, two| one.0.total_cmp(&two.0));
        let (mut rank_sum, mut ties, mut below) = (0.0, 0.0, 0_usize);
        for same in values.chunk_by(|one, two| one.0 == two.0) {
            let count = same.len() as f64;
            let rank = below as f64 + (count + 1.0) / 2.0;
            rank_sum += rank * same.iter().filter(|(_, first)| *first).count() as f64;
            ties += count * count * count - count;
            below += same.len();
        }
        if values[0].0 == values[values.len() - 1].0 {
            return Err(CompareRanksError::AllTied);
        }
        let size = first.len() as f64;
        let statistic = rank_sum - size * (size + 1.0) / 2.0;
        let exact = ties == 0.0 && first.len() < EXACT_LIMIT && second.len() < EXACT_LIMIT;
        let p = if exact {
            exact_p(statistic as usize, first.len(), second.len())
        } else {
            normal_p(statistic, size, second.len() as f64, ties)
        };
        Ok(Self { statistic, p, exact })
    }
}

fn normal_p(statistic: f64, first: f64, second: f64, ties: f64) -> f64 {
    let total = first + second;
    let apart = statistic - first * second / 2.0;
    let variance = first * second / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    let corrected = if apart == 0.0 { 0.0 } else { apart - apart.signum() * 0.5 };
    normal_two_sided(corrected / variance.sqrt())
}

/// Counts, for each statistic, the ways in which ranks can be dealt to the samples.
fn exact_p(statistic: usize, first: usize, second: usize) -> f64 {
    let most = first * second;
    // The number of partitions into at most `first` parts of at most `second`: a Gaussian binomial coefficient,
    // multiplied and divided by one factor after the other.
    let mut ways = vec![0.0; most + 1];
    ways[0] = 1.0;
    for part in 1..=first {
        let up = second + part;
        for sum in (up..=most).rev() {
            ways[sum] -= ways[sum - up];
        }
        for sum in part..=most {
            ways[sum] += ways[sum - part];
        }
    }
    let total: f64 = ways.iter().sum();
    let extreme = statistic.min(most - statistic);
    let tail: f64 = ways[..=extreme].iter().sum();
    (2.0 * tail / total).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_ways_by_hand() {
        // Of the 10 ways to give 2 of 5 ranks to the first sample, one has no pair won and one has all 6.
        let test = RankSumTest::of(&[4.0, 5.0], &[1.0, 2.0, 3.0]).unwrap();
        assert_eq!(test, RankSumTest { statistic: 6.0, p: 0.2, exact: true });
        let middle = RankSumTest::of(&[1.0, 4.0], &[2.0, 3.0]).unwrap();
        assert_eq!(middle.p, 1.0);
    }

    #[test]
    fn refuses_what_cannot_be_ranked() {
        let empty = RankSumTest::of(&[], &[1.0]);
        assert_eq!(empty, Err(CompareRanksError::Empty { first: 0, second: 1 }));
        let nan = RankSumTest::of(&[f64::NAN], &[1.0]);
        assert_eq!(nan, Err(CompareRanksError::NotANumber));
        let tied = RankSumTest::of(&[0.0, -0.0], &[0.0]);
        assert_eq!(tied, Err(CompareRanksError::AllTied));
    }
}
