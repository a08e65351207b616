//! Keys of the vault are changed from the console: killed in the midst and run again, and refused with a remedy.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
};

use access::{
    Action,
    vault::{PatientIdentity, SiteVaultKey},
};
use chrono::DateTime;
use model::{case::PatientCase, identity::CaseId, organisation::OrganisationCode};
use store::{AuditFilter, NewCase, SealedIdentifier, Store, identifier_v7};
use testkit::postgres::database;

use crate::{
    folder::{block_on, must, run, sqlite, text, tsumugi},
    sealed::{HOSPITAL, first_key, permit},
};

/// Rows of several transactions, so that a kill falls between them.
const ROWS: u32 = 3_000;

/// Runs what must be refused, and returns what it says.
fn refused(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(tsumugi(arguments));
    assert_eq!(code, 2, "{arguments:?}\n{stdout}{stderr}");
    stderr
}

fn identity(number: u32) -> PatientIdentity {
    PatientIdentity {
        name: format!("合成 {number}"),
        hospital_number: format!("{number:07}"),
        ..PatientIdentity::default()
    }
}

fn nonce(number: u32) -> [u8; 24] {
    let mut nonce = [1; 24];
    nonce[..4].copy_from_slice(&number.to_be_bytes());
    nonce
}

/// Makes a record with named patients, an operator and somebody who may not, with its keys in the folder.
fn site(url: &str, folder: &Path, rows: u32) {
    must(&["db", "migrate", "--db", url]);
    for (name, role) in [("operator", "site-administrator"), ("nurse", "coordinator")] {
        let add = ["person", "add", name, "--name", "合成", "--role", role, "--organisation"];
        must(&[&add[..], &[HOSPITAL, "--db", url]].concat());
    }
    block_on(async {
        let (store, hospital) =
            (Store::open_existing(url).await.unwrap(), OrganisationCode::new(HOSPITAL));
        let site = server::open_vault_key(folder).unwrap().keys();
        let (key, wrapped) = first_key(site.newest(), &hospital);
        let at = DateTime::UNIX_EPOCH;
        let mut batch = store.begin().await.unwrap();
        assert!(batch.insert_vault_key(&wrapped).await.unwrap());
        for number in 0..rows {
            let id = CaseId(identifier_v7(at, &["case", &number.to_string()]));
            let document = PatientCase {
                reference: format!("CASE-{number:07}"),
                hospital: Some(HOSPITAL.to_owned()),
                ..PatientCase::default()
            };
            let new = NewCase { id, document, revises: false };
            let case = batch.register_case(&new, at).await.unwrap().case;
            batch.refresh_cases(&[case]).await.unwrap();
            let write = permit(Action::WriteIdentifier, case);
            let identity = identity(number);
            let sealed = SealedIdentifier {
                id: identifier_v7(at, &["identifier", &number.to_string()]),
                case,
                hospital: hospital.clone(),
                key_id: key.id().to_owned(),
                nonce: nonce(number).to_vec(),
                ciphertext: key.seal(&write, case, nonce(number), &identity).unwrap(),
                number_index: key.number_index(&identity.hospital_number),
                recorded_by: None,
                recorded_at: at,
            };
            assert!(batch.insert_identifier(&sealed).await.unwrap());
        }
        batch.commit().await.unwrap();
        store.close().await;
    });
}

/// Everybody is who they were and is found by their number, with the key file that is there now.
fn everybody_is_as_entered(url: &str, folder: &Path, rows: u32) {
    block_on(async {
        let store = Store::open_existing(url).await.unwrap();
        let (site, hospital) =
            (server::read_vault_keys(folder).unwrap(), OrganisationCode::new(HOSPITAL));
        let keys = care::vault::hospital_keys(&store, &site, &hospital).await.unwrap();
        for number in 0..rows {
            let reference = format!("CASE-{number:07}");
            let case = store.case_by_reference(&reference).await.unwrap().unwrap().case;
            let row = store.identifier_of_case(case).await.unwrap().unwrap();
            let key = keys.open.iter().find(|key| key.id() == row.key_id).unwrap();
            let read = permit(Action::ReadIdentifier, case);
            let opened = key.open(&read, case, &row.nonce, &row.ciphertext).unwrap();
            assert!(opened == identity(number), "{reference}");
            let indexes =
                keys.open.iter().filter_map(|key| key.number_index(&format!("{number:07}")));
            let indexes: Vec<String> = indexes.collect();
            assert_eq!(store.cases_of_number(&hospital, &indexes).await.unwrap(), [case]);
        }
        store.close().await;
    });
}

