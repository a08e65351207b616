//! Secrets that are shown once and kept only as their digest: session tokens, one-time links, API tokens.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Size of a secret. Units: bytes.
pub const SECRET_BYTES: usize = 32;

/// A secret of 256 random bits, as text that fits a cookie or an address.
///
/// Shape: 43 characters of base64url. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 digest of a secret, which is all that the record keeps of it.
///
/// A secret has 256 random bits, so that a plain digest cannot be searched backwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretDigest(pub String);

impl Secret {
    /// Makes a secret of random bytes.
    pub fn of_random(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(BASE64URL_NOPAD.encode(&bytes))
    }

    /// Reads a secret as it was sent; `None` where the text cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        (bytes.len() == SECRET_BYTES).then(|| Self(text.to_owned()))
    }

    /// Returns the text, to be shown or sent once.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Returns the digest, which may be kept.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(HEXLOWER.encode(&Sha256::digest(self.0.as_bytes())))
    }

    /// Makes another secret of this one for a use of its own, such as the token of forms.
    pub fn derive(&self, purpose: &str) -> String {
        // A key of any length is taken; there is nothing that can fail.
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.as_bytes()) else {
            return String::new();
        };
        mac.update(purpose.as_bytes());
        BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
    }
}

/// Returns whether two texts are the same, in a time that tells nothing of where they differ.
pub fn same_text(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_never_shown() {
        let secret = Secret::of_random([7; SECRET_BYTES]);
        assert_eq!(Secret::read(secret.text()), Some(secret.clone()));
        assert!(!format!("{secret:?}").contains(secret.text()));
        assert_eq!(secret.digest().0.len(), 64);
        assert_ne!(secret.digest(), Secret::of_random([8; SECRET_BYTES]).digest());
    }

    #[test]
    fn what_cannot_be_a_secret_is_none() {
        for text in
            ["", "abc", &"A".repeat(42), &"A".repeat(44), &"é".repeat(43), &"A".repeat(9999)]
        {
            assert_eq!(Secret::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn secrets_for_other_purposes_differ() {
        let secret = Secret::of_random([7; SECRET_BYTES]);
        assert_eq!(secret.derive("form"), secret.derive("form"));
        assert_ne!(secret.derive("form"), secret.derive("other"));
        assert_ne!(secret.derive("form"), Secret::of_random([8; SECRET_BYTES]).derive("form"));
    }
}
