//! Everything is closed to who is not signed in, but for a list that is written here.

use std::{collections::BTreeSet, fs, path::Path};

use access::Role;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};

use crate::fixture::{HOSPITAL, Service};

/// Addresses that anybody may open. Each is here for a reason, and a new one has to be written here.
const PUBLIC: &[&str] = &[
    "/about",
    "/assets/{name}",
    // Whether the process lives, for who watches it; the counters only beside a demonstration.
    "/healthz",
    "/readyz",
    "/metrics",
    // What everybody may know of the programme: who takes part, and which tests there are.
    "/hospitals",
    "/hospitals/functions",
    "/hospitals/{code}",
    "/panels",
    "/laboratories",
    "/api/hospitals",
    "/api/panels",
    // What the programme reached, in whole years and without small counts.
    "/statistics",
    "/statistics/table.csv",
    "/statistics/table.parquet",
    "/api/statistics",
    // What programs can ask, in words.
    "/api/openapi.json",
    // Where a patient enters the one-time code.
    "/my",
    // Signing in.
    "/sign-in",
    "/sign-in/second-factor",
    "/sign-in/enrolment",
];

/// Returns every address that the code names.
fn routes() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for part in text.split(".route(").skip(1) {
                let Some(address) = part.trim_start().strip_prefix('"') else { continue };
                found.insert(address.split('"').next().unwrap().to_owned());
            }
        }
    }
    found
}

fn filled_in(route: &str) -> String {
    let mut path = String::new();
    for part in route.split('/').skip(1) {
        path.push('/');
        path.push_str(if part.starts_with('{') {
            "0199a0b0-0000-7000-8000-000000000001"
        } else {
            part
        });
    }
    path
}

#[tokio::test]
async fn no_address_opens_to_a_stranger_but_those_of_the_list() {
    let service = Service::filled().await;
    let routes = routes();
    assert!(
        routes.len() > 30,
        "only {} addresses found: does the search still work?",
        routes.len()
    );
    for public in PUBLIC {
        assert!(routes.contains(*public), "{public} is not there any more: take it off the list");
    }
    for route in routes.iter().filter(|route| !PUBLIC.contains(&route.as_str())) {
        let path = filled_in(route);
        let answer = service.get_as_stranger(&path).await;
        let closed = match answer.status {
            StatusCode::SEE_OTHER => {
                let place = answer.header("location");
                place.starts_with("/sign-in")
                    || (path.starts_with("/my/") && place.starts_with("/my"))
            }
            StatusCode::UNAUTHORIZED => path.starts_with("/api/"),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => true,
            _ => false,
        };
        assert!(closed, "GET {path}: {} for a stranger", answer.status);
        let request = Request::post(&path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("csrf=x"))
            .unwrap();
        let answer = service.send(request).await;
        let refused = [
            StatusCode::SEE_OTHER,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
            StatusCode::NOT_FOUND,
            StatusCode::METHOD_NOT_ALLOWED,
            StatusCode::BAD_REQUEST,
        ];
        assert!(refused.contains(&answer.status), "POST {path}: {} for a stranger", answer.status);
    }
}

#[tokio::test]
async fn a_program_hears_that_sign_in_is_needed() {
    let service = Service::filled().await;
    let answer = service.get_as_stranger("/api/cases").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    assert!(!answer.text().contains("TS-0001"));
}

#[tokio::test]
async fn who_sees_no_cases_finds_no_case_pages() {
    let service = Service::filled().await;
    let mut paths = ["/cases", "/results", "/api/cases"].map(str::to_owned).to_vec();
    for path in [
        service.case_path("TS-0001").await,
        service.result_path("TS-0001").await,
        service.report_path("TS-0001").await,
    ] {
        paths.push(format!("/api{path}"));
        paths.push(path);
    }
    for role in [
        Role::Researcher,
        Role::BoardMember,
        Role::Curator,
        Role::ProgrammeOffice,
        Role::Administrator,
        Role::SiteAdministrator,
    ] {
        let seen = service.seen_by(role.code(), &[(role, HOSPITAL)]).await;
        for path in &paths {
            let answer = seen.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role} {path}");
            assert!(!answer.text().contains("TS-0001"), "{role} {path}");
        }
        assert_eq!(seen.get("/").await.status, StatusCode::OK, "{role} has a first page");
        assert!(!seen.get("/").await.text().contains("TS-0001"), "{role}");
    }
}

/// Reads of patients' data that only the guard may ask of the store.
const GUARDED: [&str; 16] = [
    "case",
    "case_by_reference",
    "case_revision",
    "case_revisions",
    "list_cases",
    "case_row",
    "case_facet",
    "case_facets",
    "case_attention",
    "result",
    "results_of_case",
    "list_results",
    "report",
    "reports_of_case",
    "latest_report",
    "latest_report_of_result",
];

/// Pages that ask the store themselves, each after a permit of its own; whoever adds one looks at it first.
const LOOKED_AT: [&str; 5] = [
    // Permit the case first, and then read what its record stands on.
    "web/clinical_record",
    // Looks a case up to record that it was opened in an emergency.
    "web/break_glass",
    // Permit the case first, and then read what the consent concerns.
    "web/consent",
    "web/desk",
    // Name the case of an entry that may be read.
    "web/audit",
];

#[test]
fn no_page_reads_a_patients_data_past_the_guard() {
    let mut looked_at = 0;
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.join("web"), src.join("api")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&src).unwrap().to_str().unwrap();
            if LOOKED_AT.iter().any(|each| name.starts_with(each)) {
                continue;
            }
            looked_at += 1;
            let text: String = fs::read_to_string(&path).unwrap().split_whitespace().collect();
            for read in GUARDED {
                assert!(
                    !text.contains(&format!("store.{read}(")),
                    "{}: store.{read}",
                    path.display()
                );
            }
        }
    }
    assert!(looked_at > 15);
}

#[test]
fn no_form_is_taken_without_its_token() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.join("web"), src.join("api")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text: String = fs::read_to_string(&path).unwrap().split_whitespace().collect();
            for plain in [":Form<", ":Multipart", ":RawForm"] {
                assert!(
                    !text.contains(plain),
                    "{}: use CheckedForm or CheckedMultipart",
                    path.display()
                );
            }
        }
    }
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let forms = text.matches("method=\"post\"").count();
            let tokens = text.matches("page.csrf()|safe").count();
            assert!(tokens >= forms, "{}: {forms} forms, {tokens} tokens", path.display());
        }
    }
}
