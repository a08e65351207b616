//! One's own settings: sessions, tokens, the password.

use access::{Role, password::Password};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use scraper::{Html, Selector};

use crate::{
    fixture::{Answer, HOSPITAL, Seen, Service, add_session, cats, noon},
    html::assert_sound,
};

async fn with_token(service: &Service, path: &str, token: &str) -> Answer {
    let request = Request::get(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    service.send(request.body(Body::empty()).unwrap()).await
}

/// Makes a token on the page, and returns its text.
async fn make_token(seen: &Seen<'_>, scopes: &[&str]) -> String {
    let mut fields = vec![("name", "夜間の取り込み"), ("days", "30")];
    fields.extend(scopes.iter().map(|scope| (*scope, "on")));
    let made = seen.post("/me/tokens", &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert_sound("/me/tokens", &made);
    let page = Html::parse_document(made.text());
    let shown = page.select(&Selector::parse(".one-time").unwrap()).next().unwrap();
    shown.text().collect()
}

#[tokio::test]
async fn a_token_reaches_as_far_as_its_scope_and_its_person() {
    let service = Service::filled().await;
    let seen = service.seen_by("hanako", &[(Role::Physician, HOSPITAL)]).await;
    assert_sound("/me", &seen.get("/me").await);
    let token = make_token(&seen, &["read-case-list", "read-case", "manage-people"]).await;
    assert!(token.starts_with("tsmg_"));
    let list = with_token(&service, "/api/cases", &token).await;
    assert_eq!(list.json()["total"], 3, "the person's hospital");
    let case = service.case_path("TS-0001").await;
    assert_eq!(with_token(&service, &format!("/api{case}"), &token).await.status, StatusCode::OK);
    let report = service.report_path("TS-0001").await;
    let beyond = with_token(&service, &format!("/api{report}"), &token).await;
    assert_eq!(beyond.status, StatusCode::NOT_FOUND, "not in the scope");
    for page in ["/cases", "/me", "/people"] {
        let answer = with_token(&service, page, &token).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}: a token is for programs");
    }
    assert!(!seen.get("/me").await.text().contains(&token), "it is shown once");
    // The first sign of the secret: the last one holds bits that no byte needs.
    let sign = if token[5..].starts_with('A') { 'B' } else { 'A' };
    let altered = format!("{}{sign}{}", &token[..5], &token[6..]);
    for forged in ["", "tsmg_", "x", altered.as_str(), &token[5..]] {
        let answer = with_token(&service, "/api/cases", forged).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{forged}");
    }
    service.pass(31 * 24 * 3600);
    assert_eq!(
        with_token(&service, "/api/cases", &token).await.status,
        StatusCode::UNAUTHORIZED,
        "over"
    );
}

#[tokio::test]
async fn a_token_sends_a_result_and_ends_when_it_is_revoked() {
    let service = Service::filled().await;
    let seen = service.seen_by("hanako", &[(Role::Physician, HOSPITAL)]).await;
    let token = make_token(&seen, &["send-result", "check-file"]).await;
    let send = async |reference: &str| {
        let file = serde_json::to_vec(&cats(reference, "EGFR", "L858R")).unwrap();
        let request =
            Request::post(format!("/api/results?name=a.cats&keep=true&reference={reference}"))
                .header(header::HOST, "127.0.0.1:8080")
                .header(header::AUTHORIZATION, format!("Bearer {token}"));
        service.send(request.body(Body::from(file)).unwrap()).await
    };
    assert_eq!(send("TS-0009").await.status, StatusCode::CREATED);
    let made = service.state.store.case_by_reference("TS-0009").await.unwrap().unwrap();
    assert_eq!(
        made.document.hospital.as_deref(),
        Some(HOSPITAL),
        "a new case is the hospital's own"
    );
    let tokens = service.state.store.tokens_of(seen.person).await.unwrap();
    let other = service.seen_by("other", &[(Role::Physician, HOSPITAL)]).await;
    let path = format!("/me/tokens/{}/revoke", tokens[0].id);
    assert_eq!(other.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "another's token");
    assert_eq!(seen.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(send("TS-0010").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_result_is_not_sent_to_another_hospitals_case() {
    let service = Service::filled().await;
    let other = service.seen_by("other", &[(Role::Coordinator, "H-077")]).await;
    let token = make_token(&other, &["send-result", "check-file"]).await;
    let file = serde_json::to_vec(&cats("T-1x", "EGFR", "L858R")).unwrap();
    let request = Request::post("/api/results?name=a.cats&keep=true&reference=TS-0001")
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = service.send(request.body(Body::from(file)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
    let case = service.state.store.case_by_reference("TS-0001").await.unwrap().unwrap();
    assert_eq!(service.state.store.results_of_case(case.case).await.unwrap().len(), 1);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_and_only_ones_own() {
    let service = Service::filled().await;
    let seen = service.seen_by("hanako", &[(Role::Physician, HOSPITAL)]).await;
    add_session(&service.state.store, seen.person, 9).await;
    let page = seen.get("/me").await;
    let rows = Html::parse_document(page.text());
    let rows = rows
        .select(&Selector::parse("form[action^='/me/sessions/'][action$='/end']").unwrap())
        .count();
    assert_eq!(rows, 1, "the other session can be ended, this one by signing out");
    let sessions = service.state.store.sessions_of(seen.person).await.unwrap();
    let other = service.seen_by("other", &[(Role::Physician, HOSPITAL)]).await;
    for session in &sessions {
        let path = format!("/me/sessions/{}/end", session.id);
        assert_eq!(other.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "another's session");
    }
    assert_eq!(seen.post("/me/sessions/end-others", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(service.state.store.sessions_of(seen.person).await.unwrap().len(), 1);
    assert_eq!(seen.get("/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let service = Service::filled().await;
    let seen = service.seen_by("hanako", &[(Role::Physician, HOSPITAL)]).await;
    let hash = Password::new("an old and long password").hash([1; 16]).unwrap();
    let mut batch = service.state.store.begin().await.unwrap();
    batch.set_password(seen.person, &hash, noon()).await.unwrap();
    batch.commit().await.unwrap();
    add_session(&service.state.store, seen.person, 9).await;
    let change = async |current: &str, password: &str, again: &str| {
        let fields = [("current", current), ("password", password), ("again", again)];
        seen.post("/me/password", &fields).await
    };
    let new = "a new and even longer one";
    for (current, password, again) in [
        ("wrong", new, new),
        ("an old and long password", new, "x"),
        ("an old and long password", "short", "short"),
    ] {
        let answer = change(current, password, again).await;
        assert!(answer.text().contains("変更していません"), "{}", answer.text());
        assert_sound("/me/password", &answer);
    }
    let answer = change("an old and long password", new, new).await;
    assert!(answer.text().contains("パスワードを変更し"), "{}", answer.text());
    assert_eq!(
        service.state.store.sessions_of(seen.person).await.unwrap().len(),
        1,
        "others have ended"
    );
    let known = service.state.store.credential(seen.person).await.unwrap();
    assert!(Password::new(new).verify(known.password.as_ref()));
}
