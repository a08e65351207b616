//! The synthetic nation through the reader that the programme uses.

use std::collections::BTreeMap;

use ingest::cats::{self, ReadOptions};
use model::problem::{Severity, has_error};

const CASES: usize = 2_000;

#[test]
fn every_sound_file_is_accepted_and_every_spoilt_one_is_not() {
    let mut spoilt = 0;
    for case in synthetic::nation(1, CASES) {
        let reading = cats::read(&case.cats_json, &ReadOptions::default());
        let refused = has_error(&reading.problems);
        let meant = case.flaw.is_some_and(synthetic::Flaw::is_error);
        assert_eq!(refused, meant, "{} {:?}: {:?}", case.file_name, case.flaw, reading.problems);
        spoilt += usize::from(meant);
        let warned = reading.problems.iter().any(|problem| problem.severity == Severity::Warning);
        let meant_warning = case.flaw == Some(synthetic::Flaw::ProteinInWords);
        assert!(meant || warned == meant_warning, "{}: {:?}", case.file_name, reading.problems);
    }
    assert!((5..60).contains(&spoilt), "about one file in a hundred is spoilt, not {spoilt}");
}

#[test]
fn cases_are_labelled_and_their_references_unique() {
    let mut references = BTreeMap::new();
    for case in synthetic::nation(1, CASES) {
        assert!(case.case.synthetic);
        assert!(case.case.hospital.as_deref().is_some_and(|name| name.starts_with("合成")));
        *references.entry(case.case.reference.clone()).or_insert(0) += 1;
        assert_eq!(case.file_name, format!("{}.cats", case.case.reference));
    }
    assert_eq!(references.len(), CASES);
}

#[test]
fn the_nation_holds_every_kind_of_test_and_alteration() {
    let mut counts = BTreeMap::<String, usize>::new();
    for case in synthetic::nation(1, CASES) {
        let Some(document) = cats::read(&case.cats_json, &ReadOptions::default()).value else {
            continue;
        };
        let result = cats::to_result(&document);
        let mut count = |what: String| *counts.entry(what).or_default() += 1;
        count(format!("{:?}", result.test.test_type));
        for variant in &result.short_variants {
            count(format!("origin {:?}", variant.origin));
            count(format!("reported {}", variant.reported));
        }
        for alteration in &result.copy_number_alterations {
            count(format!("copy number {:?}", alteration.kind));
        }
        for rearrangement in &result.rearrangements {
            count(format!("{:?}", rearrangement.kind));
        }
        for biomarker in &result.biomarkers {
            count(format!("{:?} {:?}", biomarker.kind, biomarker.state));
        }
    }
    for (what, least) in [
        ("Some(TumourOnly)", 500),
        ("Some(TumourAndMatchedNormal)", 500),
        ("Some(CellFreeTumourOnly)", 150),
        ("origin Some(Germline)", 10),
        ("origin Some(Somatic)", 500),
        ("origin None", 5),
        ("reported false", 50),
        ("copy number Some(Amplification)", 100),
        ("copy number Some(HomozygousDeletion)", 50),
        ("copy number Some(Loss)", 20),
        ("Fusion", 20),
        ("Tmb Some(High)", 50),
        ("Msi Some(High)", 20),
        ("Msi Some(Undetermined)", 5),
        ("Loh Some(High)", 10),
    ] {
        let found = counts.get(what).copied().unwrap_or_default();
        assert!(found >= least, "{what}: {found} of at least {least}; all: {counts:#?}");
    }
}

#[test]
fn tumour_types_and_panels_are_those_of_the_starter_release() {
    let release = knowledge::Release::starter();
    for case in synthetic::nation(1, CASES) {
        let code = case.case.tumour_type.expect("every case has a tumour type");
        assert!(release.tumour_type(&code).is_some(), "{code}");
        let Some(document) = cats::read(&case.cats_json, &ReadOptions::default()).value else {
            continue;
        };
        let test = cats::to_result(&document).test;
        let name = test.panel_name.expect("every result names its panel");
        let panel = release.panel(&name, test.panel_version.as_deref());
        assert!(panel.is_some_and(|panel| !panel.genes.is_empty()), "{name}");
    }
}
