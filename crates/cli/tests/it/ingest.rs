//! What `ingest`, `reannotate` and `db` say and how they end, on good and on bad input.

use std::{fs, path::Path, process::Stdio};

use store::{ResultFilter, Store};

use crate::folder::{counted, ingest, invent, run, tsumugi};

fn record(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("record.db").display())
}

fn open<T>(url: &str, read: impl AsyncFnOnce(&Store) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open_existing(url).await.unwrap();
        let value = read(&store).await;
        store.close().await;
        value
    })
}

/// A result that is accepted, from the synthetic nation.
fn good(number: usize) -> synthetic::SyntheticCase {
    synthetic::nation(21, 500).filter(|one| one.flaw.is_none()).nth(number).unwrap()
}

#[test]
fn good_bad_and_unreadable_files_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let url = record(folder.path());
    fs::write(data.join("good.cats"), good(0).cats_json).unwrap();
    let (code, stdout, stderr) = run(ingest(&data, &url));
    assert_eq!(code, 0, "{stdout}{stderr}");

    fs::write(data.join("truncated.cats"), &good(1).cats_json[..200]).unwrap();
    fs::write(data.join("empty.json"), b"").unwrap();
    fs::write(data.join("nul.maf"), b"\0\0\0").unwrap();
    fs::write(data.join("wrong-case.cats"), good(2).cats_json).unwrap();
    fs::write(data.join("wrong-case.case.json"), b"{\"reference\": \"\"}").unwrap();
    fs::write(data.join("notes.txt"), b"no result").unwrap();
    let (code, stdout, _) = run(ingest(&data, &url));
    assert_eq!(code, 1, "{stdout}");
    assert_eq!(counted(&stdout, "already there"), 1);
    assert_eq!(counted(&stdout, "rejected"), 3, "{stdout}");
    assert_eq!(counted(&stdout, "unreadable"), 1, "{stdout}");
    assert_eq!(counted(&stdout, "other files"), 1, "{stdout}");
    assert!(stdout.contains("wrong-case.case.json"), "{stdout}");

    // Rejected files are kept with their problems; they stay rejected when they come again.
    let filter = ResultFilter { text: Some("truncated".into()), ..ResultFilter::default() };
    open(&url, async |store| {
        let page = store.list_results(&filter, Default::default()).await.unwrap();
        let stored = store.result(page.rows[0].id).await.unwrap().unwrap();
        assert!(!stored.problems.is_empty());
        let original = store.original(&stored.row.digest).await.unwrap().unwrap();
        assert_eq!(original.bytes.unwrap(), &good(1).cats_json[..200]);
    });
    let (code, stdout, _) = run(ingest(&data, &url));
    assert_eq!((code, counted(&stdout, "rejected"), counted(&stdout, "already there")), (1, 3, 4));

    // A mended case file makes its result acceptable.
    fs::write(data.join("wrong-case.case.json"), b"{\"reference\": \"H1-1\"}").unwrap();
    let (_, stdout, _) = run(ingest(&data, &url));
    assert_eq!(counted(&stdout, "new"), 1, "{stdout}");
    let (code, stdout, _) = run(tsumugi(&["db", "check", "--db", &url]));
    assert_eq!(code, 0, "{stdout}");
}

