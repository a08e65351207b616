//! What every answer tells the browser not to do, and which requests are turned away at the door.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{error::PageError, state::AppState};

/// What a page may load: its own style sheet, script and pictures, and nothing else from anywhere. Its script
/// may talk to the server that it came from.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
     connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds the headers that guard a page; an answer that sets its own keeps it.
pub(crate) async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if state.site.encrypted && state.site.hsts_seconds > 0 {
        let policy = format!("max-age={}", state.site.hsts_seconds);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, policy);
        }
    }
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Turns away requests that another site makes a browser send.
///
/// There is no sign-in, so the address is the only door: a name that does not belong to this server
/// (DNS rebinding) and a form posted from another site are both refused.
pub(crate) async fn same_site_only(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let host = host(request.uri(), request.headers());
    let is_ours = |host: &str| is_loopback_name(host) || state.site.answers_to(host);
    if state.loopback_only && !host.as_deref().is_some_and(is_ours) {
        return PageError::ForeignRequest.into_response();
    }
    if request.method() != Method::GET
        && request.method() != Method::HEAD
        && is_foreign(request.headers(), host.as_deref())
    {
        return PageError::ForeignRequest.into_response();
    }
    next.run(request).await
}

fn host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str().to_owned()),
        None => headers.get(header::HOST)?.to_str().ok().map(str::to_owned),
    }
}

fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = name.trim_start_matches('[').trim_end_matches(']');
    address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_foreign(headers: &HeaderMap, host: Option<&str>) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let origin_host = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    origin_host.map(|(_, host)| host) != host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_names_of_this_machine() {
        for name in
            ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "127.1.2.3", "[::1]:8080", "[::1]"]
        {
            assert!(is_loopback_name(name), "{name}");
        }
        for name in ["example.org", "localhost.example.org", "10.0.0.1:80", "127.0.0.1.nip.io", ""]
        {
            assert!(!is_loopback_name(name), "{name}");
        }
    }

    #[test]
    fn tells_foreign_posts_by_fetch_site_and_by_origin() {
        let of = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            is_foreign(&headers, Some("127.0.0.1:8080"))
        };
        assert!(of("sec-fetch-site", "cross-site"));
        assert!(of("sec-fetch-site", "same-site"));
        assert!(!of("sec-fetch-site", "same-origin"));
        assert!(of("origin", "https://example.org"));
        assert!(of("origin", "null"));
        assert!(!of("origin", "http://127.0.0.1:8080"));
        assert!(!is_foreign(&HeaderMap::new(), Some("127.0.0.1:8080")));
    }
}
