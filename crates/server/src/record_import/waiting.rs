//! The folder in which case CSVs wait for their confirmation, so that a server that starts again still has them.
//!
//! Shape: `imports/` in the data folder, for its owner alone. `ID.csv` is the file as it was sent, `ID.json` says whose it is; it
//! comes last and goes first, so that a file without it is none. Without a data folder files wait without a name, and are gone
//! when the program ends.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use chrono::{DateTime, TimeDelta, Utc};
use model::{identity::PersonId, organisation::OrganisationCode};
use serde::{Deserialize, Serialize};
use tempfile::TempPath;
use uuid::Uuid;

use crate::limits::IMPORT_KEPT_TIME_MAX;

const FOLDER: &str = "imports";
/// Longest description of a file that is read. Units: bytes.
const DESCRIPTION_BYTES_MAX: u64 = 16 * 1024;

/// What is known of a file that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Waiting {
    /// Identifier.
    pub(crate) id: Uuid,
    /// Who sent it.
    pub(crate) person: PersonId,
    /// The hospital whose cases it is for.
    pub(crate) hospital: OrganisationCode,
    /// Its name, without folders.
    pub(crate) name: String,
    /// Its size. Units: bytes.
    pub(crate) bytes: u64,
    /// When it came.
    pub(crate) sent_at: DateTime<Utc>,
}

impl Waiting {
    /// Returns whether it is kept still.
    pub(crate) fn is_kept_at(&self, now: DateTime<Utc>) -> bool {
        let kept = TimeDelta::from_std(IMPORT_KEPT_TIME_MAX).unwrap_or(TimeDelta::MAX);
        now - self.sent_at < kept
    }
}

/// A file that is being sent.
#[derive(Debug)]
pub(crate) struct Arriving {
    /// Its bytes.
    pub(crate) file: File,
    /// Its place, until it is known whose it is; removed with this.
    path: Option<TempPath>,
}

/// The folder, where the program has one. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct WaitingFolder(Arc<OnceLock<PathBuf>>);

impl WaitingFolder {
    /// Says in which data folder files wait; the first to say it decides.
    pub(crate) fn set(&self, data: &Path) {
        if self.0.set(data.join(FOLDER)).is_err() {
            tracing::warn!("the folder of waiting files was set already");
        }
    }

    /// Makes a place for a file that is being sent.
    ///
    /// Errors: it cannot be made.
    pub(crate) fn receive(&self) -> io::Result<Arriving> {
        let Some(folder) = self.0.get() else {
            return Ok(Arriving { file: tempfile::tempfile()?, path: None });
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        // Made for its owner alone.
        let (file, path) = tempfile::NamedTempFile::new_in(folder)?.into_parts();
        Ok(Arriving { file, path: Some(path) })
    }

    /// Keeps a file that has come.
    ///
    /// Errors: it cannot be written; then it is not kept.
    pub(crate) fn keep(&self, arriving: Arriving, waiting: &Waiting) -> io::Result<File> {
        let Arriving { file, path } = arriving;
        let (Some(folder), Some(path)) = (self.0.get(), path) else { return Ok(file) };
        file.sync_all()?;
        path.persist(csv(folder, waiting.id)).map_err(|error| error.error)?;
        let mut description = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut description, waiting)?;
        description.flush()?;
        description.as_file().sync_all()?;
        description.persist(json(folder, waiting.id)).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()?;
        Ok(file)
    }

    /// Opens a file that waits.
    ///
    /// Errors: it is not there, or cannot be read.
    pub(crate) fn open(&self, id: Uuid) -> io::Result<File> {
        let folder = self.0.get().ok_or(io::ErrorKind::NotFound)?;
        File::open(csv(folder, id))
    }

    /// Returns what is known of a file that waits; `None` where there is none.
    pub(crate) fn find(&self, id: Uuid) -> Option<Waiting> {
        let path = json(self.0.get()?, id);
        let size = fs::metadata(&path).ok()?.len();
        let text = (size <= DESCRIPTION_BYTES_MAX).then(|| fs::read(&path).ok())??;
        serde_json::from_slice::<Waiting>(&text).ok().filter(|waiting| waiting.id == id)
    }

    /// Returns what waits, oldest first.
    pub(crate) fn all(&self) -> Vec<Waiting> {
        let ids = self.entries().into_iter().filter_map(|path| {
            let is_description = path.extension() == Some(OsStr::new("json"));
            is_description.then(|| path.file_stem()?.to_str()?.parse::<Uuid>().ok()).flatten()
        });
        let mut all: Vec<Waiting> = ids.filter_map(|id| self.find(id)).collect();
        all.sort_by_key(|waiting| (waiting.sent_at, waiting.id));
        all
    }

    /// Throws a file away.
    pub(crate) fn remove(&self, id: Uuid) {
        let Some(folder) = self.0.get() else { return };
        for path in [json(folder, id), csv(folder, id)] {
            remove(&path);
        }
    }

    /// Throws away what waited for too long, and what a program that was killed left half sent.
    pub(crate) fn sweep(&self, now: DateTime<Utc>) {
        let (kept, gone): (Vec<_>, Vec<_>) =
            self.all().into_iter().partition(|waiting| waiting.is_kept_at(now));
        gone.iter().for_each(|waiting| self.remove(waiting.id));
        let oldest = SystemTime::from(now).checked_sub(IMPORT_KEPT_TIME_MAX);
        for path in self.entries() {
            let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
            if stem.parse().is_ok_and(|id: Uuid| kept.iter().any(|waiting| waiting.id == id)) {
                continue;
            }
            // What is being sent at this moment is new.
            let changed = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
            if changed.zip(oldest).is_some_and(|(changed, oldest)| changed < oldest) {
                remove(&path);
            }
        }
    }

    fn entries(&self) -> Vec<PathBuf> {
        let Some(read) = self.0.get().and_then(|folder| fs::read_dir(folder).ok()) else {
            return Vec::new();
        };
        read.filter_map(Result::ok).map(|entry| entry.path()).collect()
    }
}

fn csv(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(format!("{id}.csv"))
}

fn json(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(format!("{id}.json"))
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(cause, "a waiting file could not be thrown away");
        }
        _ => {}
    }
}
