//! Whether two genes are altered together, or one instead of the other.

use super::{
    false_discovery::benjamini_hochberg,
    fisher::{FisherTest, FourfoldTable},
};

/// Which way two alterations lean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tendency {
    /// They are found together more often than by chance.
    CoOccurrence,
    /// They are found together less often than by chance.
    MutualExclusivity,
    /// Neither.
    None,
}

/// How two genes are altered in the same cases.
///
/// The table should count only cases whose test covered both genes for that kind of alteration.
///
/// Source: log odds ratio as Gao J et al., Sci Signal 2013;6:pl1; two-sided Fisher test; false discoveries by Benjamini
/// and Hochberg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoAlteration {
    /// The logarithm to the base 2 of the odds ratio; infinite when a cell of the table is 0.
    pub log2_odds_ratio: f64,
    /// The probability of a table no likelier than this one if the genes had nothing to do with each other.
    pub p: f64,
    /// The rate of false discoveries among all pairs compared at once.
    pub q: f64,
}

impl CoAlteration {
    /// Compares all pairs at once; `None` for a pair of which one gene is altered in all cases or in none.
    ///
    /// Shape: one for each table, in the order given.
    pub fn of_pairs(tables: &[FourfoldTable]) -> Vec<Option<Self>> {
        let compared: Vec<Option<(f64, f64)>> = tables
            .iter()
            .map(|table| Some((table.odds_ratio()?, FisherTest::p_of(table).ok()?)))
            .collect();
        let probabilities: Vec<f64> = compared.iter().flatten().map(|(_, p)| *p).collect();
        // They are probabilities, so that adjusting them cannot fail.
        let mut adjusted = benjamini_hochberg(&probabilities).unwrap_or_default().into_iter();
        let mut describe = |(odds_ratio, p): (f64, f64)| {
            Some(Self { log2_odds_ratio: odds_ratio.log2(), p, q: adjusted.next()? })
        };
        compared.into_iter().map(|pair| pair.and_then(&mut describe)).collect()
    }

    /// Tells which way the pair leans.
    pub fn tendency(&self) -> Tendency {
        if self.log2_odds_ratio > 0.0 {
            Tendency::CoOccurrence
        } else if self.log2_odds_ratio < 0.0 {
            Tendency::MutualExclusivity
        } else {
            Tendency::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leans_one_way_or_the_other() {
        let table = |both, only_first, only_second, neither| FourfoldTable {
            both,
            only_first,
            only_second,
            neither,
        };
        let pairs = CoAlteration::of_pairs(&[
            table(40, 10, 10, 40),
            table(0, 50, 50, 10),
            table(0, 0, 50, 10),
            table(25, 25, 25, 25),
        ]);
        assert_eq!(pairs[0].unwrap().log2_odds_ratio, 4.0);
        assert_eq!(pairs[0].unwrap().tendency(), Tendency::CoOccurrence);
        assert_eq!(pairs[1].unwrap().log2_odds_ratio, f64::NEG_INFINITY);
        assert_eq!(pairs[1].unwrap().tendency(), Tendency::MutualExclusivity);
        assert_eq!(pairs[2], None);
        assert_eq!(pairs[3].unwrap().tendency(), Tendency::None);
        assert!((pairs[3].unwrap().p - 1.0).abs() < 1e-12);
        assert!(pairs[0].unwrap().q >= pairs[0].unwrap().p);
    }
}
