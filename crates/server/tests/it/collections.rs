//! Historical collections beside registered cases: searched when asked for, noticed when they come, left out when damaged.

use std::{path::Path, time::Duration};

use axum::http::StatusCode;
use chrono::DateTime;
use model::text::LocalizedText;
use research::{
    cohort::{
        AlterationKind, CohortAlteration, CohortCase, CohortDay, CohortIndex, CohortPanel,
        CompactionLimits, PanelCoverage, Response, TumourChange, VitalStatus,
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
    put_cases(data, name, cases, replace, |_, _| None)
}

/// Puts a collection whose cases are changed first, each by its number.
fn put_cases(
    data: &Path,
    name: &str,
    cases: u128,
    replace: bool,
    change: impl Fn(usize, &mut CohortCase) -> Option<()>,
) -> Manifest {
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
    let cases = (0..cases).map(|number| {
        let mut case = CohortCase { id: Uuid::from_u128(base + number), ..case(name, number) };
        change(number as usize, &mut case);
        case
    });
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

#[tokio::test]
async fn the_waterfall_shows_who_was_measured_and_nothing_where_nobody_was() {
    let data = tempfile::tempdir().unwrap();
    let percents = [12.5, -45.0, 80.0, -100.0];
    let responses = [Response::Stable, Response::Partial, Response::Progressive];
    put_cases(data.path(), "old", 6, false, |number, case| {
        let response = responses.get(number).copied();
        case.change = TumourChange::of_percent(*percents.get(number)?, response);
        Some(())
    });
    let service = agreed().await;
    let _shared = service.state.clone().with_data_folder(data.path());
    let told = service.get("/api/search/waterfall?q=collection%3Dold").await.json();
    let counts = ["cases", "measured", "unmeasured"].map(|key| told[key].as_u64().unwrap());
    assert_eq!(counts, [6, 4, 2]);
    let changes = told["changes"].as_array().unwrap().iter();
    let changes: Vec<_> = changes.map(|own| (own["percent"].as_f64(), &own["response"])).collect();
    assert_eq!(changes[0], (Some(80.0), &"PD".into()));
    assert_eq!(changes[3], (Some(-100.0), &Value::Null));
    assert_eq!(told["classes"], serde_json::json!({"growth": 1, "between": 1, "shrinkage": 2}));
    let english = [("accept-language", "en")];
    let answer = service.get_with("/search?q=collection%3Dold", &english).await;
    assert_sound("/search?q=collection%3Dold", &answer);
    let page = answer.text();
    assert!(
        page.contains("4 measured of 6 cases (2 not measured). Median change -16.2 %"),
        "{page}"
    );
    assert_eq!(page.matches("class=\"level\"").count(), 2, "the two lines of RECIST");
    for (word, bars) in [("PD", 1), ("PR", 1), ("SD", 1), ("Unknown", 1)] {
        let title = format!(" · {word}</title>");
        assert_eq!(page.matches(&title).count(), bars, "{word}");
    }
    // Every bar and its row of the table lead to its case, which says the same.
    let case = told["changes"][0]["case"].as_str().unwrap();
    assert_eq!(page.matches(&format!("/search/case?id={case}")).count(), 3, "bar, table and list");
    let course = service.get_with(&format!("/search/case?id={case}"), &english).await;
    for fact in
        ["<dt>Change of tumour size</dt><dd>+80.0 %</dd>", "<dt>Best response</dt><dd>PD</dd>"]
    {
        assert!(course.text().contains(fact), "{fact}: {}", course.text());
    }
    let svg = service.get("/search/chart.svg?chart=waterfall&q=collection%3Dold").await;
    assert!(svg.status == StatusCode::OK && svg.text().contains("class=\"fall pd\""));
    let csv = service.get("/search/table.csv?table=waterfall&q=collection%3Dold").await;
    assert!(csv.text().contains(&format!("1,{case},80,PD,growth")), "{}", csv.text());
    // Nobody registered is measured: the page says why there is no picture.
    let page = service.get_with("/search?q=", &english).await;
    let page = page.text();
    assert!(!page.contains("id=\"waterfall\"") && page.contains("no waterfall of it is drawn"));
    let none = service.get("/search/chart.svg?chart=waterfall").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let none = service.get("/api/search/waterfall").await.json();
    assert_eq!((&none["measured"], &none["medianPercent"]), (&0.into(), &Value::Null));
}
