//! The golden folders: a result, a case where there is one, and what must come of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use care::report::{FindingsReport, ReportInput, compose};
use ingest::detect::{ReadOptions, read_any};
use knowledge::Release;
use model::{case::PatientCase, problem::Problem, result::TestResult};

/// What is read of one golden folder.
pub(crate) struct Case {
    pub(crate) folder: PathBuf,
    pub(crate) result: TestResult,
    pub(crate) case: Option<PatientCase>,
    pub(crate) problems: Vec<Problem>,
}

impl Case {
    /// Reads the folder of a name.
    pub(crate) fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        let bytes = fs::read(folder.join("input.cats")).unwrap();
        let reading = read_any(&bytes, "input.cats", &ReadOptions::default());
        let case = fs::read(folder.join("case.json"))
            .ok()
            .map(|text| serde_json::from_slice(&text).unwrap());
        Self {
            result: reading.value.unwrap().remove(0).result,
            problems: reading.problems,
            folder,
            case,
        }
    }

    /// Makes its report with the starter release.
    pub(crate) fn report(&self) -> FindingsReport {
        compose(
            &ReportInput {
                result: &self.result,
                case: self.case.as_ref(),
                problems: &self.problems,
                program_version: "0.0.0-test",
            },
            Release::starter(),
        )
    }
}

/// Every golden folder.
pub(crate) const NAMES: [&str; 3] = ["lung_tumour_only", "leukaemia_matched", "nothing_found"];
