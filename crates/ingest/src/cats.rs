//! CATS (CAncer genomic Test Standardized), the national result format of Japan.
//!
//! A file goes through [`read`] (bounded parse, rules of its own version, meaning), becomes a [`Document`],
//! and from there a [`TestResult`](model::result::TestResult) by [`to_result`]. Not here: other formats,
//! and evidence.
//!
//! Source: C-CAT, CATS format 1.2.1 (JSON Schema). For the other versions see [`Version`].

mod check;
pub mod convert;
pub mod document;
mod encoding;
mod json;
mod map;
mod problems;
mod read;
mod rules;
mod semantics;
mod upgrade;
pub mod value;
mod version;
mod write;

pub use document::Document;
pub use map::{assembly, fusion_words, to_lifted_result, to_result};
pub use read::{FILE_BYTES_MAX, ReadOptions, read, refuse_by_size, written_version};
pub use upgrade::upgrade;
pub use version::{ParseVersionError, Version};
pub use write::write;
