//! Registering a case under a number that nobody else has.
//!
//! The number is drawn at random and the record refuses one that is taken, on both engines and whoever draws at
//! the same moment; then another is drawn.

use chrono::{DateTime, Utc};
use model::{
    case::PatientCase, identity::CaseId, organisation::OrganisationCode,
    registration::RegistrationFormat,
};
use store::{Batch, NewCase, RecordError, RegisteredCase, Registration, identifier_v7};

/// How often another number is drawn. With 2^40 numbers for each hospital one is enough nearly always.
const DRAWS_MAX: u32 = 16;

/// Why a case was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Every number drawn was taken: the form has too few numbers.
    #[error("every registration number drawn was taken")]
    NumbersTaken,
    /// The record refused.
    #[error("could not register the case")]
    Record(#[from] RecordError),
}

/// Registers a case of a hospital; its reference becomes a number of the site's form.
///
/// Errors: the record fails, or no free number was found.
pub async fn register_case(
    batch: &mut Batch,
    format: &RegistrationFormat,
    hospital: &OrganisationCode,
    document: PatientCase,
    now: DateTime<Utc>,
    random: impl Fn() -> [u8; 32],
) -> Result<(RegisteredCase, String), RegisterError> {
    for _ in 0..DRAWS_MAX {
        let reference = format.number(hospital, &random());
        let document = PatientCase {
            reference: reference.clone(),
            hospital: Some(hospital.to_string()),
            ..document.clone()
        };
        let id = CaseId(identifier_v7(now, &["case", &reference]));
        let new = NewCase { id, document, revises: false };
        let registered = batch.register_case(&new, now).await?;
        if registered.registration == Registration::Inserted {
            batch.refresh_cases(&[registered.case]).await?;
            return Ok((registered, reference));
        }
    }
    Err(RegisterError::NumbersTaken)
}
