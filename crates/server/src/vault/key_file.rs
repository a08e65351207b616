//! The vault key file: read, made where there is none, and changed so that a crash at any moment leaves one that opens.
//!
//! Not here: the file's form (`access::vault::SiteVaultKeys`).

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use access::vault::{SiteVaultKey, SiteVaultKeys, VaultError};
use model::text::LocalizedText;

use super::random;

/// Name of the file that holds the vault's keys, beside the record and never in it.
pub const VAULT_KEY_FILE: &str = "vault.key";
/// Name of the file that is written before it takes the key file's place.
const NEXT_FILE: &str = "vault.key.next";
/// Name of the file by which those who change keys wait for each other.
const LOCK_FILE: &str = "vault.key.lock";
/// Largest key file that is read. Units: bytes.
const KEY_FILE_BYTES_MAX: u64 = 1024;

/// Why the vault key file could not be read, made or changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenVaultKeyError {
    /// There is no file.
    #[error("there is no vault key file {path}")]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The file could not be read or written.
    #[error("could not read or write the vault key file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file does not hold keys.
    #[error("the vault key file {path} does not hold keys")]
    Key {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: VaultError,
    },
    /// Others than the owner may read the file.
    #[error("the vault key file {path} may be read by others than its owner")]
    OpenToOthers {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else changes keys.
    #[error("somebody else changes the keys of {path}")]
    Busy {
        /// The file by which they wait for each other.
        path: PathBuf,
    },
}

impl OpenVaultKeyError {
    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::Missing { path } => LocalizedText::new(
                format!(
                    "鍵ファイル {} がありません。鍵のフォルダー(--data または設定の keys.folder)を確かめるか、鍵の控えから戻してください。新しい鍵は作っていません。",
                    path.display()
                ),
                format!(
                    "There is no key file {}: check the folder of the keys (--data, or keys.folder of the configuration), or put the file back from the backup of the keys. No new key was made.",
                    path.display()
                ),
            ),
            Self::File { path, source } => LocalizedText::new(
                format!(
                    "鍵ファイル {} を読み書きできません({source})。場所と権限を確かめてください。",
                    path.display()
                ),
                format!(
                    "The key file {} cannot be read or written ({source}): check the place and the permissions.",
                    path.display()
                ),
            ),
            Self::Key { path, .. } => LocalizedText::new(
                format!(
                    "{} は鍵ファイルではありません(64 桁の十六進数を 1 行に 1 つ、新しい順)。鍵の控えから戻してください。",
                    path.display()
                ),
                format!(
                    "{} is no key file (64 hexadecimal digits on each line, newest first): put it back from the backup of the keys.",
                    path.display()
                ),
            ),
            Self::OpenToOthers { path } => LocalizedText::new(
                format!(
                    "鍵ファイル {} を他の利用者も読めます。chmod 600 にしてください。",
                    path.display()
                ),
                format!(
                    "The key file {} may be read by others: change its mode to 0600.",
                    path.display()
                ),
            ),
            Self::Busy { path } => LocalizedText::new(
                format!(
                    "別のコマンドが鍵を変えています({})。終わってから実行してください。",
                    path.display()
                ),
                format!(
                    "Another command changes the keys ({}): run this one when it has ended.",
                    path.display()
                ),
            ),
        }
    }
}

/// The site's vault keys as a running program knows them, and where they can be read again.
#[derive(Debug)]
pub struct VaultKeyFile {
    folder: Option<PathBuf>,
    keys: RwLock<Arc<SiteVaultKeys>>,
}

impl VaultKeyFile {
    /// Takes keys that lie in no file.
    pub fn without_file(keys: SiteVaultKeys) -> Self {
        Self { folder: None, keys: RwLock::new(Arc::new(keys)) }
    }

    /// Returns the keys as they were read last.
    pub fn keys(&self) -> Arc<SiteVaultKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again.
    ///
    /// Errors: as [`read_vault_keys`]; the keys stay as they were then.
    pub fn read_again(&self) -> Result<Arc<SiteVaultKeys>, OpenVaultKeyError> {
        if let Some(folder) = &self.folder {
            let read = Arc::new(read_vault_keys(folder)?);
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = read;
        }
        Ok(self.keys())
    }
}

/// Opens the key file of a folder; makes it where there is none, for its owner only.
///
/// Errors: it cannot be read or made, holds anything else, or others may read it.
pub fn open_vault_key(folder: &Path) -> Result<VaultKeyFile, OpenVaultKeyError> {
    let keys = match read_vault_keys(folder) {
        Err(OpenVaultKeyError::Missing { .. }) => make(folder)?,
        read => read?,
    };
    Ok(VaultKeyFile { folder: Some(folder.to_owned()), keys: RwLock::new(Arc::new(keys)) })
}

