//! The drop area: good files, bad files, and files that are no files.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;
use server::Site;

use crate::{
    fixture::{HOSTILE, Service, cats},
    html::assert_sound,
};

/// What a therapy that is approved where the site is has in its column.
const HERE: &str = "国内承認";

fn bytes(document: &serde_json::Value) -> Vec<u8> {
    serde_json::to_vec(document).unwrap()
}

#[tokio::test]
async fn a_good_file_gives_a_report_and_is_not_kept() {
    let service = Service::empty().await;
    let file = bytes(&cats("T-1", "EGFR", "L858R"));
    let fields = [("tumour", "LUAD 肺腺癌"), ("intent", "check")];
    let answer = service.check(&fields, Some(("good.cats", &file))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_sound("POST /check", &answer);
    assert!(answer.text().contains("受理"));
    assert!(answer.text().contains("EGFR"));
    assert!(answer.text().contains("保存していません"));
    assert_eq!(service.state.store.case_counts().await.unwrap().cases, 0);
}

#[tokio::test]
async fn a_bad_file_gives_its_problems() {
    let service = Service::empty().await;
    let mut document = cats("T-1", "EGFR", "L858R");
    document["variants"]["shortVariants"][0]["sampleItemId"] = json!("nowhere");
    let answer = service.check(&[], Some(("bad.cats", &bytes(&document)))).await;
    assert_sound("POST /check", &answer);
    assert!(answer.text().contains("受理できません"));
    assert!(answer.text().contains("/variants/shortVariants/0/sampleItemId"));
    assert!(!answer.text().contains("class=\"report\""));
}

#[tokio::test]
async fn files_that_are_no_results_never_fail_the_page() {
    let service = Service::empty().await;
    let deep = "[".repeat(100_000);
    let files: [(&str, &[u8]); 8] = [
        ("empty.json", b"{}"),
        ("list.json", b"[]"),
        ("text.txt", b"hello"),
        ("nul.cats", b"\0\0\0\0"),
        ("latin.cats", &[b'{', b'"', 0xe9, b'"', b':', b'1', b'}']),
        ("deep.cats", deep.as_bytes()),
        ("cut.cats", b"{\"metaData\": {\"schemaVersion\": \"1.2.1\""),
        ("gzip.cats.gz", &[0x1f, 0x8b, 0x08, 0, 1, 2, 3]),
    ];
    for (name, file) in files {
        let answer = service.check(&[], Some((name, file))).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert_sound(name, &answer);
        assert!(answer.text().contains("受理できません"), "{name}");
        assert!(answer.text().contains("直し方"), "{name}");
    }
}

#[tokio::test]
async fn a_file_is_taken_into_the_record_once() {
    let service = Service::empty().await;
    let file = bytes(&cats("T-1", "EGFR", "L858R"));
    let fields = [("tumour", "luad"), ("intent", "keep"), ("reference", "TS-7777")];
    let first = service.check(&fields, Some(("good.cats", &file))).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    let place = first.header("location").to_owned();
    assert!(place.starts_with("/results/"));
    let page = service.get(&place).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("TS-7777"));
    assert!(page.text().contains("調査結果を開く"));
    let second = service.check(&fields, Some(("good.cats", &file))).await;
    assert_eq!(second.header("location"), place);
    assert_eq!(service.state.store.case_counts().await.unwrap().cases, 1);
}

#[tokio::test]
async fn a_later_tumour_type_revises_the_case_and_adds_a_report() {
    let service = Service::empty().await;
    let file = bytes(&cats("T-1", "EGFR", "L858R"));
    let keep = [("intent", "keep"), ("reference", "TS-1")];
    service.check(&keep, Some(("good.cats", &file))).await;
    let with_tumour = [("intent", "keep"), ("reference", "TS-1"), ("tumour", "LUAD")];
    service.check(&with_tumour, Some(("good.cats", &file))).await;
    let case = service.state.store.case_by_reference("TS-1").await.unwrap().unwrap();
    assert_eq!(case.revision, 2);
    let reports = service.state.store.reports_of_case(case.case).await.unwrap();
    assert_eq!(reports.len(), 2);
    let older = service.get(&format!("/reports/{}", reports[1].id)).await;
    assert!(older.text().contains("これは最新の調査結果ではありません"));
}

