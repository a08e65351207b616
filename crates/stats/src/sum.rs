//! Sums of many numbers that lose nothing on the way.

/// A sum that keeps beside it what rounding took away.
///
/// Source: Neumaier A, Z Angew Math Mech 1974;54:39; the exact error of one addition after Knuth DE, The Art of Computer
/// Programming 2, 4.2.2, theorem B.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    /// Adds a number.
    pub(crate) fn add(&mut self, number: f64) {
        let sum = self.high + number;
        let added = sum - self.high;
        self.low += (self.high - (sum - added)) + (number - added);
        self.high = sum;
    }

    /// Returns the sum.
    pub(crate) fn value(&self) -> f64 {
        self.high + self.low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_leaves_nothing() {
        let mut sum = Sum::default();
        let numbers: Vec<f64> = (1..=1_000).map(|number| 1.0e9 / f64::from(number)).collect();
        sum.add(0.125);
        numbers.iter().for_each(|number| sum.add(*number));
        numbers.iter().for_each(|number| sum.add(-number));
        assert_eq!(sum.value(), 0.125);
    }
}
