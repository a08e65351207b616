//! The clinical search: who may, what is found, what patients do not allow, and queries that cannot be read.

use access::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;
use model::{
    consent::{Answer, Answers, ConsentEvent, ConsentKind, ConsentWay, Recorder, day_of},
    identity::{CaseId, ConsentEventId},
};
use store::identifier_v7;

use crate::{
    fixture::{Service, case, cats, noon},
    html::assert_sound,
};

/// A hospital of the synthetic registry.
const DESIGNATED: &str = "SYN-C001";

pub(crate) async fn answer_all(
    service: &Service,
    reference: &str,
    answer: Answer,
    minute: i64,
) -> CaseId {
    let case = service.state.store.case_by_reference(reference).await.unwrap().unwrap().case;
    let at = noon() + TimeDelta::minutes(minute);
    let event = ConsentEvent {
        id: ConsentEventId(identifier_v7(at, &["consent", reference])),
        case,
        kind: if answer == Answer::Yes { ConsentKind::Given } else { ConsentKind::Withdrawn },
        answers: Answers::all(answer),
        document: synthetic::consent_documents().first().map(|each| each.version.clone()),
        way: ConsentWay::Paper,
        witness: Some("合成 立会人".to_owned()),
        recipient: None,
        note: None,
        recorded_by: Recorder::Synthetic,
        signed_on: day_of(at),
        recorded_at: at,
        supersedes: None,
    };
    let mut batch = service.state.store.begin().await.unwrap();
    batch.record_consent(&event).await.unwrap();
    batch.commit().await.unwrap();
    case
}

pub(crate) async fn agreed() -> Service {
    let service = Service::filled().await;
    service.fill_consent_documents().await;
    answer_all(&service, "TS-0001", Answer::Yes, 0).await;
    answer_all(&service, "TS-0002", Answer::Yes, 0).await;
    service
}

