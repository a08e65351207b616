//! Measures how long the portal's two exports take to become a collection of which the first page was counted.
//!
//! `cargo bench -p research --bench portal -- [CASES] [FOLDER] [ROUNDS]`: synthetic files of so many cases are written
//! into the folder unless they are there; `python crates/research/benches/portal_duckdb.py FOLDER` then has DuckDB read
//! the same files and prints the ratio. The time is that of everything between opening the files and the counted page:
//! their digests, every check, de-identification, the index, its snapshot.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use ingest::portal_csv::{self, PortalCases, ReadOptions};
use knowledge::{AnnotateOptions, Release};
use model::catalogue::{Catalogue, Document};
use rayon::prelude::*;
use research::{
    cohort::{NoHierarchy, PageRequest, Query},
    collection::PortalImport,
};
use sha2::{Digest as _, Sha256};

/// Cases that one thread draws before they are written.
const SHARE_CASES: u64 = 256;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let cases = arguments.next().and_then(|cases| cases.parse().ok()).unwrap_or(110_000);
    let folder = arguments.next().unwrap_or_else(|| "target/portal".to_owned());
    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(3_usize);
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).expect("making the folder");
    let files = [("cases", Document::Case), ("reports", Document::Report)];
    let [cases, reports] = files.map(|(name, document)| {
        let path = folder.join(format!("{name}-{cases}.csv"));
        if !path.is_file() {
            write(&path, document, cases).expect("writing a file");
        }
        let bytes = fs::metadata(&path).expect("a file was written").len();
        println!("{:44} {:8.1} MB", path.display(), bytes as f64 / 1e6);
        path
    });
    let mut taken: Vec<Duration> =
        (0..rounds.max(1)).map(|_| take(&cases, &reports).expect("taking the files in")).collect();
    taken.sort();
    let seconds = taken.get(taken.len() / 2).map_or(0.0, Duration::as_secs_f64);
    println!("{:44} {seconds:8.2} s, median of {}", "files to first page", taken.len());
    let line = format!("{}\t{}\t{seconds}\n", cases.display(), reports.display());
    fs::write(folder.join("ours.tsv"), line).expect("writing the time");
}

/// Writes a synthetic file, share by share.
fn write(path: &Path, document: Document, cases: u64) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let lists = Catalogue::get().lists();
    let at_once = SHARE_CASES * rayon::current_num_threads() as u64;
    for begin in (0..cases).step_by(at_once as usize) {
        let firsts = (begin..cases.min(begin + at_once)).step_by(SHARE_CASES as usize);
        let firsts: Vec<u64> = firsts.collect();
        let shares = firsts.into_par_iter().map(|first| {
            let records = (first..cases.min(first + SHARE_CASES)).map(|index| {
                let record = match document {
                    Document::Case => synthetic::clinical_record(1, index).record,
                    Document::Report => synthetic::report_record(1, index),
                };
                portal_csv::labelled(&record, lists)
            });
            let file = portal_csv::file_of(document, records);
            match first {
                0 => portal_csv::write(&file),
                _ => [b"\r\n", portal_csv::write_rows(&file).as_slice()].concat(),
            }
        });
        let shares: Vec<Vec<u8>> = shares.collect();
        shares.iter().try_for_each(|share| out.write_all(share))?;
    }
    out.flush()
}

/// Takes the files in and counts the first page.
fn take(cases: &Path, reports: &Path) -> io::Result<Duration> {
    let start = Instant::now();
    let open = |path: &Path, document| {
        let mut hasher = Sha256::new();
        let options = ReadOptions {
            document: Some(document),
            max_bytes: usize::MAX,
            max_rows: usize::MAX,
            ..ReadOptions::default()
        };
        let reading =
            PortalCases::open(File::open(path)?, &options, &mut |piece| hasher.update(piece))?;
        std::hint::black_box(hasher.finalize());
        reading.value.ok_or_else(|| io::Error::other(format!("{:?}", reading.problems)))
    };
    let (cases, reports) =
        rayon::join(|| open(cases, Document::Case), || open(reports, Document::Report));
    let (cases, reports) = (cases?, reports?);
    say("digests, and where the rows of each case lie", start.elapsed());
    let import = PortalImport {
        name: &"measured".parse().map_err(io::Error::other)?,
        cases: &cases,
        reports: &reports,
        release: Release::starter(),
        annotate: AnnotateOptions::default(),
        synthetic: true,
        today: NaiveDate::from_ymd_opt(2026, 10, 1).unwrap_or_default(),
    };
    let taken = import.take(|_| ()).map_err(io::Error::other)?;
    say("cases checked, de-identified, indexed", start.elapsed());
    let mut snapshot = Vec::new();
    taken.view.write_snapshot(&mut snapshot)?;
    say("snapshot", start.elapsed());
    let cohort = taken.view.evaluate(&Query::Everything, &NoHierarchy).map_err(io::Error::other)?;
    let page = taken.view.page(&cohort, &PageRequest::default());
    say("first page", start.elapsed());
    let problems = taken.of_cases.len() + taken.of_reports.len();
    println!(
        "{} cases, {problems} problems, {:.1} MB",
        cohort.cases(),
        snapshot.len() as f64 / 1e6
    );
    drop(page);
    Ok(start.elapsed())
}

fn say(what: &str, taken: Duration) {
    println!("{what:44} {:8.2} s", taken.as_secs_f64());
}
