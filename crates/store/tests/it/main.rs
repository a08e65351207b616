//! One suite for both engines: SQLite always, PostgreSQL wherever it is installed.

mod case_list;
mod check;
mod consent;
mod copy;
mod fixture;
mod immutable;
mod inquiry;
mod migrate;
mod record;
mod registry;
