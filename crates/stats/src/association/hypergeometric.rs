//! The probability of a count in a fourfold table with given margins, exact to nearly all digits.
//!
//! Source: Loader C, *Fast and Accurate Computation of Binomial Probabilities*, 2000 (saddle-point form), for the
//! hypergeometric distribution as a quotient of binomial probabilities.

use std::f64::consts::TAU;

/// Counts below this take the error of Stirling's formula from the factorial itself.
const FACTORIAL_LIMIT: u64 = 16;

/// Share of their sum below which two numbers are near, so that a series serves better than the logarithm.
const NEAR: f64 = 0.1;

/// Most terms of that series.
const TERM_LIMIT: u32 = 60;

/// Returns the probability of `count` in both, of `first` and `second` out of `total`.
///
/// The margins are above 0 and below the total, and the count is possible.
pub(super) fn probability(count: u64, first: u64, second: u64, total: u64) -> f64 {
    let share = second as f64 / total as f64;
    let rest = (total - second) as f64 / total as f64;
    let binomial = |count, of| log_binomial(count, of, share, rest);
    (binomial(count, first) + binomial(second - count, total - first) - binomial(second, total))
        .exp()
}

/// Returns the logarithm of a binomial probability.
fn log_binomial(count: u64, of: u64, share: f64, rest: f64) -> f64 {
    let other = of - count;
    if of == 0 {
        return 0.0;
    }
    let all = of as f64;
    if count == 0 {
        return if share < NEAR { all * (-share).ln_1p() } else { all * rest.ln() };
    }
    if other == 0 {
        return if rest < NEAR { all * (-rest).ln_1p() } else { all * share.ln() };
    }
    let (with, without) = (count as f64, other as f64);
    stirling_error(of)
        - stirling_error(count)
        - stirling_error(other)
        - deviance(with, all * share)
        - deviance(without, all * rest)
        - 0.5 * (TAU * with * (without / all)).ln()
}

/// Returns by how much the logarithm of a factorial exceeds Stirling's formula.
fn stirling_error(count: u64) -> f64 {
    let value = count as f64;
    if count < FACTORIAL_LIMIT {
        let factorial: f64 = (1..=count).map(|factor| factor as f64).product();
        return if count == 0 {
            0.5 * TAU.recip().ln()
        } else {
            factorial.ln() - 0.5 * (TAU * value).ln() - value * value.ln() + value
        };
    }
    let square = value * value;
    let series = 1.0 / 1_188.0 - 691.0 / 360_360.0 / square;
    let series = 1.0 / 1_680.0 - series / square;
    let series = 1.0 / 1_260.0 - series / square;
    let series = 1.0 / 360.0 - series / square;
    (1.0 / 12.0 - series / square) / value
}

/// Returns `value ln(value / mean) + mean - value`, without losing digits where both are near.
fn deviance(value: f64, mean: f64) -> f64 {
    let apart = value - mean;
    if apart.abs() >= NEAR * (value + mean) {
        return value * (value / mean).ln() - apart;
    }
    let ratio = apart / (value + mean);
    let mut sum = apart * ratio;
    let mut power = 2.0 * value * ratio;
    for term in 1..TERM_LIMIT {
        power *= ratio * ratio;
        let next = sum + power / f64::from(2 * term + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_to_one() {
        for (first, second, total) in [(3, 4, 9), (40, 70, 100), (900, 46_000, 110_000)] {
            let least = (first + second) - total.min(first + second);
            let sum: f64 = (least..=first.min(second))
                .map(|count| probability(count, first, second, total))
                .sum();
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        }
    }

    #[test]
    fn small_tables_are_as_by_hand() {
        assert!((probability(3, 4, 4, 8) - 16.0 / 70.0).abs() < 1e-15);
        assert!((probability(0, 5, 5, 14) - 126.0 / 2_002.0).abs() < 1e-15);
        assert!((probability(4, 4, 4, 8) - 1.0 / 70.0).abs() < 1e-16);
    }
}
