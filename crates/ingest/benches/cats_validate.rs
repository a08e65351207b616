//! Files per second of `cats::read`, beside Python's `jsonschema` on the same files in the same run.
//!
//! Ours starts from bytes and does all checks, meaning included; the peer checks the schema only, of
//! documents parsed beforehand, and once more from bytes. Both use one core and gather all errors.
//! `cargo bench -p ingest --bench cats_validate`

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use ingest::cats::{self, ReadOptions};

/// Passes over all files; the peer makes fewer, being slower.
const ROUNDS: usize = 200;
const PEER_ROUNDS: usize = 15;

fn main() {
    let Some(root) = testkit::public_data::path("cats") else { return };
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let contents: Vec<Vec<u8>> = files.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let bytes: usize = contents.iter().map(Vec::len).sum();
    println!("{} files, {bytes} bytes", files.len());

    let before = median(&contents);
    let peer = peer(&root.join("schema.json"), &files);
    let ours = median(&contents).min(before);
    let per_second = |seconds: f64| files.len() as f64 / seconds;
    println!("ours, from bytes, all checks:     {:>10.0} files/s", per_second(ours));
    let Some((parsed, from_bytes)) = peer else {
        println!("peer: SKIPPED, python3 with jsonschema is absent");
        return;
    };
    println!("jsonschema, parsed beforehand:    {:>10.0} files/s", per_second(parsed));
    println!("jsonschema, from bytes:           {:>10.0} files/s", per_second(from_bytes));
    println!(
        "ratio of medians: {:.0} (parsed beforehand), {:.0} (from bytes)",
        parsed / ours,
        from_bytes / ours
    );
}

/// Returns the median seconds of a pass over all files.
fn median(contents: &[Vec<u8>]) -> f64 {
    let options = ReadOptions::default();
    let mut passes: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for bytes in contents {
                black_box(cats::read(black_box(bytes), &options));
            }
            start.elapsed()
        })
        .collect();
    passes.sort_unstable();
    passes[ROUNDS / 2].as_secs_f64()
}

fn peer(schema: &Path, files: &[PathBuf]) -> Option<(f64, f64)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/jsonschema_peer.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(schema)
        .arg(PEER_ROUNDS.to_string())
        .args(files)
        .output()
        .ok()?;
    let medians: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    Some((medians["parsed"].as_f64()?, medians["bytes"].as_f64()?))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, files);
        } else if name.ends_with(".cats") || name.ends_with("cats_format.json") {
            files.push(path);
        }
    }
}
