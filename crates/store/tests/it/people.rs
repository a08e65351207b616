//! People, sessions, tokens and emergency openings on both engines.

use access::{
    Action, Membership, Role,
    break_glass::ReviewVerdict,
    password::PasswordHash,
    secret::{Secret, SecretDigest},
    session::{SessionStage, SessionTimes},
    throttle::{Failures, ThrottleSubject},
    token::TokenScope,
    totp::TotpStep,
};
use chrono::{NaiveDate, TimeDelta};
use model::{identity::PersonId, organisation::OrganisationCode};
use store::{
    BreakGlass, BreakGlassReview, NewPerson, OidcFlowRecord, PeopleFilter, RecordedMembership,
    SavedCohort, SessionRecord, Store, TokenRecord, identifier_v7,
};
use uuid::Uuid;

use crate::fixture::{Record, moment, on_both_engines, record_many};

on_both_engines!(
    a_person_has_roles_with_days,
    a_sign_in_name_is_had_once_however_it_is_typed,
    a_revision_needs_the_one_before,
    a_code_is_used_once,
    sessions_are_listed_and_ended,
    a_token_ends_when_it_is_revoked,
    a_one_time_link_is_used_once,
    failures_are_counted_and_forgotten,
    an_emergency_opening_ends_and_is_reviewed_once,
    an_answer_of_a_provider_is_taken_once,
    saved_cohorts_are_seen_by_whom_they_are_shared_with,
);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn id(text: &str) -> Uuid {
    identifier_v7(moment(0), &[text])
}

async fn person(store: &Store, name: &str) -> PersonId {
    let person = PersonId(id(name));
    let new = NewPerson {
        id: person,
        sign_in_name: name.to_owned(),
        name: format!("合成 {name}"),
        synthetic: true,
    };
    let mut batch = store.begin().await.unwrap();
    assert!(batch.add_person(&new, None, moment(0)).await.unwrap());
    batch.commit().await.unwrap();
    person
}

fn role(person: PersonId, number: u32, role: Role, organisation: &str) -> RecordedMembership {
    RecordedMembership {
        id: id(&format!("{person} {number}")),
        person,
        membership: Membership {
            organisation: OrganisationCode::new(organisation),
            role,
            from: day("2026-01-01"),
            until: Some(day("2026-12-31")),
        },
    }
}

/// Records a person, a role that ended, and an emergency opening with its review.
pub(crate) async fn record_people(store: &Store) {
    let (one, other) = (person(store, "one").await, person(store, "other").await);
    let case = store.case_by_reference("CASE-00000").await.unwrap().unwrap().case;
    let given = role(one, 1, Role::Physician, "H1");
    let mut batch = store.begin().await.unwrap();
    batch.add_membership(&given, Some(other), moment(1)).await.unwrap();
    assert!(batch.end_membership(given.id, day("2026-06-30"), None, moment(2)).await.unwrap());
    batch.break_glass(&opening(one, case)).await.unwrap();
    assert!(batch.review_break_glass(id("opening"), &review(other)).await.unwrap());
    batch.save_cohort(&saved_cohort("kept", one, Some("H1"))).await.unwrap();
    batch.save_cohort(&saved_cohort("ended", one, Some("H1"))).await.unwrap();
    assert!(batch.end_saved_cohort(id("ended"), one, moment(3)).await.unwrap());
    batch.commit().await.unwrap();
}

fn saved_cohort(name: &str, person: PersonId, organisation: Option<&str>) -> SavedCohort {
    SavedCohort {
        id: id(name),
        person,
        organisation: organisation.map(OrganisationCode::new),
        name: format!("合成 {name}"),
        query: "gene=KRAS and tumour=LUAD".to_owned(),
        saved_at: moment(2),
    }
}

/// What the people of a hospital have saved.
pub(crate) async fn saved(store: &Store) -> Vec<SavedCohort> {
    let nobody = PersonId(id("nobody"));
    store.saved_cohorts(nobody, &[OrganisationCode::new("H1")]).await.unwrap()
}

