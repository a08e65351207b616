//! Kaplan-Meier curves beside R's `survfit`.

use stats::{
    Interval,
    survival::{
        ConfidenceScale, DayColumns, DayCounts, KaplanMeierCurve, KaplanMeierOptions,
        ObservationTable, RiskTable,
    },
};

use crate::public_data::{Table, assert_digits};

#[test]
fn lung_as_r() {
    let (Some(lung), Some(reference)) =
        (Table::public("lung.csv"), Table::public("reference/km_lung.tsv"))
    else {
        return;
    };
    let exit = lung.numbers("time");
    let event: Vec<bool> = lung.numbers("status").iter().map(|status| *status == 1.0).collect();
    let days: Vec<u32> = exit.iter().map(|time| *time as u32).collect();
    let columns = DayColumns { entry: None, exit: &days, event: &event, group: None, groups: 1 };
    let counts = DayCounts::of_columns(&columns).unwrap();
    let table = ObservationTable::new(exit, event).unwrap().risk_table();
    assert_eq!(counts.risk_table(0), table, "counting and sorting lead to the same table");

    let curve = KaplanMeierCurve::of(&table, &KaplanMeierOptions::default()).unwrap();
    assert_eq!(curve.table().cases(), reference.numbers("n")[0]);
    assert_eq!(curve.table().events(), reference.numbers("events")[0]);
    let median = curve.median();
    assert_eq!(median.time, Some(reference.numbers("median")[0]));
    assert_eq!(median.lower, Some(reference.numbers("median_lcl_loglog")[0]));
    assert_eq!(median.upper, Some(reference.numbers("median_ucl_loglog")[0]));
    let (risk, survival) = (reference.numbers("n_risk"), reference.numbers("surv"));
    let (error, lower) = (reference.numbers("std_err"), reference.numbers("lower_loglog"));
    let upper = reference.numbers("upper_loglog");
    for (row, time) in reference.numbers("time").into_iter().enumerate() {
        let point = curve.point_at(time).unwrap();
        let interval = point.interval.unwrap();
        assert_eq!(curve.at_risk(time), risk[row]);
        assert_digits(point.survival, survival[row], 8, "survival");
        assert_digits(point.standard_error.unwrap(), error[row], 8, "standard error");
        assert_digits(interval.lower, lower[row], 8, "lower bound");
        assert_digits(interval.upper, upper[row], 8, "upper bound");
    }
}

/// Returns the risk table that a name of the reference stands for.
fn table_of(name: &str) -> Option<RiskTable> {
    let events = |table: &Table, column: &str| {
        table.numbers(column).iter().map(|event| *event == 1.0).collect::<Vec<bool>>()
    };
    let checked = |exit: Vec<f64>, event| ObservationTable::new(exit, event).unwrap();
    Some(match name {
        "lung" | "lung_weighted" | "lung_late" => {
            let lung = Table::public("lung.csv")?;
            let exit = lung.numbers("time");
            let entry = exit.iter().map(|time| (time / 3.0).floor()).collect();
            let weight = (0..exit.len()).map(|row| (1 + row % 4) as f64).collect();
            let table = checked(exit, events(&lung, "status"));
            match name {
                "lung_weighted" => table.with_weight(weight).unwrap().risk_table(),
                "lung_late" => table.with_entry(entry).unwrap().risk_table(),
                _ => table.risk_table(),
            }
        }
        "aids" => {
            let aids = Table::public("multicenter_aids_cohort.tsv")?;
            let table = checked(aids.numbers("T"), events(&aids, "D"));
            table.with_entry(aids.numbers("W")).unwrap().risk_table()
        }
        _ => {
            let myeloma = Table::public("R/myeloma.tsv")?;
            let table = checked(myeloma.numbers("futime"), events(&myeloma, "death"));
            let table = table.with_entry(myeloma.numbers("entry")).unwrap().risk_table();
            if name == "myeloma_from_400" { table.from_landmark(400.5) } else { table }
        }
    })
}

