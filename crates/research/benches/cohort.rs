//! Measures the cohort engine on the synthetic nation, and writes the same tables for `cohort_duckdb.py`.
//!
//! `cargo bench -p research --bench cohort -- [CASES] [FOLDER]`: with a folder, tables and our medians are written
//! there, and `python crates/research/benches/cohort_duckdb.py FOLDER` computes the same page and prints the ratio.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    num::NonZero,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use rayon::prelude::*;
use research::cohort::{
    AlterationKind, Change, Clock, CohortCase, CohortIndex, CohortPage, CohortView,
    CompactionLimits, Item, NoHierarchy, PageRequest, Query, Range, VitalStatus, Word,
};
use tokio::sync::Semaphore;

/// Times that a page is counted.
const ROUNDS: usize = 300;
/// Changes that are applied one by one.
const CHANGES: usize = 300;
/// Users that ask at the same time.
const USERS: usize = 50;
/// Thought between two pages of a user who reads them.
const THOUGHT: Duration = Duration::from_secs(5);
/// The facets that the peer counts too.
const FACETS: [Item; 8] = [
    Item::Tumour,
    Item::Hospital,
    Item::Sex,
    Item::AgeBand,
    Item::PerformanceStatus,
    Item::Smoking,
    Item::Stage,
    Item::SampleKind,
];

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let cases = arguments.next().and_then(|cases| cases.parse().ok()).unwrap_or(1_000_000);
    let folder = arguments.next();

    let start = Instant::now();
    let invented: Vec<CohortCase> =
        (0..cases).into_par_iter().map(|index| synthetic::cohort_case(1, index)).collect();
    say("cases invented", start.elapsed());
    if let Some(folder) = &folder {
        write_tables(Path::new(folder), &invented).expect("writing the tables");
    }
    let start = Instant::now();
    let index =
        CohortIndex::build(invented, CompactionLimits::default()).expect("indexing the cases");
    say("index built of cases in memory", start.elapsed());
    let view = index.view();
    println!("{:44} {:8.0} bytes a case", "memory", view.bytes() as f64 / cases as f64);

    let queries = [
        ("of 80 %", Query::Within(Item::Age, Range::of(53, None)), "age >= 53"),
        ("of 3 %", Query::is(Item::Tumour, "GBC"), "tumour = 'GBC'"),
        ("of a gene", Query::gene("KRAS"), ""),
        ("whole", Query::Everything, "true"),
    ];
    let mut lines = String::new();
    for (name, query, sql) in queries {
        let peer = PageRequest {
            facets: FACETS.to_vec(),
            survival: Some((Clock::Diagnosis, false)),
            pyramid: false,
            gene_kinds: false,
            ..PageRequest::default()
        };
        let cohort = view.evaluate(&query, &NoHierarchy).expect("evaluating a query");
        let share = cohort.cases() as f64 / cases as f64;
        println!("\ncohort {name}: {} cases, {:.1} %", cohort.cases(), share * 100.0);
        times("query", || view.evaluate(&query, &NoHierarchy).map(|cohort| cohort.cases()));
        let seconds = times("query and page as the peer's", || page(&view, &query, &peer));
        times("query and whole page", || page(&view, &query, &PageRequest::default()));
        if !sql.is_empty() {
            let counted = page(&view, &query, &peer);
            let deaths: u64 = counted.survival.iter().flat_map(|survival| &survival.died).sum();
            let altered: u64 = counted.genes.iter().map(|gene| gene.any.altered).sum();
            let covered: u64 = counted.genes.iter().map(|gene| gene.any.covered).sum();
            let drugs: u64 = counted.drugs.iter().flat_map(|drug| drug.by_response).sum();
            lines += &format!(
                "{sql}\t{seconds}\t{}\t{altered}\t{covered}\t{drugs}\t{deaths}\n",
                counted.cases
            );
        }
    }
    if let Some(folder) = &folder {
        fs::write(Path::new(folder).join("ours.tsv"), lines).expect("writing our medians");
    }
    let whole = view.evaluate(&Query::Everything, &NoHierarchy).expect("evaluating a query");
    let most = PageRequest { genes: 100, ..PageRequest::default() };
    let genes: Vec<_> = view.page(&whole, &most).genes.into_iter().map(|row| row.gene).collect();
    println!();
    times(&format!("pairs of {} genes", genes.len()), || view.gene_pairs(&whole, &genes).len());
    times("spectrum of TP53", || view.spectrum(&whole, "TP53").len());
    snapshot(&view, folder.as_deref());
    changes(&index);
    users(&index, Duration::ZERO);
    users(&index, THOUGHT);
}

