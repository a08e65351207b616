//! The synthetic nation through the reader that the programme uses.

mod clinical;

use std::collections::BTreeMap;

use ingest::cats::{self, ReadOptions};
use model::{
    organisation::OrganisationCode,
    problem::{Severity, has_error},
    programme::DesignationKind,
};

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
        assert!(case.case.hospital.as_deref().is_some_and(|code| code.starts_with("SYN-")));
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

#[test]
fn the_registry_is_shaped_like_june_2025_and_has_no_flaw() {
    let registry = synthetic::registry();
    assert_eq!(registry.flaws(), [].into());
    let day = "2025-06-01".parse().expect("a day");
    let counts = registry.counts(day);
    let count = |kind| counts.get(&kind).copied().unwrap_or_default();
    assert_eq!((count(DesignationKind::Core), count(DesignationKind::Hub)), (13, 32));
    let able = count(DesignationKind::PanelPartner);
    assert_eq!(able + count(DesignationKind::Partner), 237);
    assert!(able > 0);
    assert!(registry.coverage(day).values().all(|hospitals| *hospitals > 0));
    for (code, hospital) in &registry.hospitals {
        assert!(hospital.synthetic && hospital.name.ja.starts_with("合成"), "{code}");
        let partner = registry.standing(code, day).kind().is_some_and(DesignationKind::is_partner);
        let linked = registry.linked_hospitals(code, day);
        assert_eq!(partner, !linked.is_empty(), "{code}");
        for to in linked {
            let kind = registry.standing(&to, day).kind();
            assert!(matches!(kind, Some(DesignationKind::Core | DesignationKind::Hub)), "{to}");
        }
    }
}

#[test]
fn cases_lie_with_hospitals_of_the_registry_and_more_with_some_than_with_others() {
    let registry = synthetic::registry();
    let mut counts = BTreeMap::<String, usize>::new();
    for case in synthetic::nation(1, CASES) {
        let code = case.case.hospital.expect("every case has a hospital");
        assert!(registry.hospitals.contains_key(&OrganisationCode::new(&code)), "{code}");
        *counts.entry(code).or_default() += 1;
    }
    let first = counts.get("SYN-C001").copied().unwrap_or_default();
    let last = counts.get("SYN-C013").copied().unwrap_or_default();
    assert!(first > last && last > 0, "{first} {last}");
    assert!(counts.len() > 150, "{}", counts.len());
}
