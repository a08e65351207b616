//! A backup brings back what was there, on both engines, or is refused.

use std::path::{Path, PathBuf};

use access::{Action, vault::PatientIdentity};
use chrono::DateTime;
use model::{identity::CaseId, organisation::OrganisationCode};
use store::{CaseFilter, PageRequest, SealedIdentifier, Store, WrappedKey, identifier_v7};
use testkit::postgres::database;

use crate::{
    folder::{Invented, ingest, invent, must, run, sqlite, text, tsumugi},
    sealed::{HOSPITAL, first_key, permit},
};

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

async fn any_case(store: &Store) -> CaseId {
    store.list_cases(&CaseFilter::default(), PageRequest::default()).await.unwrap().rows[0].case
}

/// Seals a name in a record with the vault key of a folder.
async fn seal_a_name(url: &str, folder: &Path) {
    let store = Store::open_existing(url).await.unwrap();
    let (case, hospital) = (any_case(&store).await, OrganisationCode::new(HOSPITAL));
    let site = server::open_vault_key(folder).unwrap().keys();
    let (key, wrapped) = first_key(site.newest(), &hospital);
    let (at, nonce) = (DateTime::UNIX_EPOCH, [4; 24]);
    let identity =
        PatientIdentity { name: "合成 花子".to_owned(), ..PatientIdentity::default() };
    let permit = permit(Action::WriteIdentifier, case);
    let sealed = SealedIdentifier {
        id: identifier_v7(at, &["identifier"]),
        case,
        hospital,
        key_id: key.id().to_owned(),
        nonce: nonce.to_vec(),
        ciphertext: key.seal(&permit, case, nonce, &identity).unwrap(),
        number_index: None,
        recorded_by: None,
        recorded_at: at,
    };
    let mut batch = store.begin().await.unwrap();
    assert!(batch.insert_vault_key(&wrapped).await.unwrap());
    assert!(batch.insert_identifier(&sealed).await.unwrap());
    batch.commit().await.unwrap();
    store.close().await;
}

/// Opens the sealed name of a record with the vault key of a folder; `None` where that is another key.
async fn open_the_name(url: &str, folder: &Path) -> Option<String> {
    let store = Store::open_existing(url).await.unwrap();
    let (case, hospital) = (any_case(&store).await, OrganisationCode::new(HOSPITAL));
    let site = server::open_vault_key(folder).unwrap().keys();
    let wrapped = store.vault_keys(&hospital).await.unwrap().remove(0);
    let sealed = store.identifier_of_case(case).await.unwrap().unwrap();
    store.close().await;
    let WrappedKey { site_key_id, key_id, wrapped, .. } = &wrapped;
    let key = site.unwrap(site_key_id, &hospital, key_id, wrapped).unwrap()?;
    let permit = permit(Action::ReadIdentifier, case);
    Some(key.open(&permit, case, &sealed.nonce, &sealed.ciphertext).unwrap().name)
}

#[test]
fn keys_come_back_only_when_asked_for_and_never_over_others() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let (url, keys) = (sqlite(&place("record.sqlite")), place("keys"));
    std::fs::create_dir(&keys).unwrap();
    fill(&url, &keys, 4);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(seal_a_name(&url, &keys));
    // Without being asked, no key goes anywhere, and none can be had back.
    let (without, with) = (place("without.tar.zst"), place("with.tar.zst"));
    must(&["backup", "--db", &url, "--out", text(&without)]);
    let restored = sqlite(&place("restored.sqlite"));
    let back = place("back");
    let ask = ["restore", text(&without), "--into", &restored, "--keys-into", text(&back)];
    let (code, _, stderr) = run(tsumugi(&ask));
    assert!(code == 2 && stderr.contains("holds no keys"), "{stderr}");
    assert!(!place("restored.sqlite").try_exists().unwrap() && !back.try_exists().unwrap());
    let empty = place("empty");
    let nothing = place("nothing.tar.zst");
    let no_keys = ["backup", "--db", &url, "--out", text(&nothing), "--with-keys", "--data"];
    let (code, _, stderr) = run(tsumugi(&[&no_keys[..], &[text(&empty)]].concat()));
    assert!(code == 2 && stderr.contains("no keys"), "{stderr}");
    assert!(!nothing.try_exists().unwrap());
    // Asked for, it says so.
    let asked = ["backup", "--db", &url, "--out", text(&with), "--with-keys", "--data"];
    let (code, _, stderr) = run(tsumugi(&[&asked[..], &[text(&keys)]].concat()));
    assert!(code == 0 && stderr.contains("Warning: this backup holds the site's keys"), "{stderr}");
    assert_private(&with);
    // What is there is never written over, and then nothing else is written either.
    std::fs::create_dir(&back).unwrap();
    std::fs::write(back.join("audit-key"), "another").unwrap();
    let ask = ["restore", text(&with), "--into", &restored, "--keys-into", text(&back)];
    let (code, _, stderr) = run(tsumugi(&ask));
    assert!(code == 2 && stderr.contains("never written over"), "{stderr}");
    assert_eq!(std::fs::read_to_string(back.join("audit-key")).unwrap(), "another");
    assert!(!place("restored.sqlite").try_exists().unwrap());
    std::fs::remove_file(back.join("audit-key")).unwrap();
    // A restored site with its keys reads the name, and its log verifies with its own key.
    must(&ask);
    for file in std::fs::read_dir(&back).unwrap() {
        assert_private(&file.unwrap().path());
    }
    for name in ["vault.key", "audit-key", "audit-heads.ndjson"] {
        assert_eq!(
            std::fs::read(back.join(name)).unwrap(),
            std::fs::read(keys.join(name)).unwrap()
        );
    }
    let name = runtime.block_on(open_the_name(&restored, &back));
    assert_eq!(name.as_deref(), Some("合成 花子"));
    must(&["audit", "verify", "--data", text(&back), "--db", &restored]);
    // Without them it does not.
    let other = place("other");
    std::fs::create_dir(&other).unwrap();
    let record_alone = sqlite(&place("alone.sqlite"));
    must(&["restore", text(&with), "--into", &record_alone]);
    assert_eq!(runtime.block_on(open_the_name(&record_alone, &other)), None);
}

fn assert_private(path: &Path) {
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).unwrap());
    assert_eq!(mode & 0o077, 0, "{} may be read by others", path.display());
}
