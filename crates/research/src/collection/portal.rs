//! The portal's two exports as the cases of a collection.

use std::collections::HashMap;

use chrono::NaiveDate;
use ingest::portal_csv::{self, CaseKey, PortalCase, PortalFile};
use knowledge::{AnnotateOptions, Release};
use model::{case::PatientCase, consent::Answers, problem::Problem, tumour::TumourTypeCode};

use super::{case_id, manifest::CollectionName};
use crate::cohort::{CaseDocuments, CohortCase, Deidentification};

/// Makes the cases of the case CSV, with the alterations that the report CSV has of them, and says which of the two
/// files lacks a case of the other.
///
/// Whose report has no case is not taken: nothing is known of that patient but alterations.
pub fn portal_cases(
    name: &CollectionName,
    cases: &PortalFile,
    reports: &PortalFile,
    release: &Release,
    annotate: &AnnotateOptions,
    (synthetic, today): (bool, NaiveDate),
) -> (Vec<CohortCase>, Vec<Problem>) {
    let by_key: HashMap<&CaseKey, &PortalCase> =
        reports.cases.iter().map(|case| (&case.key, case)).collect();
    let deidentification = Deidentification::new(release);
    let consent = Answers::default();
    let one = |case: &PortalCase| {
        let result = by_key.get(&case.key).map(|report| portal_csv::reported_case(report).result);
        let document = PatientCase { synthetic, ..PatientCase::default() };
        let key = &case.key;
        let parts = [&key.facility, &key.registration, &key.hash].map(|part| part.as_deref());
        let own = parts.map(Option::unwrap_or_default).join("\n");
        let documents = CaseDocuments {
            id: case_id(name, &own),
            collection: name.as_str(),
            case: &document,
            record: Some(&case.record),
            result: None,
            annotation: None,
            tested: None,
            consent: &consent,
            prefecture: None,
            today,
        };
        let clinical = deidentification.case(&documents);
        let Some(result) = result else { return clinical };
        // Which evidence counts depends on the tumour type, which the record says.
        let tumour = clinical.tumour.as_deref().map(TumourTypeCode::new);
        let annotation = release.annotate_with(&result, tumour.as_ref(), annotate);
        let (result, annotation) = (Some(&result), Some(&annotation));
        deidentification.case(&CaseDocuments { result, annotation, ..documents })
    };
    (cases.cases.iter().map(one).collect(), portal_csv::check_pair(cases, reports))
}
