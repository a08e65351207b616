//! A service over a fresh record with a few cases.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use access::{
    Membership, Role,
    secret::Secret,
    session::{SessionStage, SessionTimes},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use care::intake::{Settings, prepare, receive, register_release};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use knowledge::Release;
use model::{
    case::{PatientCase, Sex},
    identity::PersonId,
    organisation::OrganisationCode,
    text::LocalizedText,
    tumour::TumourTypeCode,
};
use serde_json::{Value, json};
use server::{AppState, router};
use store::{NewPerson, RecordedMembership, SessionRecord, Store, identifier_v7};
use tempfile::TempDir;
use tower::ServiceExt;

/// Text that would do harm wherever it is not escaped.
pub(crate) const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&amp;";

/// A service, somebody who is signed in to it, and the folder of its record.
pub(crate) struct Service {
    router: Router,
    signed_in: Secret,
    seconds_ahead: Arc<AtomicI64>,
    pub(crate) state: AppState,
    _folder: TempDir,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-20T03:00:00Z").unwrap().to_utc()
}

impl Service {
    /// Makes a service over an empty record.
    pub(crate) async fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("record.sqlite").display());
        Self::over(&url, folder).await
    }

    /// Makes a service over an empty record of either engine.
    pub(crate) async fn over(url: &str, folder: TempDir) -> Self {
        let store = Store::open(url).await.unwrap();
        store.migrate(noon()).await.unwrap();
        let seconds_ahead = Arc::new(AtomicI64::new(0));
        let ahead = Arc::clone(&seconds_ahead);
        let clock = move || noon() + TimeDelta::seconds(ahead.load(Ordering::Relaxed));
        let state = AppState::new(store, Release::starter(), Arc::new(clock), "0.0.0-test");
        Self::of(state, seconds_ahead, folder).await
    }

    async fn of(state: AppState, seconds_ahead: Arc<AtomicI64>, folder: TempDir) -> Self {
        // Somebody with every role in every hospital whose cases tests make.
        let hospitals = [HOSPITAL, HOSTILE, "SYN-C001", "SYN-P001"];
        let roles = hospitals.iter().flat_map(|code| Role::ALL.iter().map(|role| (*role, *code)));
        let everything: Vec<_> = roles.collect();
        let person = add_person(&state.store, "everything", &everything).await;
        let signed_in = add_session(&state.store, person, 1).await;
        Self { router: router(state.clone()), signed_in, seconds_ahead, state, _folder: folder }
    }

    /// Makes the same service under other settings.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut AppState)) -> Self {
        change(&mut self.state);
        self.router = router(self.state.clone());
        self
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds_ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Returns the same service as somebody else sees it, who has some roles in organisations.
    pub(crate) async fn seen_by(&self, name: &str, roles: &[(Role, &str)]) -> Seen<'_> {
        let person = add_person(&self.state.store, name, roles).await;
        let secret = add_session(&self.state.store, person, 2).await;
        Seen { service: self, person, secret }
    }

    /// Returns the folder of the record.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self._folder.path()
    }

    /// Asks without being signed in.
    pub(crate) async fn get_as_stranger(&self, path: &str) -> Answer {
        let request = Request::get(path).header(header::HOST, "127.0.0.1:8080");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Returns the cookie of whoever is signed in.
    pub(crate) fn cookie(&self) -> String {
        format!("tsumugi={}", self.signed_in.text())
    }

    /// Returns the token that forms and scripts of whoever is signed in carry.
    pub(crate) fn form_token(&self) -> String {
        self.signed_in.derive("form")
    }

    /// Makes a service over a record with good, bad and hostile cases.
    pub(crate) async fn filled() -> Self {
        Self::empty().await.with_cases().await
    }

    /// Records the cases.
    pub(crate) async fn with_cases(self) -> Self {
        let service = self;
        service
            .receive(case("TS-0001", Some("LUAD")), "good.cats", &cats("T-1", "EGFR", "L858R"))
            .await;
        service
            .receive(case("TS-0002", None), "no-tumour.cats", &cats("T-2", "KRAS", "G12C"))
            .await;
        let mut wrong = cats("T-3", "TP53", "R273H");
        wrong["variants"]["shortVariants"][0]["sampleItemId"] = json!("nowhere");
        let transcript = &mut wrong["variants"]["shortVariants"][0]["transcripts"][0];
        transcript["geneSymbol"] = json!(HOSTILE);
        transcript["aminoAcidsChange"] = json!(HOSTILE);
        service.receive(case("TS-0003", Some("COAD")), "wrong.cats", &wrong).await;
        service.receive(hostile_case(), &format!("{HOSTILE}.cats"), &hostile_cats()).await;
        service.fill_registry().await;
        service
    }

    /// Records the synthetic nation's consent documents.
    pub(crate) async fn fill_consent_documents(&self) {
        let mut batch = self.state.store.begin().await.unwrap();
        for document in synthetic::consent_documents() {
            batch.add_consent_document(&document).await.unwrap();
        }
        batch.commit().await.unwrap();
    }

    /// Records the registry of the synthetic nation, and a hospital with hostile names.
    pub(crate) async fn fill_registry(&self) {
        let mut registry = synthetic::registry();
        let mut hostile = registry.hospitals[&OrganisationCode::new("SYN-P001")].clone();
        hostile.code = OrganisationCode::new("HOSTILE");
        hostile.name = LocalizedText::of(HOSTILE, HOSTILE);
        hostile.contact = hostile.name.clone();
        hostile.source = Some(HOSTILE.to_owned());
        registry.hospitals.insert(hostile.code.clone(), hostile);
        let mut batch = self.state.store.begin().await.unwrap();
        batch.record_registry(&registry, None, noon()).await.unwrap();
        batch.commit().await.unwrap();
    }

    /// Sends a form that changes something.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", &self.form_token());
        for (name, value) in fields {
            body.append_pair(name, value);
        }
        let request = Request::post(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, self.cookie())
            .body(Body::from(body.finish()))
            .unwrap();
        self.send(request).await
    }

    /// Sends what the script of the record's form sends.
    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, self.cookie())
            .header("x-csrf-token", self.form_token());
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn receive(&self, case: PatientCase, file_name: &str, document: &Value) {
        let bytes = serde_json::to_vec_pretty(document).unwrap();
        let settings = Settings::new("0.0.0-test");
        let release = self.state.release;
        let prepared = prepare(&bytes, file_name, Some(case), release, &settings).unwrap();
        register_release(&self.state.store, release, noon()).await.unwrap();
        receive(&self.state.store, vec![prepared], noon()).await.unwrap();
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub(crate) async fn get_with(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::get(path).header(header::HOST, "127.0.0.1:8080");
        let mut request = request.header(header::COOKIE, self.cookie());
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends the form of the drop area.
    pub(crate) async fn check(
        &self,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) -> Answer {
        let (request, body) = form_with_file("/check", &self.form_token(), fields, file);
        let request = request.header(header::COOKIE, self.cookie());
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Returns the address of a case's page.
    pub(crate) async fn case_path(&self, reference: &str) -> String {
        let case = self.state.store.case_by_reference(reference).await.unwrap().unwrap();
        format!("/cases/{}", case.case)
    }

    /// Returns the address of the page of a case's newest result.
    pub(crate) async fn result_path(&self, reference: &str) -> String {
        let case = self.state.store.case_by_reference(reference).await.unwrap().unwrap();
        let results = self.state.store.results_of_case(case.case).await.unwrap();
        format!("/results/{}", results[0].id)
    }

    /// Returns the address of the page of a case's newest report.
    pub(crate) async fn report_path(&self, reference: &str) -> String {
        let case = self.state.store.case_by_reference(reference).await.unwrap().unwrap();
        let report = self.state.store.latest_report(case.case).await.unwrap().unwrap();
        format!("/reports/{}", report.id)
    }

    /// Returns every kind of page.
    pub(crate) async fn every_page(&self) -> Vec<String> {
        let hostile = hostile_case().reference;
        let mut pages = [
            "/",
            "/cases",
            "/cases?q=TS&sex=female&level=A&tumour=LUAD&state=warnings",
            "/cases?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&panel=%3Cb%3E&hospital=%3Cb%3E",
            "/results",
            "/results?status=rejected",
            "/check",
            "/cases/import",
            "/knowledge",
            "/knowledge/evidence",
            "/knowledge/evidence?gene=EGFR",
            "/knowledge/evidence?gene=%3Cscript%3E",
            "/knowledge/tumour-types",
            "/knowledge/tumour-types?q=%E8%82%BA",
            "/knowledge/tumour-types?q=%3Cscript%3E",
            "/about",
            "/hospitals",
            "/hospitals?q=%22%3E%3Cscript%3E&prefecture=13&kind=hub",
            "/hospitals/SYN-C001",
            "/hospitals/SYN-P006",
            "/hospitals/HOSTILE",
            "/hospitals/functions",
            "/hospitals/functions?hospital=SYN-P001&case=%22%3E%3Cscript%3E&day=2025-06-01",
            "/panels",
            "/laboratories",
            "/programme",
            "/programme/hospitals/new",
            "/programme/hospitals/SYN-P001",
            "/programme/hospitals/HOSTILE",
            "/programme/hospitals/HOSTILE/entry",
            "/programme/hospitals/SYN-C001/requirements",
            "/programme/applications/new?hospital=%22%3E%3Cscript%3E",
            "/me",
            "/people",
            "/break-glass",
        ]
        .map(str::to_owned)
        .to_vec();
        for reference in ["TS-0001", "TS-0002", "TS-0003", &hostile] {
            pages.push(self.case_path(reference).await);
            pages.push(self.result_path(reference).await);
        }
        for reference in ["TS-0001", "TS-0002", &hostile] {
            let report = self.report_path(reference).await;
            pages.push(format!("{report}/print"));
            pages.push(report);
        }
        pages
    }
}

/// The hospital of the cases that the fixture makes.
pub(crate) const HOSPITAL: &str = "H-042";

/// The service as somebody sees it.
pub(crate) struct Seen<'a> {
    service: &'a Service,
    pub(crate) person: PersonId,
    secret: Secret,
}

impl Seen<'_> {
    /// Asks for a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::COOKIE, format!("tsumugi={}", self.secret.text()));
        self.service.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form with a file.
    pub(crate) async fn send_file(&self, path: &str, file: (&str, &[u8])) -> Answer {
        let token = self.secret.derive("form");
        let (request, body) = form_with_file(path, &token, &[], Some(file));
        let request = request.header(header::COOKIE, format!("tsumugi={}", self.secret.text()));
        self.service.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form of one of our pages.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.secret.derive("form");
        let own = ("csrf", token.as_str());
        let fields = std::iter::once(&own).chain(fields);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, format!("tsumugi={}", self.secret.text()));
        self.service.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// Makes the request and the body of a form with a file, as a browser sends it.
pub(crate) fn form_with_file(
    path: &str,
    token: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> (axum::http::request::Builder, Vec<u8>) {
    const BOUNDARY: &str = "----test-boundary";
    let mut body = Vec::new();
    for (name, value) in std::iter::once(&("csrf", token)).chain(fields) {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, bytes)) = file {
        let quoted = name.replace('"', "%22");
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{quoted}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let request = Request::post(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    (request, body)
}

/// Records a person with roles.
pub(crate) async fn add_person(store: &Store, name: &str, roles: &[(Role, &str)]) -> PersonId {
    let id = PersonId(identifier_v7(noon(), &["person", name]));
    let person =
        NewPerson { id, sign_in_name: name.to_owned(), name: name.to_owned(), synthetic: false };
    let mut batch = store.begin().await.unwrap();
    assert!(batch.add_person(&person, None, noon()).await.unwrap(), "{name} twice");
    for (number, (role, organisation)) in roles.iter().enumerate() {
        let recorded = RecordedMembership {
            id: identifier_v7(noon(), &["role", name, &number.to_string()]),
            person: id,
            membership: Membership {
                organisation: OrganisationCode::new(organisation),
                role: *role,
                from: NaiveDate::from_ymd_opt(2020, 1, 1).unwrap(),
                until: None,
            },
        };
        batch.add_membership(&recorded, None, noon()).await.unwrap();
    }
    batch.commit().await.unwrap();
    id
}

/// Begins a session for a person, and returns its token.
pub(crate) async fn add_session(store: &Store, person: PersonId, salt: u8) -> Secret {
    add_session_at(store, person, salt, noon()).await
}

/// Begins a session at a moment.
pub(crate) async fn add_session_at(
    store: &Store,
    person: PersonId,
    salt: u8,
    at: DateTime<Utc>,
) -> Secret {
    let mut bytes = [salt; 32];
    bytes[..16].copy_from_slice(person.0.as_bytes());
    let secret = Secret::of_random(bytes);
    let session = SessionRecord {
        id: identifier_v7(noon(), &["session", secret.text()]),
        digest: secret.digest(),
        person,
        stage: SessionStage::Open,
        second_factor: true,
        client: "tests".to_owned(),
        return_to: "/".to_owned(),
        times: SessionTimes { began_at: at, seen_at: at },
    };
    let mut batch = store.begin().await.unwrap();
    batch.add_session(&session).await.unwrap();
    batch.commit().await.unwrap();
    secret
}

pub(crate) fn case(reference: &str, tumour: Option<&str>) -> PatientCase {
    PatientCase {
        reference: reference.to_owned(),
        hospital: Some(HOSPITAL.to_owned()),
        age_years: Some(64),
        sex: Some(Sex::Female),
        tumour_type: tumour.map(TumourTypeCode::new),
        registered: NaiveDate::from_ymd_opt(2026, 11, 1),
        synthetic: true,
        ..PatientCase::default()
    }
}

fn hostile_case() -> PatientCase {
    PatientCase {
        hospital: Some(HOSTILE.to_owned()),
        tumour_type: Some(TumourTypeCode::new(HOSTILE)),
        diagnosis: Some(HOSTILE.to_owned()),
        specimen_site: Some(HOSTILE.to_owned()),
        specimen_kind: Some(HOSTILE.to_owned()),
        ..case(&format!("TS-{HOSTILE}"), None)
    }
}

/// A valid file with one short variant of a gene.
pub(crate) fn cats(test_id: &str, gene: &str, change: &str) -> Value {
    json!({
        "metaData": {
            "schemaVersion": "1.2.1",
            "referenceGenome": { "grcRelease": "GRCh38", "name": "hg38" }
        },
        "testInfo": {
            "testId": test_id,
            "testType": "tumor and matched-normal",
            "panelName": "Test Panel",
            "panelVersion": "1.0"
        },
        "sequencingSamples": [
            { "itemId": "tumour-1", "tumorOrNormal": "tumor", "nucleicAcid": "DNA", "meanReadDepth": 512.0 },
            { "itemId": "normal-1", "tumorOrNormal": "normal", "nucleicAcid": "DNA" }
        ],
        "variants": { "shortVariants": [{
            "itemId": "sv-1",
            "chromosome": "chr7",
            "position": 55_191_822,
            "referenceAllele": "T",
            "alternateAllele": "G",
            "alternateAlleleFrequency": 0.31,
            "totalReadDepth": 512,
            "transcripts": [{
                "transcriptId": "NM_005228.5",
                "transcriptDatabaseName": "RefSeq",
                "geneSymbol": gene,
                "strand": "+",
                "cdsChange": "c.2573T>G",
                "aminoAcidsChange": format!("p.{change}"),
                "calculatedEffects": ["missense_variant"]
            }],
            "sampleItemId": "tumour-1",
            "variantOrigin": "somatic",
            "reported": true
        }]}
    })
}

fn hostile_cats() -> Value {
    let mut document = cats("T-9", "EGFR", "L858R");
    document["testInfo"]["panelName"] = json!(HOSTILE);
    document["testInfo"]["testId"] = json!(HOSTILE);
    document["testInfo"]["softwareName"] = json!(HOSTILE);
    document
}
