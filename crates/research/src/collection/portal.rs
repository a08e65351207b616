//! The portal's two exports as the cases of a collection.

use std::io;

use chrono::NaiveDate;
use ingest::portal_csv::{self, CaseRead, PortalCases, ReadAt, RowProblems};
use knowledge::{AnnotateOptions, Release};
use model::{
    case::PatientCase,
    catalogue::Catalogue,
    clinical_record::RecordReader,
    consent::Answers,
    problem::{Problem, Severity},
    tumour::TumourTypeCode,
};
use rayon::prelude::*;

use super::{case_id, manifest::CollectionName};
use crate::cohort::{
    ApplyChangeError, CaseDocuments, CohortCase, CohortView, Deidentification, ViewBuilder,
};

/// Cases that are read, checked and de-identified before the next are.
const BATCH_CASES: usize = 2_048;

/// What takes the portal's case CSV and report CSV in.
///
/// Both are read case by case, so that memory follows from the cases that are searched and not from the files.
#[derive(Debug)]
pub struct PortalImport<'a, S> {
    /// The collection's name.
    pub name: &'a CollectionName,
    /// The case CSV.
    pub cases: &'a PortalCases<S>,
    /// The report CSV.
    pub reports: &'a PortalCases<S>,
    /// What is known of alterations.
    pub release: &'a Release,
    /// How alterations are judged.
    pub annotate: AnnotateOptions,
    /// Whether the cases are invented.
    pub synthetic: bool,
    /// The day on which the cases are judged.
    pub today: NaiveDate,
}

/// What came of the two files.
#[derive(Debug)]
pub struct PortalTaken {
    /// The cases.
    pub view: CohortView,
    /// Everything found in the case CSV.
    pub of_cases: Vec<Problem>,
    /// Everything found in the report CSV, and which of the two files lacks a case of the other.
    pub of_reports: Vec<Problem>,
}

