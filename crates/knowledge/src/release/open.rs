//! Opening a release's folder and checking that nothing in it was changed.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::{
    Release, digest,
    files::{Kind, LEVELS, MANIFEST, ReleaseFiles},
    load::{LoadTableError, load},
    manifest::{Manifest, ReleaseFile},
};

/// A release that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenReleaseError {
    /// A file cannot be read.
    #[error("cannot read {path} of the release")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A table is not UTF-8.
    #[error("cannot read {0} of the release: it is not UTF-8")]
    NotUtf8(PathBuf),
    /// The manifest cannot be read.
    #[error("cannot read the release's manifest {path}")]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The format is another one.
    #[error("cannot open the release: its format is {found}, this program reads {known}")]
    Format {
        /// The format found.
        found: u32,
        /// The format that is read.
        known: u32,
    },
    /// The manifest does not have the digest that it names.
    #[error("the release was changed: {0} does not have the digest that it names")]
    ManifestChanged(PathBuf),
    /// A table does not have the digest in the manifest.
    #[error("the release was changed: {0} does not have the digest in the manifest")]
    TableChanged(PathBuf),
    /// The manifest names no such table.
    #[error("the release is not complete: the manifest does not name {0}")]
    TableMissing(&'static str),
    /// A table cannot be read.
    #[error("cannot read a table of the release")]
    Load(#[from] LoadTableError),
}

impl Release {
    /// Opens a release's folder.
    ///
    /// Errors: a file that cannot be read, or that was changed since the release was made.
    pub fn open(dir: &Path) -> Result<Self, OpenReleaseError> {
        Ok(Self::from_files(&read_files(dir)?)?)
    }

    /// Makes a release of files in memory.
    ///
    /// Errors: a table that cannot be read.
    pub fn from_files(files: &ReleaseFiles) -> Result<Self, LoadTableError> {
        load(files)
    }
}

impl ReleaseFiles {
    /// Reads a release's folder and checks every digest.
    ///
    /// Errors: a file that cannot be read, or that was changed since the release was made.
    pub fn read(dir: &Path) -> Result<Self, OpenReleaseError> {
        read_files(dir)
    }
}

fn read_files(dir: &Path) -> Result<ReleaseFiles, OpenReleaseError> {
    let path = dir.join(MANIFEST);
    let text = read(&path)?;
    let manifest = read_manifest(&path, &text)?;
    for name in Kind::ALL.map(Kind::file_name).into_iter().chain([LEVELS]) {
        if !manifest.tables.contains_key(name) {
            return Err(OpenReleaseError::TableMissing(name));
        }
    }
    let mut tables = BTreeMap::new();
    for (name, expected) in &manifest.tables {
        let known = name == LEVELS || Kind::ALL.iter().any(|kind| kind.file_name() == name);
        if !known {
            return Err(OpenReleaseError::ManifestChanged(path));
        }
        let path = dir.join(name);
        let text = read(&path)?;
        if digest(text.as_bytes()) != expected.sha256 {
            return Err(OpenReleaseError::TableChanged(path));
        }
        tables.insert(name.clone(), text);
    }
    Ok(ReleaseFiles { manifest, tables })
}

fn read_manifest(path: &Path, text: &str) -> Result<Manifest, OpenReleaseError> {
    let file: ReleaseFile = serde_json::from_str(text)
        .map_err(|source| OpenReleaseError::Manifest { path: path.to_owned(), source })?;
    if file.manifest.format != Manifest::FORMAT {
        return Err(OpenReleaseError::Format {
            found: file.manifest.format,
            known: Manifest::FORMAT,
        });
    }
    // The text must be the only one that this manifest can have, down to spaces.
    if file.id != file.manifest.id() || file.manifest.file_text() != text {
        return Err(OpenReleaseError::ManifestChanged(path.to_owned()));
    }
    Ok(file.manifest)
}

fn read(path: &Path) -> Result<String, OpenReleaseError> {
    let bytes = std::fs::read(path)
        .map_err(|source| OpenReleaseError::Read { path: path.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|_| OpenReleaseError::NotUtf8(path.to_owned()))
}
