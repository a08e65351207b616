//! Every public sample can be read, written and read again without loss.

use std::path::{Path, PathBuf};

use ingest::cats;
use model::problem::Severity;

/// Returns every CATS file of the public data set.
pub(crate) fn samples() -> Vec<PathBuf> {
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

/// Official samples that break the official rules, with the codes of their errors.
const BROKEN: [(&str, &[&str]); 1] = [(
    "cBioPortal2cats/output/output_cats_format.json",
    &["cats.word.unknown", "cats.word.unknown", "cats.word.unknown"],
)];

#[test]
fn every_sample_is_valid_but_those_that_break_the_rules() {
    for path in samples() {
        let bytes = std::fs::read(&path).unwrap();
        let reading = cats::read(&bytes, &cats::ReadOptions::default());
        let errors: Vec<&str> = reading
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.code.as_ref())
            .collect();
        let expected = BROKEN.iter().find(|(name, _)| path.ends_with(name));
        assert_eq!(errors, expected.map_or(&[][..], |(_, codes)| codes), "{}", path.display());
    }
}

#[test]
fn upgrades_as_the_official_update_does() {
    let Some(input) = testkit::public_data::path("cats/format_update/input/input_cats_format.json")
    else {
        return;
    };
    let output =
        testkit::public_data::path("cats/format_update/output/output_cats_format.json").unwrap();
    let document =
        cats::read(&std::fs::read(input).unwrap(), &cats::ReadOptions::default()).value.unwrap();
    let upgraded = cats::upgrade(&document, cats::Version::V1_2_0);
    assert_eq!(upgraded.problems, []);
    let ours: serde_json::Value =
        serde_json::from_slice(&cats::write(&upgraded.value.unwrap())).unwrap();
    let theirs: serde_json::Value =
        serde_json::from_slice(&std::fs::read(output).unwrap()).unwrap();
    assert_eq!(ours, theirs);
}

#[test]
fn every_valid_sample_reaches_the_latest_version() {
    for path in samples() {
        let bytes = std::fs::read(&path).unwrap();
        let reading = cats::read(&bytes, &cats::ReadOptions::default());
        if !reading.is_valid() {
            continue;
        }
        let upgraded = cats::upgrade(&reading.value.unwrap(), cats::Version::LATEST);
        let codes: Vec<&str> = upgraded.problems.iter().map(|p| p.code.as_ref()).collect();
        let has_fraction = path.ends_with("c-cat/short_variants/input/input_cats_format.json");
        let expected: &[&str] = if has_fraction { &["cats.type"] } else { &[] };
        assert_eq!(codes, expected, "{}", path.display());
        assert!(upgraded.value.is_some());
    }
}
