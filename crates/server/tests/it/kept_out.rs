//! What must stand nowhere but where it belongs: names, what is entered of a patient, and passwords.

use access::{Role, password::Password};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::{Connection, Row};

use crate::{
    browser::Browser,
    fixture::{HOSPITAL, Service, add_person, noon},
    log,
    orders::with_vault,
};

/// A name that stands nowhere else: wherever it is found, it has leaked.
const NAME: &str = "漏洩検知 カナリア";
const NUMBER: &str = "ZZ-0918273";
/// How a name may stand somewhere.
const FORMS: [&str; 4] = [NAME, "カナリア", NUMBER, "ZZ0918273"];

/// Records a name, and looks wherever it should not be shown.
async fn name_is_shown_to_its_hospital_only(service: &Service) {
    let case = service.case_path("TS-0001").await;
    let identifiers = format!("{case}/identifiers");
    let own = service.seen_by("own", &[(Role::Coordinator, HOSPITAL)]).await;
    let form = [("name", NAME), ("kana", NAME), ("hospital_number", NUMBER), ("address", NAME)];
    let recorded = own.post(&identifiers, &form).await;
    assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", recorded.text());
    let shown = own.get(&identifiers).await;
    assert!(shown.text().contains(NAME));
    assert_eq!(shown.header("cache-control"), "no-store");
    // It is found by the number, however it is written, and only in the own hospital.
    let found = own.post("/registration/find", &[("number", "zz0918273")]).await;
    assert!(found.text().contains("TS-0001"), "{}", found.text());
    let elsewhere = service.seen_by("elsewhere", &[(Role::Coordinator, "H-999")]).await;
    let not_found = elsewhere.post("/registration/find", &[("number", NUMBER)]).await;
    assert!(!not_found.text().contains("TS-0001"));
    // Nobody else: no role of another organisation, and no role of the centre, even at the same hospital's case.
    for (number, role) in Role::ALL.iter().enumerate() {
        let name = format!("stranger-{number}");
        let stranger = service.seen_by(&name, &[(*role, "SOMEWHERE-ELSE")]).await;
        let answer = stranger.get(&identifiers).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role:?}");
        assert!(!answer.text().contains(NAME), "{role:?}");
        let written = stranger.post(&identifiers, &form).await;
        assert_eq!(written.status, StatusCode::NOT_FOUND, "{role:?}");
    }
    for page in service.every_page().await {
        assert!(!service.get(&page).await.text().contains(NAME), "{page}");
    }
    for path in [format!("/api{case}"), "/api/cases".to_owned(), "/api/orders".to_owned()] {
        assert!(!service.get(&path).await.text().contains(NAME), "{path}");
    }
}

fn assert_without_names(bytes: &[u8], place: &str) {
    for canary in FORMS {
        let there = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
        assert!(!there, "{canary} stands in {place}");
    }
}

#[tokio::test]
async fn a_name_is_in_no_file_of_the_record_no_page_and_no_log_but_where_it_belongs() {
    let log = log::begin();
    let service = with_vault(Service::filled().await);
    name_is_shown_to_its_hospital_only(&service).await;
    service.state.store.close().await;
    let mut looked = 0;
    for file in std::fs::read_dir(service.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        looked += bytes.len();
        assert_without_names(&bytes, "a file of the record");
    }
    assert!(looked > 100_000, "the record was looked at: {looked} bytes");
    log.assert_without("/cases/{id}/identifiers", &FORMS);
}

