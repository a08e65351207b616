//! The files that the checks look at.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, bail};

/// One tracked file.
#[derive(Debug)]
pub(crate) struct File {
    /// Path from the workspace folder, with `/`.
    pub(crate) path: String,
    /// Its text; `None` for binary files.
    pub(crate) text: Option<String>,
}

/// Every tracked file of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// The files, sorted by path.
    pub(crate) files: Vec<File>,
}

impl Tree {
    /// Reads the files that git tracks, and those it does not know yet but would not ignore.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let listing = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("running git ls-files")?;
        if !listing.status.success() {
            bail!("git ls-files failed: {}", String::from_utf8_lossy(&listing.stderr));
        }
        let mut files = Vec::new();
        for path in listing.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
            let path = String::from_utf8(path.to_vec()).context("a path is not UTF-8")?;
            // A file deleted in the working tree is still listed.
            let Ok(bytes) = fs::read(root.join(&path)) else { continue };
            files.push(File { path, text: String::from_utf8(bytes).ok() });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// Returns the text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text.as_deref()
    }
}

#[cfg(test)]
impl Tree {
    /// Makes a tree of paths and texts.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: Some((*text).to_owned()),
        };
        Self { files: files.iter().map(file).collect() }
    }
}
