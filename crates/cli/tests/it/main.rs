//! The program as a user runs it.

mod cats;
mod folder;
mod ingest;
mod kill;