/// Why the two files could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum TakePortalError {
    /// A file cannot be read.
    #[error("read the portal's exports")]
    Read(#[from] io::Error),
    /// There are too many names.
    #[error("lay the cases out")]
    Index(#[from] ApplyChangeError),
}

/// What was found in a file.
#[derive(Default)]
struct Found {
    rows: RowProblems,
    /// Contradictions by the place of their case.
    of_cases: Vec<(usize, Vec<Problem>)>,
}

impl Found {
    fn add(&mut self, place: usize, rows: RowProblems, of_case: Vec<Problem>, max: usize) {
        self.rows.merge(rows, max);
        if !of_case.is_empty() {
            self.of_cases.push((place, of_case));
        }
    }

    fn finish<S: ReadAt>(mut self, file: &PortalCases<S>) -> Vec<Problem> {
        let mut problems = file.problems(self.rows);
        self.of_cases.sort_by_key(|(place, _)| *place);
        problems.extend(self.of_cases.into_iter().flat_map(|(_, problems)| problems));
        problems
    }
}

/// Returns what is wrong with a file that cannot be taken: its form, and all of its rows.
///
/// Errors: it cannot be read.
pub fn portal_problems<S: ReadAt>(file: &PortalCases<S>) -> io::Result<Vec<Problem>> {
    let mut rows = RowProblems::default();
    for place in 0..file.len() {
        rows.merge(file.case(place)?.problems, file.max_problems());
    }
    Ok(file.problems(rows))
}

/// What a case of the report CSV says.
struct Reported {
    place: usize,
    rows: RowProblems,
    problems: Vec<Problem>,
}

/// A case of the case CSV with what is to be told of it.
struct Taken {
    case: CohortCase,
    rows: RowProblems,
    problems: Vec<Problem>,
    /// Its report, or that there is none.
    report: Result<Reported, Problem>,
}

impl<S: ReadAt> PortalImport<'_, S> {
    /// Makes the cases of the case CSV, with the alterations that the report CSV has of them; `progress` is told how
    /// many are there.
    ///
    /// Whose report has no case is not taken: nothing is known of that patient but alterations. Errors: a file cannot
    /// be read, or more names of one kind than an index can hold.
    pub fn take(&self, mut progress: impl FnMut(usize)) -> Result<PortalTaken, TakePortalError> {
        let deidentification = Deidentification::new(self.release);
        let mut builder = ViewBuilder::default();
        let (mut of_cases, mut of_reports) = (Found::default(), Found::default());
        let mut without_report = Vec::new();
        let mut has_case = vec![false; self.reports.len()];
        let max = self.cases.max_problems();
        for begin in (0..self.cases.len()).step_by(BATCH_CASES) {
            let places = begin..self.cases.len().min(begin + BATCH_CASES);
            let end = places.end;
            let taken =
                places.clone().into_par_iter().map(|place| self.one(&deidentification, place));
            let taken: Vec<Taken> = taken.collect::<io::Result<_>>()?;
            for (place, taken) in places.zip(taken) {
                of_cases.add(place, taken.rows, taken.problems, max);
                match taken.report {
                    Ok(report) => {
                        if let Some(has_case) = has_case.get_mut(report.place) {
                            *has_case = true;
                        }
                        of_reports.add(report.place, report.rows, report.problems, max);
                    }
                    Err(problem) => without_report.push(problem),
                }
                builder.push(taken.case)?;
            }
            progress(end);
        }
        let mut pair = Vec::new();
        for (place, _) in has_case.iter().enumerate().filter(|(_, has_case)| !**has_case) {
            let report = self.reports.case(place)?;
            pair.push(portal_csv::report_without_case(report.line, &report.key));
            let problems = self.problems(&report);
            of_reports.add(place, report.problems, problems, max);
        }
        let mut of_reports = of_reports.finish(self.reports);
        of_reports.extend(pair.into_iter().chain(without_report));
        Ok(PortalTaken {
            view: builder.finish()?,
            of_cases: of_cases.finish(self.cases),
            of_reports,
        })
    }

    fn one(&self, deidentification: &Deidentification<'_>, place: usize) -> io::Result<Taken> {
        let read = self.cases.case(place)?;
        let mut case = self.clinical(deidentification, &read);
        let report = match self.reports.place_of(&read.key) {
            None => Err(portal_csv::case_without_report(read.line, &read.key)),
            Some(place) => {
                let report = self.reports.case(place)?;
                let result = portal_csv::reported_result(&report.record);
                // Which evidence counts depends on the tumour type, which the record says.
                let tumour = case.tumour.as_deref().map(TumourTypeCode::new);
                let annotation =
                    self.release.annotate_with(&result, tumour.as_ref(), &self.annotate);
                deidentification.genomic(&mut case, &result, Some(&annotation));
                let problems = self.problems(&report);
                Ok(Reported { place, rows: report.problems, problems })
            }
        };
        let problems = self.problems(&read);
        Ok(Taken { case, rows: read.problems, problems, report })
    }

    fn clinical(&self, deidentification: &Deidentification<'_>, read: &CaseRead) -> CohortCase {
        let key = &read.key;
        let parts = [&key.facility, &key.registration, &key.hash].map(|part| part.as_deref());
        let own = parts.map(Option::unwrap_or_default).join("\n");
        deidentification.case(&CaseDocuments {
            id: case_id(self.name, &own),
            collection: self.name.as_str(),
            case: &PatientCase { synthetic: self.synthetic, ..PatientCase::default() },
            record: Some(&read.record),
            result: None,
            annotation: None,
            tested: None,
            consent: &Answers::default(),
            prefecture: None,
            today: self.today,
        })
    }

    /// Returns what a case contradicts itself in. It is told; it is what the portal holds, and stays.
    fn problems(&self, read: &CaseRead) -> Vec<Problem> {
        let reader = RecordReader::with_lists(&read.record, Catalogue::get().lists());
        let found = portal_csv::case_problems(&reader, Some(read.line), self.today);
        let found = found.into_iter().map(|problem| Problem {
            severity: problem.severity.min(Severity::Warning),
            ..problem
        });
        found.collect()
    }
}
