//! Integration tests of the cohort engine.

mod change;
mod collection;
mod cox;
mod deidentify;
mod evaluate;
mod invented;
mod naive;
mod page;
mod portal;
mod programme;
mod project;
mod query;
mod snapshot;
