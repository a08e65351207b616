//! Consent through the pages: recording, the one-time code, the patient's page, withdrawal, the desk.

use access::{Action, Relation, Rights, Role};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::NaiveDate;
use model::{
    consent::{
        Answer, Answers, ConsentEvent, ConsentKind, ConsentPurpose, ConsentWay, DataUse, Recorder,
        day_of,
    },
    identity::{CaseId, ConsentEventId},
};
use store::{Store, identifier_v7};

use crate::{
    fixture::{Answer as Page, HOSPITAL, HOSTILE, Service, case, cats, noon},
    html::assert_sound,
};

async fn service() -> Service {
    let service = Service::filled().await;
    service.fill_consent_documents().await;
    service
}

async fn case_id(service: &Service, reference: &str) -> CaseId {
    service.state.store.case_by_reference(reference).await.unwrap().unwrap().case
}

/// What a browser keeps: the cookies that were set.
#[derive(Default)]
struct Browser(Vec<(String, String)>);

impl Browser {
    fn keep(&mut self, page: &Page) {
        for value in page.headers.get_all(header::SET_COOKIE) {
            let (pair, _) = value.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.0.retain(|(each, _)| each != name);
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    fn cookie(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn get(&mut self, service: &Service, path: &str) -> Page {
        let page = service.get_with(path, &[("cookie", &self.cookie())]).await;
        self.keep(&page);
        page
    }

    /// Sends a form as the page at an address holds it, with the token of that page.
    async fn post(&mut self, service: &Service, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = self.get(service, if path == "/my/leave" { "/my/home" } else { path }).await;
        let hidden = ["csrf", "of"].map(|name| (name, hidden(&form, name)));
        let hidden: Vec<_> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.send(service, path, &[&hidden[..], fields].concat()).await
    }

    /// Sends fields as they are.
    async fn send(&mut self, service: &Service, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = Request::post(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, service.cookie())
            .header(header::COOKIE, self.cookie())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.finish()))
            .unwrap();
        let page = service.send(request).await;
        self.keep(&page);
        page
    }
}

/// Returns what a hidden field of a page holds.
fn hidden(page: &Page, name: &str) -> String {
    let rest = page.text().split(&format!("name=\"{name}\" value=\"")).nth(1);
    rest.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

fn all(answer: &'static str) -> Vec<(String, &'static str)> {
    ConsentPurpose::ALL.iter().map(|purpose| (format!("answer-{purpose}"), answer)).collect()
}

fn paper(answers: &[(String, &'static str)]) -> Vec<(String, &'static str)> {
    let mut fields = answers.to_vec();
    for (name, value) in [
        ("way", "paper"),
        ("document", "demo-panel-test 2.0"),
        ("signed", "2026-11-20"),
        ("witness", "合成 証人"),
    ] {
        fields.push((name.to_owned(), value));
    }
    fields
}

async fn send(
    service: &Service,
    browser: &mut Browser,
    path: &str,
    fields: &[(String, &str)],
) -> Page {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    browser.post(service, path, &fields).await
}

/// Issues a code through the hospital's page and returns it.
async fn code(service: &Service, reference: &str) -> String {
    let path = format!("{}/consent/code", service.case_path(reference).await);
    let fields = [("fact".to_owned(), "birth-year"), ("value".to_owned(), "１９６２")];
    let letter = send(service, &mut Browser::default(), &path, &fields).await;
    assert_eq!(letter.status, StatusCode::OK, "{}", letter.text());
    assert_sound(&path, &letter);
    assert!(letter.text().contains("<svg class=\"qr\""));
    assert!(!letter.text().contains("1962"), "the second fact is not in the letter");
    let code = letter.text().split("one-time-code\">").nth(1).unwrap();
    code.split('<').next().unwrap().to_owned()
}

async fn enter(service: &Service, browser: &mut Browser, code: &str, fact: &str) -> Page {
    browser.post(service, "/my", &[("code", code), ("fact", fact)]).await
}

#[tokio::test]
async fn the_hospital_records_paper_and_its_mistakes_are_told() {
    let service = service().await;
    let id = case_id(&service, "TS-0001").await;
    let path = format!("/cases/{id}/consent/record");
    let mut browser = Browser::default();
    let mut fields = paper(&all("yes"));
    fields.retain(|(name, _)| name != "witness");
    let refused = send(&service, &mut browser, &path, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sound(&path, &refused);
    assert!(refused.text().contains("立会人の名前"), "{}", refused.text());
    let done = send(&service, &mut browser, &path, &paper(&all("yes"))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert!(service.state.consents.allows(id, DataUse::CompanyAbroad).await.unwrap());
    let copy = browser.get(&service, done.header(header::LOCATION)).await;
    assert_sound("copy", &copy);
    assert!(copy.text().contains("合成 証人"));
    let page = browser
        .get(&service, &format!("/cases/{id}/consent?at=2026-11-20&time=13:00&lang=en"))
        .await;
    assert_sound("consent", &page);
    assert!(page.text().contains("Registered, with secondary use"), "{}", page.text());
    assert!(page.text().contains("By the record of that moment"));
}

#[tokio::test]
async fn refusing_secondary_use_never_blocks_the_report() {
    let service = service().await;
    let id = case_id(&service, "TS-0001").await;
    let path = format!("/cases/{id}/consent/record");
    let done = send(&service, &mut Browser::default(), &path, &paper(&all("no"))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    for data_use in DataUse::ALL {
        assert!(!service.state.consents.allows(id, *data_use).await.unwrap(), "{data_use}");
    }
    // A result that comes after the refusal is taken in, and its report is made and can be read.
    let before = service.state.store.reports_of_case(id).await.unwrap().len();
    let document = cats("T-after", "BRAF", "V600E");
    service.receive(case("TS-0001", Some("LUAD")), "after.cats", &document).await;
    let after = service.state.store.reports_of_case(id).await.unwrap();
    assert_eq!(after.len(), before + 1);
    let report = service.get(&service.report_path("TS-0001").await).await;
    assert_eq!(report.status, StatusCode::OK);
}

#[tokio::test]
async fn a_patient_answers_changes_and_withdraws() {
    let service = service().await;
    let id = case_id(&service, "TS-0001").await;
    let mut browser = Browser::default();
    let door = browser.get(&service, "/my").await;
    assert_sound("/my", &door);
    let code = code(&service, "TS-0001").await;
    let entered = enter(&service, &mut browser, &code.to_lowercase(), "1962").await;
    assert_eq!(entered.header(header::LOCATION), "/my/home", "{}", entered.text());
    let cookie = entered
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .find(|value| value.to_str().unwrap().starts_with("my="));
    let cookie = cookie.unwrap().to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    for page in ["/my/home", "/my/consent", "/my/looks", "/my/questions", "/my/withdraw"] {
        for language in ["ja", "en"] {
            let path = format!("{page}?lang={language}");
            let answer = browser.get(&service, &path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert_sound(&path, &answer);
        }
    }
    let mut fields = all("yes");
    fields.push(("document".to_owned(), "demo-panel-test 2.0"));
    let incomplete = send(&service, &mut browser, "/my/consent", &fields[1..]).await;
    assert_eq!(incomplete.status, StatusCode::UNPROCESSABLE_ENTITY);
    let given = send(&service, &mut browser, "/my/consent", &fields).await;
    assert!(given.header(header::LOCATION).starts_with("/my/copies/"), "{}", given.text());
    let copy = browser.get(&service, given.header(header::LOCATION)).await;
    assert_sound("copy", &copy);
    assert!(service.state.consents.allows(id, DataUse::Company).await.unwrap());
    let events = service.state.store.consent_events(id).await.unwrap();
    assert_eq!((events[0].way, events[0].kind), (ConsentWay::Electronic, ConsentKind::Given));
    assert_eq!(events[0].recorded_by, Recorder::Patient);

    let withdrawn = send(&service, &mut browser, "/my/withdraw", &[]).await;
    let copy =
        browser.get(&service, &format!("{}?lang=ja", withdrawn.header(header::LOCATION))).await;
    assert_sound("withdrawal", &copy);
    let text = copy.text();
    let (ended, stays) =
        (text.find("取り消したもの").unwrap(), text.find("取り消せないもの").unwrap());
    assert!(text[ended..stays].contains("企業の検索・抽出の対象から外れました"), "{text}");
    assert!(text[stays..].contains("すでに作られた調査結果"), "{text}");
    assert!(!service.state.consents.allows(id, DataUse::Registration).await.unwrap());
    let left = browser.post(&service, "/my/leave", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_code_opens_once_and_not_by_guessing() {
    let service = service().await;
    let first = code(&service, "TS-0001").await;
    let mut browser = Browser::default();
    for wrong in
        [("2345-2345-2345", "1962"), (first.as_str(), "1963"), (HOSTILE, HOSTILE), ("", "")]
    {
        let refused = enter(&service, &mut browser, wrong.0, wrong.1).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert_sound("/my", &refused);
        assert!(
            refused.text().contains("二つ目の答えが違います"),
            "the same words for every reason"
        );
    }
    assert_eq!(browser.get(&service, "/my/home").await.status, StatusCode::SEE_OTHER);
    let entered = enter(&service, &mut browser, &first, "1962").await;
    assert_eq!(entered.header(header::LOCATION), "/my/home");
    // Used already; a new one for the same case takes an unused one back.
    let mut other = Browser::default();
    assert_eq!(
        enter(&service, &mut other, &first, "1962").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let second = code(&service, "TS-0001").await;
    let third = code(&service, "TS-0001").await;
    assert_eq!(
        enter(&service, &mut other, &second, "1962").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // After five wrong second facts the code opens nothing any more.
    for _ in 0..5 {
        enter(&service, &mut other, &third, "1900").await;
    }
    assert_eq!(
        enter(&service, &mut other, &third, "1962").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // Many wrong codes from one place: no more are looked at for a while.
    for _ in 0..20 {
        enter(&service, &mut other, "2345-2345-2345", "1962").await;
    }
    let limited = enter(&service, &mut other, "2345-2345-2345", "1962").await;
    assert_eq!(limited.status, StatusCode::TOO_MANY_REQUESTS);
    assert_sound("/my", &limited);
}

#[tokio::test]
async fn one_patients_session_reaches_no_other_case() {
    let service = service().await;
    let other = case_id(&service, "TS-0002").await;
    let at = noon();
    let event = withdrawal(other, at);
    let mut batch = service.state.store.begin().await.unwrap();
    batch.record_consent(&event).await.unwrap();
    batch.commit().await.unwrap();
    let code = code(&service, "TS-0001").await;
    let mut browser = Browser::default();
    enter(&service, &mut browser, &code, "1962").await;
    let foreign = browser.get(&service, &format!("/my/copies/{}", event.id)).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

fn withdrawal(case: CaseId, at: chrono::DateTime<chrono::Utc>) -> ConsentEvent {
    ConsentEvent {
        id: ConsentEventId(identifier_v7(at, &["withdrawal", &case.to_string()])),
        case,
        kind: ConsentKind::Withdrawn,
        answers: Answers::all(Answer::No),
        recipient: None,
        document: None,
        way: ConsentWay::Telephone,
        signed_on: day_of(at),
        witness: None,
        recorded_by: Recorder::Synthetic,
        recorded_at: at,
        supersedes: None,
        note: None,
    }
}

#[tokio::test]
async fn a_withdrawal_by_another_process_counts_within_a_second() {
    let service = service().await;
    let id = case_id(&service, "TS-0001").await;
    let path = format!("/cases/{id}/consent/record");
    let done = send(&service, &mut Browser::default(), &path, &paper(&all("yes"))).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(service.state.consents.allows(id, DataUse::Academic).await.unwrap());
    let elsewhere =
        Store::open(&format!("sqlite:{}", service.state.store.url().trim_start_matches("sqlite:")))
            .await
            .unwrap();
    let mut batch = elsewhere.begin().await.unwrap();
    batch.record_consent(&withdrawal(id, noon())).await.unwrap().unwrap();
    batch.commit().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    assert!(!service.state.consents.allows(id, DataUse::Academic).await.unwrap());
}

#[tokio::test]
async fn a_withdrawal_by_telephone_needs_an_identity_check_and_takes_codes_back() {
    let service = service().await;
    let id = case_id(&service, "TS-0001").await;
    let path = format!("/cases/{id}/consent/withdraw");
    let open = code(&service, "TS-0001").await;
    let mut fields = vec![
        ("scope".to_owned(), "everything"),
        ("way".to_owned(), "telephone"),
        ("signed".to_owned(), "2026-11-20"),
    ];
    let mut browser = Browser::default();
    let refused = send(&service, &mut browser, &path, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sound(&path, &refused);
    fields.push(("identity".to_owned(), HOSTILE));
    let done = send(&service, &mut browser, &path, &fields).await;
    let copy = browser.get(&service, done.header(header::LOCATION)).await;
    assert_sound("withdrawal", &copy);
    assert!(
        copy.text().contains("使われていない本人用コード 1 件を無効にしました"),
        "{}",
        copy.text()
    );
    assert!(!copy.text().contains("<script>alert"), "hostile text got through");
    let late = enter(&service, &mut Browser::default(), &open, "1962").await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_a_patient_typed_too_late_comes_back_and_is_recorded_of_nobody_else() {
    let service = service().await;
    let [own, other] = [code(&service, "TS-0001").await, code(&service, "TS-0002").await];
    let mut browser = Browser::default();
    enter(&service, &mut browser, &own, "1962").await;
    let page = browser.get(&service, "/my/questions").await;
    let owner = hidden(&page, "of");
    let token = hidden(&page, "csrf");
    let own_case = case_id(&service, "TS-0001").await;
    assert!(!owner.is_empty() && !page.text().contains(&own_case.to_string()));
    service.pass(20 * 60);
    let question = format!("長い質問です {HOSTILE}");
    let typed = [("topic", "who-used"), ("question", question.as_str()), ("of", owner.as_str())];
    let sent = [&[("csrf", token.as_str())][..], &typed].concat();
    let lost = browser.send(&service, "/my/questions", &sent).await;
    assert_eq!(lost.status, StatusCode::UNAUTHORIZED, "{}", lost.text());
    assert_eq!(lost.header(header::CACHE_CONTROL), "no-store");
    assert_sound("/my/questions", &lost);
    assert!(
        lost.text().contains("長い質問です") && lost.text().contains("action=\"/my/questions\"")
    );
    assert!(lost.text().contains("href=\"/my\"") && !lost.text().contains("href=\"/sign-in\""));
    let asked = |case| service.state.store.inquiries_of_case(case);
    assert!(asked(own_case).await.unwrap().is_empty());
    // Nothing was typed into a withdrawal: its sender is led to the door, and nothing is withdrawn.
    let withdrawn = browser.send(&service, "/my/withdraw", &[("of", &owner)]).await;
    assert_eq!(withdrawn.header(header::LOCATION), "/my?ended=1");
    // Somebody else who opens the page in the same browser does not send it as their own.
    let other_case = case_id(&service, "TS-0002").await;
    enter(&service, &mut browser, &other, "1962").await;
    let token = hidden(&browser.get(&service, "/my/questions").await, "csrf");
    let sent = [&[("csrf", token.as_str())][..], &typed].concat();
    let refused = browser.send(&service, "/my/questions", &sent).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let withdrawn = [("csrf", token.as_str()), ("of", owner.as_str())];
    let refused = browser.send(&service, "/my/withdraw", &withdrawn).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(asked(other_case).await.unwrap().is_empty());
    assert!(service.state.store.consent_events(other_case).await.unwrap().is_empty());
    // Its own patient does, with a new code.
    browser.post(&service, "/my/leave", &[]).await;
    let again = code(&service, "TS-0001").await;
    enter(&service, &mut browser, &again, "1962").await;
    let token = hidden(&browser.get(&service, "/my/questions").await, "csrf");
    let sent = [&[("csrf", token.as_str())][..], &typed].concat();
    let taken = browser.send(&service, "/my/questions", &sent).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    assert_eq!(asked(own_case).await.unwrap()[0].inquiry.question, question);
}

#[tokio::test]
async fn the_desk_answers_a_patients_question() {
    let service = service().await;
    let code = code(&service, "TS-0001").await;
    let mut patient = Browser::default();
    enter(&service, &mut patient, &code, "1962").await;
    let question = format!("だれが見ましたか {HOSTILE}");
    let asked = patient
        .post(&service, "/my/questions", &[("topic", "who-used"), ("question", &question)])
        .await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text());
    let mut desk = Browser::default();
    let waits = "<a href=\"/desk\"><b>1</b>";
    assert!(desk.get(&service, "/").await.text().contains(waits), "it waits on the first page");
    let list = desk.get(&service, "/desk").await;
    assert_sound("/desk", &list);
    let href =
        list.text().split("href=\"/desk/inquiries/").nth(1).unwrap().split('"').next().unwrap();
    let href = format!("/desk/inquiries/{href}");
    for (step, text) in [
        ("assigned", "担当します"),
        ("identity-checked", "折り返し電話"),
        ("answered", "病院だけです"),
    ] {
        let done = desk.post(&service, &href, &[("step", step), ("text", text)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {}", done.text());
    }
    assert!(!desk.get(&service, "/").await.text().contains(waits), "it is answered");
    assert!(!desk.get(&service, "/").await.text().contains(waits), "it is answered");
    let wrong = desk.post(&service, &href, &[("step", "assigned"), ("text", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "not from where it stands");
    let page = desk.get(&service, &href).await;
    assert_sound(&href, &page);
    assert!(page.text().contains("折り返し電話") && page.text().contains("2026年12月4日"));
    let answer = patient.get(&service, "/my/questions").await;
    assert_sound("/my/questions", &answer);
    assert!(answer.text().contains("病院だけです") && !answer.text().contains("折り返し電話"));
    let opened = desk
        .post(
            &service,
            "/desk",
            &[
                ("way", "telephone"),
                ("topic", "consent"),
                ("question", "変えたい"),
                ("reference", "TS-0001"),
            ],
        )
        .await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
    let found = desk.get(&service, "/desk/cases?reference=TS-0001").await;
    let seen = desk.get(&service, found.header(header::LOCATION)).await;
    assert_sound("desk case", &seen);
    let nothing = desk.get(&service, "/desk/cases?reference=%00nothing").await;
    assert_eq!(nothing.header(header::LOCATION), "/desk?missing=1");
}

#[tokio::test]
async fn a_patient_sees_who_looked() {
    let service = service().await;
    let path = service.case_path("TS-0001").await;
    service.get(&format!("{path}/consent")).await;
    let code = code(&service, "TS-0001").await;
    let mut patient = Browser::default();
    enter(&service, &mut patient, &code, "1962").await;
    let looks = patient.get(&service, "/my/looks").await;
    assert_sound("/my/looks", &looks);
    assert!(looks.text().contains("同意を見る"), "{}", looks.text());
    assert!(looks.text().contains("Demonstration 合成") || looks.text().contains("合成"), "who");
}

#[tokio::test]
async fn documents_are_public_and_new_versions_are_added() {
    let service = service().await;
    let mut browser = Browser::default();
    for path in [
        "/consent-documents?lang=en",
        "/consent-documents/demo-panel-test/2.0?lang=en",
        "/consent-documents/demo-panel-test/1.0?lang=ja",
        "/my/documents/demo-panel-test/2.0?lang=ja",
    ] {
        let page = browser.get(&service, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_sound(path, &page);
    }
    let read = browser.get(&service, "/consent-documents/demo-panel-test/2.0?lang=en").await;
    assert!(read.text().contains("no legal text"));
    let missing = browser.get(&service, "/consent-documents/demo-panel-test/9").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let mut fields = vec![
        ("code", "demo-panel-test"),
        ("version", "3.0"),
        ("from", "2026-11-21"),
        ("title-ja", HOSTILE),
        ("title-en", HOSTILE),
        ("body-ja", HOSTILE),
        ("body-en", HOSTILE),
    ];
    let refused = browser.post(&service, "/consent-documents", &fields).await;
    assert!(refused.text().contains("role=\"alert\""), "no purpose is asked for");
    fields.push(("asks-registration", "on"));
    let added = browser.post(&service, "/consent-documents", &fields).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
    let page = browser.get(&service, added.header(header::LOCATION)).await;
    assert_sound("document", &page);
    assert!(!page.text().contains("<script>alert"), "hostile text got through");
}

#[tokio::test]
async fn who_manages_the_documents_finds_them() {
    let service = service().await;
    let day = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    let mut found = Vec::new();
    for role in Role::ALL {
        let seen = service.seen_by(&format!("one-{role}"), &[(*role, HOSPITAL)]).await;
        let link = seen.get("/about").await.text().contains("href=\"/consent-documents\"");
        let manages =
            Rights::ours().allows(*role, Action::ManageConsentDocuments, Relation::Programme, day);
        assert_eq!(link, manages, "{role}");
        if link {
            let page = seen.get("/consent-documents").await;
            assert_sound("/consent-documents", &page);
            assert!(page.text().contains("<form method=\"post\" action=\"/consent-documents\""));
            found.push(*role);
        }
    }
    assert!(found.contains(&Role::ProgrammeOffice), "{found:?}");
}
