//! Proportional hazards models beside R's `coxph`.

use stats::survival::{
    Covariates, CoxModel, CoxOptions, FitCoxError, ObservationTable, TieHandling,
};

use crate::public_data::{Table, assert_digits};

type Derive = fn(f64) -> f64;

/// What a model of the reference is made of.
struct Recipe {
    file: &'static str,
    /// Rows that have a number here.
    known: &'static str,
    exit: &'static str,
    event: &'static str,
    event_is: &'static str,
    terms: &'static [(&'static str, &'static str, Derive)],
}

const SAME: Derive = |value| value;

const LUNG: Recipe = Recipe {
    file: "lung.csv",
    known: "ph.ecog",
    exit: "time",
    event: "status",
    event_is: "1",
    terms: &[("age", "age", SAME), ("sex", "sex", SAME), ("ph.ecog", "ph.ecog", SAME)],
};

const ROSSI: Recipe = Recipe {
    file: "rossi.csv",
    known: "week",
    exit: "week",
    event: "arrest",
    event_is: "1",
    terms: &[
        ("fin", "fin", SAME),
        ("age", "age", SAME),
        ("race", "race", SAME),
        ("wexp", "wexp", SAME),
        ("mar", "mar", SAME),
        ("paro", "paro", SAME),
        ("prio", "prio", SAME),
    ],
};

const MGUS1: Recipe = Recipe {
    file: "R/mgus1.tsv",
    known: "stop",
    exit: "stop",
    event: "status",
    event_is: "1",
    terms: &[("age", "age", SAME), ("male", "sex", SAME)],
};

const PBC: Recipe = Recipe {
    file: "R/pbc.tsv",
    known: "protime",
    exit: "time",
    event: "status",
    event_is: "2",
    terms: &[
        ("age", "age", SAME),
        ("edema", "edema", SAME),
        ("log(bili)", "bili", f64::ln),
        ("log(protime)", "protime", f64::ln),
        ("albumin", "albumin", SAME),
    ],
};

fn options(ties: &str) -> CoxOptions {
    let ties = if ties == "efron" { TieHandling::Efron } else { TieHandling::Breslow };
    CoxOptions { ties, ..CoxOptions::default() }
}

/// Fits the model of cases that are invented by arithmetic, as the script of the reference does.
fn fit_made(ties: &str) -> CoxModel {
    let of = |value: fn(u32) -> f64| (1..=1_000_u32).map(value).collect::<Vec<f64>>();
    let event = (1..=1_000_u32).map(|i| (i * 104_729) % 10 < 6).collect();
    let table = ObservationTable::new(of(|i| f64::from(1 + (i * 7_919) % 997)), event).unwrap();
    let heavy = of(|i| (f64::from((i * 31) % 211) / 15.0).exp() / 1e5);
    let rare = of(|i| f64::from(u8::from(i % 333 == 0)));
    CoxModel::fit(&table, &named(&[("heavy", &heavy), ("rare", &rare)]), &options(ties)).unwrap()
}

/// Fits the model that a name of the reference stands for.
fn fit(name: &str, ties: &str) -> Option<CoxModel> {
    if name == "made" {
        return Some(fit_made(ties));
    }
    let recipe = match name {
        "rossi" => ROSSI,
        "mgus1" => MGUS1,
        "pbc" => PBC,
        _ => LUNG,
    };
    let table = Table::public(recipe.file)?;
    let all = table.numbers(recipe.known).len();
    let known = |row: &usize| !["", "NA"].contains(&table.text(recipe.known)[*row].as_str());
    let rows: Vec<usize> = (0..all).filter(known).collect();
    let pick = |column: &str| -> Vec<f64> {
        let male = |cell: &String| f64::from(u8::from(cell == "male"));
        let cells = table.text(column);
        let numbers = if cells.iter().any(|cell| cell == "male") {
            cells.iter().map(male).collect()
        } else {
            table.numbers(column)
        };
        rows.iter().map(|row| numbers[*row]).collect()
    };
    let exit = pick(recipe.exit);
    let event = rows.iter().map(|row| table.text(recipe.event)[*row] == recipe.event_is).collect();
    let late: Vec<f64> = exit.iter().map(|time| (time / 3.0).floor()).collect();
    let mut observations = ObservationTable::new(exit, event).unwrap();
    if ["lung_late", "lung_all"].contains(&name) {
        observations = observations.with_entry(late).unwrap();
    }
    if name == "mgus1" {
        observations = observations.with_entry(pick("start")).unwrap();
    }
    if ["lung_weighted", "lung_all"].contains(&name) {
        let copies = rows.iter().map(|row| (1 + row % 4) as f64).collect();
        observations = observations.with_weight(copies).unwrap();
    }
    let by_sex = ["lung_strata", "lung_all"].contains(&name);
    if by_sex {
        let strata = pick("sex").iter().map(|sex| *sex as usize).collect();
        observations = observations.with_stratum(strata).unwrap();
    }
    let terms = recipe.terms.iter().filter(|(term, ..)| !(by_sex && *term == "sex"));
    let (names, columns) = terms
        .map(|(term, column, derive)| {
            (String::from(*term), pick(column).into_iter().map(derive).collect::<Vec<f64>>())
        })
        .unzip();
    let covariates = Covariates::new(names, columns).unwrap();
    Some(CoxModel::fit(&observations, &covariates, &options(ties)).unwrap())
}

