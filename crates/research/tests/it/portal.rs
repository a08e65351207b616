//! The portal's exports as a collection: case by case, whatever lies between the rows of a case.

use std::collections::HashMap;

use chrono::NaiveDate;
use ingest::portal_csv::{self, PortalCases, ReadOptions};
use knowledge::{AnnotateOptions, Release};
use model::{
    case::PatientCase,
    catalogue::{Catalogue, Document},
    consent::Answers,
    problem::Problem,
    tumour::TumourTypeCode,
};
use research::{
    cohort::{CaseDocuments, CohortCase, Deidentification},
    collection::{PortalImport, PortalTaken},
};
use uuid::Uuid;

const CASES: u64 = 60;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()
}

fn invented(document: Document) -> Vec<u8> {
    let record = |index| match document {
        Document::Case => synthetic::clinical_record(5, index).record,
        Document::Report => synthetic::report_record(5, index),
    };
    let labelled = |index| portal_csv::labelled(&record(index), Catalogue::get().lists());
    portal_csv::write(&portal_csv::file_of(document, (0..CASES).map(labelled)))
}

/// Puts a file's rows in another order, in which those of a case keep theirs.
fn scattered(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut lines = text.split("\r\n");
    let header = lines.next().unwrap();
    let name = |line: &str| line.split(',').nth(1).unwrap().to_owned();
    let mut nth = HashMap::new();
    let mut rows: Vec<_> = lines
        .map(|line| {
            let nth = nth.entry(name(line)).and_modify(|nth| *nth += 1).or_insert(0);
            (*nth, line)
        })
        .collect();
    rows.sort_by_key(|(nth, _)| *nth);
    let rows: Vec<&str> = rows.into_iter().map(|(_, line)| line).collect();
    [&[header], rows.as_slice()].concat().join("\r\n").into_bytes()
}

fn take(release: &Release, cases: &[u8], reports: &[u8]) -> PortalTaken {
    let options = ReadOptions::default();
    let open = |bytes| PortalCases::open(bytes, &options, &mut |_| ()).unwrap().value.unwrap();
    let (cases, reports) = (open(cases), open(reports));
    let mut done = 0;
    let import = PortalImport {
        name: &"old".parse().unwrap(),
        cases: &cases,
        reports: &reports,
        release,
        annotate: AnnotateOptions::default(),
        synthetic: true,
        today: today(),
    };
    let taken = import.take(|cases| done = cases).unwrap();
    assert_eq!(done, cases.len());
    taken
}

/// Makes the cases of files that were read whole, in no way that the import takes; identifiers are left out.
fn from_whole_files(release: &Release, cases: &[u8], reports: &[u8]) -> Vec<CohortCase> {
    let read = |bytes| portal_csv::read(bytes, &ReadOptions::default()).value.unwrap();
    let (cases, reports) = (read(cases), read(reports));
    let deidentification = Deidentification::new(release);
    let cases = cases.cases.iter().map(|case| {
        let report = reports.cases.iter().find(|report| report.key == case.key);
        let result = report.map(|report| portal_csv::reported_case(report).result);
        let documents = CaseDocuments {
            id: Uuid::nil(),
            collection: "old",
            case: &PatientCase { synthetic: true, ..PatientCase::default() },
            record: Some(&case.record),
            result: None,
            annotation: None,
            tested: None,
            consent: &Answers::default(),
            prefecture: None,
            today: today(),
        };
        let tumour = deidentification.case(&documents).tumour;
        let tumour = tumour.as_deref().map(TumourTypeCode::new);
        let annotation = result.as_ref().map(|result| {
            release.annotate_with(result, tumour.as_ref(), &AnnotateOptions::default())
        });
        let (result, annotation) = (result.as_ref(), annotation.as_ref());
        deidentification.case(&CaseDocuments { result, annotation, ..documents })
    });
    in_order(cases.collect())
}

fn without_id(taken: &PortalTaken) -> Vec<CohortCase> {
    let cases = taken.view.every_case().map(|case| CohortCase { id: Uuid::nil(), ..case });
    in_order(cases.collect())
}

/// Brings cases that are not told apart by an identifier into one order.
fn in_order(mut cases: Vec<CohortCase>) -> Vec<CohortCase> {
    cases.sort_by_cached_key(|case| format!("{case:?}"));
    cases
}

