//! The research portal: projects with their permissions, and what they may search and see.

mod answers;
mod cases;
mod chart_file;
mod compare;
mod head;
mod oncoprint;
mod pairs;
mod permission;
mod project;
mod search;
mod survival;
mod table;

use access::{Action, Purpose, Relation};
use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use model::research_project::{ProjectState, ResearchProject};
use store::ProjectRevision;

use crate::{
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
    viewer::Viewer,
};

/// The pages of the research portal.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/research", get(show))
        .route("/research/new", get(permission::begin).post(permission::record_new))
        .route("/research/{number}", get(project::show))
        .route("/research/{number}/edit", get(permission::edit).post(permission::record_change))
        .route("/research/{number}/search", get(search::show))
        .route("/research/{number}/compare", get(compare::show))
        .route("/research/{number}/compare.csv", get(compare::file))
        .route("/research/{number}/compare.parquet", get(compare::file))
        .route("/research/{number}/pairs", get(pairs::show))
        .route("/research/{number}/pairs.csv", get(pairs::file))
        .route("/research/{number}/pairs.parquet", get(pairs::file))
        .route("/research/{number}/oncoprint", get(oncoprint::show))
        .route("/research/{number}/chart.svg", get(chart_file::file))
        .route("/research/{number}/chart.png", get(chart_file::file))
        .route("/research/{number}/cases", get(cases::show))
        .route("/research/{number}/cases.csv", get(cases::file))
        .route("/research/{number}/cases.parquet", get(cases::file))
        .route("/research/{number}/table.csv", get(table::file))
        .route("/research/{number}/table.parquet", get(table::file))
        .route("/api/research/{number}/search", get(table::json))
        .route("/api/research/{number}/compare", get(answers::compare))
        .route("/api/research/{number}/pairs", get(answers::pairs))
        .route("/api/research/{number}/oncoprint", get(answers::oncoprint))
}

/// Returns whether the reader may see every project, and not only those of their own.
fn sees_all(state: &AppState, viewer: &Viewer) -> bool {
    let purpose = Purpose::Administration;
    state.permit(viewer, Action::ReadProjects, Relation::Programme, purpose).is_ok()
}

/// Permits recording permissions.
fn permit_recording(state: &AppState, viewer: &Viewer) -> Result<access::Permit, PageError> {
    let purpose = Purpose::Administration;
    state.permit(viewer, Action::ManageProjects, Relation::Programme, purpose)
}

/// A project in the list.
struct ProjectRow {
    href: String,
    search_href: Option<String>,
    number: String,
    title: String,
    organisation: String,
    period: String,
    services: String,
    state: TagView,
}

#[derive(Template)]
#[template(path = "research/list.html")]
struct ListTemplate {
    page: Page,
    rows: Vec<ProjectRow>,
    may_record: bool,
    sees_all: bool,
}

/// Shows where a project stands.
fn state_tag(page: &Page, state: ProjectState) -> TagView {
    let class = match state {
        ProjectState::Current => "met",
        ProjectState::Future => "unknown",
        ProjectState::Over => "",
        ProjectState::Stopped => "not",
    };
    TagView { class, label: page.text(&state.label()).to_owned() }
}

fn period(page: &Page, project: &ResearchProject) -> String {
    let day = |day| format::day_short(day, page.language);
    format!("{} – {}", day(project.from), day(project.until))
}

fn services(page: &Page, project: &ResearchProject) -> String {
    let labels = project.services.iter().map(|each| page.text(&each.label()).to_owned());
    labels.collect::<Vec<_>>().join(if page.tag() == "ja" { "、" } else { ", " })
}

/// Counts the projects in which the reader may search today.
pub(crate) async fn projects_to_search(
    state: &AppState,
    viewer: &Viewer,
) -> Result<u64, PageError> {
    if state.permit(viewer, Action::SearchProject, Relation::OwnProject, Purpose::Research).is_err()
    {
        return Ok(0);
    }
    let (day, person) = (state.today(), viewer.actor.person);
    let projects = state.store.projects().await.map_err(PageError::internal)?;
    Ok(projects.iter().filter(|each| each.project.admits(person, day)).count() as u64)
}

/// Lists the reader's projects, or all of them.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    let sees_all = sees_all(&state, &viewer);
    if !sees_all {
        state.permit(&viewer, Action::SearchProject, Relation::OwnProject, Purpose::Research)?;
    }
    let page = Page::new(&state, &reader, Place::Research).await?;
    let day = state.today();
    let person = viewer.actor.person;
    let projects = state.store.projects().await.map_err(PageError::internal)?;
    let own = |revision: &ProjectRevision| sees_all || revision.project.members.contains(&person);
    let row = |project: &ResearchProject| ProjectRow {
        href: format!("/research/{}", project.number),
        search_href: project
            .admits(person, day)
            .then(|| format!("/research/{}/search", project.number)),
        number: project.number.to_string(),
        title: project.title.clone(),
        organisation: project.organisation.to_string(),
        period: period(&page, project),
        services: services(&page, project),
        state: state_tag(&page, project.state_on(day)),
    };
    let rows = projects.iter().filter(|each| own(each)).map(|each| row(&each.project)).collect();
    let may_record = permit_recording(&state, &viewer).is_ok();
    render(&ListTemplate { page, rows, may_record, sees_all })
}
