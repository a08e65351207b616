//! Integration tests of the cohort engine.

mod change;
mod evaluate;
mod invented;
mod naive;
mod page;
mod query;
mod snapshot;
