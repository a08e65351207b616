//! Recording what a project is permitted, and changing it.

use std::collections::BTreeSet;

use access::audit::Entry;
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::Days;
use model::{
    consent::DataUse,
    identity::{PersonId, ProjectId},
    organisation::OrganisationCode,
    problem::{Place as ProblemPlace, Problem},
    research_project::{ProjectService, ResearchProject, THRESHOLD, secondary_uses},
    text::LocalizedText,
};
use research::{
    cohort::Vocabulary,
    project::{Population, askable},
};
use store::{ProjectRevision, identifier_v7};

use super::{permit_recording, project::item_label};
use crate::{
    cohort::REGISTERED,
    error::{PageError, Worded},
    fields::Fields,
    form::CheckedForm,
    page::{Page, Place, render},
    project::newest,
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// Days for which a new permission is offered.
const OFFERED_DAYS: u64 = 365;

/// A box that can be ticked.
struct BoxView {
    name: String,
    label: String,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "research/permission.html")]
struct PermissionTemplate {
    page: Page,
    action: String,
    back: String,
    /// Number of the project whose permission changes.
    number: Option<String>,
    fields: Fields,
    uses: Vec<BoxView>,
    services: Vec<BoxView>,
    items: Vec<BoxView>,
    mistakes: Vec<String>,
}

fn boxes<'a>(
    fields: &Fields,
    prefix: &str,
    all: impl Iterator<Item = (&'a str, String)>,
) -> Vec<BoxView> {
    all.map(|(code, label)| {
        let name = format!("{prefix}{code}");
        BoxView { ticked: fields.is(&name, "yes"), name, label }
    })
    .collect()
}

async fn form(
    state: &AppState,
    reader: &Reader,
    number: Option<String>,
    fields: Fields,
    mistakes: Vec<Problem>,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::InResearch).await?;
    let uses = secondary_uses().map(|each| (each.code(), page.text(&each.label()).to_owned()));
    let services =
        ProjectService::ALL.iter().map(|each| (each.code(), page.text(&each.label()).to_owned()));
    let items = askable().map(|code| (code, item_label(&page, code)));
    let wrong = !mistakes.is_empty();
    let line = |problem: &Problem| {
        let [message, remedy] = [&problem.message, &problem.remedy].map(|text| page.text(text));
        format!("{message} {remedy}")
    };
    let template = PermissionTemplate {
        action: match &number {
            Some(number) => format!("/research/{number}/edit"),
            None => "/research/new".to_owned(),
        },
        back: match &number {
            Some(number) => format!("/research/{number}"),
            None => "/research".to_owned(),
        },
        uses: boxes(&fields, "use-", uses),
        services: boxes(&fields, "service-", services),
        items: boxes(&fields, "item-", items),
        mistakes: mistakes.iter().map(line).collect(),
        number,
        fields,
        page,
    };
    let mut response = render(&template)?;
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

/// Shows the form of a new permission.
pub(crate) async fn begin(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    permit_recording(&state, &viewer)?;
    let today = state.today();
    let until = today.checked_add_days(Days::new(OFFERED_DAYS)).unwrap_or(today);
    let fields = Fields::default()
        .with("from", today.to_string())
        .with("until", until.to_string())
        .with("threshold", THRESHOLD.to_string())
        .with("service-counts", "yes");
    form(&state, &reader, None, fields, Vec::new()).await
}

/// Shows the form with what is permitted now.
pub(crate) async fn edit(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
) -> Result<Response, PageError> {
    permit_recording(&state, &viewer)?;
    let revision = newest(&state, &number).await?;
    let fields = fields_of(&state, &revision).await?;
    let number = revision.project.number.to_string();
    form(&state, &reader, Some(number), fields, Vec::new()).await
}

async fn fields_of(state: &AppState, revision: &ProjectRevision) -> Result<Fields, PageError> {
    let project = &revision.project;
    let mut members = Vec::with_capacity(project.members.len());
    for member in &project.members {
        let found = state.store.person(*member).await.map_err(PageError::internal)?;
        members.extend(found.map(|found| found.sign_in_name));
    }
    let mut fields = Fields::default()
        .with("revision", revision.revision.to_string())
        .with("title", project.title.as_str())
        .with("purpose", project.purpose.as_str())
        .with("organisation", project.organisation.as_str())
        .with("from", project.from.to_string())
        .with("until", project.until.to_string())
        .with("stopped", project.stopped.map(|day| day.to_string()).unwrap_or_default())
        .with("population", project.population.as_str())
        .with("threshold", project.threshold.to_string())
        .with("members", members.join("\n"));
    let uses = project.uses.iter().map(|each| format!("use-{each}"));
    let services = project.services.iter().map(|each| format!("service-{each}"));
    let items = project.items.iter().map(|each| format!("item-{each}"));
    for name in uses.chain(services).chain(items) {
        fields = fields.with(&name, "yes");
    }
    Ok(fields)
}

/// Records a new permission.
pub(crate) async fn record_new(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    record(&state, &viewer, &reader, None, fields).await
}

/// Records a change of a permission.
pub(crate) async fn record_change(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    permit_recording(&state, &viewer)?;
    let before = newest(&state, &number).await?;
    record(&state, &viewer, &reader, Some(before), fields).await
}