async fn saved_cohorts_are_seen_by_whom_they_are_shared_with(record: Record) {
    let store = &record.store;
    record_many(store, 1).await;
    record_people(store).await;
    let (one, other) = (PersonId(id("one")), PersonId(id("other")));
    let mut batch = store.begin().await.unwrap();
    batch.save_cohort(&saved_cohort("own", one, None)).await.unwrap();
    batch.commit().await.unwrap();
    let names = async |person, organisations: &[&str]| {
        let codes: Vec<_> = organisations.iter().copied().map(OrganisationCode::new).collect();
        let saved = store.saved_cohorts(person, &codes).await.unwrap();
        let mut names: Vec<_> = saved.into_iter().map(|each| each.name).collect();
        names.sort();
        names
    };
    assert_eq!(names(one, &[]).await, ["合成 kept", "合成 own"]);
    assert_eq!(names(other, &["H1", "H2"]).await, ["合成 kept"]);
    assert_eq!(names(other, &["H2"]).await, Vec::<String>::new());
    let mut batch = store.begin().await.unwrap();
    assert!(!batch.end_saved_cohort(id("ended"), one, moment(9)).await.unwrap(), "off already");
    batch.rollback().await.unwrap();
}

fn opening(person: PersonId, case: model::identity::CaseId) -> BreakGlass {
    BreakGlass {
        id: id("opening"),
        person,
        case,
        reason: "救急外来に搬送\u{0}".to_owned(),
        opened_at: moment(0),
        ends_at: moment(0) + TimeDelta::hours(1),
    }
}

fn review(by: PersonId) -> BreakGlassReview {
    let verdict = ReviewVerdict::Justified;
    BreakGlassReview { by, verdict, note: "確かめた".to_owned(), reviewed_at: moment(9) }
}

async fn a_person_has_roles_with_days(record: Record) {
    let store = &record.store;
    assert!(!store.has_people().await.unwrap());
    let one = person(store, "one").await;
    let (first, second) = (role(one, 1, Role::Physician, "H1"), role(one, 2, Role::Curator, "C"));
    let mut batch = store.begin().await.unwrap();
    batch.add_membership(&first, None, moment(1)).await.unwrap();
    batch.add_membership(&second, Some(one), moment(1)).await.unwrap();
    assert!(batch.end_membership(first.id, day("2026-06-30"), None, moment(2)).await.unwrap());
    assert!(!batch.end_membership(first.id, day("2026-07-30"), None, moment(3)).await.unwrap());
    batch.commit().await.unwrap();
    let roles = store.memberships_of(one).await.unwrap();
    let ended = roles.iter().find(|each| each.id == first.id).unwrap();
    assert_eq!(ended.membership.until, Some(day("2026-06-30")));
    assert!(roles.contains(&second));
    let mut batch = store.begin().await.unwrap();
    batch.add_session(&session(one, 1)).await.unwrap();
    batch.commit().await.unwrap();
    let bearer = store.session_bearer(&session(one, 1).digest).await.unwrap().unwrap();
    assert_eq!((bearer.credential.id, bearer.roles), (session(one, 1).id, roles));
    assert_eq!(Some(bearer.person), store.person(one).await.unwrap());
    assert_eq!(store.session_bearer(&session(one, 2).digest).await.unwrap(), None);
    let in_organisation = async |codes: &[&str]| {
        let codes = codes.iter().map(|code| OrganisationCode::new(code)).collect();
        let filter = PeopleFilter { organisations: Some(codes) };
        store.people(&filter).await.unwrap().len()
    };
    assert_eq!(in_organisation(&["H1"]).await, 1);
    assert_eq!(in_organisation(&["H2"]).await, 0);
    assert_eq!(in_organisation(&[]).await, 0, "no organisation has no people");
    let everybody = store.people(&PeopleFilter::default()).await.unwrap();
    assert_eq!((everybody.len(), everybody[0].1.len()), (1, 2));
}