/// Lets many users ask for pages of cohorts of every size, each after some thought, while cases are put in.
///
/// Whoever comes first is served first, as many at once as there are processors, as the server does it.
fn users(index: &CohortIndex, thought: Duration) {
    let turns = Semaphore::new(thread::available_parallelism().map_or(1, NonZero::get));
    let is_over = AtomicBool::new(false);
    let (mut asked, mut put_in) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let users: Vec<_> = (0..USERS)
            .map(|user| {
                let (turns, is_over) = (&turns, &is_over);
                scope.spawn(move || ask(index, user, thought, turns, is_over))
            })
            .collect();
        // Long enough that everybody asks several times.
        let rest = Duration::from_millis(100) + thought / 10;
        for number in 0..USERS as u64 {
            let case = synthetic::cohort_case(3, number);
            let start = Instant::now();
            index.apply([Change::Put(Box::new(case))]).expect("applying a change");
            put_in.push(start.elapsed());
            thread::sleep(rest);
        }
        is_over.store(true, Ordering::Relaxed);
        asked.extend(users.into_iter().flat_map(|user| user.join().expect("a user")));
    });
    let thought = thought.as_secs_f64();
    println!("\n{USERS} users, {thought:.0} s of thought: {} pages", asked.len());
    tell("query and whole page", asked);
    tell("one case put in meanwhile", put_in);
}

fn ask(
    index: &CohortIndex,
    user: usize,
    thought: Duration,
    turns: &Semaphore,
    is_over: &AtomicBool,
) -> Vec<Duration> {
    let waiting = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut taken = Vec::new();
    // Nobody begins with the others.
    thread::sleep(thought * user as u32 / USERS as u32);
    for round in user.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let query = match round % 4 {
            0 => Query::Within(Item::Age, Range::of(53, None)),
            1 => Query::is(Item::Tumour, "GBC"),
            2 => Query::gene("KRAS"),
            _ => Query::gene("BRAF").negated(),
        };
        let start = Instant::now();
        let turn = waiting.block_on(turns.acquire()).expect("a turn");
        std::hint::black_box(page(&index.view(), &query, &PageRequest::default()));
        drop(turn);
        taken.push(start.elapsed());
        // Between half and one and a half of it, drawn by place and round.
        let share = ((user * 7 + round * 13) % 100) as u32;
        thread::sleep(thought / 2 + thought * share / 100);
    }
    taken
}

fn snapshot(view: &CohortView, folder: Option<&str>) {
    let folder = folder.map_or_else(std::env::temp_dir, Into::into);
    let path = folder.join(format!("cohort-{}.snapshot", std::process::id()));
    println!();
    let start = Instant::now();
    let file = File::create(&path).expect("making the snapshot's file");
    let mut out = BufWriter::with_capacity(1 << 20, file);
    view.write_snapshot(&mut out).and_then(|()| out.flush()).expect("writing the snapshot");
    say("snapshot written", start.elapsed());
    let taken = (0..5).map(|_| {
        let start = Instant::now();
        let bytes = fs::read(&path).expect("reading the snapshot");
        let opened = CohortView::open_snapshot(&bytes).expect("opening the snapshot");
        assert_eq!(opened.cases(), view.cases());
        start.elapsed()
    });
    tell("snapshot opened", taken.collect());
    fs::remove_file(&path).expect("removing the snapshot");
}

fn page(view: &CohortView, query: &Query, request: &PageRequest) -> CohortPage {
    let cohort = view.evaluate(query, &NoHierarchy).expect("evaluating a query");
    view.page(&cohort, request)
}

