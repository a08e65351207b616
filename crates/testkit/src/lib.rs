//! What tests share: the place of the public test data, and a real PostgreSQL.
//!
//! Not here: anything that ships.

pub mod postgres;
pub mod public_data;
