//! Recovery codes: ten codes on paper, each of which stands once for the second factor.

use std::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::secret::SecretDigest;

/// How many codes a person has.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes of one code: 80 bits, so that a plain digest cannot be searched backwards. Units: bytes.
pub const RECOVERY_CODE_BYTES: usize = 10;

/// Letters and digits that are not taken for one another. Shape: 32 characters, one for five bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// One code, to be shown once. Shape: four groups of four. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

impl RecoveryCode {
    /// Makes a code of random bytes.
    pub fn of_random(bytes: [u8; RECOVERY_CODE_BYTES]) -> Self {
        let number = bytes.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
        let characters = (0..16).rev().map(|place| {
            let index = usize::try_from((number >> (5 * place)) & 31).unwrap_or(0);
            char::from(ALPHABET[index])
        });
        Self(characters.collect())
    }

    /// Reads a code as it was typed, with or without hyphens and capitals; `None` where it cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let typed: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let is_one = typed.len() == 16 && typed.bytes().all(|byte| ALPHABET.contains(&byte));
        is_one.then_some(Self(typed))
    }

    /// Returns the code in groups, as it is shown.
    pub fn shown(&self) -> String {
        let groups = self.0.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    }

    /// Returns the digest, which may be kept.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(HEXLOWER.encode(&Sha256::digest(self.0.as_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        let code = RecoveryCode::of_random([0, 1, 2, 3, 4, 5, 250, 251, 252, 253]);
        let shown = code.shown();
        assert_eq!(shown.len(), 19);
        assert_eq!(RecoveryCode::read(&shown), Some(code.clone()));
        assert_eq!(RecoveryCode::read(&shown.to_uppercase().replace('-', " ")), Some(code.clone()));
        assert_ne!(code.digest(), RecoveryCode::of_random([0; 10]).digest());
        for wrong in ["", "abc", "llll-llll-llll-llll", "0000-0000-0000-0000", "あああああ"] {
            assert_eq!(RecoveryCode::read(wrong), None, "{wrong:?}");
        }
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }

    #[test]
    fn the_alphabet_has_no_character_twice() {
        let mut letters = ALPHABET.to_vec();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 32);
    }
}
