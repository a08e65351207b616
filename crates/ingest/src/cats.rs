//! CATS (CAncer genomic Test Standardized), the national result format of Japan.
//!
//! A file goes through `read` (bounded parse, rules of its own version, meaning), becomes a [`Document`],
//! and from there a [`TestResult`](model::result::TestResult) by [`to_result`]. Not here: other formats,
//! and evidence.
//!
//! Source: C-CAT, CATS format 1.2.1 (JSON Schema). For the other versions see [`Version`].

pub mod convert;
pub mod document;
mod map;
mod read;
pub mod value;
mod version;
mod write;

pub use document::Document;
pub use map::{assembly, fusion_words, to_result};
pub use read::{ReadOptions, read};
pub use version::{ParseVersionError, Version};
pub use write::write;
