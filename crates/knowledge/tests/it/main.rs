//! Tests of the knowledge room as its users see it.

mod biomarkers;
mod civic;
mod exons;
mod levels;
mod matching;
mod properties;
mod relations;
mod releases;
mod results;
mod sources;
mod starter;