fn changes(index: &CohortIndex) {
    println!();
    let mut taken = Vec::new();
    for number in 0..CHANGES as u64 {
        let case = synthetic::cohort_case(2, number);
        let start = Instant::now();
        index.apply([Change::Put(Box::new(case))]).expect("applying a change");
        taken.push(start.elapsed());
    }
    tell("one case put in, until it is visible", taken);
}

/// Prints the median and the 99th percentile of some rounds, and returns the median in seconds.
fn times<T>(name: &str, mut work: impl FnMut() -> T) -> f64 {
    let taken = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    });
    tell(name, taken.collect())
}

fn tell(name: &str, mut taken: Vec<Duration>) -> f64 {
    taken.sort();
    let at = |share: f64| taken[((taken.len() - 1) as f64 * share) as usize].as_secs_f64();
    println!("{name:44} {:8.2} ms median {:8.2} ms p99", at(0.5) * 1e3, at(0.99) * 1e3);
    at(0.5)
}

fn say(name: &str, taken: Duration) {
    println!("{name:44} {:8.2} s", taken.as_secs_f64());
}

fn write_tables(folder: &Path, cases: &[CohortCase]) -> std::io::Result<()> {
    let start = Instant::now();
    fs::create_dir_all(folder)?;
    let table =
        |name: &str| Ok::<_, std::io::Error>(BufWriter::new(File::create(folder.join(name))?));
    let mut all = table("cases.csv")?;
    writeln!(all, "case,tumour,hospital,sex,age,age_band,ps,smoking,stage,sample,panel,died,days")?;
    let mut altered = table("altered.csv")?;
    writeln!(altered, "case,gene")?;
    let mut drugs = table("drugs.csv")?;
    writeln!(drugs, "case,drug,response")?;
    let mut panels = std::collections::BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        let text = |value: Option<&str>| value.map(str::to_owned).unwrap_or_default();
        let days = case.diagnosed.zip(case.last_contact);
        let days = days.and_then(|(from, to)| to.number().checked_sub(from.number()));
        let status = case.vital_status.filter(|_| days.is_some());
        writeln!(
            all,
            "{number},{},{},{},{},{},{},{},{},{},\"{}\",{},{}",
            text(case.tumour.as_deref()),
            text(case.hospital.as_deref()),
            text(case.sex.map(Word::code)),
            case.age_years.map(|age| age.to_string()).unwrap_or_default(),
            case.age_years.map(|age| (age / 10).to_string()).unwrap_or_default(),
            case.performance_status.map(|grade| grade.to_string()).unwrap_or_default(),
            text(case.smoking.map(Word::code)),
            text(case.stage.map(Word::code)),
            text(case.sample_kind.map(Word::code)),
            text(case.panel.as_ref().map(|panel| &*panel.name)),
            status.map(|status| (status == VitalStatus::Dead).to_string()).unwrap_or_default(),
            days.filter(|_| status.is_some()).map(|days| days.to_string()).unwrap_or_default(),
        )?;
        if let Some(panel) = &case.panel {
            panels.entry(panel.name.clone()).or_insert_with(|| panel.clone());
            let own = case.alterations.iter().filter(|own| panel.covers(&own.gene, own.kind));
            let mut genes: Vec<&str> = own.map(|own| &*own.gene).collect();
            genes.dedup();
            for gene in genes {
                writeln!(altered, "{number},{gene}")?;
            }
        }
        for line in &case.therapies {
            for drug in &line.drugs {
                writeln!(drugs, "{number},{drug},{}", text(line.response.map(Word::code)))?;
            }
        }
    }
    let mut coverage = table("coverage.csv")?;
    writeln!(coverage, "panel,gene")?;
    for (name, panel) in panels {
        let genes = panel
            .coverage
            .iter()
            .flat_map(|coverage| AlterationKind::ALL.iter().flat_map(|kind| coverage.genes(*kind)));
        for gene in genes.collect::<std::collections::BTreeSet<_>>() {
            writeln!(coverage, "\"{name}\",{gene}")?;
        }
    }
    say("tables written", start.elapsed());
    Ok(())
}