async fn record(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    before: Option<ProjectRevision>,
    fields: Fields,
) -> Result<Response, PageError> {
    let permit = permit_recording(state, viewer)?;
    let number = before.as_ref().map(|before| before.project.number.to_string());
    let project = match read(state, before.as_ref(), &fields).await? {
        Ok(project) => project,
        Err(mistakes) => return form(state, reader, number, fields, mistakes).await,
    };
    let seen: u32 = fields.text("revision").parse().unwrap_or(0);
    let last = before.as_ref().map_or(0, |before| before.revision);
    let new = ProjectRevision {
        revision: last + 1,
        recorded_by: Some(viewer.actor.person),
        recorded_at: state.now(),
        project,
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let is_new = batch.write_project(&new).await.map_err(PageError::internal)?;
    if !is_new || last != seen {
        drop(batch);
        let mistake = problem(
            "number",
            "同じ番号の課題があるか、開いている間にほかの人が変更しました。",
            "There is a project of this number, or somebody else changed it meanwhile.",
            "開き直して、内容を確かめてください。",
            "Open it again and look at what it says now.",
        );
        return form(state, reader, number, fields, vec![mistake]).await;
    }
    let entry = Entry::permitted(state.now(), &viewer.actor, &permit);
    let entry = entry.about("project", &new.project.number);
    let entry = entry.with_detail(&format!("revision {}", new.revision));
    batch.append_audit(&entry).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to(&format!("/research/{}", new.project.number)).into_response())
}

fn problem(
    field: &str,
    ja: &'static str,
    en: &'static str,
    remedy_ja: &'static str,
    remedy_en: &'static str,
) -> Problem {
    let place = ProblemPlace::pointer(format!("/{field}"));
    let message = LocalizedText::of(ja, en);
    Problem::error("project.form", place, message, LocalizedText::of(remedy_ja, remedy_en))
        .for_data_entry()
}

/// Reads a permission from its form; the inner error is everything that is wrong with it.
async fn read(
    state: &AppState,
    before: Option<&ProjectRevision>,
    fields: &Fields,
) -> Result<Result<ResearchProject, Vec<Problem>>, PageError> {
    let mut mistakes = Vec::new();
    let number = match before {
        Some(before) => Some(before.project.number.clone()),
        None => fields.word("number"),
    };
    let (from, until) = (fields.day("from"), fields.day("until"));
    let stopped = fields.day("stopped");
    let mut refuse = |wrong: bool, each: Problem| {
        if wrong {
            mistakes.push(each);
        }
    };
    refuse(
        number.is_none(),
        problem(
            "number",
            "課題番号を読めません。",
            "The number cannot be read.",
            "半角の英数字とハイフンで24文字以内にしてください（例 R2026-001）。",
            "Use at most 24 letters, digits and hyphens, such as R2026-001.",
        ),
    );
    refuse(
        from.is_none() || until.is_none() || (stopped.is_none() && !fields.is("stopped", "")),
        problem(
            "from",
            "日付を読めません。",
            "A day cannot be read.",
            "年-月-日の形で入力してください（例 2026-04-01）。",
            "Write year-month-day, such as 2026-04-01.",
        ),
    );
    let organisation = fields.text("organisation");
    refuse(
        organisation.is_empty() || organisation.chars().count() > 64,
        problem(
            "organisation",
            "実施機関のコードがありません。",
            "The organisation's code is missing.",
            "64文字以内で入力してください。",
            "Enter at most 64 characters.",
        ),
    );
    let (members, unknown) = members(state, fields.text("members")).await?;
    if !unknown.is_empty() {
        let message = LocalizedText::new(
            format!("利用者が見つかりません: {}", unknown.join(", ")),
            format!("Nobody signs in as: {}", unknown.join(", ")),
        );
        let remedy = LocalizedText::of(
            "サインイン名を1行に1つずつ入力してください。",
            "Enter one sign-in name on each line.",
        );
        let place = ProblemPlace::pointer("/members");
        mistakes.push(Problem::error("project.member", place, message, remedy).for_data_entry());
    }
    let (Some(number), Some(from), Some(until)) = (number, from, until) else {
        return Ok(Err(mistakes));
    };
    let ticked = |prefix: &str, code: &str| fields.is_of(prefix, code, "yes");
    let uses: BTreeSet<DataUse> =
        secondary_uses().filter(|each| ticked("use-", each.code())).collect();
    let id = match before {
        Some(before) => before.project.id,
        None => ProjectId(identifier_v7(state.now(), &["research project", number.as_str()])),
    };
    let project = ResearchProject {
        id,
        number,
        title: fields.text("title").to_owned(),
        purpose: fields.text("purpose").to_owned(),
        organisation: OrganisationCode::new(organisation),
        uses,
        from,
        until,
        stopped,
        items: askable().filter(|code| ticked("item-", code)).map(ToOwned::to_owned).collect(),
        population: fields.text("population").to_owned(),
        services: ProjectService::ALL
            .iter()
            .copied()
            .filter(|each| ticked("service-", each.code()))
            .collect(),
        threshold: fields.text("threshold").parse().unwrap_or(0),
        members,
    };
    mistakes.extend(project.problems());
    let view = state.cohort.view(state).await?;
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(state.release);
    if let Err(problems) = Population::of(&project, REGISTERED, &vocabulary) {
        mistakes.extend(problems);
    }
    Ok(if mistakes.is_empty() { Ok(project) } else { Err(mistakes) })
}

/// Finds people by their sign-in names, one on each line; returns too the names that nobody has.
async fn members(state: &AppState, text: &str) -> Result<(Vec<PersonId>, Vec<String>), PageError> {
    let (mut members, mut unknown) = (Vec::new(), Vec::new());
    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
    for name in names.take(model::research_project::MEMBERS_MAX + 1) {
        let found = state.store.person_by_sign_in_name(name).await.map_err(PageError::internal)?;
        match found {
            Some(found) if members.contains(&found.id) => {}
            Some(found) => members.push(found.id),
            None => unknown.push(name.chars().take(64).collect()),
        }
    }
    Ok((members, unknown))
}
