//! Administering people: within one's reach, and never oneself.

use access::Role;
use axum::http::StatusCode;
use scraper::{Html, Selector};
use uuid::Uuid;

use crate::{
    fixture::{HOSPITAL, Service, add_person},
    html::assert_sound,
};

#[tokio::test]
async fn an_administrator_invites_for_the_own_hospital_alone() {
    let service = Service::filled().await;
    let admin = service.seen_by("admin", &[(Role::Administrator, HOSPITAL)]).await;
    let page = admin.get("/people").await;
    assert_sound("/people", &page);
    let fields = |role: &'static str, organisation: &'static str| {
        [
            ("name", "山田 花子"),
            ("sign_in_name", "hanako"),
            ("role", role),
            ("organisation", organisation),
            ("from", "2026-11-01"),
            ("until", ""),
        ]
    };
    for (role, organisation) in [
        ("physician", "H-077"),
        ("centre-staff", HOSPITAL),
        ("site-administrator", HOSPITAL),
        ("patient-desk", HOSPITAL),
    ] {
        let refused = admin.post("/people", &fields(role, organisation)).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{role} in {organisation}");
    }
    assert!(service.state.store.person_by_sign_in_name("hanako").await.unwrap().is_none());
    let made = admin.post("/people", &fields("physician", HOSPITAL)).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert_sound("/people", &made);
    let link = Html::parse_document(made.text());
    let link: String =
        link.select(&Selector::parse(".one-time").unwrap()).next().unwrap().text().collect();
    assert!(link.starts_with("/invitation/"));
    assert_eq!(service.get_as_stranger(&link).await.status, StatusCode::OK);
    let person = service.state.store.person_by_sign_in_name("hanako").await.unwrap().unwrap();
    let roles = service.state.store.memberships_of(person.id).await.unwrap();
    assert_eq!(roles[0].membership.role, Role::Physician);
    let again = admin.post("/people", &fields("physician", HOSPITAL)).await;
    assert!(again.text().contains("すでに使われています"), "{}", again.text());
    let wrong =
        [("name", "x"), ("sign_in_name", "a b"), ("role", "physician"), ("organisation", HOSPITAL)];
    assert!(admin.post("/people", &wrong).await.text().contains("変更していません"));
}

#[tokio::test]
async fn another_hospitals_people_are_not_there() {
    let service = Service::filled().await;
    let other = add_person(&service.state.store, "other", &[(Role::Physician, "H-077")]).await;
    let both = [(Role::Physician, "H-077"), (Role::Pathologist, HOSPITAL)];
    let both = add_person(&service.state.store, "both", &both).await;
    let admin = service.seen_by("admin", &[(Role::Administrator, HOSPITAL)]).await;
    let list = admin.get("/people").await;
    assert!(!list.text().contains("other"), "another hospital's");
    assert!(list.text().contains("both") && !list.text().contains("H-077"));
    assert_eq!(admin.get(&format!("/people/{other}")).await.status, StatusCode::NOT_FOUND);
    for path in ["state", "name", "reset", "roles"] {
        let fields = [
            ("active", "false"),
            ("revision", "1"),
            ("name", "x"),
            ("role", "physician"),
            ("organisation", HOSPITAL),
        ];
        let answer = admin.post(&format!("/people/{other}/{path}"), &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Who works elsewhere too is not stopped, renamed or reset by one hospital.
    let page = admin.get(&format!("/people/{both}")).await;
    assert_sound("/people/{id}", &page);
    assert!(!page.text().contains("H-077"), "roles elsewhere are not told");
    for path in ["state", "name", "reset"] {
        let fields = [("active", "false"), ("revision", "1"), ("name", "x")];
        let answer = admin.post(&format!("/people/{both}/{path}"), &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let elsewhere = service.state.store.memberships_of(both).await.unwrap();
    let elsewhere =
        elsewhere.iter().find(|each| each.membership.organisation.as_str() == "H-077").unwrap();
    let answer = admin.post(&format!("/people/{both}/roles/{}/end", elsewhere.id), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_changes_the_own_roles_or_state() {
    let service = Service::filled().await;
    let admin = service.seen_by("admin", &[(Role::SiteAdministrator, "S")]).await;
    let own = admin.person;
    assert_sound("/people/{id}", &admin.get(&format!("/people/{own}")).await);
    for (path, fields) in [
        ("roles", vec![("role", "physician"), ("organisation", HOSPITAL)]),
        ("state", vec![("active", "false"), ("revision", "1")]),
        ("reset", vec![]),
    ] {
        let answer = admin.post(&format!("/people/{own}/{path}"), &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let roles = service.state.store.memberships_of(own).await.unwrap();
    assert_eq!(roles.len(), 1);
}

#[tokio::test]
async fn a_role_ends_at_once_and_a_person_is_stopped_at_once() {
    let service = Service::filled().await;
    let admin = service.seen_by("admin", &[(Role::SiteAdministrator, "S")]).await;
    let doctor = service.seen_by("doctor", &[(Role::Physician, HOSPITAL)]).await;
    assert_eq!(doctor.get("/cases").await.status, StatusCode::OK);
    let roles = service.state.store.memberships_of(doctor.person).await.unwrap();
    let ended = format!("/people/{}/roles/{}/end", doctor.person, roles[0].id);
    assert_eq!(admin.post(&ended, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(doctor.get("/cases").await.status, StatusCode::NOT_FOUND, "no role, no cases");
    let given = [
        ("role", "coordinator"),
        ("organisation", HOSPITAL),
        ("from", "2026-11-01"),
        ("until", ""),
    ];
    let path = format!("/people/{}/roles", doctor.person);
    assert_eq!(admin.post(&path, &given).await.status, StatusCode::SEE_OTHER);
    assert_eq!(doctor.get("/cases").await.status, StatusCode::OK);
    let future = [
        ("role", "curator"),
        ("organisation", "C"),
        ("from", "2027-01-01"),
        ("until", "2026-01-01"),
    ];
    assert!(admin.post(&path, &future).await.text().contains("変更していません"));
    let path = format!("/people/{}/state", doctor.person);
    let stopped = [("active", "false"), ("revision", "1")];
    assert_eq!(admin.post(&path, &stopped).await.status, StatusCode::SEE_OTHER);
    assert_eq!(doctor.get("/cases").await.status, StatusCode::SEE_OTHER, "out at once");
    let nobody = Uuid::from_u128(1);
    assert_eq!(admin.get(&format!("/people/{nobody}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_administers_nobody_finds_no_people() {
    let service = Service::filled().await;
    for role in [Role::Physician, Role::CentreStaff, Role::PatientDesk] {
        let seen = service.seen_by(role.code(), &[(role, HOSPITAL)]).await;
        assert_eq!(seen.get("/people").await.status, StatusCode::NOT_FOUND, "{role}");
        let fields = [
            ("name", "x"),
            ("sign_in_name", "x"),
            ("role", "physician"),
            ("organisation", HOSPITAL),
        ];
        assert_eq!(seen.post("/people", &fields).await.status, StatusCode::NOT_FOUND, "{role}");
    }
}
