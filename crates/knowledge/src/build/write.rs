//! Writing a release's folder: all of it, or nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::release::files::{MANIFEST, ReleaseFiles};

/// A release that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteReleaseError {
    /// The folder is there already.
    #[error("cannot write the release: {0} is there already")]
    Exists(PathBuf),
    /// The folder's path has no name to write beside.
    #[error("cannot write the release: {0} is no folder name")]
    NoName(PathBuf),
    /// A file cannot be written.
    #[error("cannot write {path} of the release")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Writes a release to a folder that is not there yet (an empty one may be).
///
/// Files are written to a folder beside it, made durable and renamed, so that a release is there whole or not at all.
///
/// Errors: the folder is there and not empty, or a file cannot be written.
pub fn write(files: &ReleaseFiles, dir: &Path) -> Result<(), WriteReleaseError> {
    let name = dir.file_name().ok_or_else(|| WriteReleaseError::NoName(dir.to_owned()))?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| WriteReleaseError::Write { path, source }
    };
    match fs::read_dir(dir) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(WriteReleaseError::Exists(dir.to_owned()));
            }
            fs::remove_dir(dir).map_err(failed(dir))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(dir)(error)),
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(failed(parent))?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(".partial");
    let partial = parent.join(hidden);
    match fs::remove_dir_all(&partial) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(&partial)(error)),
    }
    fs::create_dir(&partial).map_err(failed(&partial))?;
    let manifest = files.manifest.file_text();
    let texts = files.tables.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in texts.chain([(MANIFEST, manifest.as_str())]) {
        let path = partial.join(name);
        write_durably(&path, text.as_bytes()).map_err(failed(&path))?;
    }
    fs::rename(&partial, dir).map_err(failed(dir))?;
    sync_folder(parent).map_err(failed(parent))
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}
