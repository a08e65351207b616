//! The program as a user runs it.

mod folder;
mod ingest;
mod kill;