/// How many rows each key seals.
fn uses(url: &str) -> Vec<u64> {
    block_on(async {
        let store = Store::open_existing(url).await.unwrap();
        let uses = store.vault_key_uses().await.unwrap();
        store.close().await;
        uses.into_iter().map(|one| one.rows).collect()
    })
}

/// What is written down of changing keys.
fn written_down(url: &str) -> Vec<(Option<String>, Option<String>)> {
    block_on(async {
        let store = Store::open_existing(url).await.unwrap();
        let filter = AuditFilter { action: Some("operate".to_owned()), ..AuditFilter::default() };
        let page = store.search_audit(&filter, None, 1_000).await.unwrap();
        store.close().await;
        page.entries
            .into_iter()
            .map(|stored| {
                assert_eq!(stored.entry.name, "合成");
                (stored.entry.hospital.map(|code| code.to_string()), stored.entry.detail)
            })
            .collect()
    })
}

fn killed_and_finished(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    site(url, folder.path(), ROWS);
    let (data, check) = (text(folder.path()), ["db", "check", "--db", url, "--keys"]);
    let rotate = ["vault", "rotate", "--hospital", HOSPITAL, "--db", url, "--data", data];
    let rotate = [&rotate[..], &["--by", "operator"]].concat();
    // It is killed when it has told of its first transaction, and then of one more.
    for _ in 0..2 {
        let mut child = tsumugi(&rotate).spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
        told.next().unwrap().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(must(&[&check[..], &[data]].concat()).contains("Everything is whole"));
    }
    assert_eq!(uses(url).len(), 2, "some are sealed anew and some are not");
    everybody_is_as_entered(url, folder.path(), 40);
    let said = must(&rotate);
    assert!(said.contains("broken off"), "{said}");
    assert_eq!(uses(url), [u64::from(ROWS)], "no second new key was made");
    everybody_is_as_entered(url, folder.path(), 40);
    let retire = ["vault", "retire", "--db", url, "--data", data, "--by", "operator"];
    let said = must(&retire);
    assert!(said.contains("hospitals' keys 1"), "{said}");
    everybody_is_as_entered(url, folder.path(), 40);
    let said = must(&[&check[..], &[data]].concat());
    assert!(said.contains(&format!("identifiers opened: {ROWS}")), "{said}");
    // Who, of which hospital and how many, in as many entries as there were transactions.
    let entries = written_down(url);
    assert!(entries.iter().all(|(hospital, _)| hospital.as_deref() == Some(HOSPITAL)));
    let details: Vec<_> = entries.iter().filter_map(|(_, detail)| detail.as_deref()).collect();
    assert_eq!(details.iter().filter(|detail| **detail == "new key").count(), 1);
    assert_eq!(details.iter().filter(|detail| **detail == "retired").count(), 1);
    let sealed: u32 = details
        .iter()
        .filter_map(|detail| detail.split_once(" rows sealed anew"))
        .map(|(number, _)| number.parse::<u32>().unwrap())
        .sum();
    assert_eq!(sealed, ROWS);
    must(&["audit", "sign", "--data", data, "--db", url]);
    must(&["audit", "verify", "--data", data, "--db", url]);
}

#[test]
fn a_change_that_is_killed_is_finished_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    killed_and_finished(&sqlite(&folder.path().join("record.sqlite")));
}

#[test]
fn a_change_that_is_killed_is_finished_on_postgres() {
    if let Some(url) = database() {
        killed_and_finished(&url);
    }
}