#[tokio::test]
async fn a_form_with_a_mistake_comes_back_with_what_was_entered() {
    let service = Service::empty().await;
    let file = bytes(&cats("T-1", "EGFR", "L858R"));
    let fields = [("tumour", HOSTILE), ("reference", "TS-1"), ("intent", "keep")];
    let answer = service.check(&fields, Some(("good.cats", &file))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_sound("POST /check", &answer);
    assert!(answer.text().contains("がん種が分かりません"));
    assert!(answer.text().contains("value=\"TS-1\""));
    let none = service.check(&[("intent", "check")], None).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    assert!(none.text().contains("ファイルがありません"));
    let empty = service.check(&[], Some(("empty.cats", b""))).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    let long = "x".repeat(400);
    let fields = [("reference", long.as_str()), ("intent", "keep")];
    let answer = service.check(&fields, Some(("good.cats", &file))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("症例番号を使えません"));
}

#[tokio::test]
async fn a_file_beyond_the_limit_is_refused_with_words() {
    let service = Service::empty().await;
    let file = vec![b' '; server::limits::UPLOAD_BYTES_MAX + 1];
    let answer = service.check(&[], Some(("large.cats", &file))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_sound("POST /check", &answer);
    assert!(answer.text().contains("ファイルが大きすぎます"));
}

#[tokio::test]
async fn hostile_file_names_are_text() {
    let service = Service::empty().await;
    let answer = service.check(&[], Some((HOSTILE, b"{}"))).await;
    assert_sound("POST /check", &answer);
    assert!(!answer.text().contains("<script>alert"));
}

/// Returns how accessible each therapy of a case's newest report is, as its document says.
async fn accessibility_of(service: &Service, reference: &str) -> Vec<String> {
    let case = service.state.store.case_by_reference(reference).await.unwrap().unwrap();
    let report = service.state.store.latest_report(case.case).await.unwrap().unwrap();
    let document = service.get(&format!("/api/reports/{}", report.id)).await.json();
    let mut found = Vec::new();
    let mut left = vec![&document];
    while let Some(value) = left.pop() {
        left.extend(value.as_array().into_iter().flatten());
        left.extend(value.as_object().into_iter().flat_map(serde_json::Map::values));
        found.extend(value["accessibility"].as_str().map(str::to_owned));
    }
    found
}

#[tokio::test]
async fn reports_made_on_the_pages_are_of_the_sites_region() {
    let file = bytes(&cats("T-1", "EGFR", "L858R"));
    let mut by_region = Vec::new();
    for region in ["JP", "US", "XX"] {
        let service = Service::filled().await.with(|state| {
            let site = Site { home_region: region.to_owned(), ..Site::default() };
            state.site = Arc::new(site);
        });
        let fields = [("tumour", "LUAD"), ("intent", "check")];
        let checked = service.check(&fields, Some(("good.cats", &file))).await;
        let here = checked.text().matches(HERE).count();
        let fields = [("tumour", "LUAD"), ("intent", "keep"), ("reference", "TS-0777")];
        let kept = service.check(&fields, Some(("good.cats", &file))).await;
        assert!(kept.status.is_success() || kept.status.is_redirection(), "{}", kept.text());
        by_region.push((here, accessibility_of(&service, "TS-0777").await));
    }
    let [japan, states, nowhere] = &by_region[..] else { unreachable!("three regions") };
    assert!(!japan.1.is_empty() && japan.1.len() == nowhere.1.len(), "{by_region:?}");
    assert_ne!(japan.1, nowhere.1, "what is kept");
    assert_ne!(japan.0, nowhere.0, "what is checked");
    // The document's own list of the words holds each once.
    let here =
        |found: &[String]| found.iter().filter(|word| word.starts_with("approvedHere")).count();
    assert!(here(&japan.1) > 2 && here(&states.1) > 2, "{by_region:?}");
    assert_eq!(here(&nowhere.1), 2, "{nowhere:?}");
}
