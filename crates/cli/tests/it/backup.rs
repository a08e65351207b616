//! A backup brings back what was there, on both engines, or is refused.

use std::path::{Path, PathBuf};

use testkit::postgres::database;

use crate::folder::{Invented, ingest, invent, run, tsumugi};

fn sqlite(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

fn must(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(tsumugi(arguments));
    assert_eq!(code, 0, "{arguments:?}\n{stdout}{stderr}");
    stdout
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Fills a record, and signs its audit log with keys in the folder.
fn fill(url: &str, keys: &Path, cases: usize) {
    let invented = invent(7, cases);
    let (code, stdout, stderr) = run(ingest(invented.folder.path(), url));
    // The nation holds a few spoilt files, which are refused and said to be (1); nothing is unreadable (2).
    let refused = !stdout.contains("rejected: 0\n");
    assert_eq!(code, i32::from(refused), "{stdout}{stderr}");
    assert!(stdout.contains("unreadable: 0\n"), "{stdout}");
    must(&["audit", "sign", "--data", text(keys), "--db", url]);
}

/// What `db check` counts, as text.
fn whole(url: &str) -> String {
    must(&["db", "check", "--db", url])
}

fn brought_back(from: &str, into: &[String], folder: &Path) {
    fill(from, folder, 12);
    let file = folder.join("site.tar.zst");
    must(&["backup", "--db", from, "--out", text(&file)]);
    for target in into {
        let said = must(&["restore", text(&file), "--into", target]);
        assert!(said.contains("Everything is whole"), "{said}");
        assert_eq!(whole(target), whole(from));
        must(&["audit", "verify", "--data", text(folder), "--db", target]);
        let (code, _, stderr) = run(tsumugi(&["restore", text(&file), "--into", target]));
        assert_eq!(code, 2, "what is there is not written over");
        assert!(stderr.contains("already"), "{stderr}");
    }
}

#[test]
fn a_backup_of_sqlite_comes_back_on_both_engines() {
    let folder = tempfile::tempdir().unwrap();
    let mut into = vec![sqlite(&folder.path().join("restored.sqlite"))];
    into.extend(database());
    brought_back(&sqlite(&folder.path().join("record.sqlite")), &into, folder.path());
}

#[test]
fn a_backup_of_postgres_comes_back_on_both_engines() {
    let (Some(from), Some(into)) = (database(), database()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let into = [sqlite(&folder.path().join("restored.sqlite")), into];
    brought_back(&from, &into, folder.path());
}

/// Takes backups while results are taken in: each is of one moment, so each is whole.
fn whole_while_written(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    must(&["db", "migrate", "--db", url]);
    let Invented { folder: invented, .. } = invent(11, 120);
    let mut writing = ingest(invented.path(), url).spawn().unwrap();
    for number in 0..3 {
        let file = folder.path().join(format!("{number}.tar.zst"));
        must(&["backup", "--db", url, "--out", text(&file)]);
        let target = sqlite(&folder.path().join(format!("{number}.sqlite")));
        must(&["restore", text(&file), "--into", &target]);
    }
    assert!(writing.wait().unwrap().success());
}

#[test]
fn a_backup_of_sqlite_is_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    whole_while_written(&sqlite(&folder.path().join("record.sqlite")));
}

#[test]
fn a_backup_of_postgres_is_of_one_moment() {
    if let Some(url) = database() {
        whole_while_written(&url);
    }
}

#[test]
fn a_backup_that_was_cut_off_or_altered_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (url, file) =
        (sqlite(&folder.path().join("record.sqlite")), folder.path().join("good.tar.zst"));
    fill(&url, folder.path(), 2);
    must(&["backup", "--db", &url, "--out", text(&file)]);
    let good = std::fs::read(&file).unwrap();
    let last = good.len() - 1;
    let mut broken: Vec<Vec<u8>> =
        [0, 1, 39, 40, last / 2, last].map(|length| good[..length].to_vec()).to_vec();
    for place in [0, 4, 5, 20, last / 3, last / 2, last - 41, last - 40, last - 33, last] {
        let mut altered = good.clone();
        altered[place] ^= 1;
        broken.push(altered);
    }
    broken.push([good.as_slice(), b"x"].concat());
    let (bad, target) = (folder.path().join("bad.tar.zst"), folder.path().join("target.sqlite"));
    for bytes in broken {
        std::fs::write(&bad, &bytes).unwrap();
        let into = sqlite(&target);
        let (code, stdout, stderr) = run(tsumugi(&["restore", text(&bad), "--into", &into]));
        assert_eq!(code, 2, "{stdout}{stderr}");
        assert!(stderr.contains("cut off or altered"), "{stderr}");
        assert!(!target.try_exists().unwrap(), "nothing is written");
    }
    assert_eq!(left_over(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_backup_that_was_ended_leaves_no_file_that_looks_whole() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(&folder.path().join("record.sqlite"));
    fill(&url, folder.path(), 30);
    let out = folder.path().join("out.tar.zst");
    for milliseconds in [0, 5, 15, 40, 80] {
        let mut making = tsumugi(&["backup", "--db", &url, "--out", text(&out)]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        making.kill().unwrap();
        making.wait().unwrap();
        if out.try_exists().unwrap() {
            let target = folder.path().join(format!("{milliseconds}.sqlite"));
            must(&["restore", text(&out), "--into", &sqlite(&target)]);
            std::fs::remove_file(&out).unwrap();
        }
    }
}

fn left_over(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(".tsumugi-part-")).collect()
}
