//! Signed tree heads: what binds the log at a moment.
//!
//! # Signed bytes, version 1
//!
//! The text `tsumugi audit head 1` and a line feed, the size as 8 bytes (big-endian), the moment in milliseconds
//! since 1970 as 8 bytes (big-endian), and the 32 bytes of the root. The signature is Ed25519 (RFC 8032).

use std::fmt;

use chrono::{DateTime, Utc};
use ring::{
    digest::{SHA256, digest},
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use serde::{Deserialize, Serialize};

use super::{merkle::NodeHash, moment};

/// What the signed bytes begin with.
const SIGNED_PREFIX: &[u8] = b"tsumugi audit head 1\n";
/// What the text of a secret key begins with.
const SECRET_PREFIX: &str = "tsumugi-audit-secret-key-1 ";
/// What the text of a public key begins with.
const PUBLIC_PREFIX: &str = "tsumugi-audit-public-key-1 ";

/// The state of the log at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many entries there were.
    pub size: u64,
    /// The root over them.
    pub root: NodeHash,
    /// When it was signed.
    pub at: DateTime<Utc>,
}

impl TreeHead {
    fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = SIGNED_PREFIX.to_vec();
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend_from_slice(&self.at.timestamp_millis().to_be_bytes());
        bytes.extend_from_slice(&self.root.0);
        bytes
    }
}

/// A tree head with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// How many entries it covers.
    pub size: u64,
    /// The root over them.
    pub root: NodeHash,
    /// When it was signed. Units: milliseconds.
    #[serde(with = "moment")]
    pub at: DateTime<Utc>,
    /// Which key signed it. Shape: 16 hexadecimal digits, the beginning of the public key's SHA-256.
    pub key: String,
    /// The signature. Shape: 128 hexadecimal digits.
    pub signature: String,
}

impl SignedHead {
    /// Returns what was signed.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root, at: self.at }
    }

    /// Returns its line in a file of heads, without the line feed.
    ///
    /// Errors: none that a head can cause; the writer's own are passed on.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads a line that [`Self::to_line`] wrote; any other writing of the same is none.
    pub fn of_line(line: &str) -> Option<Self> {
        let head: Self = serde_json::from_str(line).ok()?;
        (head.to_line().ok()? == line).then_some(head)
    }
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It does not begin as this kind of key does.
    #[error("the text is no such key of the audit log")]
    Kind,
    /// It is not 64 hexadecimal digits.
    #[error("the key is not 64 hexadecimal digits")]
    Digits,
    /// The key cannot sign.
    #[error("the key cannot be used")]
    Unusable,
}

fn digits(text: &str, prefix: &str) -> Result<[u8; 32], KeyError> {
    let digits = text.trim().strip_prefix(prefix).ok_or(KeyError::Kind)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits.trim(), &mut bytes).map_err(|_| KeyError::Digits)?;
    Ok(bytes)
}

/// A key that signs heads.
pub struct SigningKey {
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}

impl SigningKey {
    /// Makes a key of 32 random bytes.
    ///
    /// Errors: the bytes cannot be a key.
    pub fn of_seed(seed: [u8; 32]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::Unusable)?;
        Ok(Self { seed, pair })
    }

    /// Reads the text of a key.
    ///
    /// Errors: the text is no secret key.
    pub fn of_text(text: &str) -> Result<Self, KeyError> {
        Self::of_seed(digits(text, SECRET_PREFIX)?)
    }

    /// Returns the text to be kept, which nobody else may read.
    pub fn to_secret_text(&self) -> String {
        format!("{SECRET_PREFIX}{}\n", hex::encode(self.seed))
    }

    /// Returns the key that verifies.
    pub fn public(&self) -> VerifyingKey {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(self.pair.public_key().as_ref()) {
            *to = *from;
        }
        VerifyingKey(bytes)
    }

    /// Signs a head.
    pub fn sign(&self, head: &TreeHead) -> SignedHead {
        let head = TreeHead { at: moment::to_milliseconds(head.at), ..*head };
        let signature = self.pair.sign(&head.signed_bytes());
        SignedHead {
            size: head.size,
            root: head.root,
            at: head.at,
            key: self.public().id(),
            signature: hex::encode(signature.as_ref()),
        }
    }
}

