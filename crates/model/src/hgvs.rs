//! HGVS descriptions, in the spellings that laboratories use.
//!
//! Source: HGVS Nomenclature 21.0. Only what panel reports write is read; the rest stays as written.

pub mod coding;
pub mod protein;
