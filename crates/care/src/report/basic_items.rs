//! Section 1: basic items of the case, the specimen and the test.
//!
//! What nobody said is `null` in JSON and "unknown" on paper.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use knowledge::Release;
use model::{
    case::Sex,
    genome::Assembly,
    problem::Severity,
    result::{ResultFormat, SequencedSample, TestType},
    text::LocalizedText,
    tumour::TumourTypeCode,
};
use serde::{Deserialize, Serialize};

use super::ReportInput;

/// Section 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BasicItems {
    /// Whether the case is invented.
    pub synthetic: bool,
    /// The hospital's reference of the case.
    pub reference: Option<String>,
    /// Code of the registering hospital.
    pub hospital: Option<String>,
    /// Age. Units: completed years at registration.
    pub age_years: Option<u16>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Tumour type.
    pub tumour_type: Option<TumourTypeItem>,
    /// Diagnosis as the pathologist wrote it.
    pub diagnosis: Option<String>,
    /// ECOG performance status. Units: grade 0 to 4.
    pub performance_status: Option<u8>,
    /// Day of registration.
    pub registered: Option<NaiveDate>,
    /// Specimen.
    pub specimen: Specimen,
    /// Test.
    pub test: Test,
    /// Sequenced samples with what the laboratory says of their quality.
    pub samples: Vec<SequencedSample>,
    /// Problems found in the input.
    pub input_problems: InputProblems,
}

/// A tumour type with its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TumourTypeItem {
    /// OncoTree code.
    pub code: TumourTypeCode,
    /// Name; `null` where the release does not know the code.
    pub name: Option<LocalizedText>,
    /// Tissue that the type belongs to.
    pub tissue: Option<String>,
    /// Whether it is a haematological tumour; `null` where the release does not know the code.
    pub haematological: Option<bool>,
}

/// The specimen that was tested.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Specimen {
    /// Where it was taken.
    pub site: Option<String>,
    /// Kind, such as FFPE or plasma.
    pub kind: Option<String>,
    /// Day it was taken.
    pub collected: Option<NaiveDate>,
    /// Tumour cell content. Units: per cent.
    pub tumour_content_percent: Option<u8>,
}

/// The test, and the file its result came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Test {
    /// The laboratory's identifier of the test.
    pub test_id: Option<String>,
    /// What was sequenced against what.
    pub test_type: Option<TestType>,
    /// Name of the gene panel.
    pub panel_name: Option<String>,
    /// Version of the gene panel.
    pub panel_version: Option<String>,
    /// Name of the analysis software.
    pub software_name: Option<String>,
    /// Version of the analysis software.
    pub software_version: Option<String>,
    /// Whether the laboratory calls the test for reference only.
    pub reference_only: Option<bool>,
    /// Format of the input.
    pub source: ResultFormat,
    /// Reference assembly of every position in the report.
    pub assembly: Option<Assembly>,
    /// Assembly of the sender's positions, when they were lifted.
    pub lifted_from: Option<Assembly>,
}

/// How many problems were found in the input, by severity and by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputProblems {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// One entry for each code, gravest first.
    pub codes: Vec<ProblemCount>,
}

/// Problems of one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProblemCount {
    /// Stable code.
    pub code: String,
    /// Severity.
    pub severity: Severity,
    /// How often it was found.
    pub count: usize,
    /// The first one's sentence.
    pub message: LocalizedText,
}

impl BasicItems {
    /// Returns whether the patient's tumour, or else the panel, is haematological.
    pub fn is_haematological(&self, release: &Release) -> bool {
        if let Some(haematological) = self.tumour_type.as_ref().and_then(|t| t.haematological) {
            return haematological;
        }
        let panel = self
            .test
            .panel_name
            .as_deref()
            .and_then(|name| release.panel(name, self.test.panel_version.as_deref()));
        panel.and_then(|panel| panel.haematological).unwrap_or(false)
    }
}

/// Makes section 1.
pub(super) fn compose(input: &ReportInput<'_>, release: &Release) -> BasicItems {
    let case = input.case;
    let test = &input.result.test;
    let tumour_type = case.and_then(|case| case.tumour_type.as_ref()).map(|code| {
        let known = release.tumour_type(code);
        TumourTypeItem {
            code: code.clone(),
            name: known.map(|known| known.name.clone()),
            tissue: known.map(|known| known.tissue.clone()),
            haematological: known.map(|known| known.haematological),
        }
    });
    BasicItems {
        synthetic: case.is_some_and(|case| case.synthetic),
        reference: case.map(|case| case.reference.clone()).filter(|text| !text.is_empty()),
        hospital: case.and_then(|case| case.hospital.clone()),
        age_years: case.and_then(|case| case.age_years),
        sex: case.and_then(|case| case.sex),
        tumour_type,
        diagnosis: case.and_then(|case| case.diagnosis.clone()),
        performance_status: case.and_then(|case| case.performance_status),
        registered: case.and_then(|case| case.registered),
        specimen: Specimen {
            site: case.and_then(|case| case.specimen_site.clone()),
            kind: case.and_then(|case| case.specimen_kind.clone()),
            collected: case.and_then(|case| case.specimen_collected),
            tumour_content_percent: case.and_then(|case| case.tumour_content_percent),
        },
        test: Test {
            test_id: test.test_id.clone(),
            test_type: test.test_type,
            panel_name: test.panel_name.clone(),
            panel_version: test.panel_version.clone(),
            software_name: test.software_name.clone(),
            software_version: test.software_version.clone(),
            reference_only: test.reference_only,
            source: input.result.source.clone(),
            assembly: input.result.assembly,
            lifted_from: input.result.lifted_from,
        },
        samples: input.result.samples.clone(),
        input_problems: count_problems(input.problems),
    }
}

fn count_problems(problems: &[model::problem::Problem]) -> InputProblems {
    let mut by_code: BTreeMap<(std::cmp::Reverse<Severity>, &str), ProblemCount> = BTreeMap::new();
    let mut counted = InputProblems::default();
    for problem in problems {
        match problem.severity {
            Severity::Error => counted.errors += 1,
            Severity::Warning => counted.warnings += 1,
            Severity::Note => counted.notes += 1,
        }
        by_code
            .entry((std::cmp::Reverse(problem.severity), problem.code.as_ref()))
            .or_insert_with(|| ProblemCount {
                code: problem.code.to_string(),
                severity: problem.severity,
                count: 0,
                message: problem.message.clone(),
            })
            .count += 1;
    }
    counted.codes = by_code.into_values().collect();
    counted
}
