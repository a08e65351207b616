//! Bytes in, model and problems out; and the writers.
//!
//! Every reader returns a [`reading::Reading`]: what could be read and every problem found.

pub mod cats;
pub mod cbioportal;
pub mod clinical_table;
mod compressed;
pub mod detect;
pub mod lift;
mod lines;
pub mod maf;
pub mod output;
pub mod portal_csv;
mod problem_list;
pub mod programme_csv;
pub mod reading;
pub mod reference;
pub mod vcf;
