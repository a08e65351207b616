//! Golden lists of synthetic CATS files: those to accept and those to refuse, with every problem of each.

use std::fmt::Write;

use ingest::cats::{self, ReadOptions};

use crate::golden;

/// Returns the names of the cases in a folder.
fn cases(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(golden::folder(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Reads every case of a folder, compares its problems, and returns how many there were.
fn check(folder: &str, is_to_be_valid: bool) -> usize {
    let names = cases(folder);
    for name in &names {
        let case = format!("{folder}/{name}");
        let bytes = std::fs::read(golden::folder(&case).join("input.json")).unwrap();
        let reading = cats::read(&bytes, &ReadOptions::default());
        let mut list = String::new();
        for problem in &reading.problems {
            let place = &problem.place;
            let number = |n: Option<u64>| n.map_or(String::from("-"), |n| n.to_string());
            let (line, column) = (number(place.line), number(place.column));
            let severity = format!("{:?}", problem.severity).to_lowercase();
            writeln!(list, "{severity} {} {line}:{column} {}", problem.code, place.pointer)
                .unwrap();
            writeln!(list, "  {}\n  {}", problem.message.ja, problem.message.en).unwrap();
            writeln!(list, "  → {}\n  → {}", problem.remedy.ja, problem.remedy.en).unwrap();
        }
        golden::check(&case, "expected.txt", &list);
        assert_eq!(reading.is_valid(), is_to_be_valid, "{case}\n{list}");
    }
    names.len()
}

#[test]
fn accepts_what_follows_the_rules() {
    assert!(check("cats/accept", true) >= 9);
}

#[test]
fn refuses_what_breaks_a_rule() {
    assert!(check("cats/reject", false) >= 40);
}

#[test]
fn every_version_has_an_accepted_file() {
    for version in cats::Version::ALL {
        let has_one =
            cases("cats/accept").iter().any(|name| name.ends_with(&format!("_{version}")));
        assert!(has_one, "{version}");
    }
}
