//! Forms that come after their session has ended: what was typed is shown, and can be sent again.

use axum::http::{StatusCode, header};
use model::identity::CaseId;
use scraper::{Html, Selector};

use crate::{
    browser::Browser,
    fixture::{Answer, HOSPITAL, HOSTILE, Service, add_person, add_session_at},
    html::assert_sound,
};
use access::Role;

/// Longer than any session lasts. Units: seconds.
const A_DAY: i64 = 24 * 3600;

/// The hidden fields of the form that sends everything again.
fn fields_again(page: &Answer, path: &str) -> Vec<(String, String)> {
    let html = Html::parse_document(page.text());
    let form = Selector::parse(&format!("form[action='{path}'] input[type='hidden']")).unwrap();
    let value = |field: scraper::ElementRef<'_>, name| field.attr(name).unwrap().to_owned();
    html.select(&form).map(|field| (value(field, "name"), value(field, "value"))).collect()
}

/// Somebody whose session ends while a form is open, and who signs in again meanwhile.
struct Away<'a> {
    service: &'a Service,
    person: model::identity::PersonId,
}

impl<'a> Away<'a> {
    async fn new(service: &'a Service) -> (Self, Browser<'a>) {
        let roles = [(Role::Physician, HOSPITAL), (Role::Coordinator, HOSPITAL)];
        let person = add_person(&service.state.store, "hanako", &roles).await;
        let away = Self { service, person };
        let browser = away.signed_in(1).await;
        (away, browser)
    }

    async fn signed_in(&self, salt: u8) -> Browser<'a> {
        let now = (self.service.state.clock)();
        let secret = add_session_at(&self.service.state.store, self.person, salt, now).await;
        let mut browser = Browser::new(self.service);
        browser.cookies.insert("tsumugi".to_owned(), secret.text().to_owned());
        browser
    }

    /// Lets the session end before a form is sent; signs in again; sends it twice, as the pages ask for; returns
    /// the last answer.
    async fn come_back(
        &self,
        browser: &mut Browser<'_>,
        path: &str,
        fields: &[(&str, &str)],
        typed: &[&str],
    ) -> Answer {
        self.service.pass(A_DAY);
        let mut shown = browser.submit(path, fields).await;
        assert_eq!(shown.status, StatusCode::UNAUTHORIZED, "{}", shown.text());
        let mut back = self.signed_in(2).await;
        for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
            assert_eq!(shown.status, status, "{}", shown.text());
            assert_eq!(shown.header(header::CACHE_CONTROL), "no-store");
            assert_sound(path, &shown);
            for text in typed {
                assert!(shown.text().contains(text), "{text}: {}", shown.text());
            }
            let again = fields_again(&shown, path);
            for (name, value) in fields {
                // A parser of HTML reads one character for the end of a line, as every browser does.
                let kept = again.contains(&((*name).to_owned(), value.replace("\r\n", "\n")));
                assert!(kept, "{name}: {again:?}");
            }
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(&again);
            shown = back.post(path, body.finish()).await;
        }
        shown
    }
}