pub(crate) async fn count(service: &Service, query: &str) -> u64 {
    let answer = service.get(&format!("/api/search?q={query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["cases"].as_u64().unwrap()
}

#[tokio::test]
async fn only_what_patients_allow_is_found_and_a_withdrawal_counts_at_once() {
    let service = agreed().await;
    assert_eq!(count(&service, "").await, 2, "nothing is known of the others' will");
    assert_eq!(count(&service, "gene%3DEGFR").await, 1);
    assert_eq!(count(&service, "alteration(gene%3DKRAS%20change%3DG12C)").await, 1);
    // TS-0002 has no tumour type: it is neither lung cancer nor not.
    assert_eq!(count(&service, "tumour%3DLUAD").await, 1);
    assert_eq!(count(&service, "not%20tumour%3DLUAD").await, 0);
    assert_eq!(count(&service, "unknown(tumour)").await, 1);
    // A case, a result and a change of will, each in or out at the next request.
    let later = case("TS-0009", Some("COAD"));
    service.receive(later, "later.cats", &cats("T-9", "BRAF", "V600E")).await;
    assert_eq!(count(&service, "gene%3DBRAF").await, 0, "before the patient agrees");
    answer_all(&service, "TS-0009", Answer::Yes, 1).await;
    assert_eq!(count(&service, "gene%3DBRAF").await, 1);
    answer_all(&service, "TS-0009", Answer::No, 2).await;
    assert_eq!(count(&service, "gene%3DBRAF").await, 0);
    assert_eq!(count(&service, "").await, 2);
}

#[tokio::test]
async fn its_pages_are_sound_and_say_the_count_first() {
    let service = agreed().await;
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        "/search".to_owned(),
        "/search?q=gene%3DEGFR&by=sex&clock=treatment&entry=naive&from=50".to_owned(),
        "/search?q=gene%3DTP53".to_owned(),
        format!("/search?q={hostile}&by={hostile}&clock={hostile}&from={hostile}"),
    ] {
        for language in ["ja", "en"] {
            let answer = service.get_with(&path, &[("accept-language", language)]).await;
            let is_read = !path.contains("script");
            let status = if is_read { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            assert_eq!(answer.status, status, "{path}: {}", answer.text());
            assert_sound(&path, &answer);
        }
    }
    let page = service.get("/search").await;
    // The organ above the one known tumour type leads to as many cases.
    let organs = page.text().split("id=\"facet-organ\"").nth(1).unwrap();
    assert!(organs.contains("href=\"/search?q=tumour%3DLUNG"), "{organs}");
    assert_eq!(count(&service, "tumour%3DLUNG").await, 1);
    assert!(page.text().contains("<p class=\"big\">2 "), "{}", page.text());
    for table in ["genes", "drugs", "facets"] {
        let csv = service.get(&format!("/search/table.csv?table={table}")).await;
        assert_eq!(csv.status, StatusCode::OK);
        assert!(csv.header("content-type").starts_with("text/csv"));
    }
    let genes = service.get("/search/table.csv?table=genes").await;
    assert_eq!(genes.text().lines().count(), 1, "what a test covers is unknown: no share is told");
    let facets = service.get("/search/table.csv?table=facets").await;
    assert!(facets.text().lines().any(|line| line == "sex,female,2"), "{}", facets.text());
    let unknown = service.get("/search/table.csv?table=people").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_answered_with_the_valid_names() {
    let service = agreed().await;
    let answer = service.get("/search?q=gene%3DEGFRR").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("EGFRR") && answer.text().contains("EGFR"), "{}", answer.text());
    assert!(answer.text().contains("value=\"gene=EGFRR\""), "what was typed stays");
    let deep = format!("/api/search?q={}", "(".repeat(5_000));
    let answer = service.get(&deep).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    assert!(!answer.json()["problems"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn only_people_of_designated_hospitals_search_and_it_is_written_down() {
    let service = agreed().await;
    let strangers = [
        ("researcher", Role::Researcher, DESIGNATED),
        ("laboratory", Role::Laboratory, "SYN-L01"),
        ("elsewhere", Role::Physician, "NOT-IN-THE-REGISTRY"),
        ("board", Role::BoardMember, "SYN-BOARD"),
    ];
    for (name, role, organisation) in strangers {
        let stranger = service.seen_by(name, &[(role, organisation)]).await;
        for path in ["/search", "/api/search", "/search/table.csv?table=genes"] {
            assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{name} {path}");
        }
    }
    let physician = service.seen_by("physician", &[(Role::Physician, DESIGNATED)]).await;
    let page = physician.get("/search?q=gene%3DEGFR").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    // Another hospital's case is counted and listed, and leads nowhere.
    assert!(page.text().contains("EGFR L858R"), "{}", page.text());
    assert!(!page.text().contains("TS-0001"), "no reference is shown");
    assert!(!page.text().contains("/cases/"), "no link to another hospital's case");
    let entries = service.state.store.audit_entries(0, 10_000).await.unwrap();
    let searched = entries
        .iter()
        .map(|stored| &stored.entry)
        .find(|entry| entry.action == "search-cases" && entry.person == Some(physician.person));
    assert_eq!(searched.unwrap().detail.as_deref(), Some("gene=EGFR"));
}

#[tokio::test]
async fn programs_are_told_survival_and_pairs() {
    let service = agreed().await;
    let answer = service.get("/api/search/survival?by=gene%3DKRAS&entry=naive&at_risk=0,30").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let told = answer.json();
    assert_eq!(
        (&told["cases"], &told["of"], &told["start"]),
        (&2.into(), &2.into(), &"diagnosis".into())
    );
    let groups: Vec<_> =
        told["groups"].as_array().unwrap().iter().map(|own| &own["query"]).collect();
    assert_eq!(groups, ["gene=KRAS", "not gene=KRAS"]);
    // Nobody's days are known. The other case's test does not cover KRAS: it is in neither group.
    let left_out: u64 =
        told["groups"].as_array().unwrap().iter().map(|own| own["leftOut"].as_u64().unwrap()).sum();
    assert_eq!((left_out, &told["logRank"]), (1, &serde_json::Value::Null));
    let sexes = service.get("/api/search/survival?by=sex&q=tumour%3DLUAD").await.json();
    assert_eq!((&sexes["cases"], &sexes["delayedEntry"]), (&1.into(), &true.into()));
    let pairs = service.get("/api/search/pairs?genes=KRAS,EGFR,KRAS").await.json();
    let [pair] = pairs["pairs"].as_array().unwrap().as_slice() else { panic!("{pairs}") };
    assert_eq!((&pair["first"], &pair["second"]), (&"KRAS".into(), &"EGFR".into()));
    let sum = ["both", "onlyFirst", "onlySecond", "neither"].map(|key| pair[key].as_u64().unwrap());
    assert_eq!(sum.iter().sum::<u64>(), pair["tested"].as_u64().unwrap());
    for (path, status) in [
        ("/api/search/survival?by=stge", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/search/survival?q=gene%3D", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/search/pairs?genes=KRAS,NOTAGENE", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/search/survival?clock=noon", StatusCode::BAD_REQUEST),
        ("/api/search/cox?covariates=stge", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/search/cox?covariates=sex&clock=noon", StatusCode::BAD_REQUEST),
        ("/api/search/survival?entry=late", StatusCode::BAD_REQUEST),
        ("/api/search/survival?at_risk=-1", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(service.get(path).await.status, status, "{path}");
    }
    let stranger = service.seen_by("stranger", &[(Role::Researcher, DESIGNATED)]).await;
    for path in [
        "/api/search/survival",
        "/api/search/pairs?genes=KRAS,EGFR",
        "/api/search/cox?covariates=age",
        "/api/search/waterfall",
    ] {
        assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