#[test]
fn a_changed_case_file_is_a_revision_with_a_report_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let url = record(folder.path());
    fs::write(data.join("a.cats"), good(0).cats_json).unwrap();
    let case = data.join("a.case.json");
    fs::write(&case, br#"{"reference": "H1-1", "tumourType": "LUAD"}"#).unwrap();
    assert_eq!(run(ingest(&data, &url)).0, 0);
    fs::write(&case, br#"{"reference": "H1-1", "tumourType": "COAD"}"#).unwrap();
    let (code, stdout, _) = run(ingest(&data, &url));
    assert_eq!((code, counted(&stdout, "cases revised")), (0, 1), "{stdout}");
    open(&url, async |store| {
        let case = store.case_by_reference("H1-1").await.unwrap().unwrap();
        assert_eq!(case.revision, 2);
        let reports = store.reports_of_case(case.case).await.unwrap();
        let revisions: Vec<u32> = reports.iter().map(|report| report.case_revision).collect();
        assert_eq!(revisions, [2, 1]);
        assert_ne!(reports[0].json, reports[1].json);
    });
    let (_, stdout, _) = run(ingest(&data, &url));
    assert!(!stdout.contains("revised"), "{stdout}");
}

#[test]
fn another_release_adds_reports_and_changes_none() {
    let invented = invent(22, 40);
    let folder = tempfile::tempdir().unwrap();
    let url = record(folder.path());
    run(ingest(invented.folder.path(), &url));
    let counts = async |store: &Store| store.counts().await.unwrap();
    let before = open(&url, counts);
    // The release of the ingest again: nothing to do.
    let (code, stdout, _) = run(tsumugi(&["reannotate", "--db", &url]));
    assert_eq!((code, counted(&stdout, "reports added")), (0, 0));
    assert_eq!(open(&url, counts), before);

    let release = folder.path().join("release");
    let release = release.to_str().unwrap();
    let build = ["knowledge", "build", "--starter", "--version", "another", "--out", release];
    assert_eq!(run(tsumugi(&build)).0, 0);
    let reports = async |store: &Store| {
        let page = store.list_cases(&Default::default(), Default::default()).await.unwrap();
        let mut reports = Vec::new();
        for row in page.rows {
            reports.extend(store.reports_of_case(row.case).await.unwrap());
        }
        reports
    };
    let first = open(&url, reports);
    for added in [before.reports, 0] {
        let again = tsumugi(&["reannotate", "--db", &url, "--knowledge", release]);
        let (code, stdout, stderr) = run(again);
        assert_eq!((code, counted(&stdout, "reports added")), (0, added), "{stdout}{stderr}");
    }
    let both = open(&url, reports);
    assert_eq!(both.len(), 2 * first.len());
    assert!(first.iter().all(|report| both.contains(report)), "no report has changed");
    let after = open(&url, counts);
    assert_eq!((after.reports, after.releases), (2 * before.reports, 2));
    assert_eq!(run(tsumugi(&["db", "check", "--db", &url])).0, 0);
}

#[test]
fn files_that_vanish_midway_are_named_and_the_rest_is_recorded() {
    let invented = invent(25, 300);
    let folder = tempfile::tempdir().unwrap();
    let url = record(folder.path());
    let mut child = ingest(invented.folder.path(), &url);
    let child = child.args(["--threads", "1"]).spawn().unwrap();
    // The folder is listed before the record is made; from then on files are read one by one.
    let made = folder.path().join("record.db");
    while !made.try_exists().unwrap() {
        std::thread::yield_now();
    }
    fs::remove_dir_all(invented.folder.path().join("site2")).unwrap();
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let code = output.status.code();
    let unreadable = counted(&stdout, "unreadable");
    assert!(unreadable > 0 && code == Some(1), "{code:?} {stdout}");
    let recorded = counted(&stdout, "new") + counted(&stdout, "rejected");
    assert_eq!(recorded + unreadable, invented.files, "{stdout}");
    assert_eq!(run(tsumugi(&["db", "check", "--db", &url])).0, 0);
}

#[test]
fn what_cannot_run_says_so_in_both_languages_and_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("good.cats"), good(0).cats_json).unwrap();
    let data = data.to_str().unwrap();
    let missing = folder.path().join("missing").display().to_string();
    let text = folder.path().join("text.db");
    fs::write(&text, "no database ".repeat(1000)).unwrap();
    let text = format!("sqlite:{}", text.display());
    let nowhere = format!("sqlite:{missing}/below/record.db");
    let migrated = record(folder.path());
    for (arguments, ja, en) in [
        (vec!["ingest", missing.as_str(), "--db", &migrated], "フォルダ", "folder"),
        (vec!["ingest", data, "--db", "mysql://x/y"], "URL", "URL"),
        (vec!["ingest", data, "--db", "postgres://[::bad"], "URL", "URL"),
        (
            vec!["ingest", data, "--db", "postgres://x@127.0.0.1:9/y"],
            "開けません",
            "could not be opened",
        ),
        (vec!["ingest", data, "--db", &nowhere], "開けません", "could not be opened"),
        (vec!["ingest", data, "--db", &text], "記録", "record"),
        (
            vec!["ingest", data, "--knowledge", &missing, "--db", &migrated],
            "知識リリース",
            "knowledge release",
        ),
        (vec!["db", "check", "--db", &nowhere], "記録がありません", "no record"),
        (vec!["reannotate", "--db", &nowhere], "記録がありません", "no record"),
        (
            vec!["db", "copy", "--from", &nowhere, "--to", &migrated],
            "記録がありません",
            "no record",
        ),
    ] {
        let (code, stdout, stderr) = run(tsumugi(&arguments));
        assert_eq!(code, 2, "{arguments:?} {stdout} {stderr}");
        assert!(stderr.contains(ja) && stderr.contains(en), "{arguments:?} {stderr}");
    }
}

