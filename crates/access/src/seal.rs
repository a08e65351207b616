//! Sealing small secrets with the site's key: XChaCha20-Poly1305, bound to what they belong to.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Size of the key. Units: bytes.
pub const SITE_KEY_BYTES: usize = 32;
/// Size of the nonce, which is random for each sealing. Units: bytes.
pub const NONCE_BYTES: usize = 24;

/// The site's key, from its key file. Its `Debug` does not show it.
#[derive(Clone)]
pub struct SiteKey([u8; SITE_KEY_BYTES]);

impl fmt::Debug for SiteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteKey(…)")
    }
}

/// Why something sealed could not be opened, or not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It could not be sealed.
    #[error("could not seal a secret")]
    Seal,
    /// It was sealed with another key, for something else, or was altered.
    #[error("could not open a sealed secret: another key, another owner, or altered")]
    Open,
}

impl SiteKey {
    /// Takes a key of random bytes, or as its file holds it.
    pub fn new(bytes: [u8; SITE_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Seals bytes for an owner. Shape: the nonce, then what is sealed.
    ///
    /// Errors: the bytes are too many.
    pub fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        owner: &str,
        bytes: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let payload = Payload { msg: bytes, aad: owner.as_bytes() };
        let sealed = XChaCha20Poly1305::new(&self.0.into())
            .encrypt(&nonce.into(), payload)
            .map_err(|_| SealError::Seal)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Returns a name for something within a scope: the same thing has the same name there and another elsewhere, and without
    /// the key no name leads to the thing. Shape: 16 capital letters and digits.
    pub fn name_within(&self, scope: &str, thing: &str) -> String {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0) else {
            unreachable!("HMAC takes a key of any length")
        };
        for part in ["tsumugi name", scope, thing] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let bytes = mac.finalize().into_bytes();
        bytes.iter().take(NAME_CHARS).map(|byte| letter(*byte)).collect()
    }

    /// Opens what was sealed for the same owner.
    ///
    /// Errors: another key, another owner, or altered.
    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_BYTES).ok_or(SealError::Open)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| SealError::Open)?;
        let payload = Payload { msg: rest, aad: owner.as_bytes() };
        XChaCha20Poly1305::new(&self.0.into())
            .decrypt(&nonce.into(), payload)
            .map_err(|_| SealError::Open)
    }
}

/// Letters and digits that are not taken for each other.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Length of a name.
const NAME_CHARS: usize = 16;

fn letter(byte: u8) -> char {
    LETTERS.get(usize::from(byte) % LETTERS.len()).map_or('A', |letter| char::from(*letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_their_scope_and_key() {
        let (one, other) = (SiteKey::new([1; SITE_KEY_BYTES]), SiteKey::new([2; SITE_KEY_BYTES]));
        let name = one.name_within("R1", "case");
        assert_eq!(name.len(), NAME_CHARS);
        assert_eq!(name, one.name_within("R1", "case"));
        for different in [
            one.name_within("R2", "case"),
            one.name_within("R1", "cas"),
            other.name_within("R1", "case"),
        ] {
            assert_ne!(name, different);
        }
    }

    #[test]
    fn only_the_key_and_the_owner_open_what_was_sealed() {
        let key = SiteKey::new([1; SITE_KEY_BYTES]);
        let sealed = key.seal([2; NONCE_BYTES], "person 1", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(key.open("person 1", &sealed).unwrap(), b"secret");
        assert_eq!(key.open("person 2", &sealed), Err(SealError::Open));
        assert_eq!(SiteKey::new([3; 32]).open("person 1", &sealed), Err(SealError::Open));
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(key.open("person 1", &altered), Err(SealError::Open), "byte {index}");
        }
        assert_eq!(key.open("person 1", b""), Err(SealError::Open));
        assert_eq!(format!("{key:?}"), "SiteKey(…)");
    }
}
