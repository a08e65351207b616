//! A record that is away for a while: requests are told so, and succeed when they are sent again.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use knowledge::Release;
use server::{AppState, router};
use store::Store;
use testkit::postgres::{Durability, Server};
use tower::ServiceExt;

use crate::fixture::noon;

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
