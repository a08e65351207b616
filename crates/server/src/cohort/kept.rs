//! The file of what was read for searches, so that a server that starts again need not read every case.
//!
//! Shape: `search/registered.cohort` in the data folder: one line of JSON, which says of what state of which record it was made
//! and by what, with a tab and its CRC-32 in eight hexadecimal digits at its end; then the snapshot, which has checksums of its own. It is derived and holds nothing that the record does not: whatever does not fit, is
//! damaged or is of another program, the cases are read from the record again. A withdrawal that came after it is followed
//! before the first search.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use model::identity::CaseId;
use research::cohort::CohortView;
use serde::{Deserialize, Serialize};
use store::{CaseChange, RecordError, Store};
use uuid::Uuid;

use super::{Prefectures, REGISTERED};
use crate::state::AppState;

/// Folder within the data folder, and the file in it.
const PLACE: [&str; 2] = ["search", "registered.cohort"];
/// Longest first line. Units: bytes.
const HEAD_MAX_BYTES: u64 = 1 << 20;
/// Largest file. Units: bytes.
const FILE_MAX_BYTES: u64 = 8 << 30;

/// Where the file lies; without a folder nothing is kept.
#[derive(Debug, Default)]
pub(super) struct KeptCases(OnceLock<PathBuf>);

/// What was read before.
pub(super) struct Kept {
    pub(super) view: CohortView,
    /// The last change that is in it.
    pub(super) last: CaseChange,
    /// Where hospitals were then.
    pub(super) prefectures: Prefectures,
}

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    maker: Maker,
    record: RecordMark,
    number: u64,
    case: Uuid,
    prefectures: Prefectures,
}

impl Head {
    /// Reads the line; `None` where it is no such line or was altered.
    fn read(line: &[u8]) -> Option<Self> {
        let line = str::from_utf8(line).ok()?.strip_suffix('\n')?;
        let (json, checksum) = line.rsplit_once('\t')?;
        let is_whole = checksum == format!("{:08x}", crc32fast::hash(json.as_bytes()));
        serde_json::from_str(json).ok().filter(|_| is_whole)
    }

    fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        let json = serde_json::to_string(self)?;
        writeln!(out, "{json}\t{:08x}", crc32fast::hash(json.as_bytes()))
    }
}

/// By what a file was made: another program, another release or other settings may see cases otherwise.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Maker {
    program: String,
    /// Length of the program's file and when it was written. Units: bytes, and nanoseconds since 1970.
    program_file: Option<(u64, u128)>,
    knowledge: String,
    home_region: String,
}

/// What tells a record from every other, and from an older state of it that was put back: an entry of the audit log.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RecordMark {
    entries: u64,
    /// Hash of the last of them.
    leaf: Option<String>,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeepCasesError {
    #[error("read how long the audit log is")]
    Record(#[from] RecordError),
    #[error("write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the writing came to a sudden end")]
    Ended(#[from] tokio::task::JoinError),
}

impl KeptCases {
    /// Says in which data folder the file lies; the first to say it decides.
    pub(super) fn set_folder(&self, data: &Path) {
        let [folder, file] = PLACE;
        if self.0.set(data.join(folder).join(file)).is_err() {
            tracing::warn!("the folder of what is kept for searches was set already");
        }
    }

    /// Opens what was read before; `None` where there is nothing of this record and this program.
    ///
    /// Errors: the record cannot be asked.
    pub(super) async fn open(&self, state: &AppState) -> Result<Option<Kept>, RecordError> {
        let Some(path) = self.0.get().cloned() else { return Ok(None) };
        let maker = Maker::of(state);
        let read = tokio::task::spawn_blocking(move || read(&path, &maker)).await;
        let Some((head, view)) = read.ok().flatten() else { return Ok(None) };
        let newest = state.store.newest_case_change().await?;
        let mark = RecordMark::at(&state.store, head.record.entries).await?;
        if head.number > newest || mark != head.record {
            tracing::info!("what was kept for searches is of another record; it is read again");
            return Ok(None);
        }
        tracing::info!(cases = view.cases(), "what was read for searches before is used");
        let last = CaseChange { number: head.number, case: CaseId(head.case) };
        Ok(Some(Kept { view, last, prefectures: head.prefectures }))
    }

    /// Writes what was read up to a change, in the place of what was written before.
    ///
    /// Errors: the record cannot be asked, or the file cannot be written; then the old one stays.
    pub(super) async fn write(
        &self,
        state: &AppState,
        view: &Arc<CohortView>,
        last: CaseChange,
        prefectures: &Arc<Prefectures>,
    ) -> Result<(), KeepCasesError> {
        let Some(path) = self.0.get().cloned() else { return Ok(()) };
        let entries = state.store.audit_state().await?.tree.size();
        let head = Head {
            maker: Maker::of(state),
            record: RecordMark::at(&state.store, entries).await?,
            number: last.number,
            case: last.case.0,
            prefectures: Prefectures::clone(prefectures),
        };
        let view = Arc::clone(view);
        tokio::task::spawn_blocking(move || {
            write(&path, &head, &view.of_collection(REGISTERED))
                .map_err(|source| KeepCasesError::Write { path, source })
        })
        .await?
    }
}

impl Maker {
    fn of(state: &AppState) -> Self {
        Self {
            program: state.program_version.to_owned(),
            program_file: program_file(),
            knowledge: state.release.id().to_owned(),
            home_region: state.site.home_region.clone(),
        }
    }
}

impl RecordMark {
    async fn at(store: &Store, entries: u64) -> Result<Self, RecordError> {
        let last = match entries.checked_sub(1) {
            Some(last) => store.audit_entry(last).await?,
            None => None,
        };
        Ok(Self { entries, leaf: last.map(|entry| entry.leaf.to_string()) })
    }
}

fn program_file() -> Option<(u64, u128)> {
    let about = std::env::current_exe().and_then(fs::metadata).ok()?;
    let written = about.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some((about.len(), written.as_nanos()))
}

fn read(path: &Path, maker: &Maker) -> Option<(Head, CohortView)> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(cause, file = %path.display(), "what was kept for searches cannot be read");
            return None;
        }
    };
    let mut input = BufReader::new(file);
    let (mut line, mut snapshot) = (Vec::new(), Vec::new());
    input.by_ref().take(HEAD_MAX_BYTES).read_until(b'\n', &mut line).ok()?;
    let head = Head::read(&line).filter(|head| head.maker == *maker)?;
    input.take(FILE_MAX_BYTES).read_to_end(&mut snapshot).ok()?;
    match CohortView::open_snapshot(&snapshot) {
        Ok(view) => Some((head, view)),
        Err(error) => {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(cause, "what was kept for searches is read from the record again");
            None
        }
    }
}

fn write(path: &Path, head: &Head, view: &CohortView) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Gone with the program wherever it fails; only its owner may read it.
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    let mut out = BufWriter::new(beside.as_file_mut());
    head.write(&mut out)?;
    view.write_snapshot(&mut out)?;
    out.flush()?;
    drop(out);
    beside.persist(path)?;
    Ok(())
}
