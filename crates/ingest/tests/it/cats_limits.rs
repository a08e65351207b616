//! Every limit of the CATS reader refuses with a problem of its own.

use ingest::cats::{self, ReadOptions};
use serde_json::{Value, json};

/// Returns the codes of reading bytes under a size limit.
fn codes(bytes: &[u8], max_bytes: usize) -> Vec<String> {
    let options = ReadOptions { max_bytes, ..ReadOptions::default() };
    cats::read(bytes, &options).problems.iter().map(|problem| problem.code.to_string()).collect()
}

/// Returns a valid document of 1.2.1 with a test identifier and samples.
fn document(test_id: &str, samples: &[Value]) -> Vec<u8> {
    serde_json::to_vec(&json!({
        "metaData": {"schemaVersion": "1.2.1", "referenceGenome": {"grcRelease": "GRCh38"}},
        "testInfo": {
            "testId": test_id, "testType": "tumor-only", "panelName": "p", "panelVersion": "1",
        },
        "sequencingSamples": samples,
    }))
    .unwrap()
}

fn sample(id: usize) -> Value {
    json!({"itemId": format!("s{id}"), "tumorOrNormal": "tumor", "nucleicAcid": "DNA"})
}

#[test]
fn size_is_bounded_to_the_byte() {
    let bytes = document("t", &[sample(1)]);
    assert_eq!(codes(&bytes, bytes.len()), [""; 0]);
    assert_eq!(codes(&bytes, bytes.len() - 1), ["cats.file.too_large"]);
    assert_eq!(ReadOptions::default().max_bytes, 64 * 1024 * 1024);
}

#[test]
fn text_length_is_bounded() {
    let bytes = document(&"x".repeat(1024 * 1024), &[sample(1)]);
    assert_eq!(codes(&bytes, usize::MAX), [""; 0]);
    let bytes = document(&"x".repeat(1024 * 1024 + 1), &[sample(1)]);
    assert_eq!(codes(&bytes, usize::MAX), ["cats.text.too_long"]);
}

#[test]
fn array_lengths_are_bounded() {
    let mut with_states = sample(1);
    with_states["suspectedSampleStates"] = json!(vec!["degraded"; 1_001]);
    assert_eq!(codes(&document("t", &[with_states]), usize::MAX), ["cats.json.array_too_long"]);
    let many: Vec<Value> = (0..200_001).map(|_| json!(0)).collect();
    assert_eq!(codes(&document("t", &many), usize::MAX), ["cats.json.array_too_long"]);
}

#[test]
fn long_lists_are_searched_for_repeated_items() {
    let mut samples: Vec<Value> = (0..2_000).map(sample).collect();
    assert_eq!(codes(&document("t", &samples), usize::MAX), [""; 0]);
    samples.push(sample(7));
    let found = codes(&document("t", &samples), usize::MAX);
    assert_eq!(found, ["cats.array.repeated", "cats.item_id.duplicate"]);
}

#[test]
fn problems_are_bounded_and_the_rest_is_counted() {
    let bad: Vec<Value> = (0..3_000).map(|id| json!({"itemId": id})).collect();
    let options = ReadOptions::default();
    let reading = cats::read(&document("t", &bad), &options);
    assert_eq!(reading.problems.len(), 1_001);
    assert_eq!(reading.problems[1_000].code, "cats.problems.too_many");
    assert!(reading.problems[1_000].message.en.contains("8000"), "{:?}", reading.problems[1_000]);
}
