//! Seeded changes to JSON documents and bytes, the same in every run.

use serde_json::{Map, Value, json};

/// A small generator of numbers (SplitMix64), so that a failing seed can be run again.
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    /// Returns the next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Returns a number below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap()
    }

    /// Returns one of several values.
    pub(crate) fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

/// Counts the values of a document.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Applies a change to the value of an index, in the order of a walk from the root.
fn at(value: &mut Value, index: &mut usize, change: &mut dyn FnMut(&mut Value)) -> bool {
    if *index == 0 {
        change(value);
        return true;
    }
    *index -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| at(item, index, change)),
        Value::Object(members) => members.values_mut().any(|member| at(member, index, change)),
        _ => false,
    }
}

/// Values that are likely to break a rule, or just not to.
fn strange() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.0),
        json!(1.5),
        json!(100.5),
        json!(1e18),
        json!(""),
        json!(" "),
        json!("x"),
        json!("A C"),
        json!("ACGT"),
        json!("acgt"),
        json!("*"),
        json!("gene fusion"),
        json!("absolute copy number"),
        json!("copy number"),
        json!("high"),
        json!("somatic"),
        json!("GRCh38"),
        json!("変異"),
        json!([]),
        json!([1, 1.0]),
        json!(["a", "a"]),
        json!(["a", "b"]),
        json!([null, null]),
        json!({}),
        json!({"a": 1}),
    ]
}

/// Changes one value of a document: another type, a missing or unknown member, a repeated or missing item.
pub(crate) fn change_json(document: &mut Value, seeded: &mut Seeded) {
    let strange = strange();
    let mut index = seeded.below(count(document));
    let kind = seeded.below(8);
    let number = seeded.next();
    let replacement = seeded.pick(&strange).clone();
    at(document, &mut index, &mut |value| change(value, kind, number, &replacement));
}

fn change(value: &mut Value, kind: usize, number: u64, replacement: &Value) {
    let index = |length: usize| usize::try_from(number % (length.max(1) as u64)).unwrap();
    match (value, kind) {
        (Value::Object(members), 0..=3) => change_object(members, kind, number, replacement),
        (Value::Array(items), 0) if !items.is_empty() => {
            let again = items[index(items.len())].clone();
            items.push(again);
        }
        (Value::Array(items), 1) if !items.is_empty() => {
            items.remove(index(items.len()));
        }
        (Value::Array(items), 2) => items.push(replacement.clone()),
        (value, _) => *value = replacement.clone(),
    }
}

fn change_object(members: &mut Map<String, Value>, kind: usize, number: u64, replacement: &Value) {
    const NAMES: [&str; 8] =
        ["itemid", "type", "patch", "testMethod", "genePairs", "matched", "strand", "~/"];
    let keys: Vec<String> = members.keys().cloned().collect();
    let key = keys.get(usize::try_from(number % (keys.len().max(1) as u64)).unwrap());
    match (kind, key) {
        (0 | 1, Some(key)) => {
            members.remove(key);
        }
        (2, Some(key)) => {
            members.insert(key.clone(), replacement.clone());
        }
        _ => {
            let name = NAMES[usize::try_from(number % 8).unwrap()];
            members.insert(name.to_owned(), replacement.clone());
        }
    }
}

/// Changes the bytes of a text: flips, cuts, splices, doubled keys, huge numbers, deep nesting.
pub(crate) fn change_bytes(bytes: &mut Vec<u8>, seeded: &mut Seeded) {
    const PIECES: [&[u8]; 14] = [
        b"\0",
        b"\"",
        b"\\u0000",
        b"\\ud800",
        b"{",
        b"[",
        b"]",
        b"}",
        b",",
        b"1e400",
        b"99999999999999999999",
        b"\"itemId\":\"x\",",
        b"\xEF\xBB\xBF",
        b"\x95\xcf",
    ];
    let place = seeded.below(bytes.len());
    match seeded.below(8) {
        0 => bytes[place] ^= 1 << seeded.below(8),
        1 => bytes[place] = u8::try_from(seeded.below(256)).unwrap(),
        2 => bytes.truncate(place),
        3 => {
            let end = (place + seeded.below(40)).min(bytes.len());
            bytes.drain(place..end);
        }
        4 => {
            let end = (place + seeded.below(200)).min(bytes.len());
            let piece = bytes[place..end].to_vec();
            let to = seeded.below(bytes.len());
            bytes.splice(to..to, piece);
        }
        5 => {
            let piece = b"[".repeat(seeded.below(3000));
            bytes.splice(place..place, piece);
        }
        _ => {
            let piece = seeded.pick(&PIECES).to_vec();
            bytes.splice(place..place, piece);
        }
    }
    if bytes.is_empty() {
        bytes.push(b'{');
    }
}
