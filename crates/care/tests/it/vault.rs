//! Keys are changed in any order, broken off anywhere, and everybody's name stays readable, on both engines.

use std::sync::atomic::{AtomicU64, Ordering};

use access::{
    Action, Actor, Asked, Membership, Permit, Purpose, Relation, Rights, Role,
    vault::{PatientIdentity, SiteVaultKey, SiteVaultKeys},
};
use care::vault::{
    KeyWork, KeyWorkError, hospital_keys, is_rewrapped, prove, require_open, retire, rewrap,
    rotate_hospital,
};
use chrono::{DateTime, NaiveDate, Utc};
use model::{
    case::PatientCase,
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use proptest::prelude::*;
use store::{NewCase, SealedIdentifier, Store, WrappedKey, identifier_v7};
use uuid::Uuid;

const HOSPITALS: [&str; 2] = ["H1", "H2"];

/// Random enough to be another each time, and the same in each run.
static DRAWN: AtomicU64 = AtomicU64::new(1);

fn draw(bytes: &mut [u8]) {
    let number = DRAWN.fetch_add(1, Ordering::Relaxed);
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = (number.rotate_left(8 * (place as u32 % 8)) as u8) ^ (place as u8);
    }
}

fn drawn<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    draw(&mut bytes);
    bytes
}

/// A clock that stands, and steps back now and then, as clocks do.
fn clock() -> DateTime<Utc> {
    let back = DRAWN.load(Ordering::Relaxed) % 3 * 1_000;
    DateTime::from_timestamp_millis(1_760_000_000_000 - i64::try_from(back).unwrap()).unwrap()
}

fn actor(role: Role, organisation: &str) -> Actor {
    let from = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let organisation = OrganisationCode::new(organisation);
    Actor {
        person: PersonId(Uuid::from_u128(1)),
        name: "合成".to_owned(),
        memberships: vec![Membership { organisation, role, from, until: None }],
        second_factor: true,
    }
}

fn permit(actor: &Actor, action: Action, hospital: Option<&str>, case: Option<CaseId>) -> Permit {
    let organisation = hospital.map(OrganisationCode::new);
    let operates = action == Action::Operate;
    let asked = Asked {
        action,
        relation: if operates { Relation::Programme } else { Relation::OwnHospital },
        organisation: organisation.as_ref(),
        purpose: if operates { Purpose::Administration } else { Purpose::Care },
        case,
    };
    Rights::ours().decide(actor, &asked, clock().date_naive()).unwrap()
}

/// A site: its record, its key file as a program would find it, and what was entered.
struct Site {
    store: Store,
    keys: SiteVaultKeys,
    entered: Vec<(CaseId, usize, PatientIdentity)>,
}

impl Site {
    async fn begin(url: &str) -> Self {
        let store = Store::open(url).await.unwrap();
        store.migrate(clock()).await.unwrap();
        Self { store, keys: SiteVaultKeys::new(SiteVaultKey::new(drawn())), entered: Vec::new() }
    }

