//! Folders of invented results, and the program run on them.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Output, Stdio},
};

/// What an invented folder holds.
#[derive(Debug)]
pub(crate) struct Invented {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) files: u64,
}

/// Writes the results of a synthetic nation with their case documents, in several folders.
pub(crate) fn invent(seed: u64, cases: usize) -> Invented {
    let folder = tempfile::tempdir().unwrap();
    let mut digests = BTreeSet::new();
    for (number, one) in synthetic::nation(seed, cases).enumerate() {
        let below = folder.path().join(format!("site{}", number % 3));
        std::fs::create_dir_all(&below).unwrap();
        let path = below.join(&one.file_name);
        std::fs::write(&path, &one.cats_json).unwrap();
        let case = serde_json::to_vec(&one.case).unwrap();
        std::fs::write(path.with_extension("case.json"), case).unwrap();
        digests.insert(store::digest_of(&one.cats_json));
    }
    assert_eq!(digests.len(), cases, "every invented file is another");
    Invented { folder, files: cases as u64 }
}

/// Returns the program with arguments.
pub(crate) fn tsumugi(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsumugi"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Returns the call that ingests a folder into a record.
pub(crate) fn ingest(folder: &Path, url: &str) -> Command {
    tsumugi(&["ingest", folder.to_str().unwrap(), "--db", url])
}

/// Runs the program to its end.
pub(crate) fn run(mut command: Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let code = status.code().unwrap_or(-1);
    (
        code,
        String::from_utf8_lossy(&stdout).into_owned(),
        String::from_utf8_lossy(&stderr).into_owned(),
    )
}

/// Returns the number after a word of the summary.
pub(crate) fn counted(summary: &str, word: &str) -> u64 {
    let line = summary
        .lines()
        .find(|line| line.contains(word))
        .unwrap_or_else(|| panic!("no {word} in {summary}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Returns the address of a record in a file.
pub(crate) fn sqlite(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Returns a path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs what must succeed, and returns what it says.
pub(crate) fn must(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(tsumugi(arguments));
    assert_eq!(code, 0, "{arguments:?}\n{stdout}{stderr}");
    stdout
}

/// Waits for what the record does.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}
