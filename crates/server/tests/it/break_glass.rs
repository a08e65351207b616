//! Emergency openings: a reason, an hour, a review by somebody else.

use access::Role;
use axum::http::StatusCode;

use crate::{
    fixture::{HOSPITAL, Service},
    html::assert_sound,
};

const REASON: &str = "救急外来に搬送、意識がなく治療歴を確かめる必要がある";

#[tokio::test]
async fn a_physician_opens_a_case_for_an_hour_and_it_is_reviewed() {
    let service = Service::filled().await;
    let doctor = service.seen_by("doctor", &[(Role::Physician, "H-077")]).await;
    let case = service.case_path("TS-0001").await;
    assert_eq!(doctor.get(&case).await.status, StatusCode::NOT_FOUND);
    let id = case.rsplit('/').next().unwrap();
    let ask = format!("/break-glass/{id}");
    assert_sound(&ask, &doctor.get(&ask).await);
    let refused = doctor.post(&ask, &[("reason", "x")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sound(&ask, &refused);
    assert_eq!(doctor.get(&case).await.status, StatusCode::NOT_FOUND);
    let opened = doctor.post(&ask, &[("reason", REASON)]).await;
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, case.as_str()));
    assert_eq!(doctor.get(&case).await.status, StatusCode::OK);
    assert_eq!(doctor.get(&service.report_path("TS-0001").await).await.status, StatusCode::OK);
    assert_eq!(
        doctor.get(&service.case_path("TS-0002").await).await.status,
        StatusCode::NOT_FOUND,
        "only this one"
    );
    assert_eq!(doctor.get("/api/cases").await.json()["total"], 0, "no list grows by it");
    let colleague = service.seen_by("colleague", &[(Role::Physician, "H-077")]).await;
    assert_eq!(colleague.get(&case).await.status, StatusCode::NOT_FOUND, "only this person");

    let elsewhere = service.seen_by("elsewhere", &[(Role::Administrator, HOSPITAL)]).await;
    assert!(
        !elsewhere.get("/break-glass").await.text().contains("TS-0001"),
        "another hospital's people"
    );
    let reviewer = service.seen_by("reviewer", &[(Role::Administrator, "H-077")]).await;
    let list = reviewer.get("/break-glass").await;
    assert_sound("/break-glass", &list);
    assert!(list.text().contains(REASON) && list.text().contains("TS-0001"));
    let opening = service.state.store.break_glasses().await.unwrap()[0].opening.id;
    let path = format!("/break-glass/{opening}/review");
    let fields = [("verdict", "justified"), ("note", "当直記録と一致")];
    assert_eq!(elsewhere.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        doctor.post(&path, &fields).await.status,
        StatusCode::NOT_FOUND,
        "a physician does not review"
    );
    assert_eq!(reviewer.post(&path, &[("verdict", "x")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(reviewer.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(reviewer.get("/break-glass").await.text().contains("当直記録と一致"));

    service.pass(3_599);
    assert_eq!(doctor.get("/me").await.status, StatusCode::SEE_OTHER, "the session is idle");
    let doctor = service.seen_by("night", &[(Role::Physician, "H-078")]).await;
    assert_eq!(doctor.get(&case).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_opening_ends_after_an_hour() {
    let service = Service::filled().await;
    let doctor = service.seen_by("doctor", &[(Role::Physician, "H-077")]).await;
    let case = service.case_path("TS-0001").await;
    let fields = [("reference", "TS-0001"), ("reason", REASON)];
    let opened = doctor.post("/break-glass/open", &fields).await;
    assert_eq!(opened.header("location"), case);
    for _ in 0..2 {
        service.pass(29 * 60);
        assert_eq!(doctor.get(&case).await.status, StatusCode::OK);
    }
    service.pass(2 * 60);
    assert_eq!(doctor.get(&case).await.status, StatusCode::NOT_FOUND, "over");
}

#[tokio::test]
async fn nobody_reviews_ones_own_and_existence_stays_secret() {
    let service = Service::filled().await;
    let roles = [(Role::Physician, "H-077"), (Role::SiteAdministrator, "S")];
    let doctor = service.seen_by("doctor", &roles).await;
    let fields = [("reference", "TS-0001"), ("reason", REASON)];
    doctor.post("/break-glass/open", &fields).await;
    let opening = service.state.store.break_glasses().await.unwrap()[0].opening.id;
    let answer =
        doctor.post(&format!("/break-glass/{opening}/review"), &[("verdict", "justified")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let plain = service.seen_by("plain", &[(Role::Physician, "H-078")]).await;
    let nowhere = "/break-glass/0199a0b0-0000-7000-8000-000000000001";
    assert_eq!(
        plain.get(nowhere).await.status,
        StatusCode::OK,
        "the question is the same for any case"
    );
    assert_eq!(plain.post(nowhere, &[("reason", REASON)]).await.status, StatusCode::NOT_FOUND);
    let unknown =
        plain.post("/break-glass/open", &[("reference", "TS-9999"), ("reason", "x")]).await;
    assert_eq!(unknown.header("location"), "/break-glass?mistake=reason", "a reason comes first");
    for role in [Role::Coordinator, Role::Researcher, Role::CentreStaff, Role::Laboratory] {
        let seen = service.seen_by(role.code(), &[(role, "H-079")]).await;
        assert_eq!(seen.get(nowhere).await.status, StatusCode::NOT_FOUND, "{role}");
        assert_eq!(seen.get("/break-glass").await.status, StatusCode::NOT_FOUND, "{role}");
    }
}
