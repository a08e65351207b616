//! Tests of the knowledge room as its users see it.

mod biomarkers;
mod civic;
mod results;
mod starter;
