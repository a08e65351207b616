//! Reading and writing files whole, within a limit.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// What came of reading a file.
pub(crate) enum FileBytes {
    /// The whole file.
    Whole(Vec<u8>),
    /// The file is larger than the limit, and was not read. Units: bytes.
    TooLarge(u64),
}

/// Reads a file unless it is larger than the limit; a larger one is not read at all.
///
/// Errors: the file cannot be opened or read.
pub(crate) fn read(path: &Path, max_bytes: usize) -> io::Result<FileBytes> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX);
    if metadata.len() > limit {
        return Ok(FileBytes::TooLarge(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    // A pipe has no length of its own, so the limit is kept while reading as well.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Ok(if length > limit { FileBytes::TooLarge(length) } else { FileBytes::Whole(bytes) })
}

/// Writes a file so that it is there whole or not at all.
///
/// Errors: the folder cannot be written to.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes a file piece by piece, so that it is there whole or not at all.
///
/// Errors: the folder cannot be written to, or what writes fails.
pub(crate) fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let mut file = File::create(&partial)?;
    let written = fill(&mut file).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| std::fs::rename(&partial, path));
    if placed.is_err() {
        // Whether the remains can be removed does not change what is reported.
        let _ = std::fs::remove_file(&partial);
    }
    placed
}
