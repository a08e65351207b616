//! The file of signed heads outside the record, so that a record cut off at its end is found out.
//!
//! Shape: one signed head a line, oldest first; only ever appended to.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use access::audit::{Flaw, SignedHead};

/// Largest file that is read. Units: bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// Why the file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum HeadsFileError {
    /// It cannot be read.
    #[error("could not read the heads in {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// It cannot be written.
    #[error("could not write a head into {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// A file of signed heads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadsFile {
    path: PathBuf,
}

impl HeadsFile {
    /// Names the file; it need not be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Returns where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads every head, with the lines that are none. A last line without its end is what a stop in the midst of
    /// writing leaves, and is no flaw. A file that is not there has no heads.
    ///
    /// Errors: the file is there and cannot be read.
    pub fn read(&self) -> Result<(Vec<SignedHead>, Vec<Flaw>), HeadsFileError> {
        let failed = |source| HeadsFileError::Read { path: self.path.clone(), source };
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
            opened => opened.map_err(failed)?,
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(failed)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        bytes.truncate(whole);
        let (mut heads, mut flaws) = (Vec::new(), Vec::new());
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let text = line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok());
            match text.and_then(SignedHead::of_line) {
                Some(head) => heads.push(head),
                None => flaws.push(Flaw::Line { line: index as u64 + 1 }),
            }
        }
        Ok((heads, flaws))
    }

    /// Appends a head, and returns when it is on the disk. What a stop in the midst of writing left is taken away.
    ///
    /// Errors: the file cannot be written.
    pub fn append(&self, head: &SignedHead) -> Result<(), HeadsFileError> {
        let failed = |source| HeadsFileError::Write { path: self.path.clone(), source };
        let line = head.to_line().map_err(|error| failed(io::Error::other(error)))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path).map_err(failed)?;
        let end = end_of_last_line(&mut file).map_err(failed)?;
        file.set_len(end).map_err(failed)?;
        file.seek(SeekFrom::Start(end)).map_err(failed)?;
        file.write_all(format!("{line}\n").as_bytes()).map_err(failed)?;
        file.sync_data().map_err(failed)
    }
}

/// Longest line of a head. Units: bytes.
const LINE_BYTES_MAX: u64 = 1_024;

/// Returns where the last whole line ends. Units: bytes.
fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let begin = length.saturating_sub(LINE_BYTES_MAX);
    file.seek(SeekFrom::Start(begin))?;
    let mut tail = Vec::new();
    file.take(LINE_BYTES_MAX).read_to_end(&mut tail)?;
    match tail.iter().rposition(|byte| *byte == b'\n') {
        Some(last) => Ok(begin + last as u64 + 1),
        None if begin == 0 => Ok(0),
        // Not ours to cut: verifying will name the line.
        None => Ok(length),
    }
}

#[cfg(test)]
mod tests {
    use access::audit::{NodeHash, SigningKey, TreeHead};
    use chrono::DateTime;

    use super::*;

    fn head(size: u64) -> SignedHead {
        let at = DateTime::from_timestamp_millis(1_780_000_000_000).unwrap();
        SigningKey::of_seed([1; 32]).unwrap().sign(&TreeHead { size, root: NodeHash([2; 32]), at })
    }

    #[test]
    fn heads_are_appended_and_a_torn_line_is_mended() {
        let folder = tempfile::tempdir().unwrap();
        let heads = HeadsFile::at(folder.path().join("heads.ndjson"));
        assert_eq!(heads.read().unwrap(), (Vec::new(), Vec::new()));
        heads.append(&head(1)).unwrap();
        heads.append(&head(2)).unwrap();
        let whole = std::fs::read(heads.path()).unwrap();
        std::fs::write(heads.path(), &whole[..whole.len() - 9]).unwrap();
        assert_eq!(heads.read().unwrap(), (vec![head(1)], Vec::new()));
        heads.append(&head(3)).unwrap();
        assert_eq!(heads.read().unwrap(), (vec![head(1), head(3)], Vec::new()));
    }

    #[test]
    fn a_changed_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let heads = HeadsFile::at(folder.path().join("heads.ndjson"));
        for size in 1..4 {
            heads.append(&head(size)).unwrap();
        }
        let text = std::fs::read_to_string(heads.path()).unwrap();
        std::fs::write(heads.path(), text.replace("\"size\":2", "\"size\": 2")).unwrap();
        let (read, flaws) = heads.read().unwrap();
        assert_eq!((read, flaws), (vec![head(1), head(3)], vec![Flaw::Line { line: 2 }]));
        std::fs::write(heads.path(), text.replacen('\n', "\n\n", 1)).unwrap();
        assert_eq!(heads.read().unwrap().1, [Flaw::Line { line: 2 }]);
    }
}