    async fn work<T>(&self, doing: impl AsyncFnOnce(&KeyWork<'_>) -> T) -> T {
        let actor = actor(Role::SiteAdministrator, "SITE");
        let permit = permit(&actor, Action::Operate, None, None);
        let (store, site) = (&self.store, &self.keys);
        let work =
            KeyWork { store, site, actor: &actor, permit: &permit, clock: &clock, random: &draw };
        doing(&work).await
    }

    /// Enters who a new patient is, as the pages do.
    async fn enter(&mut self, hospital: usize) {
        let (number, code) = (self.entered.len(), HOSPITALS[hospital]);
        let organisation = OrganisationCode::new(code);
        let mut batch = self.store.begin().await.unwrap();
        let id = CaseId(identifier_v7(clock(), &["case", code, &number.to_string()]));
        let document = PatientCase {
            reference: format!("{code}-{number}"),
            hospital: Some(code.to_owned()),
            ..PatientCase::default()
        };
        let new = NewCase { id, document, revises: false };
        let case = batch.register_case(&new, clock()).await.unwrap().case;
        batch.refresh_cases(&[case]).await.unwrap();
        let keys = hospital_keys(&self.store, &self.keys, &organisation).await.unwrap();
        assert_eq!(keys.shut, []);
        let key = match keys.newest_open() {
            Some(key) => key.clone(),
            None => {
                let key = SiteVaultKey::hospital_key(&organisation, drawn());
                let wrapped = WrappedKey {
                    hospital: organisation.clone(),
                    key_id: key.id().to_owned(),
                    site_key_id: self.keys.newest().id(),
                    wrapped: self.keys.newest().wrap(&key, drawn()).unwrap(),
                    made_at: clock(),
                };
                assert!(batch.insert_vault_key(&wrapped).await.unwrap());
                key
            }
        };
        let identity = PatientIdentity {
            name: format!("合成 {number}"),
            hospital_number: if number % 3 == 0 { String::new() } else { format!("{number:06}") },
            ..PatientIdentity::default()
        };
        let writer = actor(Role::Coordinator, code);
        let write = permit(&writer, Action::WriteIdentifier, Some(code), Some(case));
        let nonce = drawn();
        let sealed = SealedIdentifier {
            id: identifier_v7(clock(), &["identifier", &case.to_string()]),
            case,
            hospital: organisation,
            key_id: key.id().to_owned(),
            nonce: nonce.to_vec(),
            ciphertext: key.seal(&write, case, nonce, &identity).unwrap(),
            number_index: key.number_index(&identity.hospital_number),
            recorded_by: Some(writer.person),
            recorded_at: clock(),
        };
        assert!(batch.insert_identifier(&sealed).await.unwrap());
        batch.commit().await.unwrap();
        self.entered.push((case, hospital, identity));
    }

    /// Everybody is who they were, and is found by their number.
    async fn everybody_is_as_entered(&self) {
        for (case, hospital, identity) in &self.entered {
            let code = HOSPITALS[*hospital];
            let organisation = OrganisationCode::new(code);
            let keys = hospital_keys(&self.store, &self.keys, &organisation).await.unwrap();
            let row = self.store.identifier_of_case(*case).await.unwrap().unwrap();
            let key = keys.open.iter().find(|key| key.id() == row.key_id).unwrap();
            let reader = actor(Role::Coordinator, code);
            let read = permit(&reader, Action::ReadIdentifier, Some(code), Some(*case));
            let opened = key.open(&read, *case, &row.nonce, &row.ciphertext).unwrap();
            assert_eq!(opened.name, identity.name);
            assert!(opened == *identity);
            let number = &identity.hospital_number;
            let indexes: Vec<_> =
                keys.open.iter().filter_map(|key| key.number_index(number)).collect();
            let found = self.store.cases_of_number(&organisation, &indexes).await.unwrap();
            let expected = if number.is_empty() { vec![] } else { vec![*case] };
            assert_eq!(found, expected);
        }
    }

    /// Proves everything, and that nothing beside the seals was changed.
    async fn whole(&self) {
        let proof = prove(&self.store, &self.keys, |_| ()).await.unwrap();
        assert_eq!(proof.findings, []);
        assert_eq!(proof.rows, self.entered.len() as u64);
        assert_eq!(self.store.check().await.unwrap().findings, []);
    }

    /// Changes a hospital's key, broken off wherever some time has passed.
    async fn rotate_and_break_off(&self, hospital: &OrganisationCode) {
        let life = std::time::Duration::from_millis(u64::from(drawn::<1>()[0] % 8));
        self.work(async |work| {
            let rotating = rotate_hospital(work, hospital, |_| ());
            match tokio::time::timeout(life, rotating).await {
                Ok(Ok(_) | Err(KeyWorkError::NoHospital(_))) | Err(_) => {}
                Ok(Err(error)) => panic!("{error}"),
            }
        })
        .await;
    }

    async fn rotate(&self, hospital: &OrganisationCode) {
        let keys = hospital_keys(&self.store, &self.keys, hospital).await.unwrap();
        let Some(before) = keys.newest else { return };
        let rotated = self.work(async |work| rotate_hospital(work, hospital, |_| ()).await).await;
        let rotated = rotated.unwrap();
        assert!(!rotated.is_new || rotated.key_id != before);
        let uses = self.store.vault_key_uses().await.unwrap();
        let used: Vec<_> = uses.iter().filter(|one| one.hospital == *hospital).collect();
        assert!(used.iter().all(|one| one.key_id == rotated.key_id), "{used:?}");
    }

    async fn retire(&mut self) {
        match self.work(async |work| retire(work, |_| ()).await).await {
            Ok(_) => {
                // What is left opens with the newest key alone; then the file is written.
                self.keys = self.keys.newest_alone();
                require_open(&self.store, &self.keys).await.unwrap();
                assert!(is_rewrapped(&self.store, &self.keys.newest().id()).await.unwrap());
            }
            Err(KeyWorkError::NotNewest { .. }) => {
                assert!(!is_rewrapped(&self.store, &self.keys.newest().id()).await.unwrap());
            }
            Err(error) => panic!("{error}"),
        }
    }

    fn new_site_key_in_file(&mut self) {
        if let Ok(keys) = self.keys.with_newer(SiteVaultKey::new(drawn())) {
            self.keys = keys;
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Enter(hospital) => self.enter(hospital).await,
            Step::NewSiteKeyInFileOnly => self.new_site_key_in_file(),
            Step::RotateSite => {
                self.new_site_key_in_file();
                self.work(async |work| rewrap(work).await).await.unwrap();
                assert!(is_rewrapped(&self.store, &self.keys.newest().id()).await.unwrap());
            }
            Step::RotateHospital(hospital) => {
                self.rotate(&OrganisationCode::new(HOSPITALS[hospital])).await;
            }
            Step::BreakOff(hospital) => {
                self.rotate_and_break_off(&OrganisationCode::new(HOSPITALS[hospital])).await;
            }
            Step::Retire => self.retire().await,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Enter(usize),
    NewSiteKeyInFileOnly,
    RotateSite,
    RotateHospital(usize),
    BreakOff(usize),
    Retire,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..2_usize).prop_map(Step::Enter),
        1 => Just(Step::NewSiteKeyInFileOnly),
        2 => Just(Step::RotateSite),
        2 => (0..2_usize).prop_map(Step::RotateHospital),
        2 => (0..2_usize).prop_map(Step::BreakOff),
        2 => Just(Step::Retire),
    ];
    prop::collection::vec(step, 1..16)
}

async fn everybody_stays_who_they_are(url: &str, steps: &[Step]) {
    let mut site = Site::begin(url).await;
    site.enter(0).await;
    for step in steps {
        site.take(*step).await;
        site.everybody_is_as_entered().await;
    }
    site.whole().await;
    // Whatever was broken off can be finished, and then one key of the site and one of each hospital are left.
    for hospital in HOSPITALS {
        site.rotate(&OrganisationCode::new(hospital)).await;
    }
    site.take(Step::RotateSite).await;
    site.retire().await;
    site.everybody_is_as_entered().await;
    site.whole().await;
    let keys = site.store.all_vault_keys().await.unwrap();
    let mut hospitals: Vec<_> = keys.iter().map(|key| &key.hospital).collect();
    let all = hospitals.len();
    hospitals.dedup();
    assert_eq!(hospitals.len(), all, "each hospital has one key");
    site.store.close().await;
}

fn run(url: &str, steps: &[Step]) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.unwrap().block_on(everybody_stays_who_they_are(url, steps));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_to_keys_in_sqlite_everybody_stays_who_they_are(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        run(&format!("sqlite:{}", folder.path().join("record.db").display()), &steps);
    }
}

