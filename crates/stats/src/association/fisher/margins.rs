//! Distributions of the first cell of a fourfold table, its margins being given.

use crate::{
    Interval,
    association::{hypergeometric, root},
};

/// How much likelier than the table seen another may be and still count as no likelier, against rounding.
const RELATIVE_ROUNDING: f64 = 1e-7;

/// Share of what was seen below which the rest of a distribution is left out.
const NEGLIGIBLE: f64 = 1e-20;

/// The margins of a table and its first cell.
pub(super) struct Margins {
    pub(super) first: u64,
    pub(super) second: u64,
    pub(super) total: u64,
    pub(super) seen: u64,
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
    pub(super) fn one_sided(&self) -> (f64, f64) {
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
    pub(super) fn two_sided(&self) -> f64 {
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

    pub(super) fn estimate(&self, level: f64) -> (f64, Interval) {
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
