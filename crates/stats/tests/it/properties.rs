//! What must hold for any cases, and for any nonsense.

use proptest::prelude::*;
use stats::survival::{
    Covariates, CoxModel, CoxOptions, DayColumns, DayCounts, KaplanMeierCurve, KaplanMeierOptions,
    LogRankTest, LogRankWeight, ObservationTable,
};

/// A case: entry, days under observation, event, group.
type Case = (u32, u32, bool, u16);

fn cases(late: u32) -> impl Strategy<Value = Vec<Case>> {
    prop::collection::vec((0..=late, 1..40_u32, any::<bool>(), 0..3_u16), 1..60)
}

fn count(cases: &[Case]) -> DayCounts {
    let entry: Vec<u32> = cases.iter().map(|case| case.0).collect();
    let exit: Vec<u32> = cases.iter().map(|case| case.0 + case.1).collect();
    let event: Vec<bool> = cases.iter().map(|case| case.2).collect();
    let group: Vec<u16> = cases.iter().map(|case| case.3).collect();
    let columns = DayColumns {
        entry: Some(&entry),
        exit: &exit,
        event: &event,
        group: Some(&group),
        groups: 3,
    };
    DayCounts::of_columns(&columns).unwrap()
}

fn observe(cases: &[Case]) -> ObservationTable {
    let exit = cases.iter().map(|case| f64::from(case.0 + case.1)).collect();
    ObservationTable::new(exit, cases.iter().map(|case| case.2).collect())
        .unwrap()
        .with_entry(cases.iter().map(|case| f64::from(case.0)).collect())
        .unwrap()
}

fn weights() -> impl Strategy<Value = LogRankWeight> {
    prop_oneof![
        Just(LogRankWeight::Equal),
        Just(LogRankWeight::GehanBreslow),
        Just(LogRankWeight::TaroneWare),
        Just(LogRankWeight::PetoPeto),
        (0.0..3.0_f64, 0.0..3.0_f64).prop_map(|(p, q)| LogRankWeight::FlemingHarrington { p, q }),
    ]
}