fn codes(problems: &[Problem]) -> Vec<(String, Option<u64>)> {
    problems.iter().map(|problem| (problem.code.to_string(), problem.place.line)).collect()
}

#[test]
fn cases_read_one_at_a_time_are_those_of_the_whole_files() {
    let release = Release::starter();
    let (cases, reports) = (invented(Document::Case), invented(Document::Report));
    let taken = take(release, &cases, &reports);
    let expected = from_whole_files(release, &cases, &reports);
    assert_eq!(without_id(&taken), expected);
    assert!(expected.iter().filter(|case| !case.alterations.is_empty()).count() > 30);

    let (mixed_cases, mixed_reports) = (scattered(&cases), scattered(&reports));
    assert_ne!(mixed_cases, cases);
    let mixed = take(release, &mixed_cases, &mixed_reports);
    assert_eq!(
        mixed.view.every_case().collect::<Vec<_>>(),
        taken.view.every_case().collect::<Vec<_>>()
    );
    let told = |problems: &[Problem]| {
        let mut codes: Vec<_> = codes(problems).into_iter().map(|(code, _)| code).collect();
        codes.sort();
        codes
    };
    assert_eq!(told(&mixed.of_cases), told(&taken.of_cases));
    assert_eq!(told(&mixed.of_reports), told(&taken.of_reports));
}

#[test]
fn the_public_exports_give_the_cases_of_the_whole_files() {
    let (Some(cases), Some(reports)) = (
        testkit::public_data::path("felis/sample_clinical.csv"),
        testkit::public_data::path("felis/sample_report.csv"),
    ) else {
        return;
    };
    let (cases, reports) = (std::fs::read(cases).unwrap(), std::fs::read(reports).unwrap());
    let release = Release::starter();
    let taken = take(release, &cases, &reports);
    assert_eq!(without_id(&taken), from_whole_files(release, &cases, &reports));
    // What is told is what each file is told by itself, and which cases have no counterpart.
    let lists = Catalogue::get().lists();
    let whole = |bytes: &[u8]| {
        let reading = portal_csv::read(bytes, &ReadOptions::default());
        let file = reading.value.unwrap();
        let verdicts = portal_csv::check(&file, lists, today(), model::catalogue::Phase::FollowUp);
        let found = verdicts.into_iter().flat_map(|verdict| verdict.problems);
        let mut problems = reading.problems;
        problems.extend(found);
        (file, problems)
    };
    let ((case_file, of_cases), (report_file, mut of_reports)) = (whole(&cases), whole(&reports));
    of_reports.extend(portal_csv::check_pair(&case_file, &report_file));
    assert_eq!(codes(&taken.of_cases), codes(&of_cases));
    assert_eq!(codes(&taken.of_reports), codes(&of_reports));
    assert!(of_cases.len() > 10, "{}", of_cases.len());
}

#[test]
fn what_only_one_of_the_files_has_is_told_at_its_line() {
    let release = Release::starter();
    let header = "C.CAT調査結果.基本項目.ハッシュID,症例.基本情報.性別\r\n";
    let cases = format!("{header}ID_1,2\r\nNA,1\r\nID_2,1\r\nNA,2");
    let header = "C.CAT調査結果.基本項目.ハッシュID,C.CAT調査結果.サマリ.体細胞変異数\r\n";
    let reports = format!("{header}ID_9,1\r\nID_2,3\r\nNA,4");
    let taken = take(release, cases.as_bytes(), reports.as_bytes());
    let found: Vec<_> = codes(&taken.of_reports)
        .into_iter()
        .filter(|(code, _)| code.starts_with("portal.pair"))
        .collect();
    let expected =
        [("no_case", 2), ("no_case", 4), ("no_report", 2), ("no_report", 3), ("no_report", 5)];
    let expected = expected.map(|(code, line)| (format!("portal.pair.{code}"), Some(line)));
    assert_eq!(found, expected);
    assert!(codes(&taken.of_cases).contains(&("portal.row.no_case".to_owned(), Some(3))));
    // Rows without a name are no one's counterpart, so that no alteration comes to another patient.
    assert_eq!(without_id(&taken).iter().filter(|case| case.panel.is_some()).count(), 1);
}
