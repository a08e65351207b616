//! Our rules of 1.2.1 agree with the official JSON Schema, judged by Python's `jsonschema`.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use ingest::cats::{self, ReadOptions, Version};
use model::problem::{Problem, Severity};
use serde_json::{Value, json};

use crate::{
    cats_samples::samples,
    seeded::{Seeded, change_json},
};

/// How many changed documents both judge.
const DOCUMENTS: usize = 6_000;

/// Returns whether a problem is one that the JSON Schema can have.
fn is_of_schema(problem: &Problem) -> bool {
    // The schema lets a gene pair hold anything; we want gene symbols.
    let is_pair_item = problem.place.pointer.contains("/orderedGenePairs/")
        && problem.place.pointer.split('/').count() == 7;
    let is_form = ["cats.type", "cats.pattern", "cats.number.bounds"].contains(&&*problem.code)
        || ["cats.member.", "cats.word.", "cats.array."]
            .iter()
            .any(|p| problem.code.starts_with(p));
    problem.severity == Severity::Error && is_form && !(is_pair_item && problem.code == "cats.type")
}

/// Returns whether both would rather not be asked: we refuse what the schema does not speak of.
fn is_beyond_schema(problem: &Problem) -> bool {
    problem.code == "cats.number.out_of_range" || problem.code.starts_with("cats.version.")
}

/// Returns whether Python with `jsonschema` is there, saying so when it is not.
fn has_jsonschema() -> bool {
    let asked = Command::new("python3")
        .args(["-c", "import jsonschema"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !asked {
        eprintln!("SKIPPED: python3 with jsonschema is absent (pip install jsonschema)");
    }
    asked
}

/// Returns valid documents of 1.2.1: the samples brought to it, and one that has every member.
fn documents() -> Vec<Value> {
    let mut documents = vec![full_document()];
    for path in samples() {
        let bytes = std::fs::read(path).unwrap();
        let mut value: Value = serde_json::from_slice(&bytes).unwrap();
        if value["metaData"]["schemaVersion"] == "1.3.0" {
            value["metaData"]["schemaVersion"] = json!("1.2.1");
            documents.push(value);
        } else if let Some(document) = cats::read(&bytes, &ReadOptions::default()).value
            && let Some(upgraded) = cats::upgrade(&document, Version::V1_2_1).value
        {
            documents.push(serde_json::from_slice(&cats::write(&upgraded)).unwrap());
        }
    }
    for document in &mut documents {
        for list in ["shortVariants", "copyNumberAlterations", "rearrangements"] {
            if let Some(items) = document["variants"][list].as_array_mut() {
                items.truncate(3);
            }
        }
        // Indexing above may have made members of null.
        if document["variants"].is_null() {
            document.as_object_mut().unwrap().remove("variants");
        } else {
            document["variants"].as_object_mut().unwrap().retain(|_, list| !list.is_null());
        }
    }
    documents
}

/// Returns a synthetic document of 1.2.1 in which every member occurs.
fn full_document() -> Value {
    let input = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/cats/accept/every_member_1.2.1/input.json");
    serde_json::from_slice(&std::fs::read(input).unwrap()).unwrap()
}

#[test]
fn agrees_with_the_official_schema_on_changed_documents() {
    let Some(schema) = testkit::public_data::path("cats/schema.json") else { return };
    if !has_jsonschema() {
        return;
    }
    let originals = documents();
    let mut seeded = Seeded(121);
    let mut changed = originals.clone();
    while changed.len() < DOCUMENTS {
        // The document with every member has most to change.
        let which = if seeded.below(2) == 0 { 0 } else { seeded.below(originals.len()) };
        let mut document = originals[which].clone();
        for _ in 0..=seeded.below(2) {
            change_json(&mut document, &mut seeded);
        }
        changed.push(document);
    }
    let mut lines = tempfile::NamedTempFile::new().unwrap();
    for document in &changed {
        writeln!(lines, "{document}").unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/jsonschema_verdicts.py");
    let output =
        Command::new("python3").arg(script).arg(schema).arg(lines.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<bool> = verdicts.lines().map(|line| line == "1").collect();
    assert_eq!(verdicts.len(), changed.len());
    let (mut valid, mut invalid) = (0, 0);
    for (document, theirs) in changed.iter().zip(verdicts) {
        let bytes = serde_json::to_vec(document).unwrap();
        let problems = cats::read(&bytes, &ReadOptions::default()).problems;
        if problems.iter().any(is_beyond_schema) {
            continue;
        }
        let ours = !problems.iter().any(is_of_schema);
        assert_eq!(ours, theirs, "{problems:#?}\n{document}");
        *if theirs { &mut valid } else { &mut invalid } += 1;
    }
    assert!(valid > DOCUMENTS / 20 && invalid > DOCUMENTS / 2, "{valid} valid, {invalid} not");
}
