//! What a backup says of itself.

use std::{collections::BTreeMap, fs::File, io, path::Path};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::keys::KEY_FILES;

/// What the manifest calls the format.
const FORMAT: &str = "tsumugi-backup";
/// The format's version.
const VERSION: u32 = 1;
/// Name of the manifest within the archive; it comes first.
pub(crate) const MANIFEST: &str = "manifest.json";
/// Name of the record within the archive.
pub(crate) const RECORD: &str = "record.sqlite";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Manifest {
    format: String,
    version: u32,
    /// Version of the program that made it.
    pub(crate) program_version: String,
    /// When it was made.
    pub(crate) made_at: DateTime<Utc>,
    /// Engine of the record it was made of.
    pub(crate) engine: String,
    /// Rows of each table.
    pub(crate) rows: BTreeMap<String, u64>,
    /// The files that follow.
    pub(crate) files: Vec<ArchivedFile>,
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ArchivedFile {
    /// Name.
    pub(crate) name: String,
    /// Size. Units: bytes.
    pub(crate) size_bytes: u64,
    /// SHA-256, hexadecimal.
    pub(crate) sha256: String,
}

impl Manifest {
    /// Makes the manifest of this program's backups.
    pub(crate) fn new(
        made_at: DateTime<Utc>,
        engine: &str,
        rows: BTreeMap<String, u64>,
        files: Vec<ArchivedFile>,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            engine: engine.to_owned(),
            rows,
            files,
        }
    }

    /// Returns which of the site's keys the backup holds.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        let held = |name: &&str| self.files.iter().any(|file| file.name == **name);
        KEY_FILES.into_iter().filter(held).collect()
    }

    /// Returns whether this program can read the backup.
    pub(crate) fn is_known(&self) -> bool {
        let known =
            |file: &ArchivedFile| file.name == RECORD || KEY_FILES.contains(&file.name.as_str());
        self.format == FORMAT && self.version == VERSION && self.files.iter().all(known)
    }
}

/// Describes a file.
pub(crate) fn file_of(path: &Path, name: &str) -> io::Result<ArchivedFile> {
    let mut hasher = Sha256::new();
    let size_bytes = io::copy(&mut File::open(path)?, &mut Hashing(&mut hasher))?;
    let sha256 = hex::encode(hasher.finalize());
    Ok(ArchivedFile { name: name.to_owned(), size_bytes, sha256 })
}

/// Takes bytes into a digest.
pub(crate) struct Hashing<'h>(pub(crate) &'h mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
