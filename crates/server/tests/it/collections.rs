//! Historical collections beside registered cases: searched when asked for, noticed when they come, left out when damaged.

use std::{path::Path, time::Duration};

use axum::http::StatusCode;
use chrono::DateTime;
use model::text::LocalizedText;
use research::{
    cohort::{
        AlterationKind, CohortAlteration, CohortCase, CohortDay, CohortIndex, CohortPanel,
        CompactionLimits, PanelCoverage, VitalStatus,
    },
    collection::{CollectionFolder, DayKind, Manifest, ProblemCounts},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{fixture::Service, html::assert_sound, search::agreed};

/// How often it is asked whether something was noticed, and the rest between.
const TRIES: usize = 40;
const REST: Duration = Duration::from_millis(250);

fn case(collection: &str, number: u128) -> CohortCase {
    let genes = ["KRAS".into()];
    let coverage = PanelCoverage::of(&genes, &[AlterationKind::Short]);
    let mut case = CohortCase::unknown(Uuid::from_u128(number), collection.into());
    case.panel = Some(CohortPanel::new("Exome", Some(coverage)));
    case.alterations = vec![CohortAlteration::new("KRAS".into(), AlterationKind::Short)];
    case.diagnosed = CohortDay::of_number(0);
    case.last_contact = CohortDay::of_number(100 + number as u16);
    case.vital_status = Some(VitalStatus::Dead);
    case
}

fn put(data: &Path, name: &str, cases: u128, replace: bool) -> Manifest {
    let manifest = Manifest {
        name: name.parse().unwrap(),
        title: LocalizedText::new(format!("過去の{name}"), format!("Cohort {name}")),
        cases: cases as u64,
        synthetic: true,
        research_use: false,
        licence: "CC0 <b>".to_owned(),
        source: "a test".to_owned(),
        days: DayKind::SinceDiagnosis,
        files: Vec::new(),
        mapping: None,
        problems: ProblemCounts::default(),
        knowledge: "k".to_owned(),
        made: DateTime::UNIX_EPOCH,
        made_by: "0".to_owned(),
        snapshot: String::new(),
        snapshot_sha256: String::new(),
    };
    let base = u128::from(name.len() as u64) << 64;
    let cases = (0..cases)
        .map(|number| CohortCase { id: Uuid::from_u128(base + number), ..case(name, number) });
    let view = CohortIndex::build(cases, CompactionLimits::default()).unwrap().view();
    CollectionFolder::of_data(data).put(manifest, &view, replace).unwrap()
}

async fn found(service: &Service, query: &str) -> Value {
    let answer = service.get(&format!("/api/search?q={query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn count(service: &Service, query: &str) -> u64 {
    found(service, query).await["cases"].as_u64().unwrap()
}

/// Asks until a page says something.
async fn wait_for(service: &Service, path: &str, text: &str) -> String {
    for _ in 0..TRIES {
        let answer = service.get_with(path, &[("accept-language", "en")]).await;
        let page = answer.text();
        if page.contains(text) {
            return page.to_owned();
        }
        tokio::time::sleep(REST).await;
    }
    panic!("{path} never said {text}");
}

#[tokio::test]
async fn collections_are_searched_when_they_are_asked_for() {
    let data = tempfile::tempdir().unwrap();
    put(data.path(), "old", 7, false);
    let service = agreed().await;
    // The board is shared by all clones of the state.
    let _shared = service.state.clone().with_data_folder(data.path());
    let default = found(&service, "").await;
    assert_eq!(
        (&default["cases"], &default["of"]),
        (&2.into(), &2.into()),
        "registered cases alone"
    );
    assert_eq!(default["registeredAlone"], true);
    assert_eq!(count(&service, "gene%3DKRAS").await, 1);
    let old = found(&service, "collection%3Dold").await;
    assert_eq!((&old["cases"], &old["registeredAlone"]), (&7.into(), &false.into()));
    assert_eq!(old["of"], 7);
    // Without a day of test, survival is counted from diagnosis instead of leaving everybody out.
    assert_eq!((&old["survival"]["cases"], &old["survival"]["leftOut"]), (&7.0.into(), &0.into()));
    assert_eq!(old["genes"][0]["byKind"]["short"]["covered"], 7);
    assert_eq!(old["genes"][0]["byKind"]["copy_number"]["covered"], 0);
    assert_eq!(count(&service, "collection%3Dregistered%7Cold").await, 9);
    assert_eq!(count(&service, "not%20collection%3Dregistered").await, 7);
    for path in [
        "/search",
        "/search?q=collection%3Dold",
        "/search?q=gene%3DKRAS%20collection%3Dregistered%7Cold&by=sex",
        "/search?q=collection%3Dold&entry=delayed",
    ] {
        for language in ["ja", "en"] {
            let answer = service.get_with(path, &[("accept-language", language)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert_sound(path, &answer);
        }
    }
    let answer = service.get_with("/search", &[("accept-language", "en")]).await;
    let page = answer.text();
    assert!(page.contains("Only registered cases are searched"), "{page}");
    assert!(page.contains("Cohort old <small>7</small>"), "{page}");
    let page = service.get_with("/search?q=collection%3Dold", &[("accept-language", "en")]).await;
    let page = page.text();
    assert!(page.contains("<b>Synthetic data</b>") && page.contains("CC0 &#60;b&#62;"), "{page}");
    assert!(!page.contains("Only registered cases are searched"));
    assert!(!page.contains("researchers may search it too"), "its manifest does not say so");
}

#[tokio::test]
async fn a_collection_is_noticed_and_a_damaged_one_is_left_out() {
    let data = tempfile::tempdir().unwrap();
    let service = agreed().await;
    let _shared = service.state.clone().with_data_folder(data.path());
    let before = found(&service, "").await;
    assert_eq!((&before["cases"], &before["registeredAlone"]), (&2.into(), &false.into()));
    put(data.path(), "old", 7, false);
    wait_for(&service, "/search", "Cohort old <small>7</small>").await;
    put(data.path(), "old", 9, true);
    wait_for(&service, "/search", "Cohort old <small>9</small>").await;
    let manifest = put(data.path(), "broken", 3, false);
    let folder = CollectionFolder::of_data(data.path());
    let path = folder.path().join(&manifest.snapshot);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    // The manifest may have been opened before the damage; as another one it is opened again.
    let again = folder.path().join("broken.json");
    let mut text = std::fs::read(&again).unwrap();
    text.push(b'\n');
    std::fs::write(&again, text).unwrap();
    let page = wait_for(&service, "/search", "--replace").await;
    assert!(page.contains("The snapshot of the collection &#34;broken&#34; is damaged"), "{page}");
    assert!(!page.contains("Cohort broken"));
    assert_eq!(count(&service, "collection%3Dold").await, 9, "the rest goes on");
    assert_eq!(count(&service, "").await, 2);
    // Nothing is known of it as of any other name that does not exist.
    let asked = service.get("/api/search?q=collection%3Dbroken").await;
    assert!(matches!(asked.status, StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY));
    for file in ["old.json", "broken.json"] {
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
    for _ in 0..TRIES {
        if !service.get("/search").await.text().contains("過去のold") {
            break;
        }
        tokio::time::sleep(REST).await;
    }
    assert_eq!(count(&service, "collection%3Dregistered%7Cold").await, 2, "its cases are gone");
    let after = found(&service, "").await;
    assert_eq!((&after["cases"], &after["of"]), (&2.into(), &2.into()));
}
