//! The interface for programs.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::json;

use crate::fixture::{Answer, Service, cats};

async fn send(service: &Service, query: &str, body: Vec<u8>) -> Answer {
    let request = Request::post(format!("/api/results?{query}"))
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::COOKIE, service.cookie())
        .header("x-csrf-token", service.form_token())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    service.send(request).await
}

#[tokio::test]
async fn what_a_page_shows_a_program_reads() {
    let service = Service::filled().await;
    let list = service.get("/api/cases").await.json();
    assert_eq!(list["total"], 4);
    assert_eq!(list["cases"].as_array().unwrap().len(), 4);
    let one = service.get("/api/cases?q=TS-0001").await.json();
    assert_eq!(one["total"], 1);
    assert_eq!(one["cases"][0]["tumourType"], "LUAD");
    assert_eq!(one["cases"][0]["synthetic"], true);
    let case = service.get(one["cases"][0]["href"].as_str().unwrap()).await.json();
    assert_eq!(case["case"]["reference"], "TS-0001");
    let result = service.get(case["results"][0]["href"].as_str().unwrap()).await.json();
    assert_eq!(result["status"], "accepted");
    assert_eq!(result["result"]["shortVariants"].as_array().unwrap().len(), 1);
    let report = service.get(case["reports"][0]["href"].as_str().unwrap()).await;
    assert_eq!(
        report.header("etag"),
        format!("\"{}\"", case["reports"][0]["digest"].as_str().unwrap())
    );
    let keys = report.json().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys.len(), 8, "{keys:?}");
}

#[tokio::test]
async fn a_program_sends_a_result() {
    let service = Service::empty().await;
    let file = serde_json::to_vec(&cats("T-1", "EGFR", "L858R")).unwrap();
    let checked = send(&service, "name=a.cats&tumourType=LUAD", file.clone()).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
    assert_eq!(checked.json()["valid"], true);
    assert!(checked.json()["report"]["findings"].is_object());
    let kept = send(&service, "name=a.cats&tumourType=LUAD&keep=true", file.clone()).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text());
    let place = kept.header("location").to_owned();
    assert_eq!(service.get(&place).await.status, StatusCode::OK);
    let again = send(&service, "name=a.cats&tumourType=LUAD&keep=true", file).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.header("location"), place);
}

#[tokio::test]
async fn a_program_hears_every_problem() {
    let service = Service::empty().await;
    let mut document = cats("T-1", "EGFR", "L858R");
    document["variants"]["shortVariants"][0]["sampleItemId"] = json!("nowhere");
    let file = serde_json::to_vec(&document).unwrap();
    for query in ["name=a.cats", "name=a.cats&keep=true"] {
        let answer = send(&service, query, file.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problems = answer.json()["problems"].as_array().unwrap().clone();
        assert!(problems.iter().any(|problem| {
            problem["pointer"] == "/variants/shortVariants/0/sampleItemId"
                && problem["severity"] == "error"
                && problem["message"]["ja"].is_string()
                && problem["remedy"]["en"].is_string()
        }));
    }
    let empty = send(&service, "name=a.cats", Vec::new()).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    let strange = send(&service, "tumourType=NOSUCH", b"{}".to_vec()).await;
    assert_eq!(strange.status, StatusCode::BAD_REQUEST);
    assert_eq!(strange.header("content-type"), "application/problem+json");
    let large = vec![b' '; server::limits::UPLOAD_BYTES_MAX + 1];
    let large = send(&service, "name=a.cats", large).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(large.header("content-type"), "application/problem+json");
}