#[test]
fn lung_and_rossi_as_the_shared_reference() {
    let Some(reference) = Table::public("reference/cox_lung_rossi.tsv") else { return };
    let number = |column: &str, row: usize| reference.numbers(column)[row];
    for row in 0..reference.text("term").len() {
        let (name, ties) = (&reference.text("dataset")[row], &reference.text("ties")[row]);
        let Some(model) = fit(name, ties) else { return };
        let term = &reference.text("term")[row];
        let ours = model.coefficients.iter().find(|ours| ours.covariate == *term).unwrap();
        assert_eq!(model.cases as f64, number("n", row));
        assert_eq!(model.events as f64, number("events", row));
        assert_digits(ours.coefficient, number("coef", row), 7, term);
        assert_digits(ours.standard_error, number("se", row), 7, term);
        assert_digits(ours.p, number("p", row), 7, term);
    }
}

#[test]
fn coefficients_as_r_with_strata_weights_and_late_entry() {
    let reference = Table::reference("cox_terms.tsv");
    let number = |column: &str, row: usize| reference.numbers(column)[row];
    for row in 0..reference.text("term").len() {
        let (name, ties) = (&reference.text("model")[row], &reference.text("ties")[row]);
        let Some(model) = fit(name, ties) else { return };
        let term = &reference.text("term")[row];
        let ours = model.coefficients.iter().find(|ours| ours.covariate == *term).unwrap();
        let what = format!("{name}, {ties}, {term}");
        assert_digits(ours.coefficient, number("coefficient", row), 8, &what);
        assert_digits(ours.standard_error, number("standard_error", row), 8, &what);
        assert_digits(ours.p, number("p", row), 7, &what);
        assert_digits(ours.hazard_ratio, number("coefficient", row).exp(), 8, &what);
        assert_digits(ours.interval.lower, number("lower", row), 8, &what);
        assert_digits(ours.interval.upper, number("upper", row), 8, &what);
    }
}

#[test]
fn likelihoods_and_tests_as_r() {
    let reference = Table::reference("cox_models.tsv");
    for row in 0..reference.text("model").len() {
        let number = |column: &str| reference.numbers(column)[row];
        let (name, ties) = (&reference.text("model")[row], &reference.text("ties")[row]);
        let Some(model) = fit(name, ties) else { return };
        let what = format!("{name}, {ties}");
        assert_eq!(model.cases as f64, number("cases"), "{what}");
        assert_eq!(model.events as f64, number("events"), "{what}");
        assert_digits(model.log_likelihood_null, number("null"), 10, &what);
        assert_digits(model.log_likelihood, number("best"), 10, &what);
        assert_digits(model.likelihood_ratio.chi_square, number("ratio"), 8, &what);
        assert_digits(model.likelihood_ratio.p, number("ratio_p"), 7, &what);
        assert_digits(model.wald.chi_square, number("wald"), 8, &what);
        assert_digits(model.score.chi_square, number("score"), 8, &what);
    }
}

fn named(columns: &[(&str, &[f64])]) -> Covariates {
    let (names, columns) =
        columns.iter().map(|(name, column)| (String::from(*name), column.to_vec())).unzip();
    Covariates::new(names, columns).unwrap()
}