#[test]
fn a_site_key_is_changed_and_finished_where_it_was_broken_off() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(&folder.path().join("record.sqlite"));
    site(&url, folder.path(), 5);
    let data = text(folder.path());
    let at = ["--db", &url, "--data", data, "--by", "operator"];
    let rotate = [&["vault", "rotate", "--site"][..], &at[..]].concat();
    let retire = [&["vault", "retire"][..], &at[..]].concat();
    // As if it had been killed just after the file was written: everything opens, and nothing can be retired yet.
    let old = server::read_vault_keys(folder.path()).unwrap();
    let lock = server::lock_key_folder(folder.path()).unwrap();
    assert!(refused(&rotate).contains("Another command changes the keys"));
    let begun = old.with_newer(SiteVaultKey::new([8; 32])).unwrap();
    server::put_vault_keys(&lock, folder.path(), &begun).unwrap();
    drop(lock);
    everybody_is_as_entered(&url, folder.path(), 5);
    let said = refused(&retire);
    assert!(said.contains("vault rotate --site") && said.contains("何も変えていません"), "{said}");
    let said = must(&rotate);
    assert!(
        said.contains("broken off") && said.contains(&SiteVaultKey::new([8; 32]).id()),
        "{said}"
    );
    everybody_is_as_entered(&url, folder.path(), 5);
    let shown = must(&["vault", "show", "--db", &url, "--data", data]);
    assert_eq!(shown.matches("seals: 5").count(), 2, "the key is wrapped twice\n{shown}");
    // A copy of the file of before still opens, until the old key is retired.
    let before = tempfile::tempdir().unwrap();
    let lock = server::lock_key_folder(before.path()).unwrap();
    server::put_vault_keys(&lock, before.path(), &old).unwrap();
    everybody_is_as_entered(&url, before.path(), 5);
    must(&retire);
    assert_eq!(server::read_vault_keys(folder.path()).unwrap().older().len(), 0);
    everybody_is_as_entered(&url, folder.path(), 5);
    let check = ["db", "check", "--db", &url, "--keys"];
    must(&[&check[..], &[data]].concat());
    let (code, said, _) = run(tsumugi(&[&check[..], &[text(before.path())]].concat()));
    assert!(code == 1 && said.contains("check.vault.site_key"), "{said}");
    // A backup with its keys opens as well, and goes on from there.
    let (file, restored) = (folder.path().join("b.tar.zst"), folder.path().join("restored.sqlite"));
    must(&["backup", "--db", &url, "--with-keys", "--data", data, "--out", text(&file)]);
    let back = folder.path().join("back");
    let restored = sqlite(&restored);
    let said = must(&["restore", text(&file), "--into", &restored, "--keys-into", text(&back)]);
    assert!(said.contains("identifiers opened: 5"), "{said}");
    must(&["db", "check", "--db", &restored, "--keys", text(&back)]);
    everybody_is_as_entered(&restored, &back, 5);
}

#[test]
fn a_wrong_key_a_missing_one_and_a_stranger_are_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(&folder.path().join("record.sqlite"));
    site(&url, folder.path(), 3);
    let rotate = |data: &Path, by: &str| {
        let asked = ["vault", "rotate", "--site", "--every-hospital", "--db", &url, "--data"];
        refused(&[&asked[..], &[text(data), "--by", by]].concat())
    };
    let elsewhere = tempfile::tempdir().unwrap();
    let said = rotate(elsewhere.path(), "operator");
    assert!(said.contains("鍵ファイル") && said.contains("No new key was made"), "{said}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing was left there");
    server::open_vault_key(elsewhere.path()).unwrap();
    let before = std::fs::read(elsewhere.path().join("vault.key")).unwrap();
    let said = rotate(elsewhere.path(), "operator");
    let own = server::read_vault_keys(folder.path()).unwrap().newest().id();
    assert!(
        said.contains("に戻して") && said.contains("Put this record's vault.key back"),
        "{said}"
    );
    assert!(said.contains(&own), "it says which key is needed: {said}");
    assert_eq!(std::fs::read(elsewhere.path().join("vault.key")).unwrap(), before);
    let said = rotate(folder.path(), "nurse");
    assert!(said.contains("site-administrator") && said.contains("鍵を変えられません"), "{said}");
    assert!(rotate(folder.path(), "nobody").contains("nobody with the sign-in name"));
    let unknown = ["vault", "rotate", "--hospital", "H9", "--db", &url, "--data"];
    let said = refused(&[&unknown[..], &[text(folder.path()), "--by", "operator"]].concat());
    assert!(said.contains("H9 has no key"), "{said}");
    everybody_is_as_entered(&url, folder.path(), 3);
    assert_eq!(uses(&url), [3]);
}
