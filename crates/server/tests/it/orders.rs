//! Test orders from the order to the explanation, seen by those who do each step; and who sees what.

use std::sync::Arc;

use access::{
    Role,
    vault::{SiteVaultKey, SiteVaultKeys},
};
use axum::http::StatusCode;
use model::{identity::OrderId, order::OrderStep, registration::RegistrationFormat};
use serde_json::json;
use server::VaultKeyFile;

use crate::{
    fixture::{HOSPITAL, Service, case, cats},
    html::assert_sound,
};

const PLACE: [(&str, &str); 9] = [
    ("solid", "yes"),
    ("advanced", "yes"),
    ("standard_therapy", "finished"),
    ("candidate", "yes"),
    ("product", "FoundationOne CDx"),
    ("laboratory", "LAB-1"),
    ("physician", "合成 主治医"),
    ("consented_on", "2026-11-01"),
    ("material", "ffpe"),
];

async fn service() -> Service {
    with_vault(Service::filled().await)
}

/// Gives a service a key for names.
pub(crate) fn with_vault(service: Service) -> Service {
    let keys = SiteVaultKeys::new(SiteVaultKey::new([7; 32]));
    service.with(|state| state.vault_key = Some(Arc::new(VaultKeyFile::without_file(keys))))
}

/// Places an order for a case and returns its address.
async fn place(service: &Service, reference: &str) -> String {
    let name = format!("physician-of-{reference}");
    let physician = service.seen_by(&name, &[(Role::Physician, HOSPITAL)]).await;
    let case = service.case_path(reference).await;
    let answer = physician.post(&format!("{case}/orders"), &PLACE).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn step(service: &Service, order: &str) -> OrderStep {
    let id = order.rsplit('/').next().unwrap().parse().unwrap();
    let stored = service.state.store.order(OrderId(id)).await.unwrap().unwrap();
    stored.state().unwrap().step
}

#[tokio::test]
async fn an_order_goes_its_way_and_its_pages_are_sound() {
    let service = service().await;
    let order = place(&service, "TS-0001").await;
    let hospital = service
        .seen_by("staff", &[(Role::Coordinator, HOSPITAL), (Role::Physician, HOSPITAL)])
        .await;
    let laboratory = service.seen_by("lab", &[(Role::Laboratory, "LAB-1")]).await;
    let events = format!("{order}/events");
    for kind in ["specimen-prepared", "sent"] {
        let answer = hospital.post(&events, &[("kind", kind)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{kind}: {}", answer.text());
    }
    let work = laboratory.get("/work").await;
    assert!(work.text().contains("TS-0001-1"), "the laboratory's turn");
    let home = laboratory.get("/").await;
    assert_sound("/", &home);
    assert!(home.text().contains("<a href=\"/work\"><b>1</b>"), "{}", home.text());
    let list = laboratory.get("/work/orders.csv").await;
    assert!(list.text().contains("\"TS-0001\""), "{}", list.text());
    for kind in ["received", "sequenced"] {
        let answer = laboratory.post(&events, &[("kind", kind)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{kind}: {}", answer.text());
    }
    assert_eq!(step(&service, &order).await, OrderStep::Sequenced);
    // The result comes, and the order knows it and its report without anybody's doing.
    let again = cats("TS-0001-1", "BRAF", "V600E");
    service.receive(case("TS-0001", Some("LUAD")), "result.cats", &again).await;
    assert_eq!(step(&service, &order).await, OrderStep::ReportHere);
    for kind in ["panel-held", "explained", "counselling-asked", "no-treatment"] {
        let answer = hospital.post(&events, &[("kind", kind)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{kind}: {}", answer.text());
    }
    assert_eq!(step(&service, &order).await, OrderStep::Untreated);
    let orders = format!("{}/orders", service.case_path("TS-0001").await);
    for path in [&order, &orders, "/work", "/work?for=genetic-counsellor", "/registration"] {
        for language in ["ja", "en"] {
            let mark = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{mark}lang={language}");
            let answer = hospital.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert_sound(&path, &answer);
        }
    }
}

#[tokio::test]
async fn a_laboratory_sends_the_result_of_its_order() {
    let service = service().await;
    let order = place(&service, "TS-0001").await;
    let other = place(&service, "TS-0002").await;
    let hospital = service.seen_by("staff", &[(Role::Coordinator, HOSPITAL)]).await;
    for kind in ["specimen-prepared", "sent"] {
        hospital.post(&format!("{order}/events"), &[("kind", kind)]).await;
    }
    let laboratory = service.seen_by("lab", &[(Role::Laboratory, "LAB-1")]).await;
    assert!(laboratory.get(&order).await.text().contains("この依頼の結果として送る"));
    let result = format!("{order}/result");
    // A result that is not accepted is kept where the laboratory and the hospital see why, and the order waits on.
    let mut spoilt = cats("LAB-RUN-0", "BRAF", "V600E");
    spoilt["variants"]["shortVariants"][0]["sampleItemId"] = json!("nowhere");
    let bytes = serde_json::to_vec(&spoilt).unwrap();
    let refused = laboratory.send_file(&result, ("spoilt.cats", &bytes)).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text());
    for person in [&laboratory, &hospital] {
        let page = person.get(refused.header("location")).await;
        assert!(page.text().contains("受理できません"), "{}", page.text());
    }
    assert_eq!(step(&service, &order).await, OrderStep::Sent);
    // A sound one is the order's whatever it calls itself, and its report follows.
    let bytes = serde_json::to_vec(&cats("LAB-RUN-1", "BRAF", "V600E")).unwrap();
    let sent = laboratory.send_file(&result, ("run-1.cats", &bytes)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    assert_eq!(step(&service, &order).await, OrderStep::ReportHere);
    let page = laboratory.get(sent.header("location")).await;
    assert!(page.text().contains("TS-0001"), "{}", page.text());
    let again = laboratory.send_file(&result, ("run-1.cats", &bytes)).await;
    assert_eq!(again.header("location"), sent.header("location"), "the same bytes are one result");
    // The same bytes are not another case's result.
    let elsewhere = laboratory.send_file(&format!("{other}/result"), ("run-1.cats", &bytes)).await;
    assert_eq!(elsewhere.status, StatusCode::CONFLICT, "{}", elsewhere.text());
    assert!(elsewhere.text().contains("別の症例の結果"));
    assert_eq!(step(&service, &other).await, OrderStep::Ordered);
    let results = laboratory.get("/results").await;
    for file in ["run-1.cats", "spoilt.cats"] {
        assert!(results.text().contains(file), "{file}: {}", results.text());
    }
    // What the case has from elsewhere is not this laboratory's.
    assert!(!results.text().contains("good.cats"), "{}", results.text());
    let stranger = service.seen_by("lab-2", &[(Role::Laboratory, "LAB-2")]).await;
    let none = stranger.get("/results").await;
    assert_eq!(none.status, StatusCode::OK);
    for file in ["run-1.cats", "spoilt.cats", "good.cats", "TS-0001"] {
        assert!(!none.text().contains(file), "{file}: {}", none.text());
    }
    let not_theirs = stranger.send_file(&format!("{other}/result"), ("run-1.cats", &bytes)).await;
    assert_eq!(not_theirs.status, StatusCode::NOT_FOUND);
    // What was brought is written down, by whom and for which case.
    let written = service.state.store.audit_entries(0, 10_000).await.unwrap();
    let of_results = written
        .iter()
        .map(|stored| &stored.entry)
        .filter(|entry| entry.action == "send-result" && entry.kind.as_deref() == Some("result"));
    let brought: Vec<_> = of_results.collect();
    assert_eq!(brought.len(), 2, "the spoilt one and the sound one");
    assert!(brought.iter().all(|entry| entry.person == Some(laboratory.person)));
    assert!(brought.iter().all(|entry| entry.case.is_some()));
}

#[tokio::test]
async fn two_laboratories_of_one_case_see_each_its_own_results() {
    let service = service().await;
    let first = place(&service, "TS-0001").await;
    let roles = [(Role::Physician, HOSPITAL), (Role::Coordinator, HOSPITAL)];
    let physician = service.seen_by("doctor", &roles).await;
    let orders = format!("{}/orders", service.case_path("TS-0001").await);
    let mut form = PLACE.to_vec();
    form[5] = ("laboratory", "LAB-2");
    let answer = physician.post(&orders, &form).await;
    let second = answer.header("location").to_owned();
    let laboratories = [
        (service.seen_by("one", &[(Role::Laboratory, "LAB-1")]).await, first, "one.cats"),
        (service.seen_by("two", &[(Role::Laboratory, "LAB-2")]).await, second, "two.cats"),
    ];
    let mut pages = Vec::new();
    for (laboratory, order, file) in &laboratories {
        for kind in ["specimen-prepared", "sent"] {
            physician.post(&format!("{order}/events"), &[("kind", kind)]).await;
        }
        let bytes = serde_json::to_vec(&cats(file, "BRAF", "V600E")).unwrap();
        let sent = laboratory.send_file(&format!("{order}/result"), (file, &bytes)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        pages.push(sent.header("location").to_owned());
    }
    for (number, (laboratory, _, file)) in laboratories.iter().enumerate() {
        let list = laboratory.get("/results").await;
        let other = laboratories[1 - number].2;
        assert!(list.text().contains(file) && !list.text().contains(other), "{}", list.text());
        assert_eq!(laboratory.get(&pages[number]).await.status, StatusCode::OK);
        let of_other = laboratory.get(&pages[1 - number]).await;
        assert_eq!(of_other.status, StatusCode::NOT_FOUND, "{}", of_other.text());
        let by_program = laboratory.get(&format!("/api{}", pages[1 - number])).await;
        assert_eq!(by_program.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_cannot_follow_is_said_on_the_page() {
    let service = service().await;
    let order = place(&service, "TS-0002").await;
    let hospital = service.seen_by("staff", &[(Role::Coordinator, HOSPITAL)]).await;
    let events = format!("{order}/events");
    let early = hospital.post(&events, &[("kind", "explained")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text().contains("記録していません"));
    // Somebody else has recorded something since the page was shown.
    hospital.post(&events, &[("kind", "specimen-prepared"), ("seen", "1")]).await;
    let stale = hospital.post(&events, &[("kind", "sent"), ("seen", "1")]).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text().contains("ほかの人が"));
    for wrong in [
        vec![("kind", "result-received")],
        vec![("kind", "x")],
        vec![("kind", "sent"), ("on", "2026-13-01")],
        vec![("kind", "cancelled"), ("cancel", "x")],
    ] {
        let answer = hospital.post(&events, &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong:?}");
    }
    let future = hospital.post(&events, &[("kind", "sent"), ("on", "2027-01-01")]).await;
    assert_eq!(future.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Cancelled after sending, this product wants the failure recorded.
    hospital.post(&events, &[("kind", "sent")]).await;
    hospital.post(&events, &[("kind", "cancelled"), ("cancel", "patient-wish")]).await;
    assert_eq!(step(&service, &order).await, OrderStep::FailureDue);
    let failure = [("kind", "failure-recorded"), ("failure", "stopped-after-sending")];
    hospital.post(&events, &failure).await;
    assert_eq!(step(&service, &order).await, OrderStep::CancelledAfterSending);
}

#[tokio::test]
async fn who_is_not_eligible_is_not_ordered_for_by_mistake() {
    let service = service().await;
    let physician = service.seen_by("doctor", &[(Role::Physician, HOSPITAL)]).await;
    let orders = format!("{}/orders", service.case_path("TS-0001").await);
    let mut form = PLACE.to_vec();
    form[0] = ("solid", "no");
    let refused = physician.post(&orders, &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("対象ではありません"), "{}", refused.text());
    form.push(("despite", "yes"));
    assert_eq!(physician.post(&orders, &form).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn others_do_not_know_of_an_order() {
    let service = service().await;
    let order = place(&service, "TS-0001").await;
    let events = format!("{order}/events");
    let orders = format!("{}/orders", service.case_path("TS-0001").await);
    let strangers = [
        ("other-hospital", Role::Coordinator, "H-999"),
        ("other-laboratory", Role::Laboratory, "LAB-2"),
        ("researcher", Role::Researcher, HOSPITAL),
        ("board", Role::BoardMember, HOSPITAL),
    ];
    for (name, role, organisation) in strangers {
        let stranger = service.seen_by(name, &[(role, organisation)]).await;
        for path in [&order, &orders] {
            assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{name} {path}");
        }
        let sent = stranger.post(&events, &[("kind", "sent")]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{name}");
        let work = stranger.get("/work").await;
        assert!(!work.text().contains("TS-0001-1"), "{name}");
    }
    // A laboratory records only what is the laboratory's.
    let laboratory = service.seen_by("lab", &[(Role::Laboratory, "LAB-1")]).await;
    let explained = laboratory.post(&events, &[("kind", "explained")]).await;
    assert_eq!(explained.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_case_gets_a_number_of_its_own() {
    let service = service().await;
    let own = service.seen_by("own", &[(Role::Coordinator, HOSPITAL)]).await;
    let form = [("hospital", HOSPITAL), ("sex", "female"), ("age", "61"), ("name", "合成 花子")];
    let mut places = Vec::new();
    for _ in 0..3 {
        let answer = own.post("/registration", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        places.push(answer.header("location").to_owned());
    }
    places.dedup();
    assert_eq!(places.len(), 3);
    let page = own.get(&places[0]).await;
    assert!(page.text().contains("RH042-"), "{}", page.text());
    assert!(!page.text().contains("合成 花子"));
    let foreign = [("hospital", "H-999")];
    assert_eq!(own.post("/registration", &foreign).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_site_says_what_its_numbers_look_like() {
    let service = service().await.with(|state| {
        let form = RegistrationFormat::parse("KY-{random:6}{check}").unwrap();
        Arc::make_mut(&mut state.site).registration = form;
    });
    let own = service.seen_by("own", &[(Role::Coordinator, HOSPITAL)]).await;
    let answer = own.post("/registration", &[("hospital", HOSPITAL)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let page = own.get(answer.header("location")).await;
    assert!(page.text().contains("KY-"), "{}", page.text());
}

#[tokio::test]
async fn programs_read_their_orders_and_record_events() {
    let service = service().await;
    let order = place(&service, "TS-0001").await;
    let list = service.get("/api/orders").await.json();
    assert_eq!(list["total"], json!(1));
    assert_eq!(list["orders"][0]["registrationNumber"], json!("TS-0001"));
    let one = service.get(&format!("/api{order}")).await.json();
    assert_eq!(one["step"], json!("ordered"));
}