#[test]
fn what_has_no_answer_is_an_error_that_names_the_covariate() {
    let table = ObservationTable::new((1..=8).map(f64::from).collect(), vec![true; 8]).unwrap();
    let fit = |covariates: &Covariates| CoxModel::fit(&table, covariates, &CoxOptions::default());
    let age = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0];
    let twice = age.map(|age| 2.0 * age + 7.0);
    let sides = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    let of = |covariate: &str| covariate.to_owned();

    let constant = fit(&named(&[("age", &age), ("one", &[1.0; 8])]));
    assert_eq!(constant, Err(FitCoxError::NoContrast { covariate: of("one") }));
    let collinear = fit(&named(&[("age", &age), ("twice", &twice)]));
    assert_eq!(collinear, Err(FitCoxError::Collinear { covariate: of("twice") }));
    let monotone = fit(&named(&[("age", &age), ("side", &sides)]));
    assert_eq!(monotone, Err(FitCoxError::Monotone { covariate: of("side") }));
    let rows = fit(&named(&[("age", &age[..7])]));
    assert_eq!(rows, Err(FitCoxError::Rows { observations: 8, covariates: 7 }));

    let censored = ObservationTable::new(vec![1.0; 8], vec![false; 8]).unwrap();
    let none = CoxModel::fit(&censored, &named(&[("age", &age)]), &CoxOptions::default());
    assert_eq!(none, Err(FitCoxError::NoEvents));
}

#[test]
fn a_covariate_that_sorts_the_deaths_has_no_finite_ratio() {
    let exit: Vec<f64> = (1..=40).map(f64::from).collect();
    let falling: Vec<f64> = exit.iter().map(|time| -time).collect();
    for ties in [TieHandling::Efron, TieHandling::Breslow] {
        let table = ObservationTable::new(exit.clone(), vec![true; 40]).unwrap();
        let options = CoxOptions { ties, ..CoxOptions::default() };
        let fitted = CoxModel::fit(&table, &named(&[("falling", &falling)]), &options);
        assert!(matches!(fitted, Err(FitCoxError::Monotone { .. })), "{fitted:?}");
    }
    // Nobody in a rare group dies.
    let rare: Vec<f64> = (0..40).map(|row| f64::from(u8::from(row % 20 == 0))).collect();
    let event = rare.iter().map(|rare| *rare == 0.0).collect();
    let table = ObservationTable::new(exit, event).unwrap();
    let fitted = CoxModel::fit(&table, &named(&[("rare", &rare)]), &CoxOptions::default());
    assert_eq!(fitted, Err(FitCoxError::Monotone { covariate: "rare".to_owned() }));
}

#[test]
fn many_cases_with_late_entry_have_the_ratio_of_a_sample_that_is_the_same() {
    const COPIES: u16 = 21;
    for seed in [1_u32, 2] {
        // Numbers that repeat after 2^32 steps. Source: Knuth DE, The Art of Computer Programming 2, 3.3.4, line 16.
        let mut state = seed.wrapping_mul(2_654_435_761);
        let mut draw = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        let (mut entry, mut exit, mut event, mut common) = (vec![], vec![], vec![], vec![]);
        for _ in 0..4_000 {
            let entered = draw(1_200);
            entry.push(f64::from(entered));
            exit.push(f64::from(entered + 1 + draw(900)));
            event.push(draw(5) < 2);
            common.push(f64::from(u8::from(draw(50) != 0)));
        }
        let fit = |copies: u16, ties: TieHandling| {
            let copied = |column: &[f64]| column.repeat(copies.into());
            let table = ObservationTable::new(copied(&exit), event.repeat(copies.into())).unwrap();
            let table = table.with_entry(copied(&entry)).unwrap();
            let options = CoxOptions { ties, ..CoxOptions::default() };
            let model = CoxModel::fit(&table, &named(&[("common", &copied(&common))]), &options);
            let [own] = model.unwrap().coefficients.try_into().unwrap();
            own
        };
        let one = fit(1, TieHandling::Breslow);
        let many = fit(COPIES, TieHandling::Breslow);
        // By Breslow's method a risk set of copies is the same one, so many times as large.
        assert!((one.coefficient - many.coefficient).abs() < 1e-9, "{one:?} {many:?}");
        let expected = one.standard_error / f64::from(COPIES).sqrt();
        assert!((many.standard_error / expected - 1.0).abs() < 1e-9, "{one:?} {many:?}");
        let efron = fit(COPIES, TieHandling::Efron);
        assert!((efron.coefficient - one.coefficient).abs() < 0.05, "{one:?} {efron:?}");
    }
}