#[tokio::test]
async fn a_name_is_in_no_table_of_postgres() {
    let Some(url) = testkit::postgres::database() else { return };
    let log = log::begin();
    let folder = tempfile::tempdir().unwrap();
    let service = with_vault(Service::over(&url, folder).await.with_cases().await);
    name_is_shown_to_its_hospital_only(&service).await;
    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
    let (mut rows_seen, mut filled) = (0, Vec::new());
    for table in &tables {
        // Text as it stands, and bytes as hexadecimal digits.
        let dump = sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
        let rows = sqlx::query(dump).fetch_all(&mut connection).await.unwrap();
        for row in &rows {
            let text: String = row.get(0);
            assert_without_names(text.as_bytes(), table);
            for canary in FORMS {
                assert!(!text.contains(&hex::encode(canary)), "{canary} is in bytes of {table}");
            }
        }
        rows_seen += rows.len();
        filled.extend((!rows.is_empty()).then_some(table.as_str()));
    }
    assert!(
        filled.contains(&"patient_identifier") && filled.contains(&"audit_entry"),
        "{filled:?}"
    );
    assert!(rows_seen > 100, "{rows_seen} rows");
    log.assert_without("/cases/{id}/identifiers", &FORMS);
}

#[tokio::test]
async fn what_is_entered_into_a_record_is_in_no_log() {
    let log = log::begin();
    let service = Service::filled().await;
    let case = service.case_path("TS-0001").await;
    let canaries = ["記録カナリア一", "記録カナリア二", "記録カナリア三", "記録カナリア四"];
    // By the form, taken and refused; by the script, taken and refused; and in an address.
    let path = format!("{case}/record/background");
    let fields = [("v:smoking_years", canaries[0]), ("v:no_such_item", canaries[0])];
    let by_form = service.post(&path, &fields).await;
    assert!(!by_form.status.is_server_error(), "{}", by_form.text());
    let entry = json!({"id": "00000000-0000-7000-8000-000000000001",
        "address": "pathological_diagnosis", "value": canaries[1], "base": null});
    let cells = format!("{case}/record/cells");
    let saved = service.post_json(&cells, &json!({ "entries": [entry] })).await;
    assert_eq!(saved.json()["results"][0]["outcome"], "saved", "{}", saved.text());
    let wrong = json!({"entries": [{"id": canaries[2], "address": canaries[2], "value": 5}]});
    assert!(service.post_json(&cells, &wrong).await.status.is_client_error());
    let address: String = form_urlencoded::byte_serialize(canaries[3].as_bytes()).collect();
    for path in [format!("/cases?q={address}"), format!("/cases/{address}")] {
        assert!(!service.get(&path).await.status.is_server_error());
    }
    log.assert_without("/cases/{id}/record/cells", &canaries);
    log.assert_without("/cases/{id}/record/{section}", &canaries);
}

#[tokio::test]
async fn a_password_is_in_no_log_and_no_file_of_the_record() {
    let log = log::begin();
    let service = Service::filled().await;
    let (right, wrong, new) =
        ("合言葉カナリア正しい方", "合言葉カナリア違う方", "合言葉カナリア新しい方");
    let store = &service.state.store;
    let person = add_person(store, "hanako", &[(Role::Physician, HOSPITAL)]).await;
    let mut batch = store.begin().await.unwrap();
    let hash = Password::new(right).hash([1; 16]).unwrap();
    batch.set_password(person, &hash, noon()).await.unwrap();
    batch.commit().await.unwrap();
    // The right one, a wrong one, and the right one typed where the name belongs.
    let statuses = [
        (("hanako", wrong), StatusCode::UNPROCESSABLE_ENTITY),
        ((right, wrong), StatusCode::UNPROCESSABLE_ENTITY),
        (("hanako", right), StatusCode::SEE_OTHER),
    ];
    for ((name, password), status) in statuses {
        let mut browser = Browser::new(&service);
        browser.get("/sign-in").await;
        let answer = browser.submit("/sign-in", &[("name", name), ("password", password)]).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let change = [("current", right), ("password", new), ("again", new)];
    let changed = service.post("/me/password", &change).await;
    assert!(!changed.status.is_server_error(), "{}", changed.text());
    service.state.store.close().await;
    for file in std::fs::read_dir(service.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for canary in [right, wrong, new] {
            let there = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
            assert!(!there, "{canary} stands in a file of the record");
        }
    }
    log.assert_without("/sign-in", &[right, wrong, new]);
    log.assert_without("/me/password", &[right, wrong, new]);
}
