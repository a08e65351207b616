//! One suite for both engines: SQLite always, PostgreSQL wherever it is installed.

mod audit;
mod audit_kill;
mod audit_tamper;
mod case_change;
mod case_list;
mod check;
mod clinical_record;
mod consent;
mod copy;
mod fixture;
mod immutable;
mod inquiry;
mod migrate;
mod order;
mod people;
mod record;
mod registry;
mod research;
mod snapshot;
mod vault;
