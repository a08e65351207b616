//! What each thread of an ingest does: read a file and prepare it.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use care::intake::{Prepared, Settings, prepare, prepare_oversized, prepare_revision};
use knowledge::Release;
use model::{case::PatientCase, identity::Digest, text::LocalizedText};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::Sender;

use super::folder::case_beside;

/// Largest case document. Units: bytes.
const CASE_MAX_BYTES: u64 = 1 << 20;
/// Piece in which a file that is too large is read for its digest. Units: bytes.
const PIECE_BYTES: usize = 1 << 20;

/// What became of one file before the record.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is ready to be recorded; or its bytes are there, and its case may be new.
    Ready(Box<Prepared>),
    /// Its bytes are in the record and no case document lies beside it.
    Known(Digest),
    /// It could not be read.
    Unreadable(LocalizedText),
}

/// One file's outcome.
#[derive(Debug)]
pub(crate) struct Done {
    /// Where the file is in the list. Units: 0-based.
    pub(crate) file: usize,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

/// What the threads share.
#[derive(Debug)]
pub(crate) struct Work<'a> {
    pub(crate) files: &'a [PathBuf],
    pub(crate) next: AtomicUsize,
    pub(crate) known: &'a BTreeSet<Digest>,
    pub(crate) release: &'a Release,
    pub(crate) settings: &'a Settings<'a>,
}

impl Work<'_> {
    /// Takes files until there are none, or until nobody listens any more.
    pub(crate) fn run(&self, done: &Sender<Done>) {
        loop {
            let file = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = self.files.get(file) else { return };
            let outcome = self.prepare_file(path).unwrap_or_else(Outcome::Unreadable);
            if done.blocking_send(Done { file, outcome }).is_err() {
                return;
            }
        }
    }

    fn prepare_file(&self, path: &Path) -> Result<Outcome, LocalizedText> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let contents = read_bounded(path, self.settings.kept_max_bytes).map_err(|error| {
            LocalizedText::new(
                format!("ファイルを読めません({error})。"),
                format!("The file cannot be read ({error})."),
            )
        })?;
        let case = read_case(path)?;
        let digest = match &contents {
            Contents::Whole(bytes) => store::digest_of(bytes),
            Contents::Oversized { digest, .. } => digest.clone(),
        };
        if self.known.contains(&digest) {
            return Ok(match case {
                Some(case) => Outcome::Ready(Box::new(prepare_revision(digest, &name, Some(case)))),
                None => Outcome::Known(digest),
            });
        }
        let prepared = match contents {
            Contents::Whole(bytes) => prepare(&bytes, &name, case, self.release, self.settings),
            Contents::Oversized { digest, size_bytes } => {
                prepare_oversized(digest, size_bytes, &name, case, self.settings)
            }
        };
        prepared.map(Box::new).map(Outcome::Ready).map_err(|error| error.explain())
    }
}

enum Contents {
    Whole(Vec<u8>),
    Oversized { digest: Digest, size_bytes: u64 },
}

/// Reads a file that is not too large; of a larger one only the digest and size are taken.
fn read_bounded(path: &Path, max_bytes: usize) -> io::Result<Contents> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    let limit = (max_bytes as u64).saturating_add(1);
    file.by_ref().take(limit).read_to_end(&mut bytes)?;
    if bytes.len() <= max_bytes {
        return Ok(Contents::Whole(bytes));
    }
    let mut hasher = Sha256::new();
    let mut size_bytes = bytes.len() as u64;
    hasher.update(&bytes);
    drop(bytes);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            break;
        }
        hasher.update(piece.get(..count).unwrap_or_default());
        size_bytes += count as u64;
    }
    let digest = Digest(hex::encode(hasher.finalize()));
    Ok(Contents::Oversized { digest, size_bytes })
}

/// Reads the case document beside a result, if there is one.
fn read_case(result: &Path) -> Result<Option<PatientCase>, LocalizedText> {
    let Some(path) = case_beside(result) else { return Ok(None) };
    let failed = |error: &dyn std::fmt::Display| {
        LocalizedText::new(
            format!(
                "症例ファイル {} を読めません({error})。直してから再実行してください。",
                path.display()
            ),
            format!(
                "The case file {} cannot be read ({error}): mend it and run this again.",
                path.display()
            ),
        )
    };
    let mut text = Vec::new();
    match File::open(&path) {
        Ok(file) => {
            file.take(CASE_MAX_BYTES + 1).read_to_end(&mut text).map_err(|error| failed(&error))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&error)),
    }
    if text.len() as u64 > CASE_MAX_BYTES {
        return Err(failed(&"larger than 1 MiB"));
    }
    let case: PatientCase = serde_json::from_slice(&text).map_err(|error| failed(&error))?;
    store::check_reference(&case.reference).map_err(|error| failed(&error))?;
    Ok(Some(case))
}
