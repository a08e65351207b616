//! Which files of a folder are results, always in the same order.

use std::{
    io,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

/// Deepest folder that is looked into. Units: folders below the one that was named.
const DEPTH_MAX: usize = 32;
/// Endings of results, before an ending of compression.
const RESULT_ENDINGS: [&str; 4] = [".cats", ".json", ".maf", ".vcf"];
/// Endings of compression.
const COMPRESSION_ENDINGS: [&str; 4] = [".gz", ".bgz", ".zst", ".zstd"];
/// Ending of the case document that may lie beside a result.
const CASE_ENDING: &str = ".case.json";

/// What a folder holds.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// Results, in the order of their paths.
    pub(crate) results: Vec<PathBuf>,
    /// How many files are neither results nor case documents.
    pub(crate) ignored: u64,
    /// Places that could not be looked into, with the reason.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
}

/// Lists a folder and the folders in it. Links are not followed, and hidden files are left alone.
///
/// Errors: the folder itself cannot be read.
pub(crate) fn list(root: &Path) -> io::Result<Folder> {
    // The walk reports an unreadable root as one entry; asked directly, it is an error.
    std::fs::read_dir(root)?;
    let mut folder = Folder::default();
    for entry in WalkDir::new(root).max_depth(DEPTH_MAX).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                let name = entry.file_name().to_string_lossy().into_owned();
                if stem(&name).is_some() {
                    folder.results.push(entry.into_path());
                } else if !name.ends_with(CASE_ENDING) {
                    folder.ignored += 1;
                }
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                folder.unreadable.push((path, error.to_string()));
            }
        }
    }
    Ok(folder)
}

/// Returns a result's name without its endings, or `None` where the name is not that of a result.
fn stem(name: &str) -> Option<&str> {
    if name.starts_with('.') || name.ends_with(CASE_ENDING) {
        return None;
    }
    let plain =
        COMPRESSION_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    RESULT_ENDINGS.iter().find_map(|ending| plain.strip_suffix(ending))
}

/// Returns where a result's case document lies, if there is one: `NAME.case.json` beside `NAME.cats.gz`.
pub(crate) fn case_beside(result: &Path) -> Option<PathBuf> {
    let name = result.file_name()?.to_str()?;
    Some(result.with_file_name(format!("{}{CASE_ENDING}", stem(name)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_told_by_their_endings() {
        for (name, expected) in [
            ("a.cats", Some("a")),
            ("a.json", Some("a")),
            ("a.b.maf.gz", Some("a.b")),
            ("a.vcf.zst", Some("a")),
            ("a.case.json", None),
            (".a.json", None),
            ("a.txt", None),
            ("a.gz", None),
        ] {
            assert_eq!(stem(name), expected, "{name}");
        }
        let case = case_beside(Path::new("/x/結果.cats.gz")).unwrap();
        assert_eq!(case, Path::new("/x/結果.case.json"));
    }
}
