//! What is wrong with the cases of a file, and what they lack.

use std::collections::HashSet;

use chrono::NaiveDate;
use model::{
    catalogue::{CodeLists, Document, Phase},
    clinical_record::{Completeness, RecordReader},
    problem::{Place, Problem},
};

use super::{CaseKey, PortalFile, problems};

/// What is to be said of a case.
#[derive(Clone, Debug)]
pub struct CaseVerdict {
    /// The case.
    pub key: CaseKey,
    /// Contradictions, each at the line of the case's first row.
    pub problems: Vec<Problem>,
    /// How far it is filled.
    pub completeness: Completeness,
}

/// Checks every case of a file on a day; a report CSV's cases are checked as to single values only.
pub fn check(
    file: &PortalFile,
    lists: &CodeLists,
    today: NaiveDate,
    phase: Phase,
) -> Vec<CaseVerdict> {
    let verdicts = file.cases.iter().map(|case| {
        let reader = RecordReader::with_lists(&case.record, lists);
        let line = case.rows.first().map(|row| row.line);
        let completeness = match file.document {
            Document::Case => reader.completeness(today, phase),
            Document::Report => Completeness::default(),
        };
        CaseVerdict {
            key: case.key.clone(),
            problems: case_problems(&reader, line, today),
            completeness,
        }
    });
    verdicts.collect()
}

/// Returns what a case contradicts itself in, each told at a line.
pub fn case_problems(
    reader: &RecordReader<'_>,
    line: Option<u64>,
    today: NaiveDate,
) -> Vec<Problem> {
    let found = reader.check(today).into_iter().map(|finding| {
        let problem = finding.to_problem();
        Problem { place: Place { line, ..problem.place.clone() }, ..problem }
    });
    found.collect()
}

/// Compares which cases the two files of one export have; what has no name has no counterpart.
pub fn check_pair(cases: &PortalFile, reports: &PortalFile) -> Vec<Problem> {
    let names = |file: &PortalFile| -> HashSet<CaseKey> {
        file.cases.iter().map(|case| case.key.clone()).filter(CaseKey::is_named).collect()
    };
    let (in_cases, in_reports) = (names(cases), names(reports));
    let line = |case: &super::PortalCase| case.rows.first().map_or(0, |row| row.line);
    let orphans = reports.cases.iter().filter(|case| !in_cases.contains(&case.key));
    let without = cases.cases.iter().filter(|case| !in_reports.contains(&case.key));
    let orphans = orphans.map(|case| report_without_case(line(case), &case.key));
    let without = without.map(|case| case_without_report(line(case), &case.key));
    orphans.chain(without).collect()
}

/// Tells that a case of the report CSV is not in the case CSV.
pub fn report_without_case(line: u64, key: &CaseKey) -> Problem {
    problems::report_without_case(line, key.name())
}

/// Tells that a case of the case CSV is not in the report CSV.
pub fn case_without_report(line: u64, key: &CaseKey) -> Problem {
    problems::case_without_report(line, key.name())
}
