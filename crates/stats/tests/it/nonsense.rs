//! Tests of association and tables met with any input: an answer that can be one, or an error.

use proptest::prelude::*;
use stats::{
    association::{
        ChiSquareTest, CoAlteration, FisherTest, FourfoldTable, Proportion, RankSumTest,
        benjamini_hochberg,
    },
    chi_square_tail,
    disclosure::{CountTable, HidingRules, SafeList, SafeTable},
    normal_quantile, normal_tail, student_two_sided,
};

fn count() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0_u64), 0..20_u64, 0..100_000_u64, any::<u64>()]
}

fn fourfold() -> impl Strategy<Value = FourfoldTable> {
    (count(), count(), count(), count()).prop_map(|(both, only_first, only_second, neither)| {
        FourfoldTable { both, only_first, only_second, neither }
    })
}

fn is_probability(p: f64) -> bool {
    (0.0..=1.0).contains(&p)
}

proptest! {
    #[test]
    fn fisher_gives_probabilities_and_an_interval_around_its_estimate(
        table in fourfold(),
        level in prop_oneof![Just(0.95), any::<f64>()],
    ) {
        if let Ok(test) = FisherTest::of(&table, level) {
            prop_assert!(is_probability(test.p) && is_probability(test.p_fewer));
            prop_assert!(is_probability(test.p_more));
            prop_assert!(test.p_fewer + test.p_more >= 1.0 - 1e-9);
            prop_assert!(test.interval.lower <= test.odds_ratio * (1.0 + 1e-9));
            prop_assert!(test.odds_ratio <= test.interval.upper * (1.0 + 1e-9));
        }
        for pair in CoAlteration::of_pairs(&[table, table]).into_iter().flatten() {
            prop_assert!(is_probability(pair.p) && is_probability(pair.q) && pair.q >= pair.p);
        }
    }

    #[test]
    fn fisher_is_the_same_with_rows_and_columns_turned(table in fourfold()) {
        let turned = FourfoldTable {
            only_first: table.only_second,
            only_second: table.only_first,
            ..table
        };
        let mirrored = FourfoldTable {
            both: table.only_first,
            only_first: table.both,
            only_second: table.neither,
            neither: table.only_second,
        };
        let near = |one: f64, two: f64| (one - two).abs() <= 1e-9 * one.max(two) + 1e-300;
        match FisherTest::p_of(&table) {
            Ok(p) => {
                prop_assert!(near(p, FisherTest::p_of(&turned).unwrap()));
                prop_assert!(near(p, FisherTest::p_of(&mirrored).unwrap()));
            }
            Err(error) => prop_assert_eq!(FisherTest::p_of(&turned), Err(error)),
        }
    }

    #[test]
    fn other_tests_give_probabilities(
        rows in prop::collection::vec(prop::collection::vec(count(), 0..4), 0..4),
        first in prop::collection::vec(any::<f64>(), 0..70),
        second in prop::collection::vec(-3..3_i32, 0..70),
        level in any::<f64>(),
    ) {
        for test in [ChiSquareTest::of(&rows), ChiSquareTest::with_yates(&rows)].iter().flatten() {
            prop_assert!(test.chi_square >= 0.0 && is_probability(test.p));
        }
        let second: Vec<f64> = second.into_iter().map(f64::from).collect();
        for (one, two) in [(&first, &second), (&second, &first), (&second, &second)] {
            if let Ok(test) = RankSumTest::of(one, two) {
                prop_assert!(is_probability(test.p) && test.statistic >= 0.0);
            }
        }
        if let Ok(adjusted) = benjamini_hochberg(&first) {
            prop_assert!(adjusted.iter().zip(&first).all(|(q, p)| q >= p && is_probability(*q)));
        }
        if let Ok(share) = Proportion::of(first.len() as u64, second.len() as u64, level) {
            prop_assert!(share.interval.lower <= share.share && share.share <= share.interval.upper);
        }
    }

    #[test]
    fn tails_are_probabilities_and_fall(
        one in any::<f64>(),
        two in any::<f64>(),
        degrees in prop_oneof![Just(0), 1..200_usize],
    ) {
        let (low, high) = (one.min(two), one.max(two));
        prop_assert!(normal_tail(low) >= normal_tail(high));
        if degrees > 0 {
            prop_assert!(is_probability(chi_square_tail(low, degrees)));
            prop_assert!(chi_square_tail(low, degrees) >= chi_square_tail(high, degrees));
            prop_assert!(is_probability(student_two_sided(low, degrees as f64)));
        }
        let quantile = normal_quantile(one);
        prop_assert!(quantile.is_nan() != (0.0..=1.0).contains(&one));
    }

    #[test]
    fn hiding_takes_any_table(
        rows in 0..4_usize,
        columns in 0..4_usize,
        counts in prop::collection::vec(count(), 0..12),
        threshold in count(),
    ) {
        if let Ok(table) = CountTable::new(rows, columns, &counts) {
            let rules = HidingRules { threshold, ..HidingRules::default() };
            if let Ok(safe) = SafeTable::of(&table, &rules) {
                for interval in safe.feasible_intervals() {
                    let open = interval.most.is_none_or(|most| most - interval.least >= threshold);
                    prop_assert!(open, "{interval:?}");
                }
            }
        }
        if let Ok(list) = SafeList::of(&counts, threshold) {
            let small = |count: &u64| *count > 0 && *count < threshold;
            prop_assert!(!list.counts.iter().flatten().any(small));
            prop_assert!(!list.total.as_ref().is_some_and(small));
        }
    }
}
