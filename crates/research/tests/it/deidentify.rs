//! A synthetic patient's documents become a case that says the same and nothing that identifies.

use chrono::NaiveDate;
use knowledge::Release;
use model::consent::{Answer as ConsentAnswer, Answers, ConsentPurpose};
use research::cohort::{Answer, CaseDocuments, CohortCase, Deidentification};
use uuid::Uuid;

const PATIENTS: usize = 200;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()
}

/// Returns the cases of a small nation with the documents they were made of.
fn cases() -> Vec<(CohortCase, synthetic::SyntheticCase, synthetic::SyntheticRecord)> {
    let release = Release::starter();
    let deidentification = Deidentification::new(release);
    let consent = Answers::all(ConsentAnswer::Yes)
        .with(ConsentPurpose::CompanyUse, ConsentAnswer::No)
        .with(ConsentPurpose::AbroadUse, ConsentAnswer::Later);
    let records = synthetic::clinical_records(1, PATIENTS);
    synthetic::nation(1, PATIENTS)
        .zip(records)
        .enumerate()
        .map(|(number, (patient, record))| {
            let options = ingest::detect::ReadOptions::default();
            let reading =
                ingest::detect::read_any(&patient.cats_json, &patient.file_name, &options);
            let result = reading.value.and_then(|mut results| results.pop());
            let result = result.map(|read| read.result);
            let tumour = patient.case.tumour_type.as_ref();
            let annotation = result.as_ref().map(|result| release.annotate(result, tumour));
            let case = deidentification.case(&CaseDocuments {
                id: Uuid::from_u128(number as u128),
                collection: "registered",
                case: &patient.case,
                record: Some(&record.record),
                result: result.as_ref(),
                annotation: annotation.as_ref(),
                tested: None,
                consent: &consent,
                prefecture: None,
                today: today(),
            });
            (case, patient, record)
        })
        .collect()
}

#[test]
fn documents_become_a_case_that_says_the_same() {
    let cases = cases();
    for (case, patient, record) in &cases {
        assert!(case.synthetic);
        assert_eq!(
            case.tumour.as_deref(),
            patient.case.tumour_type.as_ref().map(model::tumour::TumourTypeCode::as_str)
        );
        assert_eq!(case.consent.academic, Some(Answer::Yes));
        assert_eq!(case.consent.company, Some(Answer::No));
        assert_eq!(case.consent.abroad, None, "undecided is no answer");
        let lines = record.record.rows("regimen_before").count()
            + record.record.rows("regimen_after").count();
        assert_eq!(case.therapies.len(), lines);
        assert_eq!(case.clone().normalised(), *case);
    }
    let count =
        |holds: &dyn Fn(&CohortCase) -> bool| cases.iter().filter(|(case, ..)| holds(case)).count();
    assert!(count(&|case| case.panel.is_some()) > PATIENTS * 9 / 10);
    assert!(count(&|case| case.panel.as_ref().is_some_and(|p| p.coverage.is_some())) > 150);
    assert!(count(&|case| case.alterations.iter().any(|own| own.level.is_some())) > 100);
    assert!(count(&|case| case.alterations.iter().any(|own| own.change.is_some())) > 100);
    assert!(count(&|case| case.tmb.is_some() && case.msi.is_some()) > 100);
    assert!(count(&|case| case.smoking.is_some() && case.diagnosed.is_some()) > 150);
    assert!(count(&|case| case.vital_status.is_some() && case.last_contact.is_some()) > 150);
    assert!(count(&|case| case.therapies.iter().any(|line| line.response.is_some())) > 100);
    assert!(count(&|case| case.therapies.iter().any(|line| !line.classes.is_empty())) > 10);
    assert!(count(&|case| case.recorded.before) > 150);
    assert!(count(&|case| case.completeness.is_some_and(|percent| percent > 50)) > 150);
}

#[test]
fn no_reference_and_no_written_text_gets_in() {
    for (case, patient, record) in cases() {
        let text = serde_json::to_string(&case).unwrap();
        assert!(!text.contains(&patient.case.reference));
        let written = ["registration_id", "hash_id", "pathological_diagnosis"];
        for item in written {
            let cell = record.record.value(item).map(|cell| cell.written.as_str());
            assert!(cell.is_none_or(|cell| !text.contains(cell)), "{item}");
        }
    }
}

#[test]
fn what_no_document_says_is_unknown() {
    let own = model::case::PatientCase::default();
    let case = Deidentification::new(Release::starter()).case(&CaseDocuments {
        id: Uuid::nil(),
        collection: "registered",
        case: &own,
        record: None,
        result: None,
        annotation: None,
        tested: None,
        consent: &Answers::default(),
        prefecture: None,
        today: today(),
    });
    assert_eq!(case, CohortCase::unknown(Uuid::nil(), "registered".into()));
}
