//! The key and the heads in a data folder.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use access::audit::{SigningKey, VerifyingKey};
use server::{AuditLog, HeadsFile};

use super::file_failed;
use crate::record::Failure;

/// The secret key, which only its owner may read.
pub(crate) const KEY_FILE: &str = "audit-key";
/// The public key, for anybody.
pub(crate) const PUBLIC_KEY_FILE: &str = "audit-key.pub";
/// The signed heads outside the record.
pub(crate) const HEADS_FILE: &str = "audit-heads.ndjson";
/// Random bytes of a key.
const SEED_BYTES: usize = 32;

/// Where the key and the heads lie.
#[derive(Clone, Debug)]
pub(crate) struct AuditFiles {
    folder: PathBuf,
}

impl AuditFiles {
    /// Names the files of a data folder.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Returns the file of heads.
    pub(crate) fn heads(&self) -> HeadsFile {
        HeadsFile::at(self.folder.join(HEADS_FILE))
    }

    /// Returns where the public key lies.
    pub(crate) fn public_key_path(&self) -> PathBuf {
        self.folder.join(PUBLIC_KEY_FILE)
    }

    /// Lets a log sign with the folder's key, making the key where there is none.
    pub(crate) fn sign(&self, log: &AuditLog) -> Result<(), Failure> {
        log.sign_with(self.key()?, self.heads());
        Ok(())
    }

    /// Returns the key, making it where there is none.
    pub(crate) fn key(&self) -> Result<SigningKey, Failure> {
        let path = self.folder.join(KEY_FILE);
        let key = match fs::read_to_string(&path) {
            Ok(text) => SigningKey::of_text(&text)
                .map_err(|error| file_failed("は鍵ではありません", "is no key", &path, &error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make_key(&path)?,
            Err(error) => {
                return Err(file_failed("を読めません", "could not be read", &path, &error));
            }
        };
        let public = self.public_key_path();
        if !matches!(fs::read_to_string(&public), Ok(text) if text == key.public().to_text()) {
            fs::write(&public, key.public().to_text()).map_err(|error| {
                file_failed("に書けません", "could not be written", &public, &error)
            })?;
        }
        Ok(key)
    }
}

fn make_key(path: &Path) -> Result<SigningKey, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        file_failed("に鍵を作れません", "could not be made as a key", path, error)
    };
    let mut seed = [0; SEED_BYTES];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut seed)
        .map_err(|error| failed(&error))?;
    let key = SigningKey::of_seed(seed).map_err(|error| failed(&error))?;
    let mut options = OpenOptions::new();
    // Never over a key that came meanwhile.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| failed(&error))?;
    file.write_all(key.to_secret_text().as_bytes()).map_err(|error| failed(&error))?;
    file.sync_all().map_err(|error| failed(&error))?;
    Ok(key)
}

/// Reads a key that verifies.
pub(super) fn verifying_key(path: &Path) -> Result<VerifyingKey, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| file_failed("を読めません", "could not be read", path, &error))?;
    VerifyingKey::of_text(&text)
        .map_err(|error| file_failed("は鍵ではありません", "is no key", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = AuditFiles::in_folder(folder.path());
        let first = files.key().unwrap().public();
        assert_eq!(files.key().unwrap().public(), first);
        assert_eq!(verifying_key(&files.public_key_path()).unwrap(), first);
        let mode = std::os::unix::fs::MetadataExt::mode(
            &fs::metadata(folder.path().join(KEY_FILE)).unwrap(),
        );
        assert_eq!(mode & 0o777, 0o600);
        fs::write(folder.path().join(KEY_FILE), "nonsense").unwrap();
        assert!(files.key().is_err());
    }
}
