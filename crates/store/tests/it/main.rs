//! One suite for both engines: SQLite always, PostgreSQL wherever it is installed.

mod case_list;
mod check;
mod copy;
mod fixture;
mod immutable;
mod migrate;
mod record;
