//! Integration tests of the findings report.

mod case;
mod golden;
mod intake;
mod properties;
mod record_import;
mod registration;
mod scenarios;
mod schema;
mod vault;
