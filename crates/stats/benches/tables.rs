//! Co-alteration of 100 genes, and small counts of a large table hidden.
//!
//! `cargo bench -p stats --bench tables -- [--runs N]`
//!
//! Counts are invented: the genes are altered in 1 to 40 per cent of a million cases, pairs leaning either way; the table
//! has 100 rows and 100 columns, a third of whose counts are small. A line gives the least and the median time of the runs.

use std::{hint::black_box, time::Instant};

use stats::{
    association::{CoAlteration, FourfoldTable},
    disclosure::{CountTable, HidingRules, SafeTable},
};

const CASES: f64 = 1_000_000.0;

fn main() {
    let runs = std::env::args()
        .skip_while(|argument| argument != "--runs")
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(9);
    let pairs = pairs();
    time(&format!("{} pairs of genes in a million cases", pairs.len()), runs, || {
        black_box(CoAlteration::of_pairs(black_box(&pairs)));
    });

    let mut random = uniform();
    let counts: Vec<u64> = (0..100 * 100).map(|_| (10_f64.powf(3.0 * random())) as u64).collect();
    let small = counts.iter().filter(|count| (1..10).contains(*count)).count();
    let table = CountTable::new(100, 100, &counts).expect("a table");
    time(&format!("hiding {small} small counts of {}", counts.len()), runs.min(3), || {
        black_box(SafeTable::of(black_box(&table), &HidingRules::default()).expect("a safe table"));
    });
    let facet: Vec<u64> = counts[..60].to_vec();
    let facet = CountTable::new(6, 10, &facet).expect("a table");
    time("hiding the small counts of 6 by 10", runs, || {
        black_box(SafeTable::of(black_box(&facet), &HidingRules::default()).expect("a safe table"));
    });
}

/// Returns a source of invented numbers between 0 and 1, always the same.
fn uniform() -> impl FnMut() -> f64 {
    let mut state = 7_u64;
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn pairs() -> Vec<FourfoldTable> {
    let mut random = uniform();
    let shares: Vec<f64> = (0..100).map(|_| 0.01 * 40_f64.powf(random())).collect();
    let mut pairs = Vec::new();
    for (place, first) in shares.iter().enumerate() {
        for second in &shares[..place] {
            let lean = 0.8 + 0.4 * random();
            let both = (CASES * (first * second * lean).min(first.min(*second))) as u64;
            let (first, second) = ((CASES * first) as u64, (CASES * second) as u64);
            pairs.push(FourfoldTable {
                both,
                only_first: first.saturating_sub(both),
                only_second: second.saturating_sub(both),
                neither: CASES as u64 - first - second + both,
            });
        }
    }
    pairs
}

fn time(what: &str, runs: usize, mut run: impl FnMut()) {
    run();
    let mut seconds: Vec<f64> = (0..runs.max(1))
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    println!("{what}: least {:.3} ms, median {:.3} ms", seconds[0] * 1e3, median * 1e3);
}
