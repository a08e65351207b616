//! The site's vault keys together: the newest wraps, older ones still open until they are retired.

use model::organisation::OrganisationCode;
use zeroize::Zeroizing;

use super::{HospitalKey, SiteVaultKey, VAULT_KEY_BYTES, VaultError};

/// Most keys of one file: the newest, and older ones that were not retired yet.
pub const SITE_VAULT_KEYS_MAX: usize = 8;

/// The site's vault keys as its key file holds them, newest first; there is always one.
#[derive(Clone, Debug)]
pub struct SiteVaultKeys {
    newest: SiteVaultKey,
    older: Vec<SiteVaultKey>,
}

impl SiteVaultKeys {
    /// Begins with one key.
    pub fn new(key: SiteVaultKey) -> Self {
        Self { newest: key, older: Vec::new() }
    }

    /// Reads the key file. Shape: a key of 64 hexadecimal digits on each line, newest first.
    ///
    /// Errors: it holds no key, anything else, the same key twice or more than [`SITE_VAULT_KEYS_MAX`].
    pub fn read(text: &str) -> Result<Self, VaultError> {
        let mut keys: Vec<SiteVaultKey> = Vec::new();
        for line in text.trim().lines() {
            let key = SiteVaultKey::read(line.trim())?;
            if keys.len() == SITE_VAULT_KEYS_MAX || keys.iter().any(|other| other.0 == key.0) {
                return Err(VaultError::KeyFile);
            }
            keys.push(key);
        }
        if keys.is_empty() {
            return Err(VaultError::KeyFile);
        }
        let newest = keys.remove(0);
        Ok(Self { newest, older: keys })
    }

    /// Returns the content of the key file, which is wiped when it goes.
    pub fn file_text(&self) -> Zeroizing<String> {
        let mut text = String::with_capacity((VAULT_KEY_BYTES * 2 + 1) * (1 + self.older.len()));
        for key in self.all() {
            for byte in &key.0 {
                text.extend(
                    [byte >> 4, byte & 15]
                        .map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or_default()),
                );
            }
            text.push('\n');
        }
        Zeroizing::new(text)
    }

    /// Returns the key that wraps.
    pub fn newest(&self) -> &SiteVaultKey {
        &self.newest
    }

    /// Returns the older keys, newest first.
    pub fn older(&self) -> &[SiteVaultKey] {
        &self.older
    }

    /// Returns every key, newest first.
    pub fn all(&self) -> impl Iterator<Item = &SiteVaultKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// Puts a new key before these.
    ///
    /// Errors: there are as many as there may be; retire older ones first.
    pub fn with_newer(&self, key: SiteVaultKey) -> Result<Self, VaultError> {
        if self.all().count() == SITE_VAULT_KEYS_MAX {
            return Err(VaultError::TooManyKeys);
        }
        Ok(Self { newest: key, older: self.all().cloned().collect() })
    }

    /// Leaves the older keys out.
    #[must_use]
    pub fn newest_alone(&self) -> Self {
        Self::new(self.newest.clone())
    }

    /// Unwraps a hospital's key that one of the keys wrapped; `None` where the one that did is not among them.
    ///
    /// Errors: it was wrapped for another hospital, or altered.
    pub fn unwrap(
        &self,
        site_key_id: &str,
        hospital: &OrganisationCode,
        key_id: &str,
        wrapped: &[u8],
    ) -> Result<Option<HospitalKey>, VaultError> {
        match self.all().find(|key| key.id() == site_key_id) {
            Some(key) => key.unwrap(hospital, key_id, wrapped).map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> SiteVaultKey {
        SiteVaultKey::new([byte; VAULT_KEY_BYTES])
    }

    #[test]
    fn a_file_of_one_key_is_as_it_always_was() {
        let keys = SiteVaultKeys::new(key(0xab));
        assert_eq!(*keys.file_text(), format!("{}\n", "ab".repeat(32)));
        assert_eq!(SiteVaultKeys::read(&keys.file_text()).unwrap().newest().id(), key(0xab).id());
    }

    #[test]
    fn anything_else_than_keys_is_refused() {
        let good = "ab".repeat(32);
        let twice = format!("{good}\n{good}\n");
        let many: String =
            (0..=SITE_VAULT_KEYS_MAX).map(|n| format!("{n:02x}").repeat(32) + "\n").collect();
        let (letters, accents, long) = ("zz".repeat(32), "é".repeat(32), "ab".repeat(33));
        let cut = format!("{good}\n{}", &good[..60]);
        for wrong in ["", "\n", "ab", &letters, &accents, &long, &twice, &many, &cut] {
            assert_eq!(SiteVaultKeys::read(wrong).err(), Some(VaultError::KeyFile), "{wrong:?}");
        }
    }

    #[test]
    fn a_newer_key_wraps_and_older_ones_still_open_until_they_are_left_out() {
        let hospital = OrganisationCode::new("H1");
        let own = SiteVaultKey::hospital_key(&hospital, [3; 32]);
        let wrapped = key(1).wrap(&own, [4; 24]).unwrap();
        let keys = SiteVaultKeys::new(key(1)).with_newer(key(2)).unwrap();
        assert_eq!(keys.newest().id(), key(2).id());
        let open = |keys: &SiteVaultKeys| keys.unwrap(&key(1).id(), &hospital, own.id(), &wrapped);
        assert_eq!(open(&keys).unwrap().unwrap().id(), own.id());
        assert!(open(&keys.newest_alone()).unwrap().is_none());
        // Under the name of another key it is no key at all.
        let mistaken = keys.unwrap(&key(2).id(), &hospital, own.id(), &wrapped);
        assert_eq!(mistaken.err(), Some(VaultError::Open));
        let mut full = keys;
        for number in 3..=SITE_VAULT_KEYS_MAX {
            full = full.with_newer(key(u8::try_from(number).unwrap())).unwrap();
        }
        assert_eq!(full.with_newer(key(99)).err(), Some(VaultError::TooManyKeys));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes in prop::collection::hash_set(any::<[u8; 32]>(), 1..SITE_VAULT_KEYS_MAX)) {
            let mut keys = bytes.into_iter().map(SiteVaultKey::new);
            let mut ring = SiteVaultKeys::new(keys.next().unwrap());
            for key in keys {
                ring = ring.with_newer(key).unwrap();
            }
            let again = SiteVaultKeys::read(&ring.file_text()).unwrap();
            let bytes = |ring: &SiteVaultKeys| ring.all().map(|key| key.0).collect::<Vec<_>>();
            prop_assert_eq!(bytes(&again), bytes(&ring));
        }
    }
}