async fn a_sign_in_name_is_had_once_however_it_is_typed(record: Record) {
    let store = &record.store;
    let one = person(store, "hanako").await;
    let found = store.person_by_sign_in_name(" Hanako ").await.unwrap().unwrap();
    assert_eq!((found.id, found.active, found.revision), (one, true, 1));
    let mut batch = store.begin().await.unwrap();
    let same = NewPerson {
        id: PersonId(id("x")),
        sign_in_name: "HANAKO".to_owned(),
        name: "x".to_owned(),
        synthetic: true,
    };
    assert!(!batch.add_person(&same, None, moment(1)).await.unwrap());
    for wrong in ["", "a b", &"x".repeat(101), "a\u{0}"] {
        let wrong = NewPerson { sign_in_name: wrong.to_owned(), ..same.clone() };
        assert!(batch.add_person(&wrong, None, moment(1)).await.is_err(), "{wrong:?}");
    }
    batch.rollback().await.unwrap();
    for nobody in ["", "taro", "hanako\u{0}x", &"x".repeat(5000)] {
        assert_eq!(store.person_by_sign_in_name(nobody).await.unwrap(), None);
    }
}

async fn a_revision_needs_the_one_before(record: Record) {
    let store = &record.store;
    let one = person(store, "one").await;
    let mut batch = store.begin().await.unwrap();
    assert!(batch.revise_person(one, 1, "改名", false, None, moment(1)).await.unwrap());
    assert!(!batch.revise_person(one, 1, "別名", true, None, moment(2)).await.unwrap());
    batch.commit().await.unwrap();
    let now = store.person(one).await.unwrap().unwrap();
    assert_eq!((now.name.as_str(), now.active, now.revision), ("改名", false, 2));
}

async fn a_code_is_used_once(record: Record) {
    let store = &record.store;
    let one = person(store, "one").await;
    let other = person(store, "other").await;
    let digest = Secret::of_random([1; 32]).digest();
    let mut batch = store.begin().await.unwrap();
    batch.set_password(one, &PasswordHash("$hash".to_owned()), moment(1)).await.unwrap();
    batch.offer_totp(one, b"sealed").await.unwrap();
    assert!(batch.use_totp_step(one, TotpStep(7)).await.unwrap());
    assert!(!batch.use_totp_step(one, TotpStep(7)).await.unwrap(), "replayed");
    assert!(!batch.use_totp_step(one, TotpStep(6)).await.unwrap(), "older");
    assert!(batch.use_totp_step(one, TotpStep(8)).await.unwrap());
    batch.confirm_totp(one, moment(2)).await.unwrap();
    batch.replace_recovery_codes(one, std::slice::from_ref(&digest)).await.unwrap();
    assert!(!batch.use_recovery_code(other, &digest, moment(3)).await.unwrap(), "another's");
    assert!(batch.use_recovery_code(one, &digest, moment(3)).await.unwrap());
    assert!(!batch.use_recovery_code(one, &digest, moment(4)).await.unwrap(), "replayed");
    batch.commit().await.unwrap();
    let known = store.credential(one).await.unwrap();
    assert!(known.totp_confirmed && known.password.is_some());
    assert_eq!(known.totp_step, Some(TotpStep(8)));
    assert_eq!(store.recovery_codes_left(one).await.unwrap(), 0);
    assert_eq!(store.credential(other).await.unwrap(), Default::default());
}

fn session(person: PersonId, number: u8) -> SessionRecord {
    SessionRecord {
        id: id(&format!("session {number}")),
        digest: Secret::of_random([number; 32]).digest(),
        person,
        stage: SessionStage::Open,
        second_factor: true,
        client: "browser\u{0}".to_owned(),
        return_to: "/cases".to_owned(),
        times: SessionTimes { began_at: moment(0), seen_at: moment(i64::from(number)) },
    }
}

