//! What tests share: the place of the public test data, a real PostgreSQL, and a reader of Parquet.
//!
//! Not here: anything that ships.

pub mod parquet_file;
pub mod postgres;
pub mod public_data;