#[test]
fn a_newer_record_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let url = record(folder.path());
    assert_eq!(run(tsumugi(&["db", "migrate", "--db", &url])).0, 0);
    let (code, stdout, _) = run(tsumugi(&["db", "migrate", "--db", &url]));
    assert!(code == 0 && stdout.contains("already"), "{stdout}");
    execute(&url, "INSERT INTO schema_migration VALUES (9999, 'later', 'x', 'x')");
    for arguments in [vec!["db", "migrate"], vec!["db", "check"], vec!["reannotate"]] {
        let mut arguments = arguments;
        arguments.extend(["--db", &url]);
        let (code, _, stderr) = run(tsumugi(&arguments));
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains("新しい版") && stderr.contains("newer program"), "{stderr}");
    }
}

#[test]
fn a_locked_record_is_waited_for_and_then_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("good.cats"), good(0).cats_json).unwrap();
    let url = record(folder.path());
    assert_eq!(run(tsumugi(&["db", "migrate", "--db", &url])).0, 0);
    let (code, _, stderr) = open(&url, async |store| {
        let held = store.begin().await.unwrap();
        let ended = run(ingest(&data, &url));
        held.rollback().await.unwrap();
        ended
    });
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("別の処理") && stderr.contains("Another process"), "{stderr}");
    let (code, _, stderr) = run(ingest(&data, &url));
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn a_full_disk_leaves_nothing_half() {
    // SQLite's own limit on pages is the same error as a full disk, and needs no disk of its own.
    let invented = invent(23, 60);
    let folder = tempfile::tempdir().unwrap();
    let url = record(folder.path());
    assert_eq!(run(tsumugi(&["db", "migrate", "--db", &url])).0, 0);
    // A file-size limit for the program alone; SQLite sees it as a failing write.
    let binary = env!("CARGO_BIN_EXE_tsumugi");
    let script = "trap '' XFSZ; ulimit -f 300; exec \"$@\"";
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", script, "sh", binary, "ingest"]).arg(invented.folder.path());
    limited.args(["--db", &url]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (code, stdout, stderr) = run(limited);
    assert_eq!(code, 2, "{stdout}{stderr}");
    assert!(!stderr.is_empty());
    let (code, stdout, _) = run(tsumugi(&["db", "check", "--db", &url]));
    assert_eq!(code, 0, "{stdout}");
    let (code, stdout, _) = run(ingest(invented.folder.path(), &url));
    assert!(code <= 1, "{stdout}");
    assert_eq!(open(&url, async |store| store.counts().await.unwrap().results), 60);
}

#[test]
fn a_record_moves_to_the_other_engine_and_back() {
    let Some(postgres) = testkit::postgres::database() else { return };
    let invented = invent(24, 50);
    let folder = tempfile::tempdir().unwrap();
    let url = record(folder.path());
    run(ingest(invented.folder.path(), &url));
    let back = format!("sqlite:{}", folder.path().join("back.db").display());
    for (from, to) in [(&url, &postgres), (&postgres, &back)] {
        let (code, stdout, stderr) = run(tsumugi(&["db", "copy", "--from", from, "--to", to]));
        assert_eq!(code, 0, "{stdout}{stderr}");
        let (code, stdout, _) = run(tsumugi(&["db", "check", "--db", to]));
        assert_eq!(code, 0, "{stdout}");
        let counts = async |store: &Store| store.counts().await.unwrap();
        assert_eq!(open(from, counts), open(to, counts));
    }
    let (_, stdout, _) = run(ingest(invented.folder.path(), &back));
    assert_eq!(counted(&stdout, "already there"), invented.files);
}

fn execute(url: &str, sql: &'static str) {
    use sqlx::Connection;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    });
}
