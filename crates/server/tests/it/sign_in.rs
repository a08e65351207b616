//! Signing in: each step, and everything that is refused.

use access::{Role, password::Password, recovery::RecoveryCode, secret::Secret, totp::TotpSecret};
use axum::http::StatusCode;
use chrono::TimeDelta;
use data_encoding::BASE32_NOPAD;
use model::identity::PersonId;
use scraper::{Html, Selector};
use server::{LookIn, LookInPerson};

use crate::{
    browser::Browser,
    fixture::{HOSPITAL, Service, add_person, noon},
    html::assert_sound,
};

const PASSWORD: &str = "三毛猫と青い自転車で海へ行く";

/// Records a physician with a password.
async fn hanako(service: &Service) -> PersonId {
    let store = &service.state.store;
    let person = add_person(store, "hanako", &[(Role::Physician, HOSPITAL)]).await;
    let hash = Password::new(PASSWORD).hash([1; 16]).unwrap();
    let mut batch = store.begin().await.unwrap();
    batch.set_password(person, &hash, noon()).await.unwrap();
    batch.commit().await.unwrap();
    person
}

/// Reads the secret that an enrolment page shows for typing.
fn shown_secret(page: &str) -> TotpSecret {
    let page = Html::parse_document(page);
    let typed = page.select(&Selector::parse("dd.mono").unwrap()).next().unwrap();
    let text: String = typed.text().collect::<String>().split_whitespace().collect();
    TotpSecret::of_bytes(&BASE32_NOPAD.decode(text.as_bytes()).unwrap()).unwrap()
}

