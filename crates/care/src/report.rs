//! The findings report: what a test result means in the light of one knowledge release.
//!
//! A report has exactly eight sections, one file each: [`basic_items`], [`findings`],
//! [`candidate_trials`], [`gene_details`], [`references`], [`software_versions`],
//! [`evidence_levels`] and [`disclaimer`]. [`compose()`] makes it as a value; [`json`], [`html`] and
//! [`pdf`] write it. The same input and release give the same bytes in every format: nothing here
//! reads a clock.
//!
//! The JSON form is described by `report.schema.json` in this crate.
//!
//! Not here: which evidence matches and at which level (`knowledge`), and keeping reports (`store`).

use model::{case::PatientCase, problem::Problem, result::TestResult};
use serde::{Deserialize, Serialize};

mod altered;
pub mod basic_items;
pub mod candidate_trials;
mod compose;
pub mod counts;
pub mod disclaimer;
pub mod evidence;
pub mod evidence_levels;
pub mod findings;
pub mod gene_details;
pub mod html;
pub mod json;
pub mod labels;
pub mod layout;
pub mod pdf;
pub mod references;
pub mod secondary_finding;
pub mod software_versions;

pub use compose::{compose, compose_with};
pub use html::{html_body, report_css, to_html};
pub use json::to_json;
pub use pdf::{RenderPdfError, to_pdf};

/// Version of the report's JSON form; raised when a reader would have to change.
pub const REPORT_FORMAT: &str = "1.0.0";

/// What a report is made of, besides the knowledge release.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// The result.
    pub result: &'a TestResult,
    /// The case, where one is known.
    pub case: Option<&'a PatientCase>,
    /// What was found wrong with the input when it was read.
    pub problems: &'a [Problem],
    /// Version of the program that makes the report.
    pub program_version: &'a str,
}

/// A findings report.
///
/// Shape in JSON: exactly eight keys, in this order. Every sentence is `{"ja","en"}`; every coded
/// value is its code, whose label the schema and [`labels`] give.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingsReport {
    /// Section 1: whose result it is and how it was made.
    pub basic_items: basic_items::BasicItems,
    /// Section 2: what was found.
    pub findings: findings::Findings,
    /// Section 3: clinical trials that may fit.
    pub candidate_trials: candidate_trials::CandidateTrials,
    /// Section 4: each altered gene in detail.
    pub gene_details: Vec<gene_details::GeneDetail>,
    /// Section 5: literature, by number.
    pub references: Vec<references::ReferenceEntry>,
    /// Section 6: software and databases with their versions.
    pub software_versions: software_versions::SoftwareVersions,
    /// Section 7: what the evidence levels mean.
    pub evidence_level_definitions: evidence_levels::EvidenceLevelDefinitions,
    /// Section 8: cautions and disclaimer.
    pub disclaimer: disclaimer::Disclaimer,
}
