//! One project: what is permitted, what was permitted before, and every question that was asked.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use model::research_project::ResearchProject;
use research::cohort::Item;
use store::ResearchQuestion;

use super::{period, permit_recording, sees_all, services, state_tag};
use crate::{
    error::PageError,
    format,
    page::{Page, Place, render},
    project::{Outcome, newest},
    reader::Reader,
    state::AppState,
    view::{TagView, iso},
    viewer::Viewer,
};

/// A fact of the permission.
struct FactView {
    label: String,
    value: String,
}

/// A question that was asked.
struct QuestionView {
    at: String,
    at_iso: String,
    who: String,
    query: String,
    outcome: TagView,
}

/// An earlier permission.
struct RevisionView {
    number: u32,
    at: String,
    who: String,
}

#[derive(Template)]
#[template(path = "research/project.html")]
struct ProjectTemplate {
    page: Page,
    number: String,
    title: String,
    purpose: String,
    state: TagView,
    facts: Vec<FactView>,
    questions: Vec<QuestionView>,
    revisions: Vec<RevisionView>,
    search_href: Option<String>,
    edit_href: Option<String>,
}

/// Returns what an item, or a kind of term, is called.
pub(super) fn item_label(page: &Page, code: &str) -> String {
    match Item::of_code(code) {
        Some(item) => page.text(&item.label()).to_owned(),
        None => match code {
            "alteration" => page.t("research-item-alteration"),
            "therapy" => page.t("research-item-therapy"),
            "event" => page.t("research-item-event"),
            other => other.to_owned(),
        },
    }
}

/// Shows a project to its people, and to those who see every project.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
) -> Result<Response, PageError> {
    let revision = newest(&state, &number).await?;
    let project = revision.project;
    let is_own = project.members.contains(&viewer.actor.person)
        && viewer.may(access::Action::SearchProject, state.today());
    if !is_own && !sees_all(&state, &viewer) {
        return Err(PageError::NotFound);
    }
    let page = Page::new(&state, &reader, Place::InResearch).await?;
    let asked = state.store.questions_of_project(project.id).await.map_err(PageError::internal)?;
    let mut questions = Vec::with_capacity(asked.len());
    for each in &asked {
        questions.push(question(&state, &page, each).await?);
    }
    let permissions =
        state.store.project_revisions(&project.number).await.map_err(PageError::internal)?;
    let mut revisions = Vec::with_capacity(permissions.len());
    for each in permissions.iter().rev() {
        let who = match each.recorded_by {
            Some(person) => name(&state, person).await?,
            None => page.t("research-by-program"),
        };
        let at = format::moment(each.recorded_at, page.language);
        revisions.push(RevisionView { number: each.revision, at, who });
    }
    let may_ask = project.admits(viewer.actor.person, state.today()) && is_own;
    let may_record = permit_recording(&state, &viewer).is_ok();
    render(&ProjectTemplate {
        number: project.number.to_string(),
        title: project.title.clone(),
        purpose: project.purpose.clone(),
        state: state_tag(&page, project.state_on(state.today())),
        facts: facts(&state, &page, &project).await?,
        questions,
        revisions,
        search_href: may_ask.then(|| format!("/research/{}/search", project.number)),
        edit_href: may_record.then(|| format!("/research/{}/edit", project.number)),
        page,
    })
}

async fn facts(
    state: &AppState,
    page: &Page,
    project: &ResearchProject,
) -> Result<Vec<FactView>, PageError> {
    let comma = if page.tag() == "ja" { "、" } else { ", " };
    let uses = project.uses.iter().map(|each| page.text(&each.label()).to_owned());
    let items = project.items.iter().map(|code| item_label(page, code));
    let mut members = Vec::with_capacity(project.members.len());
    for member in &project.members {
        members.push(name(state, *member).await?);
    }
    let population = match project.population.as_str() {
        "" => page.t("research-population-all"),
        text => text.to_owned(),
    };
    let mut facts = vec![
        (page.t("research-organisation"), project.organisation.to_string()),
        (page.t("research-uses"), uses.collect::<Vec<_>>().join(comma)),
        (page.t("research-period"), period(page, project)),
        (page.t("research-services"), services(page, project)),
        (page.t("research-threshold"), page.tn("research-below", u64::from(project.threshold))),
        (page.t("research-population"), population),
        (page.t("research-items"), items.collect::<Vec<_>>().join(comma)),
        (page.t("research-members"), members.join(comma)),
    ];
    if let Some(day) = project.stopped {
        facts.insert(3, (page.t("research-stopped"), format::day_short(day, page.language)));
    }
    Ok(facts.into_iter().map(|(label, value)| FactView { label, value }).collect())
}

async fn name(state: &AppState, person: model::identity::PersonId) -> Result<String, PageError> {
    let found = state.store.person(person).await.map_err(PageError::internal)?;
    Ok(found.map_or_else(|| person.to_string(), |found| found.name))
}

async fn question(
    state: &AppState,
    page: &Page,
    asked: &ResearchQuestion,
) -> Result<QuestionView, PageError> {
    let (class, label) = match Outcome::of_word(&asked.outcome) {
        Some(Outcome::Answered) => ("met", page.t("research-outcome-answered")),
        Some(Outcome::Few) => ("unknown", page.t("research-outcome-few")),
        Some(Outcome::Differs) => ("unknown", page.t("research-outcome-differs")),
        Some(Outcome::Forbidden) => ("not", page.t("research-outcome-forbidden")),
        Some(Outcome::Unreadable) | None => ("", page.t("research-outcome-unreadable")),
    };
    Ok(QuestionView {
        at: format::moment(asked.asked_at, page.language),
        at_iso: iso(asked.asked_at),
        who: name(state, asked.person).await?,
        query: asked.query.clone(),
        outcome: TagView { class, label },
    })
}
