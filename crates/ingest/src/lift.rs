//! Moving positions from GRCh37 to GRCh38 by a UCSC chain.
//!
//! [`chain`] reads the file and moves places, [`result`] moves a whole test result.
//! Source: UCSC Genome Browser, "Chain format". Not here: the chain file itself.

mod chain;
mod result;

pub use chain::{Chain, Lifted, ReadChainError};
pub use result::lift;
pub(crate) use result::reverse_complement;
