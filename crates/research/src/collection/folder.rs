//! The folder in which collections lie: for each a snapshot, and a manifest that names it.
//!
//! Shape: `collections/NAME.json` and `collections/NAME-DIGEST.cohort`. Both are written beside, synchronised and renamed;
//! the manifest last. Whoever is interrupted leaves the old collection, and at most a file that is half written or a
//! snapshot that no manifest names; the next import takes those away. Whoever writes locks the folder, so that nothing is
//! taken away that is still being written.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use model::text::LocalizedText;

use super::{
    digest,
    manifest::{CollectionName, Manifest},
};
use crate::cohort::{CohortView, OpenSnapshotError};

/// Name of the folder within the data folder.
const FOLDER: &str = "collections";
/// Most collections of a folder.
const MAX_COLLECTIONS: usize = 1_000;
/// Largest manifest. Units: bytes.
const MANIFEST_MAX_BYTES: u64 = 16 << 20;
/// Largest snapshot. Units: bytes.
const SNAPSHOT_MAX_BYTES: u64 = 8 << 30;
/// How the name of a file ends that is not whole yet.
const PARTIAL: &str = ".partial";
/// Digits of the digest that are in a snapshot's name.
const NAME_DIGITS: usize = 16;

/// What tells whether a collection has changed since it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Name.
    pub name: CollectionName,
    modified: Option<SystemTime>,
    bytes: u64,
}

/// A collection as it was opened.
#[derive(Debug)]
pub struct Collection {
    /// What is written down of it.
    pub manifest: Manifest,
    /// Its cases.
    pub view: CohortView,
}

/// Why a collection could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenCollectionError {
    /// There is none of that name.
    #[error("open the collection {0}: there is none")]
    Absent(CollectionName),
    /// Its manifest or snapshot could not be read.
    #[error("open the collection {name}: read {}", path.display())]
    Read {
        /// Its name.
        name: CollectionName,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Its manifest is none.
    #[error("open the collection {name}: its manifest cannot be understood")]
    Manifest {
        /// Its name.
        name: CollectionName,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// The manifest is of another collection, or its snapshot's name is none.
    #[error("open the collection {0}: its manifest does not fit it")]
    Misplaced(CollectionName),
    /// The snapshot is not the one that the manifest is of.
    #[error("open the collection {0}: its snapshot is not the one that was imported")]
    Changed(CollectionName),
    /// The snapshot is damaged, or of another version.
    #[error("open the collection {name}")]
    Snapshot {
        /// Its name.
        name: CollectionName,
        /// What is wrong.
        #[source]
        source: OpenSnapshotError,
    },
}

impl OpenCollectionError {
    /// Says what is wrong and how to mend it.
    pub fn explain(&self) -> LocalizedText {
        let again_ja = "同じファイルから `tsumugi import … --replace` で取り込み直してください。";
        let again_en = "Import it again from the same files with `tsumugi import … --replace`.";
        let (ja, en) = match self {
            Self::Absent(name) => {
                return LocalizedText::new(
                    format!("コレクション「{name}」はありません。"),
                    format!("There is no collection \"{name}\"."),
                );
            }
            Self::Read { name, path, source } => {
                return LocalizedText::new(
                    format!(
                        "コレクション「{name}」の {} を読めません({source})。ファイルの有無と権限を確かめてください。",
                        path.display()
                    ),
                    format!(
                        "{} of the collection \"{name}\" cannot be read ({source}). Check that it is there and may \
                         be read.",
                        path.display()
                    ),
                );
            }
            Self::Manifest { name, source } => (
                format!("コレクション「{name}」の記述を読めません({source})。"),
                format!(
                    "The manifest of the collection \"{name}\" cannot be understood ({source})."
                ),
            ),
            Self::Misplaced(name) => (
                format!("コレクション「{name}」の記述は別のコレクションのものです。"),
                format!("The manifest of the collection \"{name}\" is of another one."),
            ),
            Self::Changed(name) => (
                format!(
                    "コレクション「{name}」の中身は、取り込んだときのものではありません(壊れています)。"
                ),
                format!(
                    "The snapshot of the collection \"{name}\" is damaged: it is not the one imported."
                ),
            ),
            Self::Snapshot { name, source: OpenSnapshotError::OtherVersion { found } } => (
                format!(
                    "コレクション「{name}」は別の版のプログラムの形(版{found})で書かれています。"
                ),
                format!(
                    "The collection \"{name}\" was written in another version's form ({found})."
                ),
            ),
            Self::Snapshot { name, source: OpenSnapshotError::OtherWords } => (
                format!("コレクション「{name}」は別の版のプログラムの語の一覧で書かれています。"),
                format!(
                    "The collection \"{name}\" was written with another version's lists of words."
                ),
            ),
            Self::Snapshot { name, .. } => (
                format!("コレクション「{name}」の中身が壊れています。"),
                format!("The snapshot of the collection \"{name}\" is damaged."),
            ),
        };
        LocalizedText::new(format!("{ja}{again_ja}"), format!("{en} {again_en}"))
    }
}

/// Why a collection could not be put into a folder; what was there is still there.
#[derive(Debug, thiserror::Error)]
pub enum PutCollectionError {
    /// There is one of that name, and it was not asked to be replaced.
    #[error("keep the collection {0}: there is one of that name")]
    Taken(CollectionName),
    /// It could not be written.
    #[error("keep the collection {name}")]
    Write {
        /// Its name.
        name: CollectionName,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl PutCollectionError {
    /// Says what is wrong and how to mend it.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::Taken(name) => LocalizedText::new(
                format!(
                    "コレクション「{name}」は既にあります。置き換えるなら --replace を付け、別に置くなら別の名前にしてください。"
                ),
                format!(
                    "There is a collection \"{name}\" already. Add --replace to put this one in its place, or choose \
                     another name."
                ),
            ),
            Self::Write { name, source } => LocalizedText::new(
                format!(
                    "コレクション「{name}」を書けません({source})。前からあったものはそのままです。"
                ),
                format!(
                    "The collection \"{name}\" cannot be written ({source}). What was there before is still there."
                ),
            ),
        }
    }
}

