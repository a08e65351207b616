//! A record that is away for a while: requests are told so, and succeed when they are sent again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use knowledge::Release;
use model::identity::CaseId;
use serde_json::json;
use server::{AppState, router};
use store::Store;
use testkit::postgres::{Durability, Server};
use tower::ServiceExt;

use crate::fixture::{Service, noon};

async fn ask(router: &axum::Router, path: &str, accept: &str) -> (StatusCode, String, String) {
    let request = Request::get(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::ACCEPT, accept)
        .body(Body::empty())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let retry = response.headers().get(header::RETRY_AFTER);
    let retry = retry.map_or(String::new(), |value| value.to_str().unwrap().to_owned());
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, retry, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_postgres_is_told_and_survived() {
    let Some(server) = Server::start(Durability::None) else { return };
    let store = Store::open(&server.database()).await.unwrap();
    store.migrate(noon()).await.unwrap();
    let state = AppState::new(store, Release::starter(), Arc::new(noon), "0.0.0-test");
    let router = router(state);
    assert_eq!(ask(&router, "/readyz", "*/*").await.0, StatusCode::OK);
    server.stop();
    let (status, _, body) = ask(&router, "/readyz", "*/*").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("\"ready\":false"), "{body}");
    assert_eq!(ask(&router, "/healthz", "*/*").await.0, StatusCode::OK, "the process lives");
    let (status, retry, page) = ask(&router, "/hospitals?lang=ja", "text/html").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
    assert_eq!(retry, "5");
    assert!(page.contains("記録に今つながりません"), "{page}");
    server.start_again();
    let (status, _, page) = ask(&router, "/hospitals?lang=ja", "text/html").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_eq!(ask(&router, "/readyz", "*/*").await.0, StatusCode::OK);
}

/// Entries that each of the people makes while the engine is restarted under them.
const ENTRIES_EACH: u32 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_entered_while_postgres_restarts_is_saved_on_retry() {
    let Some(server) = Server::start(Durability::Full) else { return };
    let folder = tempfile::tempdir().unwrap();
    let service = Arc::new(Service::over(&server.database(), folder).await.with_cases().await);
    let case = service.case_path("TS-0001").await;
    let path = format!("{case}/record/cells");
    let entered = AtomicU32::new(0);
    let people = (0..4_u32).map(|person| enter(&service, &path, person, &entered));
    let restarts = async {
        for done in [40, 90, 140] {
            while entered.load(Ordering::Relaxed) < done {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::task::block_in_place(|| {
                server.stop();
                server.start_again();
            });
        }
    };
    let (refusals, ()) = tokio::join!(futures_util::future::join_all(people), restarts);
    assert!(refusals.iter().sum::<u32>() > 0, "no request met the engine away");
    // Every acknowledged entry is there, once, and nobody's was lost to another's.
    let id = CaseId(case.rsplit('/').next().unwrap().parse().unwrap());
    let events = service.state.store.field_events(id).await.unwrap();
    let mut found: Vec<_> = events.iter().map(|event| event.id.to_string()).collect();
    found.sort();
    let numbers = (0..4).flat_map(|person| (0..ENTRIES_EACH).map(move |n| identifier(person, n)));
    let mut expected: Vec<String> = numbers.collect();
    expected.sort();
    assert_eq!(found, expected);
}

fn identifier(person: u32, number: u32) -> String {
    format!("00000000-0000-7000-8000-{person:04}{number:08}")
}

/// Enters one value after the other into a row of one's own, again and again until it is acknowledged; returns how
/// often the engine was away.
async fn enter(service: &Service, path: &str, person: u32, entered: &AtomicU32) -> u32 {
    let mut refused = 0;
    for number in 0..ENTRIES_EACH {
        let base = (number > 0).then(|| identifier(person, number - 1));
        let entry = json!({
            "id": identifier(person, number),
            "address": format!("family_member/{}/family_cancer", identifier(person, 99)),
            "value": format!("value {number}"),
            "base": base,
        });
        let body = json!({ "entries": [entry] });
        loop {
            let answer = service.post_json(path, &body).await;
            if answer.status == StatusCode::OK {
                assert_eq!(answer.json()["results"][0]["outcome"], "saved", "{}", answer.text());
                break;
            }
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
            assert_eq!(answer.header(header::RETRY_AFTER), "5");
            assert!(answer.json()["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
            refused += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        entered.fetch_add(1, Ordering::Relaxed);
    }
    refused
}

#[tokio::test]
async fn the_record_being_away_is_known_by_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.sqlite").display());
    let store = Store::open(&url).await.unwrap();
    store.migrate(noon()).await.unwrap();
    let state = AppState::new(store.clone(), Release::starter(), Arc::new(noon), "0.0.0-test");
    let router = router(state);
    store.close().await;
    let (status, retry, page) = ask(&router, "/hospitals?lang=en", "text/html").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
    assert_eq!(retry, "5");
    assert!(page.contains("The record cannot be reached just now"), "{page}");
}
