//! Reference sequences.

/// A reference sequence.
#[derive(Debug)]
pub struct Reference {}
