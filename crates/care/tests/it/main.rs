//! Integration tests of the findings report.

mod case;
mod golden;
mod properties;
mod scenarios;
mod schema;