/// Reads the key file of a folder, which must be there.
///
/// Errors: there is none, it cannot be read, holds anything else, or others may read it.
pub fn read_vault_keys(folder: &Path) -> Result<SiteVaultKeys, OpenVaultKeyError> {
    let path = folder.join(VAULT_KEY_FILE);
    let failed = |source: io::Error| match source.kind() {
        ErrorKind::NotFound => OpenVaultKeyError::Missing { path: path.clone() },
        _ => OpenVaultKeyError::File { path: path.clone(), source },
    };
    let file = File::open(&path).map_err(failed)?;
    #[cfg(unix)]
    {
        let metadata = file.metadata().map_err(failed)?;
        if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
            return Err(OpenVaultKeyError::OpenToOthers { path });
        }
    }
    let mut text = zeroize::Zeroizing::new(String::new());
    file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    SiteVaultKeys::read(&text).map_err(|source| OpenVaultKeyError::Key { path, source })
}

/// Makes a key file where there is none; where another program was quicker, reads its.
fn make(folder: &Path) -> Result<SiteVaultKeys, OpenVaultKeyError> {
    let path = folder.join(VAULT_KEY_FILE);
    let failed = |source| OpenVaultKeyError::File { path: path.clone(), source };
    match write_new(&path, &SiteVaultKeys::new(SiteVaultKey::new(random()))) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
        Ok(()) => sync_folder(folder).map_err(failed)?,
        Err(_) => {}
    }
    read_vault_keys(folder)
}

/// Puts keys into the place of the key file, wholly or not at all: whoever reads it, also after a crash, reads the old
/// keys or these.
///
/// Errors: the file cannot be written; then the old one stays.
pub fn put_vault_keys(
    _lock: &KeyFolderLock,
    folder: &Path,
    keys: &SiteVaultKeys,
) -> Result<(), OpenVaultKeyError> {
    let (path, next) = (folder.join(VAULT_KEY_FILE), folder.join(NEXT_FILE));
    let failed = |source| OpenVaultKeyError::File { path: path.clone(), source };
    match fs::remove_file(&next) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    write_new(&next, keys).map_err(failed)?;
    fs::rename(&next, &path).map_err(failed)?;
    sync_folder(folder).map_err(failed)
}

fn write_new(path: &Path, keys: &SiteVaultKeys) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(keys.file_text().as_bytes())?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Keeps others from changing the keys of a folder, until it goes or the process ends.
#[derive(Debug)]
pub struct KeyFolderLock {
    _file: File,
}

/// Takes the right to change the keys of a folder.
///
/// Errors: somebody else has it, or the folder cannot be written to.
pub fn lock_key_folder(folder: &Path) -> Result<KeyFolderLock, OpenVaultKeyError> {
    let path = folder.join(LOCK_FILE);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed = |source| OpenVaultKeyError::File { path: path.clone(), source };
    let file = options.open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(KeyFolderLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(OpenVaultKeyError::Busy { path }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let missing = read_vault_keys(folder.path());
        assert!(matches!(missing, Err(OpenVaultKeyError::Missing { .. })));
        let first = open_vault_key(folder.path()).unwrap().keys();
        let again = open_vault_key(folder.path()).unwrap().keys();
        assert_eq!(first.newest().id(), again.newest().id());
        let path = folder.path().join(VAULT_KEY_FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let refused = open_vault_key(folder.path());
            assert!(matches!(refused, Err(OpenVaultKeyError::OpenToOthers { .. })));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(&path, "no key").unwrap();
        assert!(matches!(open_vault_key(folder.path()), Err(OpenVaultKeyError::Key { .. })));
    }

    #[test]
    fn another_file_takes_its_place_whole_and_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open_vault_key(folder.path()).unwrap();
        let old = opened.keys();
        let ring = old.with_newer(SiteVaultKey::new([9; 32])).unwrap();
        // What a crash left half written is no hindrance.
        fs::write(folder.path().join(NEXT_FILE), "half").unwrap();
        let lock = lock_key_folder(folder.path()).unwrap();
        let refused = lock_key_folder(folder.path());
        assert!(matches!(refused, Err(OpenVaultKeyError::Busy { .. })));
        put_vault_keys(&lock, folder.path(), &ring).unwrap();
        assert_eq!(opened.keys().newest().id(), old.newest().id());
        let ids = |keys: &SiteVaultKeys| keys.all().map(SiteVaultKey::id).collect::<Vec<_>>();
        assert_eq!(ids(&opened.read_again().unwrap()), ids(&ring));
        assert_eq!(opened.keys().older().len(), 1);
        assert!(!folder.path().join(NEXT_FILE).try_exists().unwrap());
        drop(lock);
        lock_key_folder(folder.path()).unwrap();
        #[cfg(unix)]
        {
            let metadata = fs::metadata(folder.path().join(VAULT_KEY_FILE)).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
