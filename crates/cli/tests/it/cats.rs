//! `tsumugi cats validate` and `upgrade`: what they print, and with which exit status.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// Calls the binary.
fn tsumugi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tsumugi")).args(arguments).output().unwrap()
}

/// Returns a golden input of the CATS reader.
fn golden(case: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/golden/cats");
    folder.join(case).join("input.json").display().to_string()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

#[test]
fn exit_status_tells_valid_invalid_and_unreadable() {
    let (valid, invalid) = (golden("accept/least_1.2.1"), golden("reject/truncated"));
    let status =
        |files: &[&str]| tsumugi(&[&["cats", "validate"], files].concat()).status.code().unwrap();
    assert_eq!(status(&[&valid]), 0);
    assert_eq!(status(&[&valid, &invalid]), 1);
    assert_eq!(status(&[&valid, &invalid, "/no/such/file"]), 2);
    assert_eq!(status(&["/"]), 2);
    assert_eq!(status(&[&valid, "--reference", "/no/such.fa"]), 2);
    assert_eq!(status(&[&valid, "--chain", &invalid]), 2);
}

#[test]
fn json_has_every_problem_with_both_languages() {
    let file = golden("reject/number_out_of_bounds");
    let output = tsumugi(&["cats", "validate", "--format", "json", &file]);
    let outcome = json(&output);
    let outcome = &outcome["files"][0];
    assert_eq!(outcome["file"], *file);
    assert_eq!(outcome["version"], "1.2.1");
    assert_eq!(outcome["valid"], false);
    let problem = &outcome["problems"][0];
    assert_eq!(problem["code"], "cats.number.bounds");
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["pointer"], "/variants/shortVariants/0/position");
    for part in ["message", "remedy"] {
        for language in ["ja", "en"] {
            assert!(!problem[part][language].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn text_names_file_place_and_remedy_in_the_language_asked_for() {
    let file = golden("reject/word_unknown");
    let in_english = tsumugi(&["cats", "validate", "--lang", "en", &file]).stdout;
    let in_english = String::from_utf8(in_english).unwrap();
    for part in [&*file, "invalid", "line 10, column 15", "/testInfo/testType", "Write one of"] {
        assert!(in_english.contains(part), "{part}\n{in_english}");
    }
    let in_japanese = String::from_utf8(tsumugi(&["cats", "validate", &file]).stdout).unwrap();
    assert!(in_japanese.contains("10行15列") && in_japanese.contains("無効"), "{in_japanese}");
}

#[test]
fn a_file_of_200_megabytes_is_refused_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.cats");
    // A sparse file: nothing of it is read, so nothing of it need be there.
    File::create(&path).unwrap().set_len(200 * 1024 * 1024).unwrap();
    let output = tsumugi(&["cats", "validate", "--format", "json", &text(path)]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json(&output)["files"][0]["problems"][0]["code"], "cats.file.too_large");
}

#[test]
fn upgrades_to_a_file_or_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (golden("accept/first_version_1.0"), text(folder.path().join("out.cats")));
    let written = tsumugi(&["cats", "upgrade", &input, "--to", "1.2.1", "-o", &out]);
    assert_eq!(written.status.code(), Some(0));
    // The rearrangement was seen in RNA, and the file names no such sample.
    assert!(String::from_utf8(written.stderr).unwrap().contains("cats.upgrade.sample_invented"));
    let document: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(document["metaData"]["schemaVersion"], "1.2.1");
    assert_eq!(document["metaData"]["referenceGenome"]["grcRelease"], "GRCh37.p13");
    let rearrangement = &document["variants"]["rearrangements"][0];
    assert_eq!(rearrangement["orderedGenePairs"][0], serde_json::json!(["HLA-A", "ROS1"]));
    assert_eq!(rearrangement["sampleItemId"], "dummy-sample-3");
    assert_eq!(tsumugi(&["cats", "validate", &out]).status.code(), Some(0));

    let printed = tsumugi(&["cats", "upgrade", &input, "--to", "1.3.0"]);
    assert_eq!(json(&printed)["metaData"]["schemaVersion"], "1.3.0");
}

#[test]
fn an_upgrade_that_fails_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = text(folder.path().join("out.cats"));
    let upgrade = |input: &str, to: &str| {
        tsumugi(&["cats", "upgrade", input, "--to", to, "-o", &out]).status.code()
    };
    assert_eq!(upgrade(&golden("reject/truncated"), "1.3.0"), Some(1));
    assert_eq!(upgrade(&golden("accept/inferred_1.3.0"), "1.2.1"), Some(1));
    // A fraction of a read is no longer allowed in 1.2.1.
    assert_eq!(upgrade(&golden("accept/fraction_depth_1.2.0"), "1.2.1"), Some(1));
    assert_eq!(upgrade("/no/such/file", "1.2.1"), Some(2));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