proptest! {
    #[test]
    fn survival_falls_within_0_and_1_and_its_bounds_hold_it(cases in cases(20)) {
        let table = count(&cases).pooled();
        let curve = KaplanMeierCurve::of(&table, &KaplanMeierOptions::default()).unwrap();
        let mut before = 1.0;
        for point in curve.points() {
            prop_assert!((0.0..=before).contains(&point.survival));
            prop_assert!(point.events + point.censored <= point.at_risk);
            if let Some(interval) = point.interval {
                prop_assert!(interval.lower <= point.survival + 1e-12);
                prop_assert!(interval.upper >= point.survival - 1e-12);
                prop_assert!(interval.lower >= 0.0 && interval.upper <= 1.0);
            }
            before = point.survival;
        }
    }

    #[test]
    fn without_censoring_it_is_the_share_that_is_left(days in prop::collection::vec(1..50_u32, 1..60)) {
        let mut counts = DayCounts::new(1, 50).unwrap();
        for day in &days {
            counts.add(0, *day, true).unwrap();
        }
        let curve = counts.curve(0, &KaplanMeierOptions::default()).unwrap();
        for point in curve.points() {
            let left = days.iter().filter(|day| f64::from(**day) > point.time).count();
            prop_assert!((point.survival - left as f64 / days.len() as f64).abs() < 1e-12);
        }
    }

    #[test]
    fn counting_days_and_sorting_times_agree_in_any_order(
        cases in cases(20),
        weight in weights(),
        turn in 0..60_usize,
    ) {
        let counts = count(&cases);
        let mut turned = cases.clone();
        turned.rotate_left(turn % cases.len());
        turned.reverse();
        prop_assert_eq!(&counts, &count(&turned));
        let groups: Vec<usize> = turned.iter().map(|case| usize::from(case.3)).collect();
        let tables = observe(&turned).risk_tables(&groups, 3).unwrap();
        prop_assert_eq!(&tables, &counts.risk_tables());
        prop_assert_eq!(observe(&turned).risk_table(), counts.pooled());
        let (one, two) = (counts.log_rank(weight), LogRankTest::of(&tables, weight));
        prop_assert_eq!(one, two);
    }

    #[test]
    fn copies_and_weights_agree(cases in cases(10), weight in weights()) {
        let copies: Vec<Case> =
            cases.iter().flat_map(|case| vec![*case; 1 + usize::from(case.3)]).collect();
        let copied = |case: &Case| f64::from(1 + case.3);
        let weighted = observe(&cases).with_weight(cases.iter().map(copied).collect()).unwrap();
        prop_assert_eq!(weighted.risk_table(), observe(&copies).risk_table());
        let groups: Vec<usize> = cases.iter().map(|case| usize::from(case.3)).collect();
        let tables = weighted.risk_tables(&groups, 3).unwrap();
        prop_assert_eq!(LogRankTest::of(&tables, weight), count(&copies).log_rank(weight));
    }

    #[test]
    fn a_comparison_is_a_finite_number_or_an_error(cases in cases(20), weight in weights()) {
        if let Ok(test) = count(&cases).log_rank(weight) {
            prop_assert!(test.chi_square.is_finite() && test.chi_square >= 0.0);
            prop_assert!((0.0..=1.0).contains(&test.p));
            let expected: f64 = test.groups.iter().map(|group| group.expected).sum();
            let observed: f64 = test.groups.iter().map(|group| group.observed).sum();
            prop_assert!((expected - observed).abs() < 1e-9);
        }
    }

    #[test]
    fn hazard_ratios_do_not_depend_on_units(
        cases in prop::collection::vec(((0..5_u32, 1..30_u32, any::<bool>(), 0..3_u16), -3.0..3.0_f64), 12..50),
        factor in prop_oneof![-1e6..-1e-3_f64, 1e-3..1e6_f64],
        shift in -1e3..1e3_f64,
    ) {
        let rows: Vec<Case> = cases.iter().map(|(case, _)| *case).collect();
        let table = observe(&rows);
        let fit = |values: Vec<f64>| {
            let covariates = Covariates::new(vec!["value".to_owned()], vec![values]).unwrap();
            CoxModel::fit(&table, &covariates, &CoxOptions::default())
        };
        let plain = fit(cases.iter().map(|(_, value)| *value).collect());
        let scaled = fit(cases.iter().map(|(_, value)| value * factor + factor * shift).collect());
        if let (Ok(plain), Ok(scaled)) = (&plain, &scaled) {
            let (one, two) = (&plain.coefficients[0], &scaled.coefficients[0]);
            let apart: f64 = f64::abs(one.coefficient - two.coefficient * factor);
            prop_assert!(apart < 1e-7 * one.standard_error, "{one:?} {two:?}");
            prop_assert!((plain.log_likelihood - scaled.log_likelihood).abs() < 1e-8);
        } else {
            prop_assert!(plain.is_err() && scaled.is_err(), "{plain:?} {scaled:?}");
        }
    }

    #[test]
    fn nonsense_is_an_error_and_never_a_panic(
        rows in prop::collection::vec((any::<f64>(), any::<f64>(), any::<bool>(), any::<f64>(), 0..3_usize), 0..12),
        level in any::<f64>(),
        probability in any::<f64>(),
    ) {
        let exit: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let event = rows.iter().map(|row| row.2).collect();
        let bad = exit.is_empty() || exit.iter().any(|time| !time.is_finite() || *time < 0.0);
        let table = ObservationTable::new(exit, event);
        prop_assert_eq!(table.is_err(), bad);
        let Ok(table) = table else { return Ok(()) };
        let table = match table.clone().with_entry(rows.iter().map(|row| row.0).collect()) {
            Ok(entered) => entered,
            Err(_) => table,
        };
        let table = match table.clone().with_weight(rows.iter().map(|row| row.3).collect()) {
            Ok(weighted) => weighted,
            Err(_) => table,
        };
        let options = KaplanMeierOptions { level, ..KaplanMeierOptions::default() };
        if let Ok(curve) = KaplanMeierCurve::of(&table.risk_table(), &options) {
            let _ = curve.quantile(probability);
            let _ = curve.restricted_mean(probability);
            let _ = curve.survival_at(probability);
        }
        let groups: Vec<usize> = rows.iter().map(|row| row.4).collect();
        let _ = LogRankTest::of(&table.risk_tables(&groups, 3).unwrap(), LogRankWeight::PetoPeto);
        let values = rows.iter().map(|row| row.0).collect();
        if let Ok(covariates) = Covariates::new(vec!["value".to_owned()], vec![values])
            && let Ok(model) = CoxModel::fit(&table, &covariates, &CoxOptions::default())
        {
            prop_assert!(model.log_likelihood.is_finite());
        }
    }
}

#[test]
fn a_group_split_at_random_differs_by_chance_only() {
    let mut counts = DayCounts::new(2, 400).unwrap();
    let mut state = 1_u64;
    for _ in 0..4_000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let day = (state >> 40) as u32 % 365 + 1;
        counts.add((state >> 33) as usize & 1, day, state >> 61 < 5).unwrap();
    }
    let test = counts.log_rank(LogRankWeight::Equal).unwrap();
    assert!(test.chi_square.is_finite() && test.p > 0.001, "{test:?}");
}
