//! One suite for both engines: SQLite always, PostgreSQL wherever it is installed.

mod case_list;
mod fixture;
mod immutable;
mod migrate;
mod record;
