//! The audit log: what is written down of every sign-in, read, change, export and administrative act.
//!
//! Entries are the leaves of a Merkle tree, hashed as RFC 6962 says; a signed tree head binds everything before
//! it, so that nothing can be altered, removed, reordered or cut off without being seen, and one entry can be
//! proved to be in the log without showing another.
//!
//! Not here: keeping entries (`store`), the clock, and the files in which keys and heads lie (`cli`).

mod deed;
mod entry;
mod flaw;
mod head;
mod label;
mod lines;
mod merkle;
mod moment;
mod proof;
mod reading;
mod tree;
mod verify;

pub use deed::Deed;
pub use entry::{Entry, Index, Outcome, ReadEntryError};
pub use flaw::{Flaw, Place};
pub use head::{KeyError, SignedHead, SigningKey, TreeHead, VerifyingKey};
pub use label::{action_label, purpose_label, role_label};
pub use lines::{
    Line, ReadLineError, read_line, write_end_line, write_entry_line, write_head_line,
};
pub use merkle::{
    CompactRange, NodeHash, ParseHashError, leaf_hash, verify_consistency, verify_inclusion,
};
pub use proof::{CheckedProof, PROOF_VERSION, ProofError, ProofFile, ProvedEntry};
pub use reading::verify_lines;
pub use tree::Tree;
pub use verify::{Verification, Verifier, Written};
