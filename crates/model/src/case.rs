//! A patient case: what a findings report must know of a patient, without who the patient is.
//!
//! Direct identifiers (name, address, insurance number) have no place here.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::tumour::TumourTypeCode;

/// Sex as registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Registered as other.
    Other,
}

/// What a patient case says. Every field but the reference may be unknown.
///
/// Shape in JSON: camelCase keys; the same document is the `--case` file of the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PatientCase {
    /// The registering hospital's pseudonymous reference for the case; unique in the record.
    pub reference: String,
    /// Code of the hospital that registered the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hospital: Option<String>,
    /// Age. Units: completed years at registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_years: Option<u16>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Tumour type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tumour_type: Option<TumourTypeCode>,
    /// Diagnosis as the pathologist wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<String>,
    /// ECOG performance status. Units: grade 0 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performance_status: Option<u8>,
    /// Where the specimen was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen_site: Option<String>,
    /// Kind of specimen, such as FFPE or plasma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen_kind: Option<String>,
    /// Day the specimen was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub specimen_collected: Option<NaiveDate>,
    /// Tumour cell content of the specimen. Units: per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tumour_content_percent: Option<u8>,
    /// Day of registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<NaiveDate>,
    /// Whether the case is invented; shown on every page and report made of it.
    #[serde(default)]
    pub synthetic: bool,
}
