//! The invented research project of the demo, in which its researcher takes part.

use std::collections::BTreeSet;

use access::{Action, Role};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    consent::DataUse,
    identity::ProjectId,
    organisation::OrganisationCode,
    research_project::{
        ProjectNumber, ProjectService, ReadProjectNumberError, ResearchProject, THRESHOLD,
    },
};
use research::project::askable;
use server::LookIn;
use store::{ProjectRevision, RecordError, Store, identifier_v7};

use super::fill::entry;

/// Number of the project.
const NUMBER: &str = "SYN-R001";
/// How long the permission holds, before and after the demo begins.
const BEFORE: TimeDelta = TimeDelta::days(180);
const AFTER: TimeDelta = TimeDelta::days(365);

/// Why the project could not be recorded.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordProjectError {
    /// Its number is none.
    #[error("could not read the demo project's number")]
    Number(#[from] ReadProjectNumberError),
    /// The record refused it.
    #[error("could not record the demo's project")]
    Record(#[from] RecordError),
}

/// Records the project where it is not there yet.
pub(super) async fn record(
    store: &Store,
    look_in: &LookIn,
    now: DateTime<Utc>,
) -> Result<(), RecordProjectError> {
    let number: ProjectNumber = NUMBER.parse()?;
    if !store.project_revisions(&number).await?.is_empty() {
        return Ok(());
    }
    let researchers = look_in.people.iter().filter(|each| each.role == Role::Researcher);
    let project = ResearchProject {
        id: ProjectId(identifier_v7(now, &["demo project", NUMBER])),
        number,
        title: "合成課題: KRAS G12C 陽性固形がんの特徴と治療 / Synthetic: features and treatment of KRAS G12C tumours".to_owned(),
        purpose: "デモのための架空の課題です。KRAS G12C の変異をもつ患者さんがどのような治療を受け、どのような経過をたどったかを調べます。\nAn invented project for the demonstration: how patients with KRAS G12C were treated and fared."
            .to_owned(),
        organisation: OrganisationCode::new("SYN-UNIVERSITY"),
        uses: BTreeSet::from([DataUse::Academic]),
        from: (now - BEFORE).date_naive(),
        until: (now + AFTER).date_naive(),
        stopped: None,
        items: askable().map(ToOwned::to_owned).collect(),
        population: String::new(),
        services: ProjectService::ALL.iter().copied().collect(),
        threshold: THRESHOLD,
        members: researchers.map(|each| each.person).collect(),
    };
    let about = entry(now, Action::ManageProjects).about("project", &project.number);
    let new = ProjectRevision { project, revision: 1, recorded_by: None, recorded_at: now };
    let mut batch = store.begin().await?;
    batch.write_project(&new).await?;
    batch.append_audit(&about).await?;
    batch.commit().await.map_err(RecordProjectError::from)
}
