//! Rows per second of `maf::read` on the largest lung cohort, beside Python's `csv` in the same run.
//!
//! Ours decompresses, checks and maps every row to the model; the peer, given the decompressed text, only
//! splits rows into dictionaries. Both use one core.
//! `cargo bench -p ingest --bench maf_read`

use std::{
    hint::black_box,
    io::Write,
    process::{Command, Stdio},
    time::Instant,
};

use ingest::maf::{self, ReadOptions};

/// Passes of ours.
const ROUNDS: usize = 15;

/// Splits the table on standard input, and prints the median seconds of five passes.
const PEER: &str = "\
import csv, io, sys, time
text = sys.stdin.buffer.read().decode()
csv.field_size_limit(1 << 30)
passes = []
for _ in range(5):
    start = time.perf_counter()
    rows = list(csv.DictReader(io.StringIO(text), delimiter='\\t', quoting=csv.QUOTE_NONE))
    passes.append(time.perf_counter() - start)
print(sorted(passes)[2])
";

fn main() {
    let Some(path) = testkit::public_data::path("tcga/maf/LUAD.Firehose.maf.zst") else { return };
    let bytes = std::fs::read(path).unwrap();
    let options = ReadOptions::default();
    let mut rows = 0;
    let mut passes: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let tumours = black_box(maf::read(black_box(&bytes), &options)).value.unwrap();
            let seconds = start.elapsed().as_secs_f64();
            rows = tumours.iter().map(|(_, result)| result.short_variants.len()).sum();
            seconds
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    let ours = passes[ROUNDS / 2];
    println!("ours, {rows} rows from zstd: {:.3} s median, {:.0} rows/s", ours, rows as f64 / ours);
    match peer(&zstd::decode_all(&bytes[..]).unwrap()) {
        Some(seconds) => println!("python csv: {seconds:.3} s median; ratio {:.1}", seconds / ours),
        None => println!("peer: SKIPPED, python3 is absent"),
    }
}

fn peer(text: &[u8]) -> Option<f64> {
    let mut child = Command::new("python3")
        .args(["-c", PEER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text).ok()?;
    let output = child.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
