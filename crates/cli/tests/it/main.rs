//! The program as a user runs it.

mod audit;
mod backup;
mod case_record;
mod cats;
mod cats_convert;
mod collections;
mod folder;
mod ingest;
mod kill;
mod outcome;
mod portal;
mod programme;
mod report;
mod sealed;
mod serve;
mod vault;
