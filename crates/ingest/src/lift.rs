//! Moving positions from one assembly to another.

/// A chain from one assembly to another.
#[derive(Debug)]
pub struct Chain {}