/// Signs hanako in for the first time, and returns her second factor and recovery codes.
async fn enrol(service: &Service, browser: &mut Browser<'_>) -> (TotpSecret, Vec<String>) {
    browser.get("/sign-in?return=%2Fcases").await;
    let fields = [("name", "Hanako"), ("password", PASSWORD), ("return_to", "/cases")];
    let answer = browser.submit("/sign-in", &fields).await;
    assert_eq!(answer.header("location"), "/sign-in/enrolment", "{}", answer.text());
    let page = browser.get("/sign-in/enrolment").await;
    assert_sound("/sign-in/enrolment", &page);
    let secret = shown_secret(page.text());
    let again = browser.get("/sign-in/enrolment").await;
    assert_eq!(shown_secret(again.text()), secret, "a page loaded again shows the same");
    let code = secret.code_at((service.state.clock)());
    let answer = browser.submit("/sign-in/enrolment", &[("code", &code)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_sound("/sign-in/enrolment", &answer);
    let page = Html::parse_document(answer.text());
    let selector = Selector::parse(".recovery-codes li").unwrap();
    let codes = page.select(&selector);
    let codes: Vec<String> = codes.map(|each| each.text().collect()).collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

/// Gives the name and the password.
async fn first_factor(browser: &mut Browser<'_>, password: &str) -> crate::fixture::Answer {
    browser.get("/sign-in").await;
    browser.submit("/sign-in", &[("name", "hanako"), ("password", password)]).await
}

#[tokio::test]
async fn a_person_signs_in_with_two_factors_and_out_again() {
    let service = Service::filled().await;
    hanako(&service).await;
    let mut first = Browser::new(&service);
    let (secret, _) = enrol(&service, &mut first).await;
    assert_eq!(first.get("/cases").await.status, StatusCode::OK);

    service.pass(60);
    let mut second = Browser::new(&service);
    let asked = second.get("/cases?tumour=LUAD").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    assert_eq!(asked.header("location"), "/sign-in?return=%2Fcases%3Ftumour%3DLUAD");
    let page = second.get(asked.header("location")).await;
    assert_sound("/sign-in", &page);
    let fields = [("name", "hanako"), ("password", PASSWORD), ("return_to", "/cases?tumour=LUAD")];
    let answer = second.submit("/sign-in", &fields).await;
    assert_eq!(answer.header("location"), "/sign-in/second-factor");
    assert_eq!(
        second.get("/cases").await.status,
        StatusCode::SEE_OTHER,
        "half of a sign-in is none"
    );
    assert_sound("/sign-in/second-factor", &second.get("/sign-in/second-factor").await);
    let code = secret.code_at((service.state.clock)());
    let answer = second.submit("/sign-in/second-factor", &[("code", &code)]).await;
    assert_eq!(answer.header("location"), "/cases?tumour=LUAD", "back to what was asked for");
    let page = second.get("/cases").await;
    assert_eq!(page.status, StatusCode::OK);

    let cookie = second.cookies.clone();
    let answer = second.submit("/sign-out", &[]).await;
    assert_eq!(answer.header("location"), "/sign-in");
    assert_eq!(second.get("/cases").await.status, StatusCode::SEE_OTHER);
    second.cookies = cookie;
    assert_eq!(
        second.get("/cases").await.status,
        StatusCode::SEE_OTHER,
        "a kept cookie is worth nothing"
    );
    assert_eq!(first.get("/cases").await.status, StatusCode::OK, "the other session goes on");
}

#[tokio::test]
async fn a_code_is_taken_once_and_a_recovery_code_too() {
    let service = Service::filled().await;
    hanako(&service).await;
    let (secret, codes) = enrol(&service, &mut Browser::new(&service)).await;
    // The code that confirmed the enrolment is used up.
    let code = secret.code_at((service.state.clock)());
    let mut browser = Browser::new(&service);
    first_factor(&mut browser, PASSWORD).await;
    browser.get("/sign-in/second-factor").await;
    let replayed = browser.submit("/sign-in/second-factor", &[("code", &code)]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "a replayed code");
    let answer = browser.submit("/sign-in/second-factor", &[("code", &codes[3])]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "a recovery code");
    let mut browser = Browser::new(&service);
    first_factor(&mut browser, PASSWORD).await;
    browser.get("/sign-in/second-factor").await;
    let again = browser.submit("/sign-in/second-factor", &[("code", &codes[3])]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "the same recovery code again");
    let other = RecoveryCode::of_random([7; 10]).shown();
    let forged = browser.submit("/sign-in/second-factor", &[("code", &other)]).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY, "a forged one");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_told_alike() {
    let service = Service::empty().await;
    hanako(&service).await;
    let mut answers = Vec::new();
    for (name, password) in [("hanako", "wrong password"), ("nobody", "wrong password"), ("", "")] {
        let mut browser = Browser::new(&service);
        browser.get("/sign-in").await;
        let answer = browser.submit("/sign-in", &[("name", name), ("password", password)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert_sound("/sign-in", &answer);
        let text =
            answer.text().replace(&format!("value=\"{name}\""), "").replace(&browser.token(), "");
        assert!(!text.contains("wrong password"), "the password is not shown again");
        answers.push(text);
    }
    assert_eq!(answers[0], answers[1], "a page must not tell who is known");
}

#[tokio::test]
async fn attempts_are_slowed_down_and_the_right_password_waits_too() {
    let service = Service::empty().await;
    hanako(&service).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let mut browser = Browser::new(&service);
        statuses.push(first_factor(&mut browser, "wrong password").await.status);
    }
    assert_eq!(statuses[4], StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(statuses[5], StatusCode::TOO_MANY_REQUESTS);
    let mut browser = Browser::new(&service);
    let answer = first_factor(&mut browser, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "guessing goes on no faster by luck");
    assert_sound("/sign-in", &answer);
    service.pass(6);
    assert_eq!(first_factor(&mut browser, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_planted_session_is_worth_nothing() {
    let service = Service::filled().await;
    hanako(&service).await;
    // Somebody else's half of a sign-in is planted in the browser of the victim.
    let mut attacker = Browser::new(&service);
    first_factor(&mut attacker, PASSWORD).await;
    let planted = attacker.cookies["tsumugi"].clone();
    let mut victim = Browser::new(&service);
    victim.cookies.insert("tsumugi".to_owned(), planted.clone());
    victim.get("/sign-in").await;
    let answer = victim.submit("/sign-in", &[("name", "hanako"), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_ne!(victim.cookies["tsumugi"], planted, "the token is a new one");
    assert_eq!(
        attacker.get("/sign-in/enrolment").await.status,
        StatusCode::SEE_OTHER,
        "the planted one is over"
    );
    // A token that we never made opens nothing and is not taken over.
    let invented = Secret::of_random([9; 32]).text().to_owned();
    victim.cookies.insert("tsumugi".to_owned(), invented.clone());
    assert_eq!(victim.get("/cases").await.status, StatusCode::SEE_OTHER);
    first_factor(&mut victim, PASSWORD).await;
    assert_ne!(victim.cookies["tsumugi"], invented);
}

#[tokio::test]
async fn forged_session_tokens_open_nothing() {
    let service = Service::filled().await;
    for forged in [
        "",
        "x",
        &"A".repeat(43),
        &"A".repeat(10_000),
        "../../etc/passwd",
        "%00",
        "'; DROP TABLE session; --",
    ] {
        let answer = service.get_with("/cases", &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
        let mut browser = Browser::new(&service);
        browser.cookies.insert("tsumugi".to_owned(), forged.to_owned());
        let answer = browser.get("/cases").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{forged:.20}");
    }
}

#[tokio::test]
async fn a_session_ends_when_idle_and_at_last() {
    let service = Service::filled().await;
    hanako(&service).await;
    let mut browser = Browser::new(&service);
    enrol(&service, &mut browser).await;
    for _ in 0..20 {
        service.pass(29 * 60);
        assert_eq!(browser.get("/cases").await.status, StatusCode::OK, "in use");
    }
    service.pass(30 * 60);
    assert_eq!(browser.get("/cases").await.status, StatusCode::SEE_OTHER, "idle");
    let service = Service::filled().await;
    hanako(&service).await;
    let mut browser = Browser::new(&service);
    enrol(&service, &mut browser).await;
    for _ in 0..35 {
        service.pass(20 * 60);
        assert_eq!(browser.get("/cases").await.status, StatusCode::OK, "in use");
    }
    service.pass(20 * 60);
    assert_eq!(
        browser.get("/cases").await.status,
        StatusCode::SEE_OTHER,
        "twelve hours are the end"
    );
}

#[tokio::test]
async fn a_form_without_its_sessions_token_changes_nothing() {
    let service = Service::filled().await;
    hanako(&service).await;
    let mut browser = Browser::new(&service);
    enrol(&service, &mut browser).await;
    browser.get("/me").await;
    let other = service.form_token();
    for token in ["", "x", &other] {
        let answer = browser.post("/sign-out", format!("csrf={token}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{token}");
    }
    assert_eq!(browser.post("/sign-out", String::new()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/cases").await.status, StatusCode::OK, "still signed in");
    // The sign-in itself is guarded too: nobody is signed in as somebody else by a foreign page.
    let mut fresh = Browser::new(&service);
    let body = format!("name=hanako&password={PASSWORD}");
    assert_eq!(fresh.post("/sign-in", body).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_site_can_ask_everyone_for_a_second_factor() {
    for (everyone, roles, led) in [
        (false, vec![], "/"),
        (true, vec![], "/sign-in/enrolment"),
        (true, vec![(Role::Researcher, HOSPITAL)], "/sign-in/enrolment"),
    ] {
        let service = Service::filled().await.with(|state| {
            let rules = std::sync::Arc::make_mut(&mut state.sign_in);
            rules.second_factor_of_everyone = everyone;
            // No role is one of those who need one.
            rules.without_second_factor = Role::ALL.to_vec();
        });
        let store = &service.state.store;
        let person = add_person(store, "hanako", &roles).await;
        let hash = Password::new(PASSWORD).hash([1; 16]).unwrap();
        let mut batch = store.begin().await.unwrap();
        batch.set_password(person, &hash, noon()).await.unwrap();
        batch.commit().await.unwrap();
        let mut browser = Browser::new(&service);
        let answer = first_factor(&mut browser, PASSWORD).await;
        assert_eq!(answer.header("location"), led, "{roles:?}");
    }
}

#[tokio::test]
async fn a_sign_in_leads_back_to_this_site_only() {
    let service = Service::filled().await.with(|state| {
        std::sync::Arc::make_mut(&mut state.sign_in).without_second_factor = Role::ALL.to_vec();
    });
    hanako(&service).await;
    for (wanted, led) in [
        ("/results", "/results"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/sign-in?return=//evil.example", "/"),
    ] {
        let mut browser = Browser::new(&service);
        browser.get("/sign-in").await;
        let fields = [("name", "hanako"), ("password", PASSWORD), ("return_to", wanted)];
        let answer = browser.submit("/sign-in", &fields).await;
        assert_eq!(answer.header("location"), led, "{wanted}");
    }
}

#[tokio::test]
async fn looking_in_is_of_a_demonstration_alone() {
    let service = Service::filled().await;
    let person = add_person(&service.state.store, "real", &[(Role::Physician, HOSPITAL)]).await;
    let mut browser = Browser::new(&service);
    let page = browser.get("/sign-in").await;
    assert!(!page.text().contains("look-in"), "a real site offers nothing of the kind");
    let answer = browser.submit("/sign-in/look-in", &[("role", "physician")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);

    let people = vec![LookInPerson { role: Role::Physician, person }];
    let service =
        service.with(|state| state.look_in = Some(std::sync::Arc::new(LookIn { people })));
    let mut browser = Browser::new(&service);
    let page = browser.get("/sign-in").await;
    assert_sound("/sign-in", &page);
    assert!(page.text().contains("合成"), "the band is there before anybody is signed in");
    let answer = browser.submit("/sign-in/look-in", &[("role", "physician")]).await;
    assert_eq!(
        answer.status,
        StatusCode::NOT_FOUND,
        "a person who is not invented is never looked in as"
    );
    browser.get("/sign-in").await;
    let answer = browser.submit("/sign-in/look-in", &[("role", "king")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_invitation_is_used_once_and_sets_the_password() {
    let service = Service::filled().await;
    let person = add_person(&service.state.store, "hanako", &[(Role::Physician, HOSPITAL)]).await;
    let secret = Secret::of_random([4; 32]);
    let mut batch = service.state.store.begin().await.unwrap();
    let ends_at = noon() + TimeDelta::days(7);
    batch.invite(person, &secret.digest(), None, noon(), ends_at).await.unwrap();
    batch.commit().await.unwrap();
    let path = format!("/invitation/{}", secret.text());
    let mut browser = Browser::new(&service);
    assert_sound(&path, &browser.get(&path).await);
    assert!(browser.get(&path).await.text().contains("hanako"), "looking does not use it up");
    for (password, again) in
        [("short", "short"), (PASSWORD, "another"), ("hanakohanako", "hanakohanako")]
    {
        let answer = browser.submit(&path, &[("password", password), ("again", again)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
        assert_sound(&path, &answer);
    }
    let answer = browser.submit(&path, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(answer.header("location"), "/sign-in/enrolment", "{}", answer.text());
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "used up");
    let forged = format!("/invitation/{}", Secret::of_random([5; 32]).text());
    for path in [forged.as_str(), "/invitation/x", "/invitation/..%2F..%2Fme"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut other = Browser::new(&service);
    assert_eq!(first_factor(&mut other, PASSWORD).await.header("location"), "/sign-in/enrolment");
}

#[tokio::test]
async fn somebody_who_was_stopped_is_out_at_once() {
    let service = Service::filled().await;
    let person = hanako(&service).await;
    let mut browser = Browser::new(&service);
    enrol(&service, &mut browser).await;
    assert_eq!(browser.get("/cases").await.status, StatusCode::OK);
    let mut batch = service.state.store.begin().await.unwrap();
    batch.revise_person(person, 1, "hanako", false, None, noon()).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(browser.get("/cases").await.status, StatusCode::SEE_OTHER);
    let mut other = Browser::new(&service);
    assert_eq!(first_factor(&mut other, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
