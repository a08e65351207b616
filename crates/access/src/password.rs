//! Passwords: argon2id, with parameters that each hash names.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use subtle::ConstantTimeEq;

/// Memory of one hash. Units: kibibytes. Source: OWASP Password Storage Cheat Sheet, argon2id, 2024.
const MEMORY_KIBIBYTES: u32 = 19_456;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Size of the salt. Units: bytes.
pub const SALT_BYTES: usize = 16;
/// Size of the hash. Units: bytes.
const HASH_BYTES: usize = 32;
/// Shortest password. Units: characters. Source: NIST SP 800-63B-4, a password that stands beside a second factor
/// has 8 at least; ours asks for more because a password is known before the second factor is there.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longest password. Units: characters.
pub const PASSWORD_CHARS_MAX: usize = 256;
/// Most memory that a stored hash may ask for, whatever it says. Units: kibibytes.
const MEMORY_KIBIBYTES_MAX: u32 = 262_144;
/// Most passes that a stored hash may ask for.
const PASSES_MAX: u32 = 16;

/// A hash that no password has, to be verified for people who are not there.
///
/// It costs what a real one costs, so that the time of an answer does not tell who is known.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password as it was typed. Its `Debug` does not show it.
#[derive(Clone)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// It is too short.
    #[error("the password is shorter than {PASSWORD_CHARS_MIN} characters")]
    Short,
    /// It is too long.
    #[error("the password is longer than {PASSWORD_CHARS_MAX} characters")]
    Long,
    /// It is the sign-in name, or one character or piece over and over.
    #[error("the password can be guessed at once")]
    Guessed,
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("could not hash a password: {0}")]
pub struct HashPasswordError(String);

/// A hash with its parameters and salt. Shape: the PHC string of argon2id. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Password {
    /// Takes a password as it was typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Checks that it may be chosen. There are no rules on kinds of characters: length is what helps.
    ///
    /// Errors: it is too short, too long, or can be guessed at once.
    pub fn check(&self, sign_in_name: &str) -> Result<(), WeakPassword> {
        let count = self.0.chars().count();
        if count < PASSWORD_CHARS_MIN {
            return Err(WeakPassword::Short);
        }
        if count > PASSWORD_CHARS_MAX {
            return Err(WeakPassword::Long);
        }
        let lower = self.0.to_lowercase();
        let name = sign_in_name.to_lowercase();
        let of_the_name = name.chars().count() >= 4 && lower.replace(&name, "").chars().count() < 6;
        let distinct = lower.chars().collect::<std::collections::BTreeSet<_>>().len();
        if of_the_name || distinct < 5 || is_one_run(&lower) || lower.starts_with("password") {
            return Err(WeakPassword::Guessed);
        }
        Ok(())
    }

    /// Hashes it. It takes tens of milliseconds and [`MEMORY_KIBIBYTES`] of memory.
    ///
    /// Errors: there is not enough memory.
    pub fn hash(&self, salt: [u8; SALT_BYTES]) -> Result<PasswordHash, HashPasswordError> {
        let cost = Cost { memory_kibibytes: MEMORY_KIBIBYTES, passes: PASSES, lanes: LANES };
        let hash = cost.hash(&self.0, &salt)?;
        let Cost { memory_kibibytes, passes, lanes } = cost;
        let (salt, hash) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(&hash));
        Ok(PasswordHash(format!(
            "$argon2id$v=19$m={memory_kibibytes},t={passes},p={lanes}${salt}${hash}"
        )))
    }

    /// Returns whether it is the one that was hashed; without a hash it takes as long and says no.
    pub fn verify(&self, known: Option<&PasswordHash>) -> bool {
        let text = known.map_or(NOBODY, |hash| hash.0.as_str());
        let same = Parts::read(text).is_some_and(|parts| parts.are_of(&self.0));
        same && known.is_some()
    }
}

impl PasswordHash {
    /// Returns whether the hash was made with other parameters than ours of today.
    pub fn is_outdated(&self) -> bool {
        Parts::read(&self.0).is_none_or(|parts| {
            parts.cost.memory_kibibytes < MEMORY_KIBIBYTES || parts.cost.passes < PASSES
        })
    }
}