/// The folder in which collections lie. It need not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionFolder {
    path: PathBuf,
}

impl CollectionFolder {
    /// Returns the folder within a data folder.
    pub fn of_data(data: &Path) -> Self {
        Self { path: data.join(FOLDER) }
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lists the collections, by name, without opening any.
    ///
    /// Errors: the folder is there and cannot be read.
    pub fn stamps(&self) -> io::Result<Vec<Stamp>> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut stamps = Vec::new();
        for entry in entries {
            let entry = entry?;
            let file = entry.file_name();
            let name = file.to_str().and_then(|name| name.strip_suffix(".json"));
            let Some(name) = name.and_then(|name| name.parse().ok()) else { continue };
            // It may have been taken away between the two looks.
            let Ok(metadata) = entry.metadata() else { continue };
            let modified = metadata.modified().ok();
            stamps.push(Stamp { name, modified, bytes: metadata.len() });
            if stamps.len() >= MAX_COLLECTIONS {
                break;
            }
        }
        stamps.sort_unstable();
        Ok(stamps)
    }

    /// Reads what is written down of a collection.
    ///
    /// Errors: there is none, or its manifest cannot be read or understood.
    pub fn manifest(&self, name: &CollectionName) -> Result<Manifest, OpenCollectionError> {
        let path = self.path.join(format!("{name}.json"));
        let bytes = match read(&path, MANIFEST_MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OpenCollectionError::Absent(name.clone()));
            }
            Err(source) => {
                return Err(OpenCollectionError::Read { name: name.clone(), path, source });
            }
        };
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|source| OpenCollectionError::Manifest { name: name.clone(), source })?;
        let is_own = manifest.name == *name
            && manifest.snapshot_sha256.len() > NAME_DIGITS
            && manifest.snapshot == snapshot_name(name, &manifest.snapshot_sha256);
        if is_own { Ok(manifest) } else { Err(OpenCollectionError::Misplaced(name.clone())) }
    }

    /// Opens a collection, checking every byte of it.
    ///
    /// Errors: there is none, it cannot be read, it is damaged, or another version of the program wrote it.
    pub fn open(&self, name: &CollectionName) -> Result<Collection, OpenCollectionError> {
        let manifest = self.manifest(name)?;
        let path = self.path.join(&manifest.snapshot);
        let bytes = read(&path, SNAPSHOT_MAX_BYTES)
            .map_err(|source| OpenCollectionError::Read { name: name.clone(), path, source })?;
        // What another version wrote is whole, and is told before what is damaged.
        let view = CohortView::open_snapshot(&bytes)
            .map_err(|source| OpenCollectionError::Snapshot { name: name.clone(), source })?;
        if digest(&bytes) != manifest.snapshot_sha256 {
            return Err(OpenCollectionError::Changed(name.clone()));
        }
        Ok(Collection { manifest, view })
    }

    /// Puts a collection into the folder, making the folder where there is none; returns the manifest as it was written.
    ///
    /// Errors: there is one of the name and it is not to be replaced, or it could not be written; then what was there
    /// is still there.
    pub fn put(
        &self,
        mut manifest: Manifest,
        view: &CohortView,
        replace: bool,
    ) -> Result<Manifest, PutCollectionError> {
        let name = manifest.name.clone();
        let failed = |source| PutCollectionError::Write { name: name.clone(), source };
        make_folder(&self.path).map_err(failed)?;
        let _locked = self.lock().map_err(failed)?;
        if !replace && self.has(&name).map_err(failed)? {
            return Err(PutCollectionError::Taken(name));
        }
        let mut bytes = Vec::new();
        view.write_snapshot(&mut bytes).map_err(failed)?;
        manifest.snapshot_sha256 = digest(&bytes);
        manifest.snapshot = snapshot_name(&name, &manifest.snapshot_sha256);
        self.write(&manifest.snapshot, &bytes).map_err(failed)?;
        let text =
            serde_json::to_vec_pretty(&manifest).map_err(io::Error::other).map_err(failed)?;
        self.write(&format!("{name}.json"), &text).map_err(failed)?;
        // That something cannot be taken away takes room and nothing else.
        let _ = self.clear(&name, &manifest.snapshot);
        Ok(manifest)
    }

    /// Waits until nobody else writes into the folder, and keeps others waiting as long as the lock is held.
    fn lock(&self) -> io::Result<Option<File>> {
        // Elsewhere a folder is no file that can be locked.
        if cfg!(not(unix)) {
            return Ok(None);
        }
        let folder = File::open(&self.path)?;
        match folder.lock() {
            Ok(()) => Ok(Some(folder)),
            // Some network file systems know no locks; two imports at once are rarer than they are.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes away what was half written, and every snapshot of a collection but the one that its manifest names.
    fn clear(&self, name: &CollectionName, snapshot: &str) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let file = entry?.file_name();
            let Some(file) = file.to_str() else { continue };
            let is_partial = file.starts_with('.') && file.ends_with(PARTIAL);
            if is_partial || (is_snapshot_of(file, name) && file != snapshot) {
                fs::remove_file(self.path.join(file))?;
            }
        }
        Ok(())
    }

    /// Returns whether there is a collection of a name, be it damaged.
    ///
    /// Errors: the folder cannot be read.
    pub fn has(&self, name: &CollectionName) -> io::Result<bool> {
        self.path.join(format!("{name}.json")).try_exists()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file =
            tempfile::Builder::new().prefix(".").suffix(PARTIAL).tempfile_in(&self.path)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(self.path.join(name))?;
        // The folder's own entry, so that the name is there after a loss of power too.
        #[cfg(unix)]
        File::open(&self.path)?.sync_all()?;
        Ok(())
    }
}

