//! A proof that can be handed out: entries, their paths, and the signed head to which they lead.

use serde::{Deserialize, Serialize};

use super::{
    entry::{Entry, ReadEntryError},
    head::{KeyError, SignedHead, VerifyingKey},
    merkle::{NodeHash, leaf_hash, verify_inclusion},
    tree::Tree,
};

/// Version of proof files that this program writes and reads.
pub const PROOF_VERSION: u8 = 1;

/// A proof that entries are in the log, to be kept by whom they are about.
///
/// Shape: JSON. It shows nothing of any other entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofFile {
    /// Version of the file.
    pub tsumugi_audit_proof: u8,
    /// The text of the public key that signed the head.
    pub public_key: String,
    /// The head to which every path leads.
    pub head: SignedHead,
    /// The entries.
    pub entries: Vec<ProvedEntry>,
}

/// One entry with its path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvedEntry {
    /// Its number. Units: 0-based.
    pub sequence: u64,
    /// Its canonical bytes, as text.
    pub entry: String,
    /// The path from the leaf up.
    pub path: Vec<NodeHash>,
}

/// Why a proof proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The file is of a version that this program does not know.
    #[error("the proof is of version {0}, which this program does not know")]
    Version(u8),
    /// The key within is no key.
    #[error("could not read the proof's public key")]
    Key(#[source] KeyError),
    /// The proof was signed by another key than the one given.
    #[error("the proof was signed by another key than the one given")]
    OtherKey,
    /// The head's signature does not hold.
    #[error("the signature of the proof's tree head does not hold")]
    Signature,
    /// A path does not lead from an entry to the head.
    #[error("the path of entry {sequence} does not lead to the tree head")]
    Path {
        /// The entry.
        sequence: u64,
    },
    /// An entry cannot be read.
    #[error("could not read entry {sequence} of the proof")]
    Entry {
        /// The entry.
        sequence: u64,
        /// Why not.
        #[source]
        source: ReadEntryError,
    },
}

/// A proof that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedProof {
    /// The entries with their numbers.
    pub entries: Vec<(u64, Entry)>,
    /// The key that signed the head.
    pub key: VerifyingKey,
}

impl ProofFile {
    /// Makes a proof of entries given with their numbers; `None` where one is not covered by the head, or the tree
    /// is not the head's.
    pub fn of(
        tree: &Tree,
        head: SignedHead,
        key: &VerifyingKey,
        entries: Vec<(u64, String)>,
    ) -> Option<Self> {
        if tree.root(head.size)? != head.root {
            return None;
        }
        let proved = entries.into_iter().map(|(sequence, entry)| {
            Some(ProvedEntry { sequence, entry, path: tree.inclusion(sequence, head.size)? })
        });
        Some(Self {
            tsumugi_audit_proof: PROOF_VERSION,
            public_key: key.to_text().trim_end().to_owned(),
            entries: proved.collect::<Option<_>>()?,
            head,
        })
    }

    /// Checks the proof, with the key that is known to be the programme's or, without one, with its own.
    ///
    /// Errors: it proves nothing, and why.
    pub fn check(&self, known: Option<&VerifyingKey>) -> Result<CheckedProof, ProofError> {
        if self.tsumugi_audit_proof != PROOF_VERSION {
            return Err(ProofError::Version(self.tsumugi_audit_proof));
        }
        let own = VerifyingKey::of_text(&self.public_key).map_err(ProofError::Key)?;
        let key = *known.unwrap_or(&own);
        if key != own {
            return Err(ProofError::OtherKey);
        }
        if !key.verifies(&self.head) {
            return Err(ProofError::Signature);
        }
        let mut entries = Vec::new();
        for proved in &self.entries {
            let sequence = proved.sequence;
            let bytes = proved.entry.as_bytes();
            let SignedHead { size, root, .. } = self.head;
            if !verify_inclusion(leaf_hash(bytes), sequence, size, &proved.path, root) {
                return Err(ProofError::Path { sequence });
            }
            let entry = Entry::of_canonical(bytes)
                .map_err(|source| ProofError::Entry { sequence, source })?;
            entries.push((sequence, entry));
        }
        Ok(CheckedProof { entries, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{SigningKey, TreeHead};
    use chrono::DateTime;

    #[test]
    fn a_proof_holds_until_anything_of_it_changes() {
        let at = DateTime::from_timestamp_millis(1_780_000_000_123).unwrap();
        let texts: Vec<String> = (0..11)
            .map(|n| Entry::by_system(at, &format!("part {n}"), "y").to_canonical().unwrap())
            .collect();
        let tree = Tree::of(texts.iter().map(|text| leaf_hash(text.as_bytes())).collect());
        let key = SigningKey::of_seed([1; 32]).unwrap();
        let head = key.sign(&TreeHead { size: 10, root: tree.root(10).unwrap(), at });
        let entries = vec![(3, texts[3].clone()), (9, texts[9].clone())];
        let proof = ProofFile::of(&tree, head.clone(), &key.public(), entries).unwrap();
        let checked = proof.check(Some(&key.public())).unwrap();
        assert_eq!(checked.entries[1].1.name, "part 9");
        assert!(proof.check(None).is_ok());
        let beyond = vec![(10, texts[10].clone())];
        assert!(ProofFile::of(&tree, head, &key.public(), beyond).is_none());

        let other = SigningKey::of_seed([2; 32]).unwrap().public();
        assert!(matches!(proof.check(Some(&other)), Err(ProofError::OtherKey)));
        let mut spoilt = proof.clone();
        spoilt.entries[0].entry = spoilt.entries[0].entry.replace("part 3", "part 4");
        assert!(matches!(spoilt.check(None), Err(ProofError::Path { sequence: 3 })));
        let mut spoilt = proof.clone();
        spoilt.entries[1].sequence = 8;
        assert!(matches!(spoilt.check(None), Err(ProofError::Path { sequence: 8 })));
        let mut spoilt = proof;
        spoilt.head.size = 11;
        assert!(matches!(spoilt.check(None), Err(ProofError::Signature)));
    }
}
