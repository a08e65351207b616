//! The site's key file: made once in the data folder, readable by its owner alone.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use access::seal::{SITE_KEY_BYTES, SiteKey};

use crate::randomness::Random;

/// Name of the key file within the data folder.
pub const SITE_KEY_FILE: &str = "site.key";

/// Why the site's key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenSiteKeyError {
    /// The file could not be read or made.
    #[error("could not read or make the key file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file does not hold a key.
    #[error("the key file {path} does not hold 64 hexadecimal digits")]
    Content {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may read the file.
    #[error("the key file {path} can be read by others: its mode must be 0600")]
    Open {
        /// The file.
        path: PathBuf,
    },
}

/// Opens the key file of a data folder, or makes it where there is none.
///
/// Errors: the file cannot be read or made, holds no key, or can be read by others.
pub fn open_site_key(folder: &Path, random: &Random) -> Result<SiteKey, OpenSiteKeyError> {
    let path = folder.join(SITE_KEY_FILE);
    let failed = |source| OpenSiteKeyError::File { path: path.clone(), source };
    match fs::read_to_string(&path) {
        Ok(text) => {
            if is_open_to_others(&path).map_err(failed)? {
                return Err(OpenSiteKeyError::Open { path });
            }
            let mut bytes = [0; SITE_KEY_BYTES];
            hex::decode_to_slice(text.trim(), &mut bytes)
                .map_err(|_| OpenSiteKeyError::Content { path })?;
            Ok(SiteKey::new(bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut bytes = [0; SITE_KEY_BYTES];
            random(&mut bytes);
            make(&path, &hex::encode(bytes)).map_err(failed)?;
            Ok(SiteKey::new(bytes))
        }
        Err(error) => Err(failed(error)),
    }
}

fn make(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(format!("{text}\n").as_bytes())?;
    file.sync_all()
}

fn is_open_to_others(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        fs::metadata(path).map(|_| false)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let sevens: Random = Arc::new(|bytes| bytes.fill(7));
        let first = open_site_key(folder.path(), &sevens).unwrap();
        let sealed = first.seal([0; 24], "x", b"secret").unwrap();
        let again = open_site_key(folder.path(), &crate::randomness::of_system()).unwrap();
        assert_eq!(again.open("x", &sealed).unwrap(), b"secret");
        let path = folder.path().join(SITE_KEY_FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let refused = open_site_key(folder.path(), &sevens).unwrap_err();
            assert!(matches!(refused, OpenSiteKeyError::Open { .. }), "{refused}");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::write(&path, "no key").unwrap();
        let refused = open_site_key(folder.path(), &sevens).unwrap_err();
        assert!(matches!(refused, OpenSiteKeyError::Content { .. }), "{refused}");
    }
}
