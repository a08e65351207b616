//! Research projects and the questions asked under them, on both engines.

use std::collections::BTreeSet;

use model::{
    consent::DataUse,
    identity::{PersonId, ProjectId},
    organisation::OrganisationCode,
    research_project::{ProjectService, ResearchProject},
};
use store::{ProjectRevision, RecordError, ResearchQuestion, Store, identifier_v7};
use uuid::Uuid;

use crate::fixture::{Record, moment, on_both_engines};

on_both_engines!(
    every_permission_stays,
    questions_are_kept_and_given_back_in_their_order,
    a_permission_without_bounds_is_refused
);

/// An invented permission.
fn permission(number: &str, revision: u32, title: &str) -> ProjectRevision {
    ProjectRevision {
        project: ResearchProject {
            id: ProjectId(identifier_v7(moment(1), &["project", number])),
            number: number.parse().unwrap(),
            title: title.to_owned(),
            purpose: "試験用".to_owned(),
            organisation: OrganisationCode::new("UNI-1"),
            uses: BTreeSet::from([DataUse::Academic]),
            from: "2026-04-01".parse().unwrap(),
            until: "2027-03-31".parse().unwrap(),
            stopped: None,
            items: BTreeSet::from(["tumour".to_owned()]),
            population: String::new(),
            services: BTreeSet::from([ProjectService::Counts]),
            threshold: 10,
            members: vec![PersonId(Uuid::from_u128(7))],
        },
        revision,
        recorded_by: Some(PersonId(Uuid::from_u128(1))),
        recorded_at: moment(i64::from(revision)),
    }
}

fn question(project: ProjectId, query: &str, outcome: &str, second: i64) -> ResearchQuestion {
    ResearchQuestion {
        project,
        person: PersonId(Uuid::from_u128(7)),
        query: query.to_owned(),
        outcome: outcome.to_owned(),
        asked_at: moment(second),
    }
}

/// Records a project and a question.
pub(crate) async fn record_project(store: &Store) {
    let new = permission("R2026-001", 1, "KRAS");
    let mut batch = store.begin().await.unwrap();
    assert!(batch.write_project(&new).await.unwrap());
    let asked = question(new.project.id, "gene=KRAS", "answered", 5);
    assert!(batch.record_question(&asked).await.unwrap());
    batch.commit().await.unwrap();
}

async fn every_permission_stays(record: Record) {
    let store = &record.store;
    let (first, second) = (permission("R1", 1, "KRAS"), permission("R1", 2, "KRAS, BRAF"));
    let other = permission("R0", 1, "EGFR");
    let mut batch = store.begin().await.unwrap();
    for each in [&first, &second, &other] {
        assert!(batch.write_project(each).await.unwrap());
    }
    // Somebody else's change of the same revision, and another project's number, are not taken.
    assert!(!batch.write_project(&permission("R1", 2, "TP53")).await.unwrap());
    let mut taken = permission("R9", 1, "TP53");
    taken.project.number = "R0".parse().unwrap();
    assert!(!batch.write_project(&taken).await.unwrap());
    batch.commit().await.unwrap();
    assert_eq!(store.projects().await.unwrap(), [other, second.clone()]);
    let number = first.project.number.clone();
    assert_eq!(store.project_revisions(&number).await.unwrap(), [first, second]);
    assert_eq!(store.project_revisions(&"R7".parse().unwrap()).await.unwrap(), []);
    assert_eq!(store.check().await.unwrap().findings, []);
}

async fn questions_are_kept_and_given_back_in_their_order(record: Record) {
    let store = &record.store;
    let project = permission("R1", 1, "KRAS").project.id;
    let asked = [
        question(project, "gene=KRAS", "answered", 1),
        question(project, "age>=70", "answered", 2),
        question(project, "hospital=H1", "forbidden", 3),
        question(project, "gene=KRAS", "answered", 4),
        question(ProjectId(Uuid::nil()), "sex=male", "answered", 5),
    ];
    let mut batch = store.begin().await.unwrap();
    for each in &asked {
        assert!(batch.record_question(each).await.unwrap());
        assert!(!batch.record_question(each).await.unwrap(), "once");
    }
    batch.commit().await.unwrap();
    let newest: Vec<_> = asked[..4].iter().rev().cloned().collect();
    assert_eq!(store.questions_of_project(project).await.unwrap(), newest);
    let told = store.queries_with_outcome(project, "answered").await.unwrap();
    assert_eq!(told, ["gene=KRAS", "age>=70"]);
}

async fn a_permission_without_bounds_is_refused(record: Record) {
    let mut wrong = permission("R1", 1, "KRAS");
    wrong.project.uses.clear();
    let mut batch = record.store.begin().await.unwrap();
    let refused = batch.write_project(&wrong).await.unwrap_err();
    assert!(matches!(refused, RecordError::Refused { .. }), "{refused:?}");
}
