//! `tsumugi portal`: what it prints, and with which exit status.

use std::process::{Command, Output};

use serde_json::Value;

fn tsumugi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tsumugi")).args(arguments).output().unwrap()
}

fn check(arguments: &[&str]) -> (i32, Value) {
    let fixed = ["portal", "check", "--date", "2026-10-01", "--format", "json"];
    let output = tsumugi(&[&fixed, arguments].concat());
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

#[test]
fn an_example_is_checked_and_rewritten_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (csv, again) = (path("cases.csv"), path("again.csv"));
    let made = tsumugi(&["portal", "example", "--cases", "30", "--seed", "2", "-o", &csv]);
    assert_eq!(made.status.code(), Some(0));
    let (_, outcome) = check(&["--cases", &csv]);
    assert_eq!(outcome["files"][0]["cases"], 30);
    assert_eq!(outcome["files"][0]["document"], "case");
    assert_eq!(outcome["cases"].as_array().unwrap().len(), 30);
    let case = &outcome["cases"][0];
    assert!(case["required"].as_u64().unwrap() >= case["filled"].as_u64().unwrap());
    assert!(outcome["hospitals"][0]["percent"].as_u64().unwrap() > 80);

    let rewritten = tsumugi(&["portal", "rewrite", &csv, "-o", &again, "--lang", "en"]);
    assert_eq!(rewritten.status.code(), Some(0));
    assert!(String::from_utf8(rewritten.stderr).unwrap().contains("the same bytes as before"));
    assert_eq!(std::fs::read(&csv).unwrap(), std::fs::read(&again).unwrap());
}

#[test]
fn both_examples_are_of_the_same_patients_and_a_small_one_begins_a_large_one() {
    let made = |arguments: &[&str]| {
        let output = tsumugi(&[&["portal", "example", "--seed", "3"], arguments].concat());
        assert_eq!(output.status.code(), Some(0));
        output.stdout
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let cases = made(&["--cases", "700"]);
    let reports = made(&["--cases", "700", "--document", "report"]);
    assert!(cases.starts_with(&made(&["--cases", "10"])));
    let (cases, reports) = (write("cases.csv", &cases), write("reports.csv", &reports));
    let (_, outcome) = check(&["--cases", &cases, "--reports", &reports]);
    let files = outcome["files"].as_array().unwrap();
    for (file, document) in files.iter().zip(["case", "report"]) {
        assert_eq!((&file["document"], &file["cases"]), (&document.into(), &700.into()));
        assert_eq!(file["problems"].as_array().unwrap().len(), 0, "{file:#}");
    }
    let none = write("none.csv", &made(&["--cases", "0", "--document", "report"]));
    let (_, outcome) = check(&["--reports", &none]);
    assert_eq!(outcome["files"][0]["problems"][0]["code"], "portal.file.no_rows");
    let many = tsumugi(&["portal", "example", "--cases", "1000001"]);
    assert_eq!(many.status.code(), Some(2));
}

#[test]
fn exit_status_tells_sound_contradicting_and_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let header =
        "C.CAT調査結果.基本項目.ハッシュID,症例.基本情報.性別,症例.基本情報.がん種.OncoTree.\n";
    let sound = write("sound.csv", &format!("{header}ID_1,2,HGSOC\n"));
    let wrong = write("wrong.csv", &format!("{header}ID_1,1,HGSOC\n"));
    let none = write("none.csv", "a,b\n1,2\n");
    assert_eq!(check(&["--cases", &sound]).0, 0);
    let (status, outcome) = check(&["--cases", &wrong]);
    assert_eq!(status, 1);
    let problem = &outcome["cases"][0]["problems"][0];
    assert_eq!(problem["code"], "record.tumour.organ_of_women");
    assert_eq!((&problem["line"], &problem["audience"]), (&2.into(), &"dataEntry".into()));
    assert_eq!(check(&["--cases", &none]).0, 1);
    assert_eq!(check(&["--reports", &sound]).0, 1);
    assert_eq!(check(&["--cases", "/no/such/file"]).0, 2);
    assert_eq!(check(&["--cases", &sound, "--list", "ctcae=/no/such/file"]).0, 2);
    assert_eq!(check(&["--cases", &sound, "--list", &format!("no_such={sound}")]).0, 2);
    assert_eq!(tsumugi(&["portal", "check"]).status.code(), Some(2));
    assert_eq!(tsumugi(&["portal", "rewrite", &none]).status.code(), Some(1));
    assert_eq!(tsumugi(&["portal", "rewrite", "/no/such/file"]).status.code(), Some(2));

    let text =
        tsumugi(&["portal", "check", "--date", "2026-10-01", "--lang", "en", "--cases", &wrong]);
    let text = String::from_utf8(text.stdout).unwrap();
    for part in ["wrong.csv: 1 cases", "line 2", "Check sex and tumour type", "hospital ?"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn the_public_samples_are_read_whole() {
    let (Some(cases), Some(reports)) = (
        testkit::public_data::path("felis/sample_clinical.csv"),
        testkit::public_data::path("felis/sample_report.csv"),
    ) else {
        return;
    };
    let (cases, reports) = (cases.display().to_string(), reports.display().to_string());
    let (status, outcome) = check(&["--cases", &cases, "--reports", &reports]);
    // The rows are shuffled, so values contradict each other; the files as such are in order.
    assert_eq!(status, 1);
    for file in outcome["files"].as_array().unwrap() {
        let problems = file["problems"].as_array().unwrap();
        assert!(problems.iter().all(|problem| problem["severity"] != "error"), "{problems:?}");
        assert_eq!(file["cases"], 99);
    }
    for file in [&cases, &reports] {
        let output = tsumugi(&["portal", "rewrite", file]);
        assert_eq!(output.stdout, std::fs::read(file).unwrap());
    }
}
