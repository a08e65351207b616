//! Who sees which cases: the own hospital's, a linked hospital's, all of them, or none.

use access::Role;
use axum::http::StatusCode;
use chrono::NaiveDate;
use model::{
    case::PatientCase,
    consent::{Answer, Answers, ConsentEvent, ConsentKind, ConsentWay, Recorder, day_of},
    identity::ConsentEventId,
    organisation::OrganisationCode,
    programme::{Link, LinkHistory, Period},
};

use store::identifier_v7;

use crate::fixture::{HOSPITAL, Service, case, cats, noon};

const OTHER: &str = "H-077";
const PARTNER: &str = "H-300";
const HUB: &str = "H-100";

async fn nation() -> Service {
    let service = Service::filled().await;
    let of = |reference: &str, hospital: &str| PatientCase {
        hospital: Some(hospital.to_owned()),
        ..case(reference, Some("LUAD"))
    };
    service.receive(of("TS-0077", OTHER), "other.cats", &cats("T-77", "KRAS", "G12D")).await;
    service.receive(of("TS-0300", PARTNER), "partner.cats", &cats("T-300", "KRAS", "G12V")).await;
    let mut links = LinkHistory::new(OrganisationCode::new(PARTNER));
    links.put(Link {
        to: OrganisationCode::new(HUB),
        period: Period::since(NaiveDate::from_ymd_opt(2025, 1, 1).unwrap()),
        source: None,
    });
    let mut batch = service.state.store.begin().await.unwrap();
    batch.record_registry_document(&links, 0, None, noon()).await.unwrap();
    batch.commit().await.unwrap();
    service
}

