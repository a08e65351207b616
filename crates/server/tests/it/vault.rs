//! A server that runs while keys of the vault are changed goes on opening names, sealing them and finding them by number.

use std::{path::Path, sync::Arc};

use access::{
    Action, Actor, Asked, Membership, Purpose, Relation, Rights, Role,
    vault::{SiteVaultKey, SiteVaultKeys},
};
use axum::http::StatusCode;
use care::vault::KeyWork;
use model::{identity::PersonId, organisation::OrganisationCode};
use server::{VaultKeyFile, lock_key_folder, put_vault_keys, read_vault_keys};
use uuid::Uuid;

use crate::fixture::{HOSPITAL, Seen, Service, noon};

/// Does what `tsumugi vault` does, beside the server.
async fn beside<T>(
    service: &Service,
    keys: &SiteVaultKeys,
    doing: impl AsyncFnOnce(&KeyWork<'_>) -> T,
) -> T {
    let day = noon().date_naive();
    let (organisation, role) = (OrganisationCode::new("SITE"), Role::SiteAdministrator);
    let actor = Actor {
        person: PersonId(Uuid::nil()),
        name: "合成".to_owned(),
        memberships: vec![Membership { organisation, role, from: day, until: None }],
        second_factor: false,
    };
    let asked = Asked {
        action: Action::Operate,
        relation: Relation::Programme,
        organisation: None,
        purpose: Purpose::Administration,
        case: None,
    };
    let permit = Rights::ours().decide(&actor, &asked, day).unwrap();
    let random = server::random_of_system();
    let work = KeyWork {
        store: &service.state.store,
        site: keys,
        actor: &actor,
        permit: &permit,
        clock: &noon,
        random: &*random,
    };
    doing(&work).await
}

fn put(folder: &Path, keys: &SiteVaultKeys) {
    put_vault_keys(&lock_key_folder(folder).unwrap(), folder, keys).unwrap();
}

async fn name(own: &Seen<'_>, case: &str, name: &str, number: &str) {
    let form = [("name", name), ("hospital_number", number)];
    let recorded = own.post(&format!("{case}/identifiers"), &form).await;
    assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.text());
}

async fn is_known(own: &Seen<'_>, (case, reference): (&str, &str), name: &str, number: &str) {
    let shown = own.get(&format!("{case}/identifiers")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert!(shown.text().contains(name) && shown.text().contains(number), "{}", shown.text());
    let found = own.post("/registration/find", &[("number", number)]).await;
    assert!(found.text().contains(reference), "{}", found.text());
}

async fn goes_on_while_keys_are_changed(service: Service) {
    let folder = tempfile::tempdir().unwrap();
    let opened = server::open_vault_key(folder.path()).unwrap();
    let service = service.with(|state| state.vault_key = Some(Arc::new(opened)));
    let own = service.seen_by("own", &[(Role::Coordinator, HOSPITAL)]).await;
    let one = service.case_path("TS-0001").await;
    let other = service.case_path("TS-0002").await;
    name(&own, &one, "合成 一", "00001").await;

    // The server knows the old key of the site alone, and the hospital's new key is wrapped by the new one alone.
    let hospital = OrganisationCode::new(HOSPITAL);
    let old = read_vault_keys(folder.path()).unwrap();
    let ring = old.with_newer(SiteVaultKey::new([9; 32])).unwrap();
    put(folder.path(), &ring);
    let rotated = beside(&service, &ring, async |work| {
        care::vault::rewrap(work).await.unwrap();
        care::vault::rotate_hospital(work, &hospital, |_| ()).await.unwrap()
    })
    .await;
    assert!(rotated.is_new && rotated.resealed == 1, "{rotated:?}");
    is_known(&own, (&one, "TS-0001"), "合成 一", "00001").await;
    name(&own, &other, "合成 二", "00002").await;
    is_known(&own, (&other, "TS-0002"), "合成 二", "00002").await;
    let uses = service.state.store.vault_key_uses().await.unwrap();
    let uses: Vec<_> = uses.iter().map(|one| (one.key_id.as_str(), one.rows)).collect();
    assert_eq!(
        uses,
        [(rotated.key_id.as_str(), 2)],
        "what is entered now is sealed by the new key"
    );

    // The old keys go; what was recorded before, and what is recorded now, opens all the same.
    beside(&service, &ring, async |work| care::vault::retire(work, |_| ()).await.unwrap()).await;
    put(folder.path(), &ring.newest_alone());
    service.pass(1);
    name(&own, &one, "合成 三", "00003").await;
    is_known(&own, (&one, "TS-0001"), "合成 三", "00003").await;
    is_known(&own, (&other, "TS-0002"), "合成 二", "00002").await;
    let keys = service.state.store.all_vault_keys().await.unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
}

#[tokio::test]
async fn a_server_goes_on_while_keys_are_changed_in_sqlite() {
    goes_on_while_keys_are_changed(Service::filled().await).await;
}

#[tokio::test]
async fn a_server_goes_on_while_keys_are_changed_in_postgres() {
    let Some(url) = testkit::postgres::database() else { return };
    let folder = tempfile::tempdir().unwrap();
    goes_on_while_keys_are_changed(Service::over(&url, folder).await.with_cases().await).await;
}

/// With another site's key file nothing is shown, and nothing is sealed by a key beside the hospital's own.
#[tokio::test]
async fn with_another_sites_key_nothing_is_opened_and_nothing_sealed() {
    let keys = |byte| {
        let keys = SiteVaultKeys::new(SiteVaultKey::new([byte; 32]));
        Some(Arc::new(VaultKeyFile::without_file(keys)))
    };
    let service = Service::filled().await.with(|state| state.vault_key = keys(1));
    let own = service.seen_by("own", &[(Role::Coordinator, HOSPITAL)]).await;
    let case = service.case_path("TS-0001").await;
    name(&own, &case, "合成 一", "00001").await;
    drop(own);
    let service = service.with(|state| state.vault_key = keys(2));
    let own = service.seen_by("again", &[(Role::Coordinator, HOSPITAL)]).await;
    let identifiers = format!("{case}/identifiers");
    let shown = own.get(&identifiers).await;
    assert_eq!(shown.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!shown.text().contains("合成 一"));
    let recorded = own.post(&identifiers, &[("name", "合成 二")]).await;
    assert_eq!(recorded.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(service.state.store.all_vault_keys().await.unwrap().len(), 1);
    drop(own);
    let service = service.with(|state| state.vault_key = keys(1));
    let own = service.seen_by("third", &[(Role::Coordinator, HOSPITAL)]).await;
    is_known(&own, (&case, "TS-0001"), "合成 一", "00001").await;
}
