//! Entering a clinical record: by form and by script, by one and by two, and what cannot be taken.

use axum::http::StatusCode;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::{
    fixture::{Answer, HOSTILE, Service},
    html::assert_sound,
};

async fn post_form(service: &Service, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let without_token: Vec<_> = pairs.iter().copied().filter(|(name, _)| *name != "csrf").collect();
    service.post(path, &without_token).await
}

fn id(number: u32) -> String {
    format!("00000000-0000-7000-8000-{number:012}")
}

fn entry(number: u32, address: &str, value: &str, base: Option<u32>) -> Value {
    json!({"id": id(number), "address": address, "value": value, "base": base.map(id)})
}

async fn save(service: &Service, case: &str, entries: &[Value]) -> Value {
    let path = format!("{case}/record/cells");
    let answer = service.post_json(&path, &json!({ "entries": entries })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// The fields of a section's form as a browser would send them.
fn form_of(answer: &Answer) -> Vec<(String, String)> {
    let page = Html::parse_document(answer.text());
    let select = |text: &str| Selector::parse(text).unwrap();
    let mut pairs = Vec::new();
    for field in page.select(&select("form.entry [name]:not(button)")) {
        let name = field.attr("name").unwrap().to_owned();
        let value = match field.value().name() {
            "select" => {
                let chosen = field.select(&select("option[selected]")).next();
                chosen.and_then(|option| option.attr("value")).unwrap_or_default().to_owned()
            }
            "textarea" => field.text().collect(),
            _ => field.attr("value").unwrap_or_default().to_owned(),
        };
        pairs.push((name, value));
    }
    pairs
}

async fn send_form(
    service: &Service,
    path: &str,
    form: &[(String, String)],
    changes: &[(&str, &str)],
) -> Answer {
    let mut pairs: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (name, value) in changes {
        match pairs.iter_mut().find(|(each, _)| each == name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    post_form(service, path, &pairs).await
}

#[tokio::test]
async fn every_page_of_a_record_is_sound() {
    let service = Service::filled().await;
    let case = service.case_path("TS-0001").await;
    let row = id(1);
    let entries = [
        entry(2, "pathological_diagnosis", HOSTILE, None),
        entry(3, "pathological_diagnosis", "another", None),
        entry(4, "tumour_type", "LUAD", None),
        entry(5, &format!("family_member/{row}/family_cancer"), HOSTILE, None),
        entry(6, "age", "not a number", None),
    ];
    save(&service, &case, &entries).await;
    let overview = service.get(&format!("{case}/record")).await;
    let page = assert_sound("overview", &overview);
    let link = Selector::parse(".section-table a").unwrap();
    let mut sections: Vec<String> =
        page.select(&link).map(|link| link.attr("href").unwrap().to_owned()).collect();
    assert!(sections.len() > 8, "{sections:?}");
    sections.push(format!("{case}/record/history"));
    sections.push(format!("{case}/record/history?section=background"));
    sections.push("/completeness".to_owned());
    sections.push("/completeness?hospital=H-042".to_owned());
    sections.push("/cases/new".to_owned());
    for path in sections {
        for language in ["ja", "en"] {
            let answer = service.get_with(&path, &[("accept-language", language)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert_sound(&path, &answer);
        }
    }
}

#[tokio::test]
async fn a_section_is_entered_without_script() {
    let service = Service::filled().await;
    let case = service.case_path("TS-0001").await;
    let path = format!("{case}/record/background");
    let form = form_of(&service.get(&path).await);
    assert!(form.len() > 20, "{form:?}");
    let changes = [("v:smoking", "1"), ("v:smoking_years", "12"), ("v:diagnosed", "2026-10-01")];
    let sent = send_form(&service, &path, &form, &changes).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(sent.header("location").contains("saved=3&contested=0"), "{:?}", sent.headers);
    // The same form again, as after a lost answer: nothing is doubled.
    send_form(&service, &path, &form, &changes).await;
    let again = form_of(&service.get(&path).await);
    assert!(again.contains(&("v:smoking_years".to_owned(), "12".to_owned())));
    let history = service.get(&format!("{case}/record/history")).await;
    assert_eq!(history.text().matches("<ins>").count(), 3);
    // What a form did not change is not entered, whatever others did meanwhile.
    let sent = send_form(&service, &path, &again, &[("v:smoking_years", "13")]).await;
    assert!(sent.header("location").contains("saved=1&contested=0"), "{:?}", sent.headers);
}

#[tokio::test]
async fn two_editors_keep_both_answers_until_one_is_chosen() {
    let service = Service::filled().await;
    let case = service.case_path("TS-0001").await;
    let path = format!("{case}/record/background");
    let form = form_of(&service.get(&path).await);
    save(&service, &case, &[entry(1, "smoking_years", "10", None)]).await;
    let sent = send_form(&service, &path, &form, &[("v:smoking_years", "20")]).await;
    assert!(sent.header("location").contains("contested=1"), "{:?}", sent.headers);
    let shown = service.get_with(&path, &[("accept-language", "en")]).await;
    let page = assert_sound(&path, &shown);
    let standing = Selector::parse(".standing-value").unwrap();
    let mut values: Vec<String> =
        page.select(&standing).map(|value| value.text().collect()).collect();
    values.sort();
    assert_eq!(values, ["10", "20"]);
    let overview = service.get_with(&format!("{case}/record"), &[("accept-language", "en")]).await;
    assert!(overview.text().contains("1 field has two answers"));
    // Saving the section without choosing leaves both.
    let form = form_of(&shown);
    let sent = send_form(&service, &path, &form, &[]).await;
    assert!(sent.header("location").contains("saved=0"), "{:?}", sent.headers);
    let chosen = send_form(&service, &path, &form, &[("choose", "smoking_years|10")]).await;
    assert!(chosen.header("location").contains("saved=1&contested=0"), "{:?}", chosen.headers);
    let record = service.get(&format!("/api{case}/record")).await.json();
    assert_eq!(record["record"]["values"]["smoking_years"]["written"], "10");
}

#[tokio::test]
async fn rows_are_added_removed_and_brought_back() {
    let service = Service::filled().await;
    let case = service.case_path("TS-0001").await;
    let path = format!("{case}/record/background");
    let form = form_of(&service.get(&path).await);
    let sent = send_form(&service, &path, &form, &[("add", "family_member")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let shown = service.get(&path).await;
    let page = Html::parse_document(shown.text());
    let remove = Selector::parse("button[name=remove]").unwrap();
    let row = page.select(&remove).next().unwrap().attr("value").unwrap().to_owned();
    let form = form_of(&shown);
    let cell = format!("v:{row}/family_age");
    send_form(&service, &path, &form, &[(&cell, "50"), ("remove", &row)]).await;
    let shown = service.get(&path).await;
    assert!(!shown.text().contains(&cell) && shown.text().contains("name=\"restore\""));
    let form = form_of(&shown);
    send_form(&service, &path, &form, &[("restore", &row)]).await;
    let shown = service.get(&path).await;
    assert!(form_of(&shown).contains(&(cell, "50".to_owned())));
}

#[tokio::test]
async fn what_is_entered_reaches_the_case_and_its_completeness() {
    let service = Service::filled().await;
    let case = service.case_path("TS-0002").await;
    let path = format!("{case}/record/basic");
    let form = form_of(&service.get(&path).await);
    let changes = [("v:tumour_type", "LUAD"), ("v:age", "71"), ("v:sex", "1")];
    send_form(&service, &path, &form, &changes).await;
    let document = service.get(&format!("/api{case}")).await.json();
    assert_eq!(document["case"]["tumourType"], "LUAD");
    assert_eq!((&document["case"]["ageYears"], &document["revision"]), (&json!(71), &json!(2)));
    let record = service.get(&format!("/api{case}/record")).await.json();
    assert!(record["completeness"]["filled"].as_u64().unwrap() >= 3, "{record}");
    let list = service.get("/completeness?hospital=H-042").await;
    assert!(list.text().contains("TS-0002"));
}

#[tokio::test]
async fn what_the_case_says_already_is_taken_over_once() {
    let service = Service::filled().await;
    let case = service.case_path("TS-0001").await;
    let take = format!("{case}/record/take-over");
    assert_eq!(post_form(&service, &take, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(post_form(&service, &take, &[]).await.status, StatusCode::SEE_OTHER);
    let record = service.get(&format!("/api{case}/record")).await.json();
    assert_eq!(record["record"]["values"]["age"]["written"], "64");
    let document = service.get(&format!("/api{case}")).await.json();
    assert_eq!(document["revision"], 1, "nothing new was said");
}

#[tokio::test]
async fn a_case_is_registered_and_entered_at_once() {
    let service = Service::filled().await;
    let shown = service.get("/cases/new").await;
    let page = assert_sound("/cases/new", &shown);
    let option = Selector::parse("#hospital option").unwrap();
    let hospital = page.select(&option).next().unwrap().attr("value").unwrap().to_owned();
    let pairs = [("hospital", hospital.as_str()), ("reference", "NEW-1")];
    let made = post_form(&service, "/cases/new", &pairs).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    assert!(made.header("location").ends_with("/record/basic"));
    assert_eq!(service.get(made.header("location")).await.status, StatusCode::OK);
    let taken = post_form(&service, "/cases/new", &pairs).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sound("/cases/new again", &taken);
    let empty = [("hospital", hospital.as_str()), ("reference", " ")];
    let empty = post_form(&service, "/cases/new", &empty).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let elsewhere = [("hospital", "H-777"), ("reference", "NEW-2")];
    let elsewhere = post_form(&service, "/cases/new", &elsewhere).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_and_told() {
    let service = Service::filled().await;
    let case = service.case_path("TS-0001").await;
    let cells = format!("{case}/record/cells");
    let long = "長".repeat(4_001);
    let saved = save(&service, &case, &[entry(1, "clinical_diagnosis", &long, None)]).await;
    assert_eq!(saved["results"][0]["outcome"], "refused");
    assert_eq!(saved["results"][0]["reason"], "value");
    for wrong in [
        json!({"entries": [entry(2, "no_such_item", "1", None)]}),
        json!({"entries": [entry(2, "family_age", "1", None)]}),
        json!({"entries": [{"id": "x", "address": "sex", "value": "1"}]}),
        json!({"entries": [{"address": "sex"}]}),
        json!({"entries": [{"id": id(2), "address": "sex", "value": 1}]}),
        json!([]),
        json!({"entries": [], "more": 1}),
    ] {
        let answer = service.post_json(&cells, &wrong).await;
        assert!(answer.status.is_client_error(), "{wrong}: {}", answer.status);
    }
    let huge = json!({"entries": [entry(3, "sex", &"x".repeat(2_000_000), None)]});
    let huge = service.post_json(&cells, &huge).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let many: Vec<Value> = (0..600).map(|number| entry(number, "sex", "1", None)).collect();
    let many = service.post_json(&cells, &json!({"entries": many})).await;
    assert_eq!(many.status, StatusCode::PAYLOAD_TOO_LARGE);
    let control =
        save(&service, &case, &[entry(9, "clinical_diagnosis", "a\u{0}\u{7}b", None)]).await;
    assert_eq!(control["results"][0]["heads"][0]["value"], "ab");
}

#[tokio::test]
async fn a_case_that_may_not_be_known_of_is_not_found() {
    let service = Service::filled().await;
    let nobody = "/cases/00000000-0000-7000-8000-000000000000";
    for path in ["record", "record/basic", "record/history"] {
        let answer = service.get(&format!("{nobody}/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let cells = json!({"entries": [entry(1, "sex", "1", None)]});
    let answer = service.post_json(&format!("{nobody}/record/cells"), &cells).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let case = service.case_path("TS-0001").await;
    let answer = service.get(&format!("{case}/record/no_such_section")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = service.get(&format!("{case}/record/report_basic")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "no person fills what laboratories send");
}