#[tokio::test]
async fn another_hospitals_cases_are_not_there() {
    let service = nation().await;
    let seen = service.seen_by("hanako", &[(Role::Physician, HOSPITAL)]).await;
    let list = seen.get("/api/cases").await.json();
    let mut references: Vec<_> = list["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["reference"].as_str().unwrap())
        .collect();
    references.sort_unstable();
    assert_eq!(references, ["TS-0001", "TS-0002", "TS-0003"], "only the own hospital's");
    assert_eq!(list["total"], 3);
    let theirs = service.case_path("TS-0077").await;
    // Neither searching nor filtering nor paging leads beyond the hospital.
    for query in ["?q=TS-0077", "?hospital=H-077", "?hospital=", "?q=", "?hospital=H-042&q=0077"] {
        let page = seen.get(&format!("/cases{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        // What was searched for is shown again; the case is not.
        assert!(!page.text().contains(&theirs), "{query}");
        assert!(!page.text().contains("H-300"), "{query}: facets tell of other hospitals");
    }
    for path in [
        service.case_path("TS-0077").await,
        service.result_path("TS-0077").await,
        service.report_path("TS-0077").await,
    ] {
        let report = path.starts_with("/reports");
        let own = ["", "/print", "/print.css", "/pdf"];
        for suffix in if report { &own[..] } else { &own[..1] } {
            let path = format!("{path}{suffix}");
            let theirs = seen.get(&path).await;
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!theirs.text().contains("TS-0077"), "{path}");
        }
        let theirs = seen.get(&format!("/api{path}")).await;
        assert_eq!(theirs.status, StatusCode::NOT_FOUND, "/api{path}");
        // What is not there at all gets the same answer, word for word.
        let nowhere = seen.get("/cases/0199a0b0-0000-7000-8000-000000000001").await;
        let theirs = seen.get(&service.case_path("TS-0077").await).await;
        let without = |text: &str| {
            let lines = text.lines().filter(|line| !line.contains("lang=")).map(str::to_owned);
            lines.collect::<Vec<_>>()
        };
        assert_eq!(without(nowhere.text()), without(theirs.text()), "existence is secret");
    }
    let results = seen.get("/results").await;
    assert!(!results.text().contains("other.cats") && results.text().contains("good.cats"));
}

#[tokio::test]
async fn a_hub_sees_the_cases_of_partners_that_chose_it() {
    let service = nation().await;
    let hub = service.seen_by("hub", &[(Role::PanelMember, HUB)]).await;
    let list = hub.get("/api/cases").await.json();
    assert_eq!(
        (list["total"].as_u64(), list["cases"][0]["reference"].as_str()),
        (Some(1), Some("TS-0300"))
    );
    assert_eq!(hub.get(&service.case_path("TS-0300").await).await.status, StatusCode::OK);
    assert_eq!(hub.get(&service.report_path("TS-0300").await).await.status, StatusCode::OK);
    assert_eq!(hub.get(&service.case_path("TS-0077").await).await.status, StatusCode::NOT_FOUND);
    // A coordinator has no right on linked hospitals, and the partner sees nothing of the hub's other partners.
    let coordinator = service.seen_by("coordinator", &[(Role::Coordinator, HUB)]).await;
    assert_eq!(
        coordinator.get(&service.case_path("TS-0300").await).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(coordinator.get("/api/cases").await.json()["total"], 0);
    let partner = service.seen_by("partner", &[(Role::PanelMember, PARTNER)]).await;
    assert_eq!(partner.get("/api/cases").await.json()["total"], 1);
}

/// Records that the patient of a case agreed to everything.
async fn agree(service: &Service, reference: &str) {
    let store = &service.state.store;
    let case = store.case_by_reference(reference).await.unwrap().unwrap().case;
    let document = synthetic::consent_documents().remove(0);
    let event = ConsentEvent {
        id: ConsentEventId(identifier_v7(noon(), &["consent", reference])),
        case,
        kind: ConsentKind::Given,
        answers: Answers::all(Answer::Yes),
        recipient: None,
        document: Some(document.version.clone()),
        way: ConsentWay::Paper,
        signed_on: day_of(noon()),
        witness: Some("合成 証人".to_owned()),
        recorded_by: Recorder::Synthetic,
        recorded_at: noon(),
        supersedes: None,
        note: None,
    };
    let mut batch = store.begin().await.unwrap();
    batch.add_consent_document(&document).await.unwrap();
    let kept = batch.record_consent(&event).await.unwrap().unwrap();
    batch.commit().await.unwrap();
    service.state.consents.learn(kept);
}

#[tokio::test]
async fn the_centre_sees_who_agreed_and_a_laboratory_what_was_ordered() {
    let service = nation().await;
    let centre = service.seen_by("centre", &[(Role::CentreStaff, "C")]).await;
    let path = service.case_path("TS-0077").await;
    assert_eq!(centre.get("/api/cases").await.json()["total"], 0, "nobody agreed to registration");
    assert_eq!(centre.get(&path).await.status, StatusCode::NOT_FOUND);
    agree(&service, "TS-0077").await;
    assert_eq!(centre.get("/api/cases").await.json()["total"], 1);
    assert_eq!(centre.get(&path).await.status, StatusCode::OK);
    assert!(centre.get("/results").await.text().contains("other.cats"));
    let laboratory = service.seen_by("laboratory", &[(Role::Laboratory, "L")]).await;
    let results = laboratory.get("/results").await;
    assert_eq!(results.status, StatusCode::OK);
    assert!(!results.text().contains("good.cats"), "nothing was ordered from it");
    assert_eq!(laboratory.get("/cases").await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        laboratory.get(&service.result_path("TS-0001").await).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn every_reading_and_every_refusal_is_written_down() {
    let service = nation().await;
    let seen = service.seen_by("hanako", &[(Role::Physician, HOSPITAL)]).await;
    let own = service.state.store.case_by_reference("TS-0001").await.unwrap().unwrap().case;
    let other = service.state.store.case_by_reference("TS-0077").await.unwrap().unwrap().case;
    seen.get(&format!("/cases/{own}")).await;
    seen.get(&format!("/cases/{other}")).await;
    let looks = service.state.audit.of_case(own).await.unwrap();
    assert!(
        looks.iter().any(|look| look.person == Some(seen.person) && look.action == "read-case")
    );
    let looks = service.state.audit.of_case(other).await.unwrap();
    let refused = looks.iter().find(|look| look.person == Some(seen.person)).unwrap();
    assert_eq!(refused.outcome.word(), "refused");
}
