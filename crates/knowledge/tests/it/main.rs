//! Tests of the knowledge room as its users see it.

mod biomarkers;
mod results;
mod starter;
