//! The programme registry on both engines.

use model::{
    identity::PersonId,
    organisation::OrganisationCode,
    programme::{
        Designation, DesignationHistory, DesignationKind, Hospital, Link, LinkHistory, Period,
        Prefecture, Registry,
    },
    text::LocalizedText,
};
use sqlx::Connection;
use store::{RecordError, RegistryChange, Store, identifier_v7};

use crate::fixture::{Record, moment, on_both_engines};

on_both_engines!(
    a_registry_is_kept_whole_and_again_changes_nothing,
    a_revision_supersedes_and_the_old_one_stays,
    the_slower_of_two_editors_is_told,
    an_unsound_document_is_refused,
    links_are_asked_by_day,
    a_copy_says_the_same,
    damage_is_found,
);

fn code(text: &str) -> OrganisationCode {
    OrganisationCode::new(text)
}

fn hospital(number: u8) -> Hospital {
    Hospital {
        code: code(&format!("H{number:02}")),
        name: LocalizedText::new(format!("試験病院{number}"), format!("Test Hospital {number}")),
        prefecture: Prefecture::of_number(number),
        contact: LocalizedText::default(),
        source: None,
        synthetic: true,
    }
}

fn designated(hospital: &str, kind: DesignationKind) -> DesignationHistory {
    let mut history = DesignationHistory::new(code(hospital));
    let period = Period::since("2023-04-01".parse().unwrap());
    history.put(Designation { kind, period, seen_only: false, source: None }).unwrap();
    history
}

pub(crate) fn registry() -> Registry {
    let mut registry = Registry::default();
    for number in 1..=47 {
        let hospital = hospital(number);
        registry.hospitals.insert(hospital.code.clone(), hospital);
    }
    for (name, kind) in [("H01", DesignationKind::Core), ("H02", DesignationKind::Partner)] {
        registry.designations.insert(code(name), designated(name, kind));
    }
    let mut links = LinkHistory::new(code("H02"));
    let period = Period::between("2023-04-01".parse().unwrap(), "2024-03-31".parse().unwrap());
    links.put(Link { to: code("H01"), period, source: None });
    registry.links.insert(code("H02"), links);
    registry
}

async fn record(store: &Store, registry: &Registry) -> store::RegistryChanges {
    let mut batch = store.begin().await.unwrap();
    let changes = batch.record_registry(registry, None, moment(0)).await.unwrap();
    batch.commit().await.unwrap();
    changes
}

async fn a_registry_is_kept_whole_and_again_changes_nothing(record_: Record) {
    let store = &record_.store;
    let changes = record(store, &registry()).await;
    assert_eq!((changes.inserted, changes.revised, changes.unchanged), (50, 0, 0));
    assert_eq!(store.registry().await.unwrap(), registry());
    let changes = record(store, &registry()).await;
    assert_eq!((changes.inserted, changes.revised, changes.unchanged), (0, 0, 50));
    assert_eq!(store.registry_version().await.unwrap(), 50);
    assert_eq!(store.check().await.unwrap().findings, []);
}

async fn a_revision_supersedes_and_the_old_one_stays(record_: Record) {
    let store = &record_.store;
    record(store, &registry()).await;
    let by = PersonId(identifier_v7(moment(0), &["editor"]));
    let renamed = Hospital { name: LocalizedText::of("新名称病院", ""), ..hospital(1) };
    let mut batch = store.begin().await.unwrap();
    let change = batch.record_registry_document(&renamed, 1, Some(by), moment(5)).await.unwrap();
    assert_eq!(change, RegistryChange::Revised);
    batch.commit().await.unwrap();
    let revisions = store.registry_revisions::<Hospital>("H01").await.unwrap();
    assert_eq!(revisions.len(), 2);
    assert_eq!((revisions[0].revision, &revisions[0].document), (2, &renamed));
    assert_eq!((revisions[0].recorded_by, revisions[0].recorded_at), (Some(by), moment(5)));
    assert_eq!(revisions[1].document, hospital(1));
    assert_eq!(store.registry().await.unwrap().hospitals[&code("H01")], renamed);
}

