//! From the bytes of a CATS file to the bytes of a JSON report, on one core.
//!
//! ```sh
//! cargo bench -p care --bench report -- RELEASE_DIR FILE_OR_FOLDER…
//! ```
//!
//! `RELEASE_DIR` is a folder made by `tsumugi knowledge build`, `-` the starter release. Every file is
//! read, checked, mapped, annotated for each of several tumour types, composed and written, again and
//! again for the seconds below. Prints reports per second, median, 99th percentile and slowest, and the
//! resident memory. Asserts nothing: a benchmark measures.

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use care::report::{ReportInput, compose, to_json};
use ingest::detect::{ReadOptions, read_any};
use knowledge::Release;
use model::{case::PatientCase, tumour::TumourTypeCode};

/// How long is measured.
const MEASURED: Duration = Duration::from_secs(10);
/// Tumour types that take turns.
const TUMOUR_TYPES: [&str; 6] = ["LUAD", "COADREAD", "SKCM", "BRCA", "PAAD", "AML"];

fn main() {
    let mut arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.is_empty() {
        arguments.push("-".to_owned());
    }
    let release_dir = arguments.remove(0);
    let opened;
    let before = Instant::now();
    let release = if release_dir == "-" {
        Release::starter()
    } else {
        opened = Release::open(Path::new(&release_dir)).expect("the release opens");
        &opened
    };
    let opening = before.elapsed();
    let mut files = Vec::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    gather(&golden, &mut files);
    for place in &arguments {
        gather(Path::new(place), &mut files);
    }
    files.sort();
    let contents: Vec<Vec<u8>> =
        files.iter().map(|file| fs::read(file).expect("the file is readable")).collect();

    let mut times = Vec::new();
    let mut bytes_written = 0;
    let mut largest = (0, PathBuf::new());
    let began = Instant::now();
    let mut turn = 0;
    while began.elapsed() < MEASURED {
        for (file, content) in files.iter().zip(&contents) {
            let tumour = TUMOUR_TYPES[turn % TUMOUR_TYPES.len()];
            turn += 1;
            let one = Instant::now();
            let written = report(black_box(content), tumour, release);
            times.push(one.elapsed());
            bytes_written += written;
            if written > largest.0 {
                largest = (written, file.clone());
            }
        }
    }
    let total: Duration = times.iter().sum();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("release     {} {}, opened in {opening:.1?}", release.manifest().name, release.id());
    println!("files       {}", files.len());
    println!(
        "reports     {}, {:.0} per second",
        times.len(),
        times.len() as f64 / total.as_secs_f64()
    );
    println!("time        median {:.0?}, p99 {:.0?}, slowest {:.0?}", at(0.5), at(0.99), at(1.0));
    println!(
        "size        mean {} bytes, largest {} of {}",
        bytes_written / times.len(),
        largest.0,
        largest.1.display()
    );
    println!("resident    {}", resident());
}

fn report(content: &[u8], tumour: &str, release: &Release) -> usize {
    let reading = read_any(content, "result.cats", &ReadOptions::default());
    let result = reading.value.and_then(|mut results| results.pop()).expect("a result");
    let case = PatientCase {
        reference: "BENCH-1".to_owned(),
        tumour_type: Some(TumourTypeCode::new(tumour)),
        synthetic: true,
        ..PatientCase::default()
    };
    let input = ReportInput {
        result: &result.result,
        case: Some(&case),
        problems: &reading.problems,
        program_version: "bench",
    };
    black_box(to_json(&compose(&input, release))).len()
}

fn gather(place: &Path, files: &mut Vec<PathBuf>) {
    if place.is_file() {
        files.push(place.to_owned());
        return;
    }
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_cats = path.extension().is_some_and(|ending| ending == "cats");
        if path.is_dir() || is_cats {
            gather(&path, files);
        }
    }
}

/// Returns the process's resident memory as Linux tells it.
fn resident() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or("unknown");
    format!("{}, {}", line("VmRSS"), line("VmHWM"))
}
