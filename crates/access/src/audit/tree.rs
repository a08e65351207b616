//! A whole tree in memory, to make proofs of.

use super::merkle::{NodeHash, empty_root, node_hash};

/// A tree over every leaf, with all its full subtrees.
///
/// Size in memory: 64 bytes for each leaf.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Hashes of full subtrees, by height; the first are the leaves.
    levels: Vec<Vec<NodeHash>>,
}

impl Tree {
    /// Makes the tree over leaves.
    pub fn of(leaves: Vec<NodeHash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let (pairs, _) = below.as_chunks::<2>();
            levels.push(pairs.iter().map(|[left, right]| node_hash(*left, *right)).collect());
        }
        Self { levels }
    }

    /// Returns how many leaves there are.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Returns the root over the first leaves; `None` where there are fewer.
    pub fn root(&self, size: u64) -> Option<NodeHash> {
        match size {
            0 => Some(empty_root()),
            size if size <= self.size() => self.root_of(0, size),
            _ => None,
        }
    }

    /// Returns the path that proves that a leaf is in the tree over the first `size` leaves, from the leaf up.
    ///
    /// Source: RFC 6962, section 2.1.1.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<NodeHash>> {
        if index >= size || size > self.size() {
            return None;
        }
        let (mut begin, mut length, mut path) = (0, size, Vec::new());
        while length > 1 {
            let half = half_of(length);
            if index - begin < half {
                path.push(self.root_of(begin + half, length - half)?);
                length = half;
            } else {
                path.push(self.root_of(begin, half)?);
                begin += half;
                length -= half;
            }
        }
        path.reverse();
        Some(path)
    }

    /// Returns the path that proves that the tree over the first `second` leaves begins with that over the
    /// first `first`.
    ///
    /// Source: RFC 6962, section 2.1.2.
    pub fn consistency(&self, first: u64, second: u64) -> Option<Vec<NodeHash>> {
        if first > second || second > self.size() {
            return None;
        }
        if first == 0 || first == second {
            return Some(Vec::new());
        }
        let (mut begin, mut length, mut path) = (0, second, Vec::new());
        // The part of the first tree that lies in this part of the second, and whether it is the whole first tree.
        let (mut within, mut whole) = (first, true);
        while within < length {
            let half = half_of(length);
            if within <= half {
                path.push(self.root_of(begin + half, length - half)?);
                length = half;
            } else {
                path.push(self.root_of(begin, half)?);
                begin += half;
                length -= half;
                within -= half;
                whole = false;
            }
        }
        if !whole {
            path.push(self.root_of(begin, length)?);
        }
        path.reverse();
        Some(path)
    }

    /// The root of leaves that begin at a multiple of a power of two not below their number.
    fn root_of(&self, begin: u64, length: u64) -> Option<NodeHash> {
        let (mut end, mut rest, mut root) = (begin + length, length, None);
        while rest > 0 {
            let height = rest.trailing_zeros();
            let full = 1_u64 << height;
            end -= full;
            rest -= full;
            let place = usize::try_from(end >> height).ok()?;
            let node = *self.levels.get(height as usize)?.get(place)?;
            root = Some(root.map_or(node, |right| node_hash(node, right)));
        }
        root
    }
}

/// The largest power of two below a length of at least two.
fn half_of(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::merkle::{CompactRange, leaf_hash, verify_consistency, verify_inclusion};
    use super::*;

    /// Largest tree of which every proof is tried.
    const SIZE_MAX: u64 = 300;

    fn tree(size: u64) -> Tree {
        Tree::of((0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect())
    }

    /// The eight inputs of the Certificate Transparency project's own tests, and the roots over the first 1 to 8 of
    /// them. The roots were computed anew by `tests/merkle.py`, which follows RFC 6962's recursive definition.
    const INPUTS: [&str; 8] = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn known_roots() {
        let leaves: Vec<_> =
            INPUTS.iter().map(|input| leaf_hash(&hex::decode(input).unwrap())).collect();
        let whole = Tree::of(leaves.clone());
        let mut range = CompactRange::default();
        assert_eq!(range.root().to_string(), ROOTS[0]);
        for (index, leaf) in leaves.into_iter().enumerate() {
            range.push(leaf);
            assert_eq!(range.root().to_string(), ROOTS[index + 1]);
            assert_eq!(whole.root(range.size()), Some(range.root()));
        }
    }

    #[test]
    fn every_inclusion_proof_of_every_small_size() {
        let whole = tree(SIZE_MAX);
        for size in 0..=SIZE_MAX {
            let root = whole.root(size).unwrap();
            for index in 0..size {
                let leaf = leaf_hash(&index.to_be_bytes());
                let path = whole.inclusion(index, size).unwrap();
                assert!(verify_inclusion(leaf, index, size, &path, root), "{index} of {size}");
                // Another leaf at this place, or this leaf at another place, is not proved.
                let other = leaf_hash(b"other");
                assert!(!verify_inclusion(other, index, size, &path, root));
                assert!(
                    !verify_inclusion(leaf, (index + 1) % size, size, &path, root) || size == 1
                );
            }
            assert_eq!(whole.inclusion(size, size), None);
        }
    }

    #[test]
    fn every_consistency_proof_of_every_small_size() {
        let whole = tree(SIZE_MAX);
        for second in 0..=SIZE_MAX {
            let second_root = whole.root(second).unwrap();
            for first in 0..=second {
                let first_root = whole.root(first).unwrap();
                let path = whole.consistency(first, second).unwrap();
                let verify = |first_root, second_root, path: &[NodeHash]| {
                    verify_consistency((first, first_root), (second, second_root), path)
                };
                assert!(verify(first_root, second_root, &path), "{first} in {second}");
                let other = leaf_hash(b"other");
                assert!(!verify(other, second_root, &path), "{first} in {second}");
                if first > 0 {
                    assert!(!verify(first_root, other, &path), "{first} in {second}");
                }
                let mut longer = path;
                longer.push(other);
                assert!(!verify(first_root, second_root, &longer), "{first} in {second}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_spoilt_path_proves_nothing(
            size in 2_u64..=300, index in any::<u64>(), node in any::<usize>(), bit in 0_usize..256,
        ) {
            let whole = tree(size);
            let index = index % size;
            let mut path = whole.inclusion(index, size).unwrap();
            let node = node % path.len();
            path[node].0[bit / 8] ^= 1 << (bit % 8);
            let leaf = leaf_hash(&index.to_be_bytes());
            let root = whole.root(size).unwrap();
            prop_assert!(!verify_inclusion(leaf, index, size, &path, root));
            path[node].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_inclusion(leaf, index, size, &path, root));
            path.pop();
            prop_assert!(!verify_inclusion(leaf, index, size, &path, root));
        }

        #[test]
        fn a_kept_state_goes_on(size in 0_u64..=300, more in 0_u64..=40) {
            let whole = tree(size + more);
            let mut range = CompactRange::default();
            for n in 0..size {
                range.push(leaf_hash(&n.to_be_bytes()));
            }
            let mut kept = CompactRange::of_parts(range.size(), &range.peaks()).unwrap();
            for n in size..size + more {
                kept.push(leaf_hash(&n.to_be_bytes()));
            }
            prop_assert_eq!(Some(kept.root()), whole.root(size + more));
            prop_assert!(CompactRange::of_parts(size, &[0; 31]).is_none());
            prop_assert!(CompactRange::of_parts(size + 1, &range.peaks()).is_none()
                || (size + 1).count_ones() == size.count_ones());
        }
    }
}
