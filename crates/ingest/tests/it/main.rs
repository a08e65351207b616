//! Integration tests of `ingest`.

mod cats_samples;