#[tokio::test]
async fn a_section_of_the_record_sent_too_late_is_not_lost() {
    let service = Service::filled().await;
    let (away, mut browser) = Away::new(&service).await;
    let case = service.case_path("TS-0001").await;
    let path = format!("{case}/record/background");
    browser.get(&path).await;
    let typed = format!("語られたこと\r\n二行目 {HOSTILE}");
    let fields = [
        ("v:smoking_years", "12"),
        ("b:smoking_years", ""),
        ("v:smoking", "1"),
        ("v:pathological_diagnosis", &typed),
        ("form", "1790000000000"),
    ];
    let taken = away.come_back(&mut browser, &path, &fields, &["12", "語られたこと"]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    let id = CaseId(case.rsplit('/').next().unwrap().parse().unwrap());
    let events = service.state.store.field_events(id).await.unwrap();
    let years = "smoking_years".parse().unwrap();
    let saved: Vec<_> = events.iter().filter(|event| event.address == years).collect();
    assert_eq!(saved.len(), 1, "{events:?}");
    assert_eq!((saved[0].value.as_deref(), saved[0].person), (Some("12"), away.person));
}

#[tokio::test]
async fn a_consent_sent_too_late_is_not_lost() {
    let service = Service::filled().await;
    service.fill_consent_documents().await;
    let (away, mut browser) = Away::new(&service).await;
    let path = format!("{}/consent/record", service.case_path("TS-0001").await);
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let fields = [
        ("way", "paper"),
        ("document", "demo-panel-test 2.0"),
        ("signed", "2026-11-18"),
        ("witness", "合成 立会人"),
        ("answer-registration", "yes"),
        ("identity", "診察券"),
        ("note", "家族と相談のうえ"),
    ];
    let typed = ["合成 立会人", "家族と相談のうえ", "2026-11-18", "<dd>はい</dd>"];
    let taken = away.come_back(&mut browser, &path, &fields, &typed).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    let case = service.state.store.case_by_reference("TS-0001").await.unwrap().unwrap().case;
    let events = service.state.store.consent_events(case).await.unwrap();
    assert_eq!(events.len(), 1);
    assert!(events.iter().any(|event| format!("{event:?}").contains("合成 立会人")), "{events:?}");
}

#[tokio::test]
async fn secrets_are_not_shown_again_and_nothing_is_kept() {
    let service = Service::filled().await;
    let (_, mut browser) = Away::new(&service).await;
    browser.get("/me").await;
    service.pass(A_DAY);
    let fields = [
        ("current", "古い合言葉です"),
        ("password", "新しい合言葉です"),
        ("again", "新しい合言葉です"),
    ];
    let answer = browser.submit("/me/password", &fields).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!answer.text().contains("合言葉です"), "{}", answer.text());
    assert!(fields_again(&answer, "/me/password").is_empty());
    // An empty form has nothing to lose: the visitor is asked to sign in, as for a page.
    let answer = browser.submit("/me/sessions/end-others", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header(header::LOCATION), "/sign-in");
    let typed = "語られたこと";
    let path = format!("{}/record/background", service.case_path("TS-0001").await);
    let answer = browser.submit(&path, &[("v:smoking_years", typed)]).await;
    assert!(answer.text().contains(typed));
    service.state.store.close().await;
    for file in std::fs::read_dir(service.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(typed.len()).any(|part| part == typed.as_bytes()));
    }
}

#[tokio::test]
async fn of_a_form_with_a_file_everything_comes_back_but_the_file() {
    let service = Service::filled().await;
    let (away, mut browser) = Away::new(&service).await;
    browser.get("/check").await;
    let token = browser.token();
    service.pass(A_DAY);
    let file = serde_json::to_vec(&crate::fixture::cats("T-9", "EGFR", "L858R")).unwrap();
    let name = "遅い<b>.cats";
    let typed = [("tumour", "LUAD"), ("intent", "keep"), ("reference", "TS-0099")];
    let sent = [&[("csrf", token.as_str())][..], &typed].concat();
    let mut shown = browser.post_file("/check", &sent, (name, &file)).await;
    let mut back = away.signed_in(2).await;
    for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
        assert_eq!(shown.status, status, "{}", shown.text());
        assert_eq!(shown.header(header::CACHE_CONTROL), "no-store");
        assert_sound("/check", &shown);
        for words in
            ["LUAD", "TS-0099", "遅い&#60;b&#62;.cats", "もう一度選んでください", "記録に取り込む"]
        {
            assert!(shown.text().contains(words), "{words}: {}", shown.text());
        }
        assert!(!shown.text().contains("L858R"), "nothing of the file comes back");
        let html = Html::parse_document(shown.text());
        let form = "form[action='/check'][enctype='multipart/form-data']";
        let chosen = Selector::parse(&format!("{form} input[type='file'][name='file']")).unwrap();
        assert_eq!(html.select(&chosen).count(), 1);
        let again = fields_again(&shown, "/check");
        for (name, value) in typed {
            assert!(again.contains(&(name.to_owned(), value.to_owned())), "{name}: {again:?}");
        }
        let again: Vec<(&str, &str)> =
            again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        shown = back.post_file("/check", &again, (name, &file)).await;
    }
    assert!(shown.status.is_success() || shown.status.is_redirection(), "{}", shown.text());
    let kept = service.state.store.case_by_reference("TS-0099").await.unwrap();
    assert!(kept.is_some(), "the file was taken in: {}", shown.text());
}
