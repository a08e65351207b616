//! Nouns and rules of a cancer genomic medicine programme.
//!
//! Everything here is a value: no input or output, no clock, no randomness. Where a source file does
//! not say something the value is `None` and stays so; nothing is invented.
//!
//! Not here: how values are read (`ingest`), kept (`store`), or judged against evidence (`knowledge`).

pub mod alteration;
pub mod case;
pub mod catalogue;
pub mod clinical_record;
pub mod consent;
pub mod eligibility;
pub mod evidence;
pub mod gene;
pub mod genome;
pub mod hgvs;
pub mod identity;
pub mod inquiry;
pub mod order;
pub mod organisation;
pub mod problem;
pub mod programme;
pub mod registration;
pub mod research_project;
pub mod result;
pub mod text;
pub mod tumour;