async fn sessions_are_listed_and_ended(record: Record) {
    let store = &record.store;
    let (one, other) = (person(store, "one").await, person(store, "other").await);
    let mut batch = store.begin().await.unwrap();
    for number in 1..=3 {
        batch.add_session(&session(one, number)).await.unwrap();
    }
    batch.see_session(session(one, 1).id, moment(50)).await.unwrap();
    batch.commit().await.unwrap();
    let listed = store.sessions_of(one).await.unwrap();
    assert_eq!(listed[0].id, session(one, 1).id, "the last seen first");
    let found = store.session(&session(one, 2).digest).await.unwrap().unwrap();
    assert_eq!((found.client.as_str(), found.stage), ("browser", SessionStage::Open));
    let mut batch = store.begin().await.unwrap();
    assert!(!batch.end_session(other, session(one, 2).id).await.unwrap(), "another's session");
    assert!(batch.end_session(one, session(one, 2).id).await.unwrap());
    assert_eq!(batch.end_sessions_of(one, Some(session(one, 1).id)).await.unwrap(), 1);
    batch.commit().await.unwrap();
    assert_eq!(store.sessions_of(one).await.unwrap().len(), 1);
    assert_eq!(store.session(&session(one, 2).digest).await.unwrap(), None);
    let mut batch = store.begin().await.unwrap();
    batch.forget_sessions(moment(1)).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(store.sessions_of(one).await.unwrap(), []);
}

async fn a_token_ends_when_it_is_revoked(record: Record) {
    let store = &record.store;
    let (one, other) = (person(store, "one").await, person(store, "other").await);
    let token = TokenRecord {
        id: id("token"),
        digest: SecretDigest("a".repeat(64)),
        person: one,
        name: "夜間の取り込み".to_owned(),
        scope: TokenScope::of([Action::SendResult, Action::CheckFile]),
        made_at: moment(0),
        ends_at: moment(0) + TimeDelta::days(1),
        used_at: None,
        revoked_at: None,
    };
    let mut batch = store.begin().await.unwrap();
    batch.add_token(&token).await.unwrap();
    batch.see_token(token.id, moment(5)).await.unwrap();
    assert!(!batch.revoke_token(other, token.id, moment(6)).await.unwrap(), "another's token");
    batch.commit().await.unwrap();
    let bearer = store.token_bearer(&token.digest).await.unwrap().unwrap();
    assert_eq!((bearer.person.id, bearer.roles), (one, Vec::new()));
    let known = bearer.credential;
    assert!(known.holds_at(moment(6)) && !known.holds_at(token.ends_at));
    assert_eq!((known.used_at, &known.scope), (Some(moment(5)), &token.scope));
    let mut batch = store.begin().await.unwrap();
    assert!(batch.revoke_token(one, token.id, moment(7)).await.unwrap());
    assert!(!batch.revoke_token(one, token.id, moment(8)).await.unwrap());
    batch.revoke_tokens_of(one, moment(9)).await.unwrap();
    batch.commit().await.unwrap();
    assert!(!store.tokens_of(one).await.unwrap()[0].holds_at(moment(8)));
}

async fn a_one_time_link_is_used_once(record: Record) {
    let store = &record.store;
    let one = person(store, "one").await;
    let [first, second] = [1, 2].map(|byte| Secret::of_random([byte; 32]).digest());
    let ends_at = moment(100);
    let mut batch = store.begin().await.unwrap();
    batch.invite(one, &first, None, moment(0), ends_at).await.unwrap();
    batch.invite(one, &second, None, moment(1), ends_at).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(store.invited(&first, moment(2)).await.unwrap(), None, "a newer link holds");
    assert_eq!(store.invited(&second, moment(2)).await.unwrap(), Some(one));
    assert_eq!(store.invited(&second, ends_at).await.unwrap(), None, "too late");
    let mut batch = store.begin().await.unwrap();
    assert!(!batch.use_invitation(&second, ends_at).await.unwrap());
    assert!(batch.use_invitation(&second, moment(3)).await.unwrap());
    assert!(!batch.use_invitation(&second, moment(4)).await.unwrap(), "used twice");
    batch.commit().await.unwrap();
    assert_eq!(store.invited(&second, moment(5)).await.unwrap(), None);
}

