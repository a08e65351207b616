//! Integration tests of the findings report.

mod case;
mod golden;
mod intake;
mod properties;
mod registration;
mod scenarios;
mod schema;
