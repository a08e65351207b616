//! Synthetic clinical records through the checks that the programme uses.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ingest::portal_csv;
use model::{
    catalogue::{Catalogue, Phase},
    clinical_record::{check, completeness},
    problem::Severity,
};
use synthetic::{RecordFlaw, clinical_records};

const CASES: usize = 800;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()
}

#[test]
fn sound_records_pass_every_check_and_spoilt_ones_do_not() {
    let mut flaws = BTreeMap::<String, usize>::new();
    for synthetic in clinical_records(1, 1_500) {
        let findings = check(&synthetic.record, today());
        let of_weight = || findings.iter().filter(|finding| finding.severity > Severity::Note);
        match synthetic.flaw {
            Some(flaw) => {
                let found = findings.iter().any(|finding| finding.code == flaw.check_code());
                assert!(found, "{flaw:?} of {} is not found", synthetic.case.reference);
                *flaws.entry(format!("{flaw:?}")).or_default() += 1;
            }
            None => assert_eq!(of_weight().count(), 0, "{:?}", of_weight().collect::<Vec<_>>()),
        }
    }
    assert_eq!(flaws.len(), RecordFlaw::ALL.len(), "{flaws:?}");
}

#[test]
fn records_are_nearly_complete_and_never_wholly() {
    let shares: Vec<usize> = clinical_records(1, CASES)
        .map(|synthetic| completeness(&synthetic.record, today(), Phase::Registration).percent())
        .collect();
    let whole = shares.iter().filter(|share| **share == 100).count();
    assert!(shares.iter().all(|share| *share >= 70), "{:?}", shares.iter().min());
    assert!((CASES / 20..CASES).contains(&whole), "{whole} of {CASES} are complete");
}

#[test]
fn records_hold_every_block_of_the_form() {
    let mut rows = BTreeMap::<&str, usize>::new();
    for synthetic in clinical_records(1, CASES) {
        for block in Catalogue::get().blocks() {
            *rows.entry(block.code).or_default() += synthetic.record.rows(block.code).count();
        }
    }
    for block in ["regimen_before", "regimen_after", "metastasis_site", "family_member"] {
        assert!(rows[block] > 80, "{rows:?}");
    }
    for block in ["adverse_event_before", "adverse_event_after", "other_cancer"] {
        assert!(rows[block] > 10, "{rows:?}");
    }
}

#[test]
fn a_case_csv_of_them_is_read_back_to_the_same_records() {
    let lists = Catalogue::get().lists();
    let records: Vec<_> = clinical_records(3, 60)
        .map(|synthetic| portal_csv::labelled(&synthetic.record, lists))
        .collect();
    let bytes =
        portal_csv::write(&portal_csv::file_of(model::catalogue::Document::Case, records.clone()));
    let reading = portal_csv::read(&bytes, &portal_csv::ReadOptions::default());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let file = reading.value.unwrap();
    assert_eq!(file.cases.len(), records.len());
    for (case, record) in file.cases.iter().zip(&records) {
        let mut differing =
            record.cells().filter(|(address, value)| case.record.get(address) != Some(*value));
        assert_eq!(differing.next(), None, "{}", case.key.name());
        assert_eq!(case.record.cells().count(), record.cells().count());
    }
    assert_eq!(portal_csv::write(&file), bytes);
}

#[test]
fn records_belong_to_the_patients_of_the_nation() {
    let cases: Vec<_> = synthetic::nation(5, 20).map(|synthetic| synthetic.case).collect();
    let records: Vec<_> = clinical_records(5, 20).collect();
    let of_records: Vec<_> = records.iter().map(|synthetic| synthetic.case.clone()).collect();
    assert_eq!(of_records, cases);
    let small: Vec<_> = clinical_records(5, 3).collect();
    assert_eq!(small, records[..3]);
}