#[test]
fn whatever_is_done_to_keys_in_postgres_everybody_stays_who_they_are() {
    let Some(url) = testkit::postgres::database() else { return };
    let steps = [
        Step::Enter(0),
        Step::Enter(1),
        Step::BreakOff(0),
        Step::Enter(0),
        Step::RotateSite,
        Step::RotateHospital(0),
        Step::NewSiteKeyInFileOnly,
        Step::Enter(1),
        Step::RotateHospital(1),
        Step::Retire,
        Step::RotateSite,
        Step::Enter(0),
        Step::Retire,
        Step::Enter(1),
    ];
    run(&url, &steps);
}

/// Another site's key file opens nothing, and a record that does not open is left as it is.
#[tokio::test(flavor = "multi_thread")]
async fn another_sites_key_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    let mut site = Site::begin(&url).await;
    site.enter(0).await;
    let own = std::mem::replace(&mut site.keys, SiteVaultKeys::new(SiteVaultKey::new([9; 32])));
    let before = site.store.all_vault_keys().await.unwrap();
    let hospital = OrganisationCode::new(HOSPITALS[0]);
    let required = require_open(&site.store, &site.keys).await;
    assert!(matches!(required, Err(KeyWorkError::NoSiteKey { .. })), "{required:?}");
    let wrapped = site.work(async |work| rewrap(work).await).await;
    assert!(matches!(wrapped, Err(KeyWorkError::NoSiteKey { .. })), "{wrapped:?}");
    let rotated = site.work(async |work| rotate_hospital(work, &hospital, |_| ()).await).await;
    let Err(error @ KeyWorkError::NoSiteKey { .. }) = rotated else { panic!("{rotated:?}") };
    assert!(error.explain().en.contains(&own.newest().id()), "it says which key is needed");
    let retired = site.work(async |work| retire(work, |_| ()).await).await;
    assert!(matches!(retired, Err(KeyWorkError::NotNewest { .. })), "{retired:?}");
    let proof = prove(&site.store, &site.keys, |_| ()).await.unwrap();
    assert_eq!(
        proof.findings.iter().map(|one| one.code).collect::<Vec<_>>(),
        ["check.vault.site_key"]
    );
    assert_eq!(site.store.all_vault_keys().await.unwrap(), before);
    site.keys = own;
    site.everybody_is_as_entered().await;
}
