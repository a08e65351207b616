//! Comparisons of groups beside R, lifelines and statsmodels.

use stats::survival::{LogRankTest, LogRankWeight, ObservationTable, RiskTable};

use crate::public_data::{Table, assert_digits};

/// Returns the risk tables of each stratum and group that names of the reference stand for.
fn tables_of(data: &str, group: &str, strata: &str, late_by: f64) -> Option<Vec<Vec<RiskTable>>> {
    let file = if data == "myeloma" { "R/myeloma.tsv" } else { "lung.csv" };
    let table = Table::public(file)?;
    let known = ["ph.ecog", "known"];
    let must_be_known = known.contains(&group) || known.contains(&strata) || strata == "sex";
    let unknown = |row: usize| must_be_known && table.text("ph.ecog")[row].is_empty();
    let rows: Vec<usize> =
        (0..table.text(table_column(data, "time")).len()).filter(|row| !unknown(*row)).collect();
    let pick = |column: &str| -> Vec<f64> {
        let numbers = table.numbers(column);
        rows.iter().map(|row| numbers[*row]).collect()
    };
    let mut exit = pick(table_column(data, "time"));
    if data == "myeloma" {
        exit.iter_mut().zip(1..).for_each(|(exit, row)| *exit += f64::from(row) * 1e-5);
    }
    let event = pick(table_column(data, "status")).iter().map(|event| *event == 1.0).collect();
    let late = exit.iter().map(|time| (time / 3.0).floor() + late_by).collect();
    let mut observations = ObservationTable::new(exit, event).unwrap();
    if data == "myeloma" {
        observations = observations.with_entry(pick("entry")).unwrap();
    } else if data == "lung_late" {
        observations = observations.with_entry(late).unwrap();
    }
    if ["sex", "ph.ecog"].contains(&strata) {
        let strata = pick(strata).iter().map(|stratum| *stratum as usize).collect();
        observations = observations.with_stratum(strata).unwrap();
    }
    let groups: Vec<usize> = match group {
        "decade" => pick("year").iter().map(|year| *year as usize / 10 % 3).collect(),
        "sex" => pick("sex").iter().map(|sex| *sex as usize - 1).collect(),
        column => pick(column).iter().map(|group| *group as usize).collect(),
    };
    let count = groups.iter().max().unwrap() + 1;
    Some(observations.risk_tables_by_stratum(&groups, count).unwrap())
}

fn table_column(data: &str, column: &'static str) -> &'static str {
    match (data, column) {
        ("myeloma", "time") => "futime",
        ("myeloma", "status") => "death",
        _ => column,
    }
}

fn weight_of(name: &str) -> LogRankWeight {
    let mut words = name.split(' ');
    let kind = words.next();
    let mut power = || words.next().map_or(0.0, |word| word.parse().unwrap());
    match kind {
        Some("gehan") => LogRankWeight::GehanBreslow,
        Some("tarone") => LogRankWeight::TaroneWare,
        Some("peto") => LogRankWeight::PetoPeto,
        Some("fh") => LogRankWeight::FlemingHarrington { p: power(), q: power() },
        _ => LogRankWeight::Equal,
    }
}

#[test]
fn observed_and_expected_of_lung_as_r() {
    let Some(reference) = Table::public("reference/logrank_lung.tsv") else { return };
    let Some(tables) = tables_of("lung", "sex", "none", 0.0) else { return };
    let test = LogRankTest::stratified(&tables, LogRankWeight::Equal).unwrap();
    for (group, ours) in test.groups.iter().enumerate() {
        let number = |name: &str| reference.numbers(&format!("{name}{group}"))[0];
        assert_eq!(ours.cases, number("n"));
        assert_eq!(ours.observed, number("obs"));
        assert_digits(ours.expected, number("exp"), 8, "expected");
    }
    assert_digits(test.chi_square, reference.numbers("chisq")[0], 8, "chi-square");
    assert_digits(test.p, reference.numbers("p")[0], 8, "p");
}

#[test]
fn strata_groups_and_late_entry_as_r() {
    let reference = Table::reference("log_rank.tsv");
    let (data, group) = (reference.text("data"), reference.text("group"));
    for row in 0..data.len() {
        let strata = &reference.text("strata")[row];
        let Some(tables) = tables_of(&data[row], &group[row], strata, 0.0) else { return };
        let test = LogRankTest::stratified(&tables, LogRankWeight::Equal).unwrap();
        let what = format!("{} by {} within {strata}", data[row], group[row]);
        assert_eq!(test.degrees as f64, reference.numbers("degrees")[row], "{what}");
        assert_digits(test.chi_square, reference.numbers("chi_square")[row], 9, &what);
        assert_digits(test.p, reference.numbers("p")[row], 8, &what);
    }
}

#[test]
fn weights_as_lifelines_and_statsmodels_and_as_defined() {
    let reference = Table::reference("log_rank_weights.tsv");
    let (data, group) = (reference.text("data"), reference.text("group"));
    let weights = reference.text("weight");
    for row in 0..data.len() {
        let strata = &reference.text("strata")[row];
        let Some(tables) = tables_of(&data[row], &group[row], strata, 0.5) else { return };
        let test = LogRankTest::stratified(&tables, weight_of(&weights[row])).unwrap();
        let what = format!("{} by {} within {strata}, {}", data[row], group[row], weights[row]);
        assert_digits(test.chi_square, reference.numbers("chi_square")[row], 9, &what);
        assert_digits(test.p, reference.numbers("p")[row], 8, &what);
    }
}
