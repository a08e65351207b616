//! Identifiers and digests, made without a clock and without randomness.

use chrono::{DateTime, SubsecRound, Utc};
use model::identity::Digest;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Returns the SHA-256 digest of bytes.
pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest(hex::encode(Sha256::digest(bytes)))
}

/// Makes a UUID of version 7 of a moment and of what makes the thing one of its kind.
///
/// The bits that are usually random are taken from the SHA-256 of `parts`, so the same thing at the same
/// moment gets the same identifier, and no source of randomness is needed. Identifiers are not secrets:
/// who may read is decided elsewhere.
pub fn identifier_v7(at: DateTime<Utc>, parts: &[&str]) -> Uuid {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps ["ab", "c"] apart from ["a", "bc"].
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize();
    let mut bits = [0_u8; 10];
    for (bit, byte) in bits.iter_mut().zip(hash.iter()) {
        *bit = *byte;
    }
    let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &bits).into_uuid()
}

/// Returns the moment as the record keeps it: both engines agree down to the millisecond.
pub fn to_milliseconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_of_version_7_and_ordered_by_time() {
        let early = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        let late = DateTime::from_timestamp_millis(1_700_000_000_001).unwrap();
        let first = identifier_v7(early, &["a", "b"]);
        assert_eq!(first.get_version_num(), 7);
        assert_eq!(first, identifier_v7(early, &["a", "b"]));
        assert_ne!(first, identifier_v7(early, &["ab", ""]));
        assert!(first < identifier_v7(late, &["a", "b"]));
    }
}
