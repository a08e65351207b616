//! Integration tests of `ingest`.

mod cats_convert;
mod cats_samples;
mod golden;
mod maf;
mod vcf;
