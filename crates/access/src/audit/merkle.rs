//! Merkle tree hashing, and what a proof has to satisfy.
//!
//! Source: RFC 6962, section 2.1 (hashing, audit paths, consistency proofs); RFC 9162, sections 2.1.3.2 and
//! 2.1.4.2 (verifying both).

use std::{fmt, str::FromStr};

use ring::digest::{Context, SHA256, digest};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A node of the tree. Shape as text: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeHash(pub [u8; 32]);

impl fmt::Display for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no hash.
#[derive(Debug, thiserror::Error)]
#[error("could not read a hash: it is not 64 lower-case hexadecimal digits")]
pub struct ParseHashError;

impl FromStr for NodeHash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // One writing only: an upper-case digit is another text.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(ParseHashError);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ParseHashError)?;
        Ok(Self(bytes))
    }
}

impl Serialize for NodeHash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for NodeHash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

fn of_digest(digest: &ring::digest::Digest) -> NodeHash {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    NodeHash(bytes)
}

/// Returns the hash of a leaf: SHA-256 of a zero byte and its bytes.
pub fn leaf_hash(bytes: &[u8]) -> NodeHash {
    let mut context = Context::new(&SHA256);
    context.update(&[0]);
    context.update(bytes);
    of_digest(&context.finish())
}

/// Returns the hash of an inner node: SHA-256 of a one byte and its two children.
pub(super) fn node_hash(left: NodeHash, right: NodeHash) -> NodeHash {
    let mut bytes = [1; 65];
    let (first, second) = bytes[1..].split_at_mut(32);
    first.copy_from_slice(&left.0);
    second.copy_from_slice(&right.0);
    of_digest(&digest(&SHA256, &bytes))
}

/// Returns the root of the empty tree: SHA-256 of nothing.
pub(super) fn empty_root() -> NodeHash {
    of_digest(&digest(&SHA256, &[]))
}

/// What must be known of a tree to append to it: the roots of its full subtrees, from the largest.
///
/// There are as many as the size has bits set, so appending and the root take O(log n).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    peaks: Vec<NodeHash>,
}

impl CompactRange {
    /// Makes the state of what was kept; `None` where the peaks cannot be those of the size.
    pub fn of_parts(size: u64, peaks: &[u8]) -> Option<Self> {
        let (hashes, rest) = peaks.as_chunks::<32>();
        let fits = rest.is_empty() && hashes.len() == size.count_ones() as usize;
        fits.then(|| Self { size, peaks: hashes.iter().map(|bytes| NodeHash(*bytes)).collect() })
    }

    /// Returns how many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the peaks as bytes to be kept.
    pub fn peaks(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(|peak| peak.0).collect()
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: NodeHash) {
        let mut node = leaf;
        let mut full = self.size;
        while full & 1 == 1 {
            // The state always has a peak for each bit of its size.
            let Some(left) = self.peaks.pop() else { break };
            node = node_hash(left, node);
            full >>= 1;
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Returns the root over everything appended.
    pub fn root(&self) -> NodeHash {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(last, |right, left| node_hash(left, right))
    }
}

/// Returns whether a path proves that a leaf is at a place of the tree of a size with a root.
///
/// Source: RFC 9162, section 2.1.3.2.
pub fn verify_inclusion(
    leaf: NodeHash,
    index: u64,
    size: u64,
    path: &[NodeHash],
    root: NodeHash,
) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(*sibling, hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Returns whether a path proves that the tree of the larger size begins with that of the smaller.
///
/// Source: RFC 9162, section 2.1.4.2.
pub fn verify_consistency(
    first: (u64, NodeHash),
    second: (u64, NodeHash),
    path: &[NodeHash],
) -> bool {
    let ((first_size, first_root), (second_size, second_root)) = (first, second);
    if first_size > second_size {
        return false;
    }
    if first_size == second_size {
        return path.is_empty() && first_root == second_root;
    }
    if first_size == 0 {
        return path.is_empty() && first_root == empty_root();
    }
    let (mut place, mut last) = (first_size - 1, second_size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut path = path.iter().copied();
    // A full first tree is itself the first node of the path.
    let begun = if first_size.is_power_of_two() { Some(first_root) } else { path.next() };
    let Some(begun) = begun else { return false };
    let (mut of_first, mut of_second) = (begun, begun);
    for node in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            of_first = node_hash(node, of_first);
            of_second = node_hash(node, of_second);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            of_second = node_hash(of_second, node);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && of_first == first_root && of_second == second_root
}
