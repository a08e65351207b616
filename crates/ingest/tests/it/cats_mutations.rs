//! Whatever is done to a sample, reading it does not panic and keeps its promises.

use ingest::cats::{self, ReadOptions, Version};
use model::problem::has_error;
use serde_json::Value;

use crate::{
    cats_samples::samples,
    seeded::{Seeded, change_bytes, change_json},
};

/// How many changed documents are read, over all samples.
const MUTATIONS: usize = 100_000;

/// Reads changed bytes and checks what every reading promises.
fn read_changed(bytes: &[u8], upgrade: bool) {
    let reading = cats::read(bytes, &ReadOptions::default());
    let Some(document) = &reading.value else {
        assert!(has_error(&reading.problems), "nothing was read, and no error says why");
        return;
    };
    let lossy = |code: &str| code == "cats.document.unreadable";
    assert!(!reading.problems.iter().any(|p| lossy(&p.code)), "{:?}", reading.problems);
    if upgrade {
        let result = cats::to_result(document);
        assert_eq!(result.short_variants.len(), document.short_variants().len());
        let _ = cats::upgrade(document, Version::LATEST);
    }
}

/// Most items of an array in a shortened document.
const ITEMS_KEPT: usize = 4;

/// Leaves a few items of every array, so that more of the changes hit something different.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.truncate(ITEMS_KEPT);
            items.iter_mut().for_each(shorten);
        }
        Value::Object(members) => members.values_mut().for_each(shorten),
        _ => {}
    }
}

/// Reads a share of all mutations of the samples, each sample whole and shortened.
fn share(part: u64, parts: u64) {
    let mut documents = Vec::new();
    for path in samples() {
        let whole: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut short = whole.clone();
        shorten(&mut short);
        // A whole sample costs as much as many short ones, so the short ones come more often.
        documents.extend([short.clone(), short.clone(), short, whole]);
    }
    let texts: Vec<Vec<u8>> = documents.iter().map(|d| serde_json::to_vec(d).unwrap()).collect();
    if documents.is_empty() {
        return;
    }
    let mut seeded = Seeded(part);
    for round in 0..MUTATIONS / usize::try_from(parts).unwrap() {
        let which = round % documents.len();
        let mut bytes = if round % 2 == 0 {
            let mut document = documents[which].clone();
            for _ in 0..=seeded.below(3) {
                change_json(&mut document, &mut seeded);
            }
            serde_json::to_vec(&document).unwrap()
        } else {
            texts[which].clone()
        };
        if round % 4 != 0 {
            for _ in 0..=seeded.below(3) {
                change_bytes(&mut bytes, &mut seeded);
            }
        }
        read_changed(&bytes, round % 8 == 0);
    }
}

#[test]
fn mutations_of_samples_never_panic_first_half() {
    share(1, 2);
}

#[test]
fn mutations_of_samples_never_panic_second_half() {
    share(2, 2);
}