fn curve_of(name: &str, scale: &str) -> Option<KaplanMeierCurve> {
    let scale = match scale {
        "plain" => ConfidenceScale::Plain,
        "log" => ConfidenceScale::Log,
        _ => ConfidenceScale::LogLog,
    };
    let options = KaplanMeierOptions { scale, ..KaplanMeierOptions::default() };
    Some(KaplanMeierCurve::of(&table_of(name)?, &options).unwrap())
}

/// Returns a bound, or NaN where the reference writes `NA`.
fn bound(interval: Option<Interval>, of: fn(Interval) -> f64) -> f64 {
    interval.map_or(f64::NAN, of)
}

#[test]
fn points_and_bounds_on_three_scales_as_r_with_late_entry_and_weights() {
    let reference = Table::reference("curves.tsv");
    let numbers = |column| reference.numbers(column);
    let (risk, events, survival) = (numbers("at_risk"), numbers("events"), numbers("survival"));
    let (error, lower, upper) = (numbers("standard_error"), numbers("lower"), numbers("upper"));
    let (names, scales) = (reference.text("data"), reference.text("scale"));
    for (row, time) in numbers("time").into_iter().enumerate() {
        let Some(curve) = curve_of(&names[row], &scales[row]) else { return };
        let point = curve.point_at(time).unwrap();
        let what = format!("{} {} at {time}", names[row], scales[row]);
        assert_eq!(point.time, time, "{what}");
        assert_digits(point.at_risk, risk[row], 9, &what);
        assert_digits(point.events, events[row], 9, &what);
        assert_digits(point.survival, survival[row], 9, &what);
        assert_digits(point.standard_error.unwrap_or(f64::NAN), error[row], 9, &what);
        assert_digits(bound(point.interval, |interval| interval.lower), lower[row], 9, &what);
        assert_digits(bound(point.interval, |interval| interval.upper), upper[row], 9, &what);
    }
}

#[test]
fn quantiles_and_their_bounds_as_r() {
    let reference = Table::reference("quantiles.tsv");
    let (names, scales) = (reference.text("data"), reference.text("scale"));
    let (time, lower) = (reference.numbers("time"), reference.numbers("lower"));
    let upper = reference.numbers("upper");
    for (row, probability) in reference.numbers("probability").into_iter().enumerate() {
        let Some(curve) = curve_of(&names[row], &scales[row]) else { return };
        let quantile = curve.quantile(probability).unwrap();
        let what = format!("{} {} {probability}", names[row], scales[row]);
        assert_digits(quantile.time.unwrap_or(f64::NAN), time[row], 9, &what);
        assert_digits(quantile.lower.unwrap_or(f64::NAN), lower[row], 9, &what);
        assert_digits(quantile.upper.unwrap_or(f64::NAN), upper[row], 9, &what);
    }
}

#[test]
fn restricted_means_as_r() {
    let reference = Table::reference("means.tsv");
    let (mean, error) = (reference.numbers("mean"), reference.numbers("standard_error"));
    for (row, horizon) in reference.numbers("horizon").into_iter().enumerate() {
        let name = &reference.text("data")[row];
        let Some(curve) = curve_of(name, "log") else { return };
        let ours = curve.restricted_mean(horizon).unwrap();
        assert_digits(ours.mean, mean[row], 9, name);
        assert_digits(ours.standard_error, error[row], 9, name);
    }
}

#[test]
fn late_entry_as_lifelines_and_lower_than_the_naive_curve() {
    let reference = Table::reference("late_entry.tsv");
    let Some(late) = curve_of("aids", "loglog") else { return };
    let Some(aids) = Table::public("multicenter_aids_cohort.tsv") else { return };
    let event = aids.numbers("D").iter().map(|event| *event == 1.0).collect();
    let naive = ObservationTable::new(aids.numbers("T"), event).unwrap().risk_table();
    let naive = KaplanMeierCurve::of(&naive, &KaplanMeierOptions::default()).unwrap();
    for (row, time) in reference.numbers("time").into_iter().enumerate() {
        let (with, without) = (late.survival_at(time).unwrap(), naive.survival_at(time).unwrap());
        assert_digits(with, reference.numbers("late_entry")[row], 9, "with late entry");
        assert_digits(without, reference.numbers("naive")[row], 9, "without");
        assert!(with < without, "at {time}: {with} is not below the naive {without}");
    }
}
