//! Integration tests of the findings report.

mod case;
mod golden;
mod intake;
mod properties;
mod scenarios;
mod schema;
