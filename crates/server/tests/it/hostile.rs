//! Requests that nobody sends in good faith: each gets an answer in words, none brings the server down.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::fixture::{Answer, Service};

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080")
}

/// Asserts that an answer refuses in words.
fn refused(answer: &Answer, status: StatusCode, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert!(answer.text().chars().count() > 40, "{what}: {:?}", answer.text());
    let content_type = answer.header("content-type");
    let worded =
        content_type.starts_with("text/html") || content_type == "application/problem+json";
    assert!(worded, "{what}: {content_type}");
}

#[tokio::test]
async fn path_tricks_lead_nowhere() {
    let service = Service::filled().await;
    for path in [
        "/../../etc/passwd",
        "/assets/../../../etc/passwd",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/%00",
        "/cases/%00",
        "/cases/%ff%fe",
        "/cases/..%5c..%5cwindows",
        "/cases//",
        "//cases",
        "/api/cases/%2e%2e%2f",
        "/api/reports/%F0%9F%92%A9",
        "/reports/00000000-0000-0000-0000-000000000000%00.html",
    ] {
        let answer = service.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        refused(&answer, answer.status, path);
        assert!(!answer.text().contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn heads_and_addresses_beyond_the_limits_are_told() {
    let service = Service::empty().await;
    let long = format!("/cases?q={}", "a".repeat(9_000));
    refused(&service.get(&long).await, StatusCode::URI_TOO_LONG, "a long address");
    let large = "c=".to_owned() + &"x".repeat(40_000);
    let answer = service.get_with("/about", &[("cookie", &large)]).await;
    refused(&answer, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "a large cookie");
    let answer = service.get_with("/api/cases", &[("x-anything", &large)]).await;
    refused(&answer, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "a large field");
    assert_eq!(answer.json()["status"], 431);
}

#[tokio::test]
async fn values_that_are_no_text_are_refused() {
    let service = Service::filled().await;
    for path in ["/cases?q=%ff%fe", "/api/cases?q=%ff", "/cases?q=%00", "/api/cases?after=%00"] {
        let answer = service.get(path).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
    }
    for field in ["cookie", "accept-language", "accept", "user-agent", "origin"] {
        let request = request("GET", "/about")
            .header(field, axum::http::HeaderValue::from_bytes(b"\xff\xfe\x80").unwrap())
            .body(Body::empty())
            .unwrap();
        let answer = service.send(request).await;
        assert!(!answer.status.is_server_error(), "{field}: {}", answer.status);
    }
}

#[tokio::test]
async fn methods_and_bodies_of_another_kind_are_refused() {
    let service = Service::empty().await;
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "X'OR'1"] {
        let answer = service.send(request(method, "/cases").body(Body::empty()).unwrap()).await;
        assert!(answer.status.is_client_error(), "{method}: {}", answer.status);
        refused(&answer, answer.status, method);
    }
    for content_type in ["application/xml", "text/plain", "multipart/form-data", "\u{7f}"] {
        let Ok(value) = axum::http::HeaderValue::from_str(content_type) else { continue };
        let request = request("POST", "/check")
            .header(header::CONTENT_TYPE, value)
            .header(header::COOKIE, service.cookie())
            .body(Body::from(
                "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
            ))
            .unwrap();
        let answer = service.send(request).await;
        assert!(answer.status.is_client_error(), "{content_type}: {}", answer.status);
        refused(&answer, answer.status, content_type);
    }
}
