//! Integration tests of `ingest`.

mod cats_samples;
mod golden;
mod maf;
