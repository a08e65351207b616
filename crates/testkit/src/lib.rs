//! What tests share: the place of the public test data.
//!
//! Not here: anything that ships.

pub mod public_data;
