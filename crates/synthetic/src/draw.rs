//! Random draws that are the same on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of draws that belongs to one case.
pub(crate) struct Draw {
    rng: ChaCha8Rng,
}

impl Draw {
    /// Opens the stream of a case.
    pub(crate) fn new(seed: u64, index: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index);
        Self { rng }
    }

    /// Returns a whole number below the bound; 0 where the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let value = self.rng.next_u64();
        value.checked_rem(bound).unwrap_or(0)
    }

    /// Returns a whole number between two bounds, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// Returns whether something happens that happens so many times in a thousand.
    pub(crate) fn happens(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// Returns a number from 0 to below 1, in steps of a millionth.
    pub(crate) fn unit(&mut self) -> f64 {
        self.below(1_000_000) as f64 / 1_000_000.0
    }

    /// Returns a number around 0 with a spread of about 1.
    ///
    /// The sum of twelve uniform draws less six: unlike a logarithm, it has the same last bit everywhere.
    pub(crate) fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// Returns one element, each as likely as its weight.
    pub(crate) fn weighted<'a, T>(
        &mut self,
        items: &'a [T],
        weight: impl Fn(&T) -> u64,
    ) -> Option<&'a T> {
        let mut left = self.below(items.iter().map(&weight).sum());
        items.iter().find(|item| {
            let own = weight(item);
            let hit = left < own;
            left = left.saturating_sub(own);
            hit
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_what_they_were() {
        let mut draw = Draw::new(1, 0);
        let first: Vec<u64> = (0..4).map(|_| draw.below(1000)).collect();
        assert_eq!(first, [201, 795, 285, 466]);
    }

    #[test]
    fn weights_are_kept_to() {
        let mut draw = Draw::new(1, 1);
        let items = [("never", 0), ("always", 5)];
        for _ in 0..100 {
            assert_eq!(draw.weighted(&items, |item| item.1).unwrap().0, "always");
        }
        assert!(draw.weighted::<(&str, u64)>(&[], |item| item.1).is_none());
    }
}
