//! What a command does where what it says cannot be written.

use std::{
    fs::File,
    io,
    process::{Command, Stdio},
};

use crate::folder::{must, sqlite, tsumugi};

/// Runs a command that says something on standard output, and returns its code and what it said beside.
fn run_into(mut command: Command, out: impl Into<Stdio>) -> (Option<i32>, String) {
    let output = command.stdout(out).spawn().unwrap().wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn nobody_who_reads_stops_nothing_and_a_full_disk_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(&folder.path().join("record.sqlite"));
    must(&["db", "migrate", "--db", &url]);
    for arguments in [
        &["db", "check", "--db", &url][..],
        &["db", "migrate", "--db", &url],
        &["portal", "example"],
        &["cohort", "summary", "--data", folder.path().to_str().unwrap()],
    ] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let (code, stderr) = run_into(tsumugi(arguments), writer);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
    for arguments in [&["db", "check", "--db", &url][..], &["db", "migrate", "--db", &url]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let (code, stderr) = run_into(tsumugi(arguments), full);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(stderr.contains("could not be written"), "{arguments:?}: {stderr}");
    }
}