async fn the_slower_of_two_editors_is_told(record_: Record) {
    let store = &record_.store;
    record(store, &registry()).await;
    let change = |name: &'static str| Hospital { name: LocalizedText::of(name, ""), ..hospital(3) };
    let mut batch = store.begin().await.unwrap();
    batch.record_registry_document(&change("先"), 1, None, moment(1)).await.unwrap();
    batch.commit().await.unwrap();
    let mut batch = store.begin().await.unwrap();
    let told = batch.record_registry_document(&change("後"), 1, None, moment(2)).await.unwrap_err();
    assert!(matches!(told, RecordError::RegistryChanged { .. }), "{told:?}");
    assert!(told.explain().ja.contains("H03"));
    // One who believes that there is nothing yet is told as well.
    let told = batch.record_registry_document(&change("後"), 0, None, moment(2)).await.unwrap_err();
    assert!(matches!(told, RecordError::RegistryChanged { .. }), "{told:?}");
}

async fn an_unsound_document_is_refused(record_: Record) {
    let mut batch = record_.store.begin().await.unwrap();
    let nameless = Hospital { name: LocalizedText::default(), ..hospital(1) };
    let refused = batch.record_registry_document(&nameless, 0, None, moment(0)).await.unwrap_err();
    assert!(matches!(refused, RecordError::Refused { .. }), "{refused:?}");
    let mut overlapping = designated("H01", DesignationKind::Core);
    let again = overlapping.designations[0].clone();
    overlapping.designations.push(again);
    let refused =
        batch.record_registry_document(&overlapping, 0, None, moment(0)).await.unwrap_err();
    assert!(matches!(refused, RecordError::Refused { .. }), "{refused:?}");
}

async fn links_are_asked_by_day(record_: Record) {
    let store = &record_.store;
    record(store, &registry()).await;
    let asked =
        async |day: &str| store.linked_hospitals(&code("H02"), day.parse().unwrap()).await.unwrap();
    assert_eq!(asked("2024-03-31").await, [code("H01")]);
    assert_eq!(asked("2024-04-01").await, []);
    let nowhere = store.linked_hospitals(&code("H40"), "2024-01-01".parse().unwrap()).await;
    assert_eq!(nowhere.unwrap(), []);
}

async fn a_copy_says_the_same(record_: Record) {
    let store = &record_.store;
    record(store, &registry()).await;
    let mut batch = store.begin().await.unwrap();
    let renamed = Hospital { name: LocalizedText::of("新名称病院", ""), ..hospital(1) };
    batch.record_registry_document(&renamed, 1, None, moment(5)).await.unwrap();
    batch.commit().await.unwrap();
    let target = crate::fixture::sqlite().await.unwrap();
    let summary = store.copy_to(&target.store, |_| {}).await.unwrap();
    assert_eq!((summary.copied, summary.already_there), (51, 0));
    assert_eq!(target.store.registry().await.unwrap(), store.registry().await.unwrap());
    assert_eq!(target.store.registry_revisions::<Hospital>("H01").await.unwrap().len(), 2);
    let again = store.copy_to(&target.store, |_| {}).await.unwrap();
    assert_eq!((again.copied, again.already_there), (0, 51));
    let mut batch = target.store.begin().await.unwrap();
    batch.record_registry_document(&hospital(1), 2, None, moment(9)).await.unwrap();
    batch.commit().await.unwrap();
    let mut batch = store.begin().await.unwrap();
    let other = Hospital { name: LocalizedText::of("別の名称", ""), ..hospital(1) };
    batch.record_registry_document(&other, 2, None, moment(9)).await.unwrap();
    batch.commit().await.unwrap();
    assert!(store.copy_to(&target.store, |_| {}).await.is_err());
}

async fn damage_is_found(record_: Record) {
    let store = &record_.store;
    record(store, &registry()).await;
    let orphan = "INSERT INTO registry_revision \
         SELECT 'link', 'H99', 1, '{\"hospital\":\"H99\",\"links\":[]}', NULL, recorded_at \
         FROM registry_revision WHERE document_key = 'H01' AND kind = 'hospital'";
    execute(&record_.url, orphan).await;
    let codes = codes(store).await;
    assert_eq!(codes, ["check.registry.hospital"]);
    let unreadable = "INSERT INTO registry_revision \
         SELECT kind, document_key, 2, '{\"other\":1}', NULL, recorded_at \
         FROM registry_revision WHERE document_key = 'H02' AND kind = 'hospital'";
    execute(&record_.url, unreadable).await;
    assert_eq!(self::codes(store).await, ["check.registry.document"]);
}

async fn codes(store: &Store) -> Vec<&'static str> {
    store.check().await.unwrap().findings.iter().map(|finding| finding.code).collect()
}

async fn execute(url: &str, sql: &'static str) {
    if url.starts_with("sqlite:") {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
}
