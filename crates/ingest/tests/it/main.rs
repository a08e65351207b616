//! Integration tests of `ingest`.

mod cats_convert;
mod cats_golden;
mod cats_limits;
mod cats_mutations;
mod cats_samples;
mod cats_schema;
mod cats_upgrade;
mod cbioportal;
mod golden;
mod lift;
mod maf;
mod portal_csv;
mod programme_csv;
mod reference;
mod seeded;
mod table_mutations;
mod vcf;
