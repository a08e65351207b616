//! Verifying a log from its first entry to its last, in pieces, on all processors.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{
    entry::{Entry, Index},
    flaw::Flaw,
    head::{SignedHead, VerifyingKey},
    merkle::{CompactRange, NodeHash, leaf_hash},
};

/// Most flaws that are kept; more are only counted.
const FLAWS_MAX: usize = 100;
/// Fewest entries that are worth handing to another processor.
const ENTRIES_PER_TASK: usize = 128;

/// An entry as it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'a> {
    /// Its number. Units: 0-based.
    pub sequence: u64,
    /// Its canonical bytes.
    pub document: &'a [u8],
    /// The hash kept beside them.
    pub leaf: NodeHash,
    /// What is kept beside them to search by, where that is kept.
    pub index: Option<Index<'a>>,
}

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How many entries there are.
    pub entries: u64,
    /// The root over them.
    pub root: NodeHash,
    /// How many heads were compared.
    pub heads: u64,
    /// The newest head that agrees.
    pub newest: Option<SignedHead>,
    /// What is wrong, in the order in which it was found; empty where all is whole.
    pub flaws: Vec<Flaw>,
    /// Flaws beyond the limit.
    pub flaws_left_out: u64,
}

impl Verification {
    /// Returns whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.flaws.is_empty()
    }

    /// Returns how many entries no head covers yet.
    pub fn unsigned(&self) -> u64 {
        self.entries - self.newest.as_ref().map_or(0, |head| head.size.min(self.entries))
    }

    /// Adds what was found outside the log itself.
    pub fn add(&mut self, flaw: Flaw) {
        if self.flaws.len() < FLAWS_MAX {
            self.flaws.push(flaw);
        } else {
            self.flaws_left_out += 1;
        }
    }
}

/// Takes a log entry by entry and compares it with its heads.
#[derive(Debug)]
pub struct Verifier {
    keys: Option<Vec<VerifyingKey>>,
    /// Heads still to be compared, by size.
    ahead: BTreeMap<u64, Vec<SignedHead>>,
    /// The state kept for appending at the beginning, until it is reached.
    kept: Option<CompactRange>,
    range: CompactRange,
    next: u64,
    tainted: bool,
    found: Verification,
}

impl Verifier {
    /// Begins. Without keys, signatures are not looked at, only the roots of heads.
    pub fn new(keys: Option<Vec<VerifyingKey>>) -> Self {
        let range = CompactRange::default();
        let root = range.root();
        let found = Verification {
            entries: 0,
            root,
            heads: 0,
            newest: None,
            flaws: Vec::new(),
            flaws_left_out: 0,
        };
        Self { keys, ahead: BTreeMap::new(), kept: None, range, next: 0, tainted: false, found }
    }

    /// Adds heads with which the entries to come are compared; call it before the first entry.
    pub fn expect(&mut self, heads: Vec<SignedHead>) {
        let keys = self.keys.as_deref();
        let flaws: Vec<_> = heads.par_iter().map(|head| flaw_of_signature(keys, head)).collect();
        for (head, flaw) in heads.into_iter().zip(flaws) {
            match flaw {
                Some(flaw) => self.found.add(flaw),
                None => self.ahead.entry(head.size).or_default().push(head),
            }
        }
    }

    /// Says what was kept for appending when verifying began; the log may have grown since.
    pub fn expect_state(&mut self, kept: CompactRange) {
        self.kept = Some(kept);
    }

    /// Compares a head that stands here, after the entries taken so far; false where it cannot stand here.
    pub fn head_here(&mut self, head: SignedHead) -> bool {
        if head.size != self.range.size() {
            return false;
        }
        self.expect(vec![head]);
        self.compare_heads();
        true
    }

    /// Takes the next entries.
    pub fn take(&mut self, entries: &[Written<'_>]) {
        let looked: Vec<(NodeHash, Option<Flaw>)> =
            entries.par_iter().with_min_len(ENTRIES_PER_TASK).map(look_at).collect();
        for (entry, (leaf, flaw)) in entries.iter().zip(looked) {
            self.compare_heads();
            if entry.sequence != self.next {
                self.found.add(Flaw::Sequence { expected: self.next, found: entry.sequence });
            }
            self.next = entry.sequence.saturating_add(1);
            if let Some(flaw) = flaw {
                self.found.add(flaw);
            }
            self.range.push(leaf);
        }
    }

    /// Ends. Of a log that can grow, it takes how many entries there are said to be now.
    pub fn end(mut self, said: Option<u64>) -> Verification {
        self.compare_heads();
        let entries = self.range.size();
        if let Some((signed, _)) = self.ahead.last_key_value() {
            self.found.add(Flaw::CutOff { entries, signed: *signed });
        }
        if let Some(kept) =
            self.kept.map(|kept| kept.size()).or(said.filter(|said| *said < entries))
        {
            self.found.add(Flaw::State { entries, kept });
        }
        Verification { entries, root: self.range.root(), ..self.found }
    }

    fn compare_heads(&mut self) {
        let size = self.range.size();
        // What differs here stays and is told at the end, with what is never reached.
        self.kept.take_if(|kept| *kept == self.range);
        let Some(heads) = self.ahead.remove(&size) else { return };
        let root = self.range.root();
        for head in heads {
            self.found.heads += 1;
            if head.root == root {
                self.found.newest = Some(head);
            } else if !self.tainted {
                // What follows cannot agree either; the first place says it all.
                self.tainted = true;
                let agreed = self.found.newest.as_ref().map_or(0, |newest| newest.size);
                self.found.add(Flaw::Root { agreed, size });
            }
        }
    }
}

fn flaw_of_signature(keys: Option<&[VerifyingKey]>, head: &SignedHead) -> Option<Flaw> {
    let keys = keys?;
    let size = head.size;
    match keys.iter().find(|key| key.id() == head.key) {
        None => Some(Flaw::UnknownKey { size, key: head.key.clone() }),
        Some(key) if !key.verifies(head) => Some(Flaw::Signature { size }),
        Some(_) => None,
    }
}

fn look_at(written: &Written<'_>) -> (NodeHash, Option<Flaw>) {
    let sequence = written.sequence;
    let leaf = leaf_hash(written.document);
    if leaf != written.leaf {
        return (leaf, Some(Flaw::Altered { sequence }));
    }
    let flaw = match Entry::of_canonical(written.document) {
        Err(_) => Some(Flaw::NoEntry { sequence }),
        Ok(entry) if written.index.is_some_and(|index| index != entry.index()) => {
            Some(Flaw::Index { sequence })
        }
        Ok(_) => None,
    };
    (leaf, flaw)
}
