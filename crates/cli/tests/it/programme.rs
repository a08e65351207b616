//! `tsumugi programme import` and `export`: all or nothing, again changes nothing, and back the same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn tsumugi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tsumugi")).args(arguments).output().unwrap()
}

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/programme");
    folder.join(name).display().to_string()
}

fn import(url: &str, files: &[&str]) -> (i32, String) {
    let output = tsumugi(&[&["programme", "import", "--database", url], files].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), said)
}

fn export(url: &str, folder: &Path) -> Vec<PathBuf> {
    let folder = folder.display().to_string();
    let output = tsumugi(&["programme", "export", &folder, "--database", url]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_examples_are_imported_once_and_exported_whole() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    // What refers to hospitals may come first.
    let files = [
        example("core_and_hub_2025-06/designations.csv"),
        example("core_and_hub_2025-06/hospitals.csv"),
        example("panels/panels.csv"),
    ];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (code, said) = import(&url, &files);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("新規 new: 96  改訂 revised: 0"), "{said}");
    let (code, said) = import(&url, &files);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("新規 new: 0  改訂 revised: 0  変更なし unchanged: 96"), "{said}");

    let written = export(&url, &folder.path().join("first"));
    assert_eq!(written.len(), 7);
    let other = format!("sqlite:{}", folder.path().join("other.db").display());
    let paths: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    let (code, said) = import(&other, &paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(code, 0, "{said}");
    for (one, again) in written.iter().zip(export(&other, &folder.path().join("second"))) {
        assert_eq!(fs::read(one).unwrap(), fs::read(again).unwrap(), "{}", one.display());
    }
}

#[test]
fn one_error_in_one_table_keeps_all_of_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    let wrong = folder.path().join("wrong.csv");
    fs::write(&wrong, "hospital,kind,from\nNOWHERE,hub,2020-01-01\n").unwrap();
    let hospitals = example("hubs_2021-02/hospitals.csv");
    let (code, said) = import(&url, &[&hospitals, &wrong.display().to_string()]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("wrong.csv:2:1: 誤り error [programme.reference.absent]"), "{said}");
    assert!(said.contains("何も記録していません"), "{said}");
    let (code, said) = import(&url, &[&hospitals]);
    assert_eq!(code, 0);
    assert!(said.contains("新規 new: 33"), "nothing was there yet: {said}");
    assert_eq!(import(&url, &["/no/such/file.csv"]).0, 2);
}
