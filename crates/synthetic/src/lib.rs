//! The synthetic nation: invented patients, hospitals and test results, labelled synthetic everywhere.
//!
//! Everything follows from the seed and the case's number, so that a nation of ten cases is the beginning
//! of a nation of two thousand. Frequencies of tumour types and alterations are round invented numbers
//! (`tables/*.tsv`), chosen to look like a programme's panel tests and to mean nothing more. Well-known
//! variants lie at their real GRCh38 places; those marked `invented` in `tables/loci.tsv`, all copy-number
//! bounds and all breakpoints lie within the right gene and nowhere real.
//!
//! Not here: real data of any kind, reading or judging results.

mod clinical;
mod cohort;
mod consent;
mod draw;
mod flaw;
mod hospital;
mod order;
mod patient;
mod programme_year;
mod registry;
mod report;
mod result;
mod tables;

pub use clinical::{RecordFlaw, SyntheticRecord, clinical_record, clinical_records};
pub use cohort::{cohort_case, cohort_cases};
pub use consent::{SyntheticConsent, consent_documents, consents, document_on};
pub use flaw::Flaw;
pub use hospital::{Hospital, hospitals};
use model::case::PatientCase;
pub use order::{OrderDrawn, OrderStepDrawn, invented_name, order};
pub use programme_year::{ProgrammeYearTest, programme_year, programme_year_registry};
pub use registry::registry;
pub use report::report_record;

use crate::{draw::Draw, patient::Profile, tables::Tables};

/// A synthetic case with its result.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntheticCase {
    /// The case; `synthetic` is always set.
    pub case: PatientCase,
    /// Name of the result's file.
    pub file_name: String,
    /// The result. Shape: CATS 1.2.1 in JSON, unless the flaw says otherwise.
    pub cats_json: Vec<u8>,
    /// What was spoilt on purpose.
    pub flaw: Option<Flaw>,
}

/// Returns the synthetic cases of a nation, in the order of their numbers.
///
/// The same seed gives the same cases, whatever their number.
///
/// ```
/// let mut cases = synthetic::nation(1, 3);
/// let first = cases.next().expect("a nation of three has a first case");
/// assert!(first.case.synthetic);
/// assert_eq!(first.case.reference, "SYN1-000001");
/// ```
pub fn nation(seed: u64, cases: usize) -> impl Iterator<Item = SyntheticCase> {
    (0..cases as u64).map(move |index| one_case(seed, index))
}

/// Makes the case of one number (from 0).
fn one_case(seed: u64, index: u64) -> SyntheticCase {
    let tables = Tables::get();
    let mut draw = Draw::new(seed, index);
    let (case, profile) = patient_of(&mut draw, seed, index);
    let reference = case.reference.clone();
    let mut document = result::draw(&mut draw, tables, &profile, &reference);
    let flaw = Flaw::draw(&mut draw).filter(|flaw| flaw.fits(&document));
    let cats_json = match flaw {
        Some(flaw) => flaw.spoil(&mut document),
        None => flaw::bytes(&document),
    };
    SyntheticCase { case, file_name: format!("{reference}.cats"), cats_json, flaw }
}

/// Draws the patient of one number (from 0), which are the first draws of the case's stream.
fn patient_of(draw: &mut Draw, seed: u64, index: u64) -> (PatientCase, Profile) {
    let number = index + 1;
    patient::draw(draw, Tables::get(), &format!("SYN{seed}-{number:06}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_nation_is_the_beginning_of_a_large_one() {
        let small: Vec<_> = nation(7, 5).collect();
        let large: Vec<_> = nation(7, 20).take(5).collect();
        assert_eq!(small, large);
        let other: Vec<_> = nation(8, 5).collect();
        assert_ne!(small.first().unwrap().cats_json, other.first().unwrap().cats_json);
    }
}
