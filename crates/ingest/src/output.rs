//! Writes several files so that none is there half: all are written aside first, then put in place.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Files could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteFilesError {
    /// A folder could not be made.
    #[error("making the folder {path}", path = .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// A file could not be written.
    #[error("writing {path}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
}

/// Writes files below a folder, making folders that are missing. Paths are relative and ours.
///
/// Every file is written under another name and reaches the disk before the first takes its place, so that
/// a full disk or a kill leaves no file half written and, but for the moment of renaming, no mixture.
///
/// Errors: a folder or file cannot be written; what was written aside is removed again.
pub fn write_files<'a>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Result<(), WriteFilesError> {
    let mut aside: Vec<(PathBuf, PathBuf)> = Vec::new();
    let outcome = write_aside(folder, files, &mut aside).and_then(|()| {
        for (partial, place) in &aside {
            fs::rename(partial, place).map_err(|source| at(place, source))?;
        }
        Ok(())
    });
    if outcome.is_err() {
        for (partial, _) in &aside {
            // Those already in place are gone from here; whether the rest can be removed changes nothing.
            let _ = fs::remove_file(partial);
        }
    }
    outcome
}

fn write_aside<'a>(
    folder: &Path,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    aside: &mut Vec<(PathBuf, PathBuf)>,
) -> Result<(), WriteFilesError> {
    for (name, bytes) in files {
        let place = folder.join(name);
        let parent = place.parent().unwrap_or(folder).to_owned();
        fs::create_dir_all(&parent)
            .map_err(|source| WriteFilesError::Folder { path: parent, source })?;
        let mut partial = place.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        aside.push((partial.clone(), place));
        let written = File::create(&partial)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        written.map_err(|source| at(&partial, source))?;
    }
    Ok(())
}

fn at(path: &Path, source: io::Error) -> WriteFilesError {
    WriteFilesError::File { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_all_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files: [(&str, &[u8]); 2] = [("a.txt", b"a"), ("lists/b.txt", b"b")];
        write_files(folder.path(), files).unwrap();
        assert_eq!(fs::read(folder.path().join("lists/b.txt")).unwrap(), b"b");
        // The second file's place is a folder, so nothing may be changed or left over.
        let files: [(&str, &[u8]); 2] = [("c.txt", b"c"), ("a.txt/d.txt", b"d")];
        assert!(write_files(folder.path(), files).is_err());
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.txt", "lists"]);
    }
}
