//! What the report of each golden folder looks like, byte for byte; `BLESS=1` accepts a change.

use std::fs;

use care::report::{FindingsReport, to_html, to_json, to_pdf};
use model::text::Language;

use crate::case::{Case, NAMES};

/// Takes out what changes with every change of the starter tables, whether or not it shows.
fn steady(mut report: FindingsReport) -> FindingsReport {
    let release = &mut report.software_versions.knowledge_release;
    release.id = format!("sha256:{}", "0".repeat(64));
    for source in &mut release.sources {
        source.digest = format!("sha256:{}", "0".repeat(64));
        source.records = 0;
    }
    report
}

fn compare(case: &Case, file: &str, actual: &[u8]) {
    let path = case.folder.join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, actual).unwrap();
        return;
    }
    let expected = fs::read(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs; look at the change and accept it with BLESS=1\n{}",
        path.display(),
        first_difference(&expected, actual)
    );
}

fn first_difference(expected: &[u8], actual: &[u8]) -> String {
    let expected = String::from_utf8_lossy(expected);
    let actual = String::from_utf8_lossy(actual);
    let lines = expected.lines().zip(actual.lines()).enumerate();
    lines
        .filter(|(_, (a, b))| a != b)
        .map(|(line, (a, b))| format!("line {}:\n- {a}\n+ {b}", line + 1))
        .next()
        .unwrap_or_else(|| "one is longer than the other".to_owned())
}

#[test]
fn json_is_as_accepted() {
    for name in NAMES {
        let case = Case::read(name);
        let value: serde_json::Value =
            serde_json::from_slice(&to_json(&steady(case.report()))).unwrap();
        let mut pretty = serde_json::to_vec_pretty(&value).unwrap();
        pretty.push(b'\n');
        compare(&case, "expected.json", &pretty);
    }
}

#[test]
fn html_is_as_accepted() {
    for name in NAMES {
        let case = Case::read(name);
        let report = steady(case.report());
        for language in Language::ALL {
            let html = to_html(&report, language);
            compare(&case, &format!("expected.{language}.html"), html.as_bytes());
        }
    }
}

#[test]
fn every_format_gives_the_same_bytes_again() {
    let case = Case::read("lung_tumour_only");
    let (first, second) = (case.report(), case.report());
    assert_eq!(first, second);
    assert_eq!(to_json(&first), to_json(&second));
    for language in Language::ALL {
        assert_eq!(to_html(&first, language), to_html(&second, language));
        assert_eq!(to_pdf(&first, language).unwrap(), to_pdf(&second, language).unwrap());
    }
}
