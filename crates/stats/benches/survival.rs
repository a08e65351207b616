//! Survival of a million cases, beside lifelines and R on the same cases in the same run.
//!
//! `cargo bench -p stats --bench survival -- [--cases N] [--runs N] [--python PYTHON_WITH_LIFELINES] [--rscript RSCRIPT]`
//!
//! Cases are invented: two groups, exponential survival in whole days, a third censored, a quarter entering late. Ours
//! starts from columns in memory and ends with curves of both groups, with intervals, and the log-rank test; the
//! peers have the same columns in memory already. The model of proportional hazards has the group and three covariates, and
//! Efron's ties, over the first 100,000 cases. A line gives the least and the median time of the runs.

use std::{hint::black_box, io::Write as _, path::Path, process::Command, time::Instant};

use stats::survival::{
    Covariates, CoxModel, CoxOptions, DayColumns, DayCounts, KaplanMeierCurve, KaplanMeierOptions,
    LogRankTest, LogRankWeight, ObservationTable,
};

/// Cases that the model of proportional hazards is fitted to.
const MODEL_CASES: usize = 100_000;

/// Last day of the invented follow-up.
const LAST_DAY: u32 = 3_650;

struct Cases {
    entry: Vec<u32>,
    exit: Vec<u32>,
    event: Vec<bool>,
    group: Vec<u16>,
    covariates: [Vec<f64>; 3],
}

fn main() {
    let count = argument("--cases").and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let runs: usize = argument("--runs").and_then(|text| text.parse().ok()).unwrap_or(15).max(1);
    let cases = invent(count);
    println!("{count} cases, {} events, 2 groups", cases.event.iter().filter(|e| **e).count());

    let curve = |counts: &DayCounts| {
        for group in 0..2 {
            black_box(counts.curve(group, &KaplanMeierOptions::default()).expect("a curve"));
        }
    };
    let count_days = |entry, group: Option<&[u16]>| {
        let groups = if group.is_some() { 2 } else { 1 };
        let columns = DayColumns { entry, exit: &cases.exit, event: &cases.event, group, groups };
        DayCounts::of_columns(black_box(&columns)).expect("counts")
    };
    let one_curve = time("one curve, counting days", runs, || {
        let counts = count_days(None, None);
        black_box(counts.curve(0, &KaplanMeierOptions::default()).expect("a curve"));
    });
    let both = time("two curves and log-rank, counting days", runs, || {
        let counts = count_days(None, Some(&cases.group));
        curve(&counts);
        black_box(counts.log_rank(LogRankWeight::Equal).expect("a test"));
    });
    time("two curves and log-rank, counting days, late entry", runs, || {
        let counts = count_days(Some(&cases.entry), Some(&cases.group));
        curve(&counts);
        black_box(counts.log_rank(LogRankWeight::Equal).expect("a test"));
    });
    time("two curves and log-rank, sorting times", runs.min(5), || sorted(&cases));

    let model = time("proportional hazards, 4 covariates", runs.min(5), || fit(&cases));

    let file = std::env::temp_dir().join(format!("survival-{}.csv", std::process::id()));
    write(&cases, &file);
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
    let python = argument("--python").unwrap_or_else(|| "python3".to_owned());
    let rscript = argument("--rscript").unwrap_or_else(|| "Rscript".to_owned());
    for (peer, program, script) in
        [("lifelines", python, "lifelines_peer.py"), ("R survival", rscript, "survival_peer.R")]
    {
        match peer_seconds(&program, &scripts.join(script), &file) {
            Some([curve, test, hazards]) => {
                println!("{peer}: one curve {curve:.4} s, {:.0} times ours", curve / one_curve);
                println!(
                    "{peer}: two curves and log-rank {test:.4} s, {:.0} times ours",
                    test / both
                );
                println!(
                    "{peer}: proportional hazards {hazards:.3} s, {:.1} times ours",
                    hazards / model
                );
            }
            None => println!("{peer}: SKIPPED, `{program}` does not run {script}"),
        }
    }
    std::fs::remove_file(&file).expect("the file of cases goes");
}

fn argument(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

/// Invents cases, always the same.
fn invent(count: usize) -> Cases {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut uniform = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let (mut entry, mut exit, mut event, mut group) = (vec![], vec![], vec![], vec![]);
    let mut covariates = [vec![], vec![], vec![]];
    while exit.len() < count {
        let of_group = u16::from(uniform() < 0.4);
        let mean = if of_group == 0 { 700.0 } else { 740.0 };
        let survival = -mean * uniform().ln();
        let censoring = (-1_500.0 * uniform().ln()).min(f64::from(LAST_DAY) - 1.0);
        let late = if uniform() < 0.25 { (uniform() * 200.0) as u32 } else { 0 };
        let day = survival.min(censoring) as u32 + 1;
        if day > late {
            entry.push(late);
            exit.push(day);
            event.push(survival <= censoring);
            group.push(of_group);
            covariates.iter_mut().for_each(|column| column.push(uniform()));
        }
    }
    Cases { entry, exit, event, group, covariates }
}

fn sorted(cases: &Cases) {
    let exit = cases.exit.iter().map(|day| f64::from(*day)).collect();
    let groups: Vec<usize> = cases.group.iter().map(|group| usize::from(*group)).collect();
    let table = ObservationTable::new(exit, cases.event.clone()).expect("observations");
    let tables = table.risk_tables(&groups, 2).expect("tables");
    for table in &tables {
        black_box(KaplanMeierCurve::of(table, &KaplanMeierOptions::default()).expect("a curve"));
    }
    black_box(LogRankTest::of(&tables, LogRankWeight::Equal).expect("a test"));
}

fn fit(cases: &Cases) {
    let count = MODEL_CASES.min(cases.exit.len());
    let exit = cases.exit[..count].iter().map(|day| f64::from(*day)).collect();
    let table = ObservationTable::new(exit, cases.event[..count].to_vec()).expect("observations");
    let mut columns = vec![cases.group[..count].iter().map(|group| f64::from(*group)).collect()];
    columns.extend(cases.covariates.iter().map(|column| column[..count].to_vec()));
    let names = ["group", "one", "two", "three"].map(str::to_owned).to_vec();
    let covariates = Covariates::new(names, columns).expect("covariates");
    black_box(CoxModel::fit(&table, &covariates, &CoxOptions::default()).expect("a model"));
}

/// Prints and returns the median seconds of runs.
fn time(what: &str, runs: usize, mut run: impl FnMut()) -> f64 {
    run();
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let median = seconds[runs / 2];
    println!("{what}: least {:.3} ms, median {:.3} ms", seconds[0] * 1e3, median * 1e3);
    median
}

fn write(cases: &Cases, file: &Path) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).expect("a file of cases"));
    writeln!(out, "exit,event,group,one,two,three").expect("a line");
    for row in 0..cases.exit.len() {
        let event = u8::from(cases.event[row]);
        let [one, two, three] = [0, 1, 2].map(|column| cases.covariates[column][row]);
        let (exit, group) = (cases.exit[row], cases.group[row]);
        writeln!(out, "{exit},{event},{group},{one},{two},{three}").expect("a line");
    }
}

/// Returns the peer's median seconds for one curve, for two curves and the test, and for the model.
fn peer_seconds(program: &str, script: &Path, file: &Path) -> Option<[f64; 3]> {
    let model_cases = MODEL_CASES.to_string();
    let output = Command::new(program).arg(script).arg(file).arg(model_cases).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?])
}
