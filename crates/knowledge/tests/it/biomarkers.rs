//! The grammar on every molecular profile of the public CIViC table.

use std::collections::BTreeSet;

use knowledge::{Biomarker, biomarker::Readability};

/// Returns the distinct molecular profiles of the public table.
pub(crate) fn profiles() -> Option<BTreeSet<String>> {
    let path = testkit::public_data::path("civic/civic_evidence_2026-04-25.tsv")?;
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let at = lines.next()?.split('\t').position(|column| column == "molecular_profile")?;
    Some(lines.filter_map(|line| line.split('\t').nth(at)).map(str::to_owned).collect())
}

#[test]
fn understands_nearly_every_profile_of_civic() {
    let Some(profiles) = profiles() else { return };
    let mut counts = [0_usize; 3];
    let mut strange = Vec::new();
    let mut unmeasured = Vec::new();
    for profile in &profiles {
        match Biomarker::parse(profile, None).readability() {
            Readability::Matchable => counts[0] += 1,
            Readability::NotMeasurable => {
                counts[1] += 1;
                unmeasured.push(profile);
            }
            Readability::NotUnderstood => {
                counts[2] += 1;
                strange.push(profile);
            }
        }
    }
    println!("matchable, not measurable, not understood: {counts:?} of {}", profiles.len());
    println!("not understood: {strange:?}");
    println!("not measurable: {unmeasured:?}");
    assert!(counts[2] * 100 < 3 * profiles.len(), "{strange:?}");
}
