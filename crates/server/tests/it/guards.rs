//! Headers, errors and requests that are turned away.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::{fixture::Service, html::assert_sound};

#[tokio::test]
async fn every_answer_carries_the_guarding_headers() {
    let service = Service::filled().await;
    let mut pages = service.every_page().await;
    pages.extend(["/nowhere", "/api/cases", "/api/cases/x", "/assets/none.css"].map(str::to_owned));
    for page in pages {
        let answer = service.get(&page).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{page}");
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        assert!(!policy.contains("http"), "{page}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{page}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{page}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{page}");
        assert_eq!(answer.header("cache-control"), "no-store", "{page}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_a_name_of_their_content() {
    let service = Service::empty().await;
    let page = service.get("/check").await;
    let mut assets =
        page.text().split('"').filter(|text| text.starts_with("/assets/")).collect::<Vec<_>>();
    assets.sort_unstable();
    assets.dedup();
    assert_eq!(assets.len(), 3, "{assets:?}");
    for path in assets {
        let answer = service.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(!answer.text().contains("@import") && !answer.text().contains("url("), "{path}");
        assert!(!answer.text().contains("//fonts"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_to_people_and_programs() {
    let service = Service::filled().await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    for path in [
        "/nowhere".to_owned(),
        format!("/cases/{nobody}"),
        format!("/results/{nobody}"),
        format!("/reports/{nobody}"),
        format!("/reports/{nobody}/pdf"),
        format!("/reports/{nobody}/print"),
    ] {
        let answer = service.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_sound(&path, &answer);
        assert!(answer.text().contains("ページが見つかりません"), "{path}");
    }
    for path in
        [format!("/api/cases/{nobody}"), format!("/api/reports/{nobody}"), "/api/x".to_owned()]
    {
        let answer = service.get_with(&path, &[("accept-language", "en")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let problem = answer.json();
        assert_eq!(problem["status"], 404);
        assert_eq!(problem["title"], "Page not found");
        assert_eq!(problem["instance"], path);
    }
    let strange = service.get("/cases/not-an-identifier").await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND);
    assert_sound("/cases/not-an-identifier", &strange);
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_named() {
    let service = Service::empty().await;
    let request = Request::delete("/cases").header(header::HOST, "localhost");
    let request = request.header(header::COOKIE, service.cookie());
    let answer = service.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").contains("GET"));
    assert_sound("DELETE /cases", &answer);
}

#[tokio::test]
async fn requests_of_other_sites_are_turned_away() {
    let service = Service::filled().await;
    let rebound = service.get_with("/cases", &[]).await;
    assert_eq!(rebound.status, StatusCode::OK);
    let request = Request::get("/cases").header(header::HOST, "evil.example:8080");
    let rebound = service.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(rebound.status, StatusCode::FORBIDDEN);
    assert!(!rebound.text().contains("TS-0001"));
    for (name, value) in
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
    {
        let request = Request::post("/api/results?keep=true")
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, service.cookie())
            .header("x-csrf-token", service.form_token())
            .header(name, value)
            .body(Body::from("{}"))
            .unwrap();
        let answer = service.send(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
}