async fn failures_are_counted_and_forgotten(record: Record) {
    let store = &record.store;
    let subject = ThrottleSubject::Account;
    for number in 1..=3 {
        let known = store.failures(subject, "Hanako").await.unwrap();
        let failures = Failures::with_another(known, moment(number));
        let mut batch = store.begin().await.unwrap();
        batch.add_failure(subject, "hanako ", failures).await.unwrap();
        batch.commit().await.unwrap();
    }
    let known = store.failures(subject, "hanako").await.unwrap().unwrap();
    assert_eq!((known.count, known.last_at), (3, moment(3)));
    assert_eq!(store.failures(ThrottleSubject::Address, "hanako").await.unwrap(), None);
    // Two that fail at the same moment both count.
    let mut batch = store.begin().await.unwrap();
    let both = Failures { count: 4, last_at: moment(4) };
    batch.add_failure(subject, "hanako", both).await.unwrap();
    batch.add_failure(subject, "hanako", both).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(store.failures(subject, "hanako").await.unwrap().unwrap().count, 5);
    let mut batch = store.begin().await.unwrap();
    batch.forget_failures(subject, "HANAKO").await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(store.failures(subject, "hanako").await.unwrap(), None);
}

async fn an_emergency_opening_ends_and_is_reviewed_once(record: Record) {
    let store = &record.store;
    record_many(store, 2).await;
    record_people(store).await;
    let one = PersonId(id("one"));
    let case = async |number: u32| {
        let reference = format!("CASE-{number:05}");
        store.case_by_reference(&reference).await.unwrap().unwrap().case
    };
    let opened = case(0).await;
    let open = async |person, case, at| store.is_open_in_emergency(person, case, at).await.unwrap();
    assert!(open(one, opened, moment(1)).await);
    assert!(!open(one, opened, moment(0) + TimeDelta::hours(1)).await, "over after an hour");
    assert!(!open(one, case(1).await, moment(1)).await, "another case");
    assert!(!open(PersonId(id("other")), opened, moment(1)).await, "another person");
    let listed = store.break_glasses().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].reference.as_str(), listed[0].person_name.as_str()),
        ("CASE-00000", "合成 one")
    );
    assert_eq!(listed[0].review.as_ref().unwrap().verdict, ReviewVerdict::Justified);
    let mut batch = store.begin().await.unwrap();
    assert!(!batch.review_break_glass(id("opening"), &review(one)).await.unwrap());
    batch.rollback().await.unwrap();
    assert_eq!(store.break_glass(id("opening")).await.unwrap().unwrap(), listed[0]);
}

async fn an_answer_of_a_provider_is_taken_once(record: Record) {
    let store = &record.store;
    let one = person(store, "one").await;
    let [state, browser] = [1, 2].map(|byte| Secret::of_random([byte; 32]).digest());
    let flow = OidcFlowRecord {
        digest: state.clone(),
        browser,
        nonce: "nonce".to_owned(),
        verifier: "verifier".to_owned(),
        person: Some(one),
        return_to: "/me".to_owned(),
        ends_at: moment(100),
    };
    let mut batch = store.begin().await.unwrap();
    batch.begin_oidc_flow(&flow, moment(0)).await.unwrap();
    assert_eq!(batch.take_oidc_flow(&state).await.unwrap(), Some(flow));
    assert_eq!(batch.take_oidc_flow(&state).await.unwrap(), None, "replayed");
    assert!(batch.link_identity("https://id.example", "s-1", one, moment(1)).await.unwrap());
    assert!(!batch.link_identity("https://id.example", "s-1", one, moment(2)).await.unwrap());
    batch.commit().await.unwrap();
    let linked = async |issuer, subject| store.linked_person(issuer, subject).await.unwrap();
    assert_eq!(linked("https://id.example", "s-1").await, Some(one));
    assert_eq!(linked("https://id.example", "s-2").await, None);
    assert_eq!(linked("https://evil.example", "s-1").await, None);
    assert_eq!(store.linked_accounts_of(one).await.unwrap(), 1);
}