/// A key that verifies heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// Reads the text of a key, public or secret.
    ///
    /// Errors: the text is no key.
    pub fn of_text(text: &str) -> Result<Self, KeyError> {
        match digits(text, PUBLIC_PREFIX) {
            Err(KeyError::Kind) => Ok(SigningKey::of_text(text)?.public()),
            digits => digits.map(Self),
        }
    }

    /// Returns the text that may be given to anybody.
    pub fn to_text(&self) -> String {
        format!("{PUBLIC_PREFIX}{}\n", hex::encode(self.0))
    }

    /// Returns the name by which heads call the key.
    pub fn id(&self) -> String {
        let mut id = hex::encode(digest(&SHA256, &self.0));
        id.truncate(16);
        id
    }

    /// Returns whether the key signed a head.
    pub fn verifies(&self, signed: &SignedHead) -> bool {
        // One writing only: another would let a byte of a line change unseen.
        let lower = !signed.signature.bytes().any(|byte| byte.is_ascii_uppercase());
        let Ok(signature) = hex::decode(&signed.signature) else { return false };
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        lower && key.verify(&signed.head().signed_bytes(), &signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> TreeHead {
        let at = DateTime::from_timestamp_millis(1_780_000_000_123).unwrap();
        TreeHead { size: 7, root: NodeHash([9; 32]), at }
    }

    #[test]
    fn signs_as_rfc_8032_says() {
        // RFC 8032, section 7.1, test 1: the public key of this seed.
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let key = SigningKey::of_text(&format!("{SECRET_PREFIX}{seed}")).unwrap();
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(key.public().to_text(), format!("{PUBLIC_PREFIX}{public}\n"));
    }

    #[test]
    fn a_signature_holds_for_nothing_else() {
        let key = SigningKey::of_seed([3; 32]).unwrap();
        let signed = key.sign(&head());
        let public = key.public();
        assert!(public.verifies(&signed));
        assert!(!SigningKey::of_seed([4; 32]).unwrap().public().verifies(&signed));
        assert!(!public.verifies(&SignedHead { size: 8, ..signed.clone() }));
        assert!(!public.verifies(&SignedHead { root: NodeHash([8; 32]), ..signed.clone() }));
        let at = signed.at + chrono::TimeDelta::milliseconds(1);
        assert!(!public.verifies(&SignedHead { at, ..signed.clone() }));
        let signature = signed.signature.to_uppercase();
        assert!(!public.verifies(&SignedHead { signature, ..signed }));
    }

    #[test]
    fn a_line_has_one_writing() {
        let line = SigningKey::of_seed([3; 32]).unwrap().sign(&head()).to_line().unwrap();
        assert!(SignedHead::of_line(&line).is_some());
        assert!(SignedHead::of_line(&format!("{line} ")).is_none());
        assert!(SignedHead::of_line(&line.replacen(':', ": ", 1)).is_none());
    }

    #[test]
    fn keys_survive_their_texts() {
        let key = SigningKey::of_seed([5; 32]).unwrap();
        let secret = key.to_secret_text();
        assert_eq!(SigningKey::of_text(&secret).unwrap().public(), key.public());
        assert_eq!(VerifyingKey::of_text(&key.public().to_text()), Ok(key.public()));
        assert_eq!(VerifyingKey::of_text(&secret), Ok(key.public()));
        assert_eq!(VerifyingKey::of_text("x").unwrap_err(), KeyError::Kind);
        assert_eq!(SigningKey::of_text(&key.public().to_text()).unwrap_err(), KeyError::Kind);
        assert!(!format!("{key:?}").contains("0505"), "no secret in a log");
    }
}