fn snapshot_name(name: &CollectionName, sha256: &str) -> String {
    let digits = sha256.get(..NAME_DIGITS).unwrap_or_default();
    format!("{name}-{digits}.cohort")
}

fn is_snapshot_of(file: &str, name: &CollectionName) -> bool {
    let digits = file.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('-'));
    let digits = digits.and_then(|rest| rest.strip_suffix(".cohort"));
    digits.is_some_and(|digits| {
        digits.len() == NAME_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Reads a file that has at most so many bytes.
fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(max_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    Ok(bytes)
}

/// Makes a folder that only its owner may read.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cohort::{CohortCase, CohortIndex, CompactionLimits},
        collection::{DayKind, ProblemCounts},
    };

    fn manifest(cases: u64) -> Manifest {
        Manifest {
            name: "old".parse().unwrap(),
            title: LocalizedText::of("昔", "Old"),
            cases,
            synthetic: true,
            research_use: false,
            licence: "none".to_owned(),
            source: "a test".to_owned(),
            days: DayKind::Calendar,
            files: Vec::new(),
            mapping: None,
            problems: ProblemCounts::default(),
            knowledge: "k".to_owned(),
            made: chrono::DateTime::UNIX_EPOCH,
            made_by: "0".to_owned(),
            snapshot: String::new(),
            snapshot_sha256: String::new(),
        }
    }

    fn view(cases: u128) -> std::sync::Arc<CohortView> {
        let case = |number| CohortCase::unknown(uuid::Uuid::from_u128(number), "old".into());
        CohortIndex::build((0..cases).map(case), CompactionLimits::default()).unwrap().view()
    }

    fn files(folder: &CollectionFolder) -> usize {
        fs::read_dir(folder.path()).unwrap().count()
    }

    #[test]
    fn a_collection_is_replaced_only_when_asked_and_whole() {
        let data = tempfile::tempdir().unwrap();
        let folder = CollectionFolder::of_data(data.path());
        let name: CollectionName = "old".parse().unwrap();
        assert!(folder.stamps().unwrap().is_empty());
        assert!(matches!(folder.open(&name), Err(OpenCollectionError::Absent(_))));
        folder.put(manifest(3), &view(3), false).unwrap();
        let before = folder.stamps().unwrap();
        assert_eq!(folder.open(&name).unwrap().view.cases(), 3);
        let taken = folder.put(manifest(4), &view(4), false).unwrap_err();
        assert!(taken.explain().en.contains("--replace"));
        assert_eq!(folder.open(&name).unwrap().manifest.cases, 3, "nothing was lost");
        folder.put(manifest(4), &view(4), true).unwrap();
        assert_eq!(folder.open(&name).unwrap().view.cases(), 4);
        assert_ne!(folder.stamps().unwrap(), before);
        assert_eq!(files(&folder), 2, "the old snapshot and what was half written are gone");
        // The same again keeps the one snapshot.
        folder.put(manifest(4), &view(4), true).unwrap();
        assert_eq!((files(&folder), folder.open(&name).unwrap().view.cases()), (2, 4));
    }

    #[test]
    fn what_a_killed_import_left_is_taken_away_by_the_next_one() {
        let data = tempfile::tempdir().unwrap();
        let folder = CollectionFolder::of_data(data.path());
        folder.put(manifest(3), &view(3), false).unwrap();
        let other = Manifest { name: "old-2".parse().unwrap(), ..manifest(5) };
        folder.put(other.clone(), &view(5), false).unwrap();
        // Killed while it wrote the snapshot, and after it had, before the manifest was put in place.
        let left = [".Xk3f9a.partial", "old-0123456789abcdef.cohort"];
        let not_ours = ["old-0123456789abcdef.cohort.txt", "old-not.cohort", "notes.partial"];
        for file in left.iter().chain(&not_ours) {
            fs::write(folder.path().join(file), b"TSUMUGIC half").unwrap();
        }
        folder.put(manifest(4), &view(4), true).unwrap();
        let is_there = |file: &&str| folder.path().join(file).try_exists().unwrap();
        assert!(!left.iter().any(&is_there));
        assert!(not_ours.iter().all(is_there));
        assert_eq!(folder.open(&"old".parse().unwrap()).unwrap().view.cases(), 4);
        assert_eq!(folder.open(&other.name).unwrap().view.cases(), 5);
    }

    #[test]
    fn two_imports_of_one_name_at_once_leave_one_of_them_whole() {
        let data = tempfile::tempdir().unwrap();
        let folder = CollectionFolder::of_data(data.path());
        std::thread::scope(|scope| {
            for cases in 1..=4_u64 {
                let folder = &folder;
                scope.spawn(move || {
                    for _ in 0..5 {
                        folder.put(manifest(cases), &view(u128::from(cases)), true).unwrap();
                    }
                });
            }
        });
        let kept = folder.open(&"old".parse().unwrap()).unwrap();
        assert_eq!(kept.view.cases(), kept.manifest.cases);
        assert_eq!(files(&folder), 2);
    }

    #[test]
    fn what_is_damaged_or_older_is_told_with_a_remedy() {
        let data = tempfile::tempdir().unwrap();
        let folder = CollectionFolder::of_data(data.path());
        let written = folder.put(manifest(3), &view(3), false).unwrap();
        let name = written.name.clone();
        let path = folder.path().join(&written.snapshot);
        let whole = fs::read(&path).unwrap();
        let told = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let error = folder.open(&name).unwrap_err();
            assert!(error.explain().en.contains("--replace"), "{}", error.explain().en);
            error.explain().en.into_owned()
        };
        let mut damaged = whole.clone();
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        assert!(told(&damaged).contains("damaged"));
        assert!(told(&whole[..whole.len() / 2]).contains("damaged"));
        let mut older = whole.clone();
        older[8] = 0;
        assert!(told(&older).contains("another version"));
        let longer = [whole.as_slice(), b"x"].concat();
        assert!(told(&longer).contains("not the one imported"));
        fs::write(folder.path().join("old.json"), b"{").unwrap();
        assert!(folder.open(&name).unwrap_err().explain().en.contains("cannot be understood"));
        // A manifest cannot lead out of the folder.
        let away = Manifest { snapshot: "../x".to_owned(), ..written };
        fs::write(folder.path().join("old.json"), serde_json::to_vec(&away).unwrap()).unwrap();
        assert!(matches!(folder.open(&name), Err(OpenCollectionError::Misplaced(_))));
    }
}
