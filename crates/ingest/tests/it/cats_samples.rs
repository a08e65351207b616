//! Every public sample can be read, written and read again without loss.

use std::path::{Path, PathBuf};

use ingest::cats;

/// Returns every CATS file of the public data set.
fn samples() -> Vec<PathBuf> {
    let Some(root) = testkit::public_data::path("cats") else { return Vec::new() };
    let mut found = Vec::new();
    collect(&root, &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "cats")
            || path.file_name().is_some_and(|n| n.to_string_lossy().ends_with("cats_format.json"))
        {
            found.push(path);
        }
    }
}

#[test]
fn writes_what_it_read() {
    for path in samples() {
        let bytes = std::fs::read(&path).unwrap();
        let reading = cats::read(&bytes, &cats::ReadOptions::default());
        let document =
            reading.value.unwrap_or_else(|| panic!("{}: {:?}", path.display(), reading.problems));
        let before: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let after: serde_json::Value = serde_json::from_slice(&cats::write(&document)).unwrap();
        assert_eq!(before, after, "{}", path.display());
    }
}
