//! Tests of association beside R and SciPy, and tails beside mpmath.

use stats::{
    association::{
        ChiSquareTest, FisherTest, FourfoldTable, Proportion, RankSumTest, benjamini_hochberg,
    },
    chi_square_tail, normal_quantile, normal_tail, normal_two_sided, student_two_sided,
};

use crate::public_data::{Table, assert_digits};

fn fourfold(table: &Table) -> Vec<FourfoldTable> {
    let count = |column: &str| table.numbers(column).into_iter().map(|count| count as u64);
    count("both")
        .zip(count("only_first"))
        .zip(count("only_second").zip(count("neither")))
        .map(|((both, only_first), (only_second, neither))| FourfoldTable {
            both,
            only_first,
            only_second,
            neither,
        })
        .collect()
}

fn row_of(cells: &str) -> Vec<f64> {
    cells.split(' ').map(|cell| cell.parse().unwrap()).collect()
}

#[test]
fn fisher_as_r() {
    let reference = Table::reference("fisher.tsv");
    for (row, table) in fourfold(&reference).iter().enumerate() {
        let what = format!("{table:?}");
        let test = FisherTest::of(table, 0.95).unwrap();
        // R takes large tables by logarithms of factorials, whose last digits are lost.
        assert_digits(test.p, reference.numbers("p")[row], 9, &what);
        assert_digits(test.p_fewer, reference.numbers("fewer")[row], 9, &what);
        assert_digits(test.p_more, reference.numbers("more")[row], 9, &what);
        assert_eq!(Ok(test.p), FisherTest::p_of(table));
    }
}

#[test]
fn conditional_odds_ratios_as_scipy() {
    let reference = Table::reference("odds_ratio.tsv");
    for (row, table) in fourfold(&reference).iter().enumerate() {
        let what = format!("{table:?}");
        let test = FisherTest::of(table, 0.95).unwrap();
        assert_digits(test.odds_ratio, reference.numbers("odds_ratio")[row], 8, &what);
        assert_digits(test.interval.lower, reference.numbers("lower")[row], 8, &what);
        assert_digits(test.interval.upper, reference.numbers("upper")[row], 8, &what);
    }
}

#[test]
fn the_smallest_table_as_by_hand() {
    // With all margins 2 of 4, the bounds solve quadratic equations: odds^2 = a (1 + 4 odds + odds^2) and its mirror.
    let table = FourfoldTable { both: 2, only_first: 0, only_second: 0, neither: 2 };
    let test = FisherTest::of(&table, 0.95).unwrap();
    let tail = 0.025_f64;
    let root = (4.0 * tail + (16.0 * tail * tail + 4.0 * tail * (1.0 - tail)).sqrt())
        / (2.0 * (1.0 - tail));
    assert_digits(test.interval.lower, root, 12, "lower bound");
    assert_digits(test.p, 1.0 / 3.0, 14, "p");
}

#[test]
fn chi_square_as_r() {
    let reference = Table::reference("chi_square.tsv");
    for row in 0..reference.text("counts").len() {
        let counts: Vec<u64> =
            row_of(&reference.text("counts")[row]).iter().map(|count| *count as u64).collect();
        let columns = reference.numbers("columns")[row] as usize;
        let table: Vec<&[u64]> = counts.chunks(columns).collect();
        let test = if reference.text("yates")[row] == "TRUE" {
            ChiSquareTest::with_yates(&table).unwrap()
        } else {
            ChiSquareTest::of(&table).unwrap()
        };
        assert_digits(test.chi_square, reference.numbers("chi_square")[row], 11, "chi-square");
        assert_eq!(test.degrees as f64, reference.numbers("degrees")[row]);
        assert_digits(test.p, reference.numbers("p")[row], 10, "p");
    }
}

#[test]
fn rank_sums_as_r() {
    let reference = Table::reference("rank_sum.tsv");
    let mut exact = 0;
    for row in 0..reference.text("first").len() {
        let first = row_of(&reference.text("first")[row]);
        let second = row_of(&reference.text("second")[row]);
        let test = RankSumTest::of(&first, &second).unwrap();
        let what = format!("{} and {} values", first.len(), second.len());
        assert_eq!(test.statistic, reference.numbers("statistic")[row], "{what}");
        assert_digits(test.p, reference.numbers("p")[row], 11, &what);
        exact += usize::from(test.exact);
    }
    assert!(exact >= 8, "small samples without ties are compared exactly");
}

#[test]
fn false_discoveries_and_proportions_as_r() {
    let reference = Table::reference("false_discovery.tsv");
    let adjusted = benjamini_hochberg(&reference.numbers("p")).unwrap();
    for (ours, theirs) in adjusted.iter().zip(reference.numbers("q")) {
        assert_digits(*ours, theirs, 12, "rate of false discoveries");
    }
    let reference = Table::reference("proportion.tsv");
    for row in 0..reference.text("with").len() {
        let number = |column: &str| reference.numbers(column)[row];
        let (with, cases) = (number("with") as u64, number("cases") as u64);
        let interval = Proportion::of(with, cases, number("level")).unwrap().interval;
        let what = format!("{with} of {cases}");
        assert_digits(interval.lower, number("lower"), 11, &what);
        assert_digits(interval.upper, number("upper"), 11, &what);
    }
}

#[test]
fn tails_keep_their_digits_far_out() {
    let reference = Table::reference("tails.tsv");
    for row in 0..reference.text("of").len() {
        let number = |column: &str| reference.numbers(column)[row];
        let (at, degrees, value) = (number("at"), number("degrees"), number("value"));
        let of = &reference.text("of")[row];
        let what = format!("{of} at {at} with {degrees}");
        match of.as_str() {
            "normal" => {
                assert_digits(normal_tail(at), value, 13, &what);
                assert_digits(normal_two_sided(-at), 2.0 * value, 13, &what);
            }
            "chi_square" => assert_digits(chi_square_tail(at, degrees as usize), value, 11, &what),
            "student" => assert_digits(student_two_sided(at, degrees), value, 11, &what),
            _ => assert!(
                (normal_quantile(at) - value).abs() <= 1e-12 * value.abs().max(1.0),
                "{what}: {} is not {value}",
                normal_quantile(at)
            ),
        }
    }
    assert!(normal_quantile(f64::NAN).is_nan() && chi_square_tail(1.0, 0).is_nan());
    assert_eq!((chi_square_tail(f64::INFINITY, 3), chi_square_tail(-1.0, 3)), (0.0, 1.0));
}
