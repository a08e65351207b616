//! The one file of a backup: a tar archive in zstd, and behind it the digest of every byte before.
//!
//! The digest lies in a skippable frame of zstd, so that `tar --zstd` reads the file as well. A file that was
//! cut off or altered anywhere is found out before anything in it is believed.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{
    manifest::{ArchivedFile, Hashing, MANIFEST, Manifest, file_of},
    part::parent_of,
};

/// Head of the skippable frame: its magic number, then how long it is. Source: RFC 8878, section 3.1.2.
const SEAL_HEAD: [u8; 8] = [0x50, 0x2a, 0x4d, 0x18, 32, 0, 0, 0];
/// Head and digest. Units: bytes.
const SEAL_BYTES: u64 = 40;
/// Largest manifest. Units: bytes.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;
/// How hard zstd tries.
const LEVEL: i32 = 3;

/// Why a backup cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadArchiveError {
    /// It could not be read.
    #[error("could not read the backup")]
    Read(#[source] io::Error),
    /// It was cut off or altered.
    #[error("the backup is cut off or altered")]
    Damaged,
    /// It is none, or of a newer program.
    #[error("it is no backup that this program knows")]
    Unknown,
}

/// Takes bytes on to another writer and into a digest.
struct Sealing<W> {
    inner: W,
    hasher: Sha256,
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Writes a backup of the files in a folder, whole or not at all, and returns its digest.
///
/// Errors: a file cannot be read, or the place cannot be written to.
pub(crate) fn write_archive(manifest: &Manifest, folder: &Path, out: &Path) -> io::Result<String> {
    let half = folder.join("half.tar.zst");
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&half)?;
    let sealing = Sealing { inner: BufWriter::new(file), hasher: Sha256::new() };
    let mut encoder = zstd::Encoder::new(sealing, LEVEL)?;
    encoder.include_checksum(true)?;
    let mut builder = tar::Builder::new(encoder);
    let described = serde_json::to_vec_pretty(manifest)?;
    append(&mut builder, MANIFEST, described.len() as u64, manifest, described.as_slice())?;
    for file in &manifest.files {
        let content = BufReader::new(File::open(folder.join(&file.name))?);
        append(&mut builder, &file.name, file.size_bytes, manifest, content)?;
    }
    let Sealing { mut inner, hasher } = builder.into_inner()?.finish()?;
    let digest = hasher.finalize();
    inner.write_all(&SEAL_HEAD)?;
    inner.write_all(&digest)?;
    let file = inner.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    // Only a whole file ever has the name that was asked for, and no other file is lost for it.
    std::fs::hard_link(&half, out)?;
    File::open(parent_of(out))?.sync_all()?;
    Ok(hex::encode(digest))
}

fn append<W: Write>(
    builder: &mut tar::Builder<W>,
    name: &str,
    size_bytes: u64,
    manifest: &Manifest,
    content: impl Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size_bytes);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(manifest.made_at.timestamp()).unwrap_or(0));
    builder.append_data(&mut header, name, content)
}

/// Reads a backup into a folder, after making sure that every byte is as it was written.
///
/// Errors: it is cut off, altered, no backup, or of a newer program; or the folder cannot be written to.
pub(crate) fn read_archive(path: &Path, folder: &Path) -> Result<Manifest, ReadArchiveError> {
    let mut file = File::open(path).map_err(ReadArchiveError::Read)?;
    let sealed_bytes = check_seal(&mut file)?;
    file.rewind().map_err(ReadArchiveError::Read)?;
    let decoder = zstd::Decoder::new(file.take(sealed_bytes)).map_err(ReadArchiveError::Read)?;
    let mut archive = tar::Archive::new(decoder);
    let mut entries = archive.entries().map_err(|_| ReadArchiveError::Unknown)?;
    let first = entries.next().and_then(Result::ok).ok_or(ReadArchiveError::Unknown)?;
    if first.path_bytes().as_ref() != MANIFEST.as_bytes() || first.size() > MANIFEST_BYTES_MAX {
        return Err(ReadArchiveError::Unknown);
    }
    let manifest: Manifest =
        serde_json::from_reader(first).map_err(|_| ReadArchiveError::Unknown)?;
    if !manifest.is_known() {
        return Err(ReadArchiveError::Unknown);
    }
    for promised in &manifest.files {
        let entry = entries.next().and_then(Result::ok).ok_or(ReadArchiveError::Damaged)?;
        if entry.path_bytes().as_ref() != promised.name.as_bytes() {
            return Err(ReadArchiveError::Damaged);
        }
        // The name is one of those that this program knows: it leads nowhere else.
        take_out(entry, promised, &folder.join(&promised.name))?;
    }
    match entries.next() {
        None => Ok(manifest),
        Some(_) => Err(ReadArchiveError::Damaged),
    }
}

fn take_out(
    entry: impl Read,
    promised: &ArchivedFile,
    place: &Path,
) -> Result<(), ReadArchiveError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(place).map_err(ReadArchiveError::Read)?;
    // One more than promised is enough to see that it is not what was promised.
    io::copy(&mut entry.take(promised.size_bytes.saturating_add(1)), &mut target)
        .map_err(ReadArchiveError::Read)?;
    target.sync_all().map_err(ReadArchiveError::Read)?;
    let found = file_of(place, &promised.name).map_err(ReadArchiveError::Read)?;
    if found == *promised { Ok(()) } else { Err(ReadArchiveError::Damaged) }
}

/// Makes sure that every byte is as it was written, and returns how many lie before the seal.
fn check_seal(file: &mut File) -> Result<u64, ReadArchiveError> {
    let size_bytes = file.metadata().map_err(ReadArchiveError::Read)?.len();
    let sealed_bytes = size_bytes.checked_sub(SEAL_BYTES).ok_or(ReadArchiveError::Damaged)?;
    let mut hasher = Sha256::new();
    io::copy(&mut Read::by_ref(file).take(sealed_bytes), &mut Hashing(&mut hasher))
        .map_err(ReadArchiveError::Read)?;
    let mut seal = Vec::new();
    file.seek(SeekFrom::Start(sealed_bytes)).map_err(ReadArchiveError::Read)?;
    file.read_to_end(&mut seal).map_err(ReadArchiveError::Read)?;
    let expected = [SEAL_HEAD.as_slice(), hasher.finalize().as_slice()].concat();
    if seal == expected { Ok(sealed_bytes) } else { Err(ReadArchiveError::Damaged) }
}
