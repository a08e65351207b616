//! `tsumugi record import`: what it counts before, what it enters, and whom it refuses.

use std::fs;

use serde_json::Value;

use crate::folder::{ingest, run, tsumugi};

#[test]
fn a_case_csv_is_counted_first_and_entered_when_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let url = format!("sqlite:{}", path("record.db"));
    let case = synthetic::nation(1, 1).next().unwrap();
    let hospital = case.case.hospital.clone().unwrap();
    let results = folder.path().join("results");
    fs::create_dir(&results).unwrap();
    fs::write(results.join("one.cats"), &case.cats_json).unwrap();
    fs::write(results.join("one.case.json"), serde_json::to_vec(&case.case).unwrap()).unwrap();
    let (code, stdout, stderr) = run(ingest(&results, &url));
    assert_eq!(code, 0, "{stdout}{stderr}");
    for (name, organisation) in [("hana", hospital.as_str()), ("taro", "elsewhere")] {
        let (code, _, stderr) = run(tsumugi(&[
            "person",
            "add",
            name,
            "--name",
            name,
            "--role",
            "coordinator",
            "--organisation",
            organisation,
            "--db",
            &url,
        ]));
        assert_eq!(code, 0, "{stderr}");
    }
    for cases in ["1", "3"] {
        let file = path(&format!("cases-{cases}.csv"));
        let (code, ..) = run(tsumugi(&["portal", "example", "--cases", cases, "-o", &file]));
        assert_eq!(code, 0);
    }
    let import = |cases: &str, by: &str, more: &[&str]| {
        let file = path(&format!("cases-{cases}.csv"));
        let fixed = [
            "record",
            "import",
            "--cases",
            &file,
            "--hospital",
            &hospital,
            "--by",
            by,
            "--db",
            &url,
            "--format",
            "json",
        ];
        let (code, stdout, stderr) = run(tsumugi(&[&fixed, more].concat()));
        (code, serde_json::from_str::<Value>(&stdout).unwrap_or_default(), stderr)
    };

    let (code, preview, stderr) = import("1", "hana", &[]);
    assert_eq!(code, 0, "{stderr}{preview:#}");
    let new = preview["filling"].as_u64().unwrap();
    assert!(new > 40 && preview["same"] == 0 && preview["entered"] == false, "{preview:#}");
    let (code, entered, _) = import("1", "hana", &["--confirm"]);
    assert_eq!((code, &entered["filling"], &entered["entered"]), (0, &new.into(), &true.into()));
    let (code, again, _) = import("1", "hana", &["--confirm"]);
    assert_eq!((code, &again["filling"], &again["same"]), (0, &0.into(), &new.into()));

    // Cases of other hospitals are unknown here, and then nothing of the file is entered.
    let (code, refused, _) = import("3", "hana", &["--confirm"]);
    assert_eq!((code, &refused["entered"]), (1, &false.into()));
    let problems = refused["problems"].as_array().unwrap();
    let unknown: Vec<_> =
        problems.iter().filter(|one| one["code"] == "record_import.number.unknown").collect();
    assert_eq!(unknown.len(), 2, "{refused:#}");
    assert!(unknown[0]["line"].as_u64().unwrap() > 2 && unknown[0]["remedy"]["ja"] != "");

    for by in ["taro", "nobody"] {
        let (code, _, stderr) = import("1", by, &["--confirm"]);
        assert_eq!(code, 2);
        assert!(stderr.contains(by), "{stderr}");
    }
    let log = path("log.ndjson");
    let (code, _, stderr) =
        run(tsumugi(&["audit", "export", "--data", &path(""), "--db", &url, "-o", &log]));
    assert_eq!(code, 0, "{stderr}");
    let log = fs::read_to_string(log).unwrap();
    let written = log.lines().filter(|line| line.contains("tsumugi record import"));
    assert_eq!(written.count(), 1, "one case was written once");
    let (code, stdout, _) = run(tsumugi(&["db", "check", "--db", &url]));
    assert_eq!(code, 0, "{stdout}");
}
