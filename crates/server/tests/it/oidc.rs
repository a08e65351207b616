//! OpenID Connect against a real provider process, `oidc-provider-mock`.

use std::{
    io::Write as _,
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use access::Role;
use axum::http::StatusCode;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use server::OidcSettings;

use crate::{
    browser::Browser,
    fixture::{HOSPITAL, Service, add_person, add_session_at, noon},
};

struct Provider {
    process: Child,
    address: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It has ended already where this fails.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    /// Starts the provider on a free port; says so and returns nothing where it is not installed.
    async fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("oidc-provider-mock")
            .args(["--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = process else {
            assert!(
                std::env::var_os("CI").is_none(),
                "continuous integration must have oidc-provider-mock"
            );
            let line = "SKIPPED: oidc-provider-mock is absent (pip install oidc-provider-mock)";
            // Nothing can be done when standard error is closed.
            let _ = writeln!(std::io::stderr(), "{line}");
            return None;
        };
        let provider = Self { process, address: format!("http://127.0.0.1:{port}") };
        for _ in 0..300 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(provider);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the provider did not begin to answer");
    }

    fn settings(&self) -> OidcSettings {
        OidcSettings {
            issuer: self.address.clone(),
            client_id: "tsumugi".to_owned(),
            client_secret: Some("secret".into()),
            site: "http://127.0.0.1:8080".to_owned(),
            label: "合成病院".to_owned(),
            trusted_second_factor: true,
        }
    }

    /// Signs a subject in at the provider's page, and returns where the provider sends the browser.
    async fn sign_in(&self, address: &str, subject: &str) -> String {
        let client: Client<_, axum::body::Body> =
            Client::builder(TokioExecutor::new()).build_http();
        let request = axum::http::Request::post(address)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(format!("sub={subject}")))
            .unwrap();
        let answer = client.request(request).await.unwrap();
        let place =
            answer.headers().get("location").unwrap_or_else(|| panic!("{}", answer.status()));
        place.to_str().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
    }
}

async fn with_provider(provider: &Provider) -> Service {
    let settings = provider.settings();
    // The provider's tokens are of the present: so is the clock of this service.
    let service = Service::filled().await.with(|state| {
        Arc::make_mut(&mut state.sign_in).provider = Some(settings);
    });
    // A file of the process is of this moment; the clock itself is read in `main` alone.
    let present = std::fs::metadata("/proc/self").unwrap().modified().unwrap();
    let present = chrono::DateTime::<chrono::Utc>::from(present);
    service.pass((present - noon()).num_seconds());
    service
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_account_signs_in_and_no_other() {
    let Some(provider) = Provider::start().await else { return };
    let service = with_provider(&provider).await;
    let person = add_person(&service.state.store, "hanako", &[(Role::Physician, HOSPITAL)]).await;

    // Linking: from the own settings, by the person who is signed in.
    let mut signed_in = Browser::new(&service);
    let present = (service.state.clock)();
    let secret = add_session_at(&service.state.store, person, 5, present).await;
    signed_in.cookies.insert("tsumugi".to_owned(), secret.text().to_owned());
    let begun = signed_in.get("/sign-in/oidc?link=true").await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let back = provider.sign_in(begun.header("location"), "sub-hanako").await;
    let linked = signed_in.get(&back).await;
    assert_eq!(linked.header("location"), "/me", "{}", linked.text());

    // Signing in: a fresh browser.
    let mut browser = Browser::new(&service);
    let page = browser.get("/sign-in?return=%2Fcases").await;
    assert!(page.text().contains("合成病院"));
    let begun = browser.get("/sign-in/oidc?return=%2Fcases").await;
    let address = begun.header("location").to_owned();
    assert!(
        address.contains("code_challenge_method=S256") && address.contains("state="),
        "{address}"
    );
    let back = provider.sign_in(&address, "sub-hanako").await;
    let mut stolen = Browser::new(&service);
    let answer = stolen.get(&back).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "the answer in another browser");
    assert!(!stolen.cookies.contains_key("tsumugi"));
    // The theft used the state up: the owner begins again.
    let begun = browser.get("/sign-in/oidc?return=%2Fcases").await;
    let back = provider.sign_in(begun.header("location"), "sub-hanako").await;
    let forged = back.replacen("state=", "state=A", 1);
    assert_eq!(browser.get(&forged).await.status, StatusCode::BAD_REQUEST, "a forged state");
    let answer = browser.get(&back).await;
    assert_eq!(answer.header("location"), "/cases", "{}", answer.text());
    assert_eq!(browser.get("/cases").await.status, StatusCode::OK);
    assert_eq!(browser.get(&back).await.status, StatusCode::BAD_REQUEST, "a replayed answer");

    // A subject that is linked to nobody.
    let mut stranger = Browser::new(&service);
    let begun = stranger.get("/sign-in/oidc").await;
    let back = provider.sign_in(begun.header("location"), "sub-stranger").await;
    assert_eq!(stranger.get(&back).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(stranger.get("/cases").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_trusted_second_factor_ours_is_asked_for() {
    let Some(provider) = Provider::start().await else { return };
    let service = with_provider(&provider).await.with(|state| {
        let rules = Arc::make_mut(&mut state.sign_in);
        rules.provider.as_mut().unwrap().trusted_second_factor = false;
    });
    let person = add_person(&service.state.store, "hanako", &[(Role::Physician, HOSPITAL)]).await;
    let mut batch = service.state.store.begin().await.unwrap();
    batch.link_identity(&provider.address, "sub-hanako", person, noon()).await.unwrap();
    batch.commit().await.unwrap();
    let mut browser = Browser::new(&service);
    let begun = browser.get("/sign-in/oidc").await;
    let back = provider.sign_in(begun.header("location"), "sub-hanako").await;
    assert_eq!(browser.get(&back).await.header("location"), "/sign-in/enrolment");
    assert_eq!(browser.get("/cases").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_told() {
    let service = Service::empty().await.with(|state| {
        Arc::make_mut(&mut state.sign_in).provider = Some(OidcSettings {
            issuer: "http://127.0.0.1:9".to_owned(),
            client_id: "tsumugi".to_owned(),
            client_secret: None,
            site: "http://127.0.0.1:8080".to_owned(),
            label: "合成病院".to_owned(),
            trusted_second_factor: false,
        });
    });
    let answer = service.get_as_stranger("/sign-in/oidc").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("所属機関のアカウントでサインインできません"));
    let none = Service::empty().await.get_as_stranger("/sign-in/oidc").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "a site without a provider has nothing here");
}