/// Returns whether the characters go up or down by one all along, such as `abcdefghijkl` and `987654321098`.
fn is_one_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = codes.windows(2).filter(|pair| (pair[1] - pair[0]).abs() == 1).count();
    steps + 3 > codes.len()
}

struct Cost {
    memory_kibibytes: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    fn hash(&self, password: &str, salt: &[u8]) -> Result<[u8; HASH_BYTES], HashPasswordError> {
        let failed = |error: argon2::Error| HashPasswordError(error.to_string());
        let params = Params::new(self.memory_kibibytes, self.passes, self.lanes, Some(HASH_BYTES))
            .map_err(failed)?;
        let mut hash = [0; HASH_BYTES];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, &mut hash)
            .map_err(failed)?;
        Ok(hash)
    }
}

struct Parts {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Parts {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (cost, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let mut numbers = cost.split(',').zip(["m=", "t=", "p="]).map(|(field, name)| {
            field.strip_prefix(name).and_then(|number| number.parse::<u32>().ok())
        });
        let cost = Cost {
            memory_kibibytes: numbers.next()??,
            passes: numbers.next()??,
            lanes: numbers.next()??,
        };
        let bounded = cost.memory_kibibytes <= MEMORY_KIBIBYTES_MAX && cost.passes <= PASSES_MAX;
        bounded.then_some(())?;
        Some(Self {
            cost,
            salt: BASE64_NOPAD.decode(salt.as_bytes()).ok()?,
            hash: BASE64_NOPAD.decode(hash.as_bytes()).ok()?,
        })
    }

    fn are_of(&self, password: &str) -> bool {
        let made = self.cost.hash(password, &self.salt);
        made.is_ok_and(|made| made.as_slice().ct_eq(&self.hash).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_verified_by_its_hash_alone() {
        let password = Password::new("正しい馬 電池 ホチキス 三");
        let hash = password.hash([3; SALT_BYTES]).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(password.verify(Some(&hash)));
        assert!(!Password::new("正しい馬 電池 ホチキス 四").verify(Some(&hash)));
        assert_ne!(hash, password.hash([4; SALT_BYTES]).unwrap());
        assert!(!hash.is_outdated());
    }

    #[test]
    fn the_known_answer_of_argon2id_is_given() {
        // Source: the reference implementation, `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32`.
        let hash = PasswordHash(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
                .to_owned(),
        );
        assert!(Password::new("password").verify(Some(&hash)));
        assert!(!Password::new("Password").verify(Some(&hash)));
    }

    #[test]
    fn nobody_has_a_password() {
        assert!(Parts::read(NOBODY).is_some(), "the work is done for people who are not there");
        assert!(!Password::new("").verify(None));
        for broken in [
            "",
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$argon2i$v=19$m=8,t=1,p=1$AA$AA",
            "$argon2id$v=19$m=4000000000,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AA",
        ] {
            assert!(!Password::new("x").verify(Some(&PasswordHash(broken.to_owned()))), "{broken}");
        }
    }

    #[test]
    fn what_is_guessed_at_once_is_not_taken() {
        let check = |text: &str| Password::new(text).check("hanako.yamada");
        assert_eq!(check("short"), Err(WeakPassword::Short));
        assert_eq!(check(&"x".repeat(300)), Err(WeakPassword::Long));
        for guessed in [
            "aaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "abcdefghijklmnop",
            "hanako.yamada12",
            "Password12345",
        ] {
            assert_eq!(check(guessed), Err(WeakPassword::Guessed), "{guessed}");
        }
        assert_eq!(check("三毛猫と青い自転車で海へ行く"), Ok(()));
        assert_eq!(check("correct horse battery"), Ok(()));
    }

    #[test]
    fn a_password_is_never_shown() {
        let password = Password::new("correct horse battery");
        let hash = password.hash([3; SALT_BYTES]).unwrap();
        assert_eq!(format!("{password:?} {hash:?}"), "Password(…) PasswordHash(…)");
    }
}
