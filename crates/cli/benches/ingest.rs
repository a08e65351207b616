//! How long a folder takes into the record, on either engine, beside what the disk alone would take.
//!
//! `cargo bench -p cli --bench ingest -- [--cases N] [--runs N]`
//!
//! Each run writes a synthetic nation's results with their case documents into a folder, and then measures, one
//! after the other: *disk*, the same files read and their bytes appended to one file that is synchronised
//! after every 512 files, which is the least that durable storing can cost; *sqlite* and *postgres*, the
//! whole program from start to end with a report for every accepted result. PostgreSQL runs with `fsync` on.
//! A line gives the median of the runs, results per second, the ratio to *disk* and the largest resident memory.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use testkit::postgres::{Durability, Server};

/// Files between two synchronisations: as many as the program commits at once.
const FILES_PER_SYNC: usize = 512;
/// Pause between two looks at a child's memory.
const LOOK_EVERY: Duration = Duration::from_millis(50);

fn main() {
    let cases = argument("--cases").unwrap_or(20_000);
    let runs = argument("--runs").unwrap_or(1).max(1);
    let folder = tempfile::tempdir().expect("a folder for the results");
    let mut bytes = 0_u64;
    for (number, one) in synthetic::nation(1, cases).enumerate() {
        let below = folder.path().join(format!("{:03}", number / 1_000));
        fs::create_dir_all(&below).expect("a folder");
        let path = below.join(&one.file_name);
        fs::write(&path, &one.cats_json).expect("a result is written");
        let case = serde_json::to_vec(&one.case).expect("a case is JSON");
        fs::write(path.with_extension("case.json"), case).expect("a case is written");
        bytes += one.cats_json.len() as u64;
    }
    println!("{cases} results, {:.1} MB, {runs} run(s)", bytes as f64 / 1e6);

    let mut disk = Vec::new();
    let mut sqlite = Vec::new();
    let mut postgres = Vec::new();
    for _run in 0..runs {
        disk.push((disk_alone(folder.path()), 0));
        let place = tempfile::tempdir().expect("a folder for the record");
        let url = format!("sqlite:{}", place.path().join("record.db").display());
        sqlite.push(ingest(folder.path(), &url, cases));
        if let Some(server) = Server::start(Durability::Full) {
            postgres.push(ingest(folder.path(), &server.database(), cases));
        }
    }
    let least = median(&mut disk);
    for (name, measured) in
        [("disk", &mut disk), ("sqlite", &mut sqlite), ("postgres", &mut postgres)]
    {
        if measured.is_empty() {
            continue;
        }
        let seconds = median(measured);
        let memory = measured.iter().map(|(_, kibibytes)| *kibibytes).max().unwrap_or(0);
        println!(
            "{name:9} {seconds:8.2} s  {:8.0} results/s  {:6.1} x disk  {:5} MiB",
            cases as f64 / seconds,
            seconds / least,
            memory / 1024
        );
    }
}

/// Returns the number after a word of the command line.
fn argument(name: &str) -> Option<usize> {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.nth(1)?.parse().ok()
}

fn median(measured: &mut [(Duration, u64)]) -> f64 {
    measured.sort();
    measured.get(measured.len() / 2).map_or(0.0, |(duration, _)| duration.as_secs_f64())
}

/// Reads every file and appends its bytes to one, synchronising now and then.
fn disk_alone(folder: &Path) -> Duration {
    let place = tempfile::tempdir().expect("a folder for the bytes");
    let begun = Instant::now();
    let mut to = File::create(place.path().join("bytes")).expect("a file");
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    for (number, file) in files.filter(|entry| entry.file_type().is_file()).enumerate() {
        let bytes = fs::read(file.path()).expect("a result is read");
        to.write_all(&bytes).expect("bytes are written");
        // Two files for each result: the result and its case.
        if number % (2 * FILES_PER_SYNC) == 0 {
            to.sync_data().expect("the disk takes them");
        }
    }
    to.sync_all().expect("the disk takes them");
    begun.elapsed()
}

/// Runs the program; returns how long it took and its largest resident memory. Units: kibibytes.
fn ingest(folder: &Path, url: &str, cases: usize) -> (Duration, u64) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tsumugi"))
        .arg("ingest")
        .arg(folder)
        .args(["--db", url])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut memory = 0;
    let took = loop {
        memory = memory.max(resident_kibibytes(child.id()));
        if child.try_wait().expect("the program ends").is_some() {
            break begun.elapsed();
        }
        std::thread::sleep(LOOK_EVERY);
    };
    let output = child.wait_with_output().expect("the program ends");
    let summary = String::from_utf8_lossy(&output.stdout).into_owned();
    let count = |word: &str| -> usize {
        let line = summary.lines().find(|line| line.contains(word));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
    };
    assert_eq!(count(" new:") + count(" rejected:"), cases, "everything was recorded: {summary}");
    (took, memory)
}

fn resident_kibibytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}
