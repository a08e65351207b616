//! Cohorts that people keep under a name, for themselves or with their hospital.
//!
//! What is kept is the query; its cases are those that it finds when it is opened.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use access::audit::Entry;
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use model::{identity::PersonId, organisation::OrganisationCode};
use research::cohort::{Query, Vocabulary};
use serde::Deserialize;
use store::SavedCohort;

use super::{
    Searcher,
    asked::{self, CohortPlace},
    labels::ClinicLabels,
    permit, permitted, scope,
    survival::ChoiceView,
};
use crate::{
    address,
    error::{PageError, Worded},
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
};

/// Longest name. Units: characters.
const NAME_CHARS_MAX: usize = 80;
/// Longest query that is kept. Units: characters.
const QUERY_CHARS_MAX: usize = 4_000;

/// A hospital with whose people a cohort may be shared.
struct ShareView {
    code: String,
    name: String,
}

fn hospital(page: &Page, labels: &ClinicLabels<'_>, code: &OrganisationCode) -> String {
    labels.of_item(research::cohort::Item::Hospital, code.as_str(), page.language)
}

/// What is to be saved.
#[derive(Deserialize)]
pub(crate) struct SaveForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    share: String,
}

/// Saves a cohort.
pub(crate) async fn save(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(sent): CheckedForm<SaveForm>,
) -> Result<Response, PageError> {
    let searcher = permitted(&state, &viewer).await?;
    let name = sent.name.trim();
    if sent.q.chars().count() > QUERY_CHARS_MAX {
        return Err(PageError::BadRequest);
    }
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let pairs = [("q", sent.q.as_str()), ("mistake", "name")];
        return Ok(Redirect::to(&address::with_query("/search/saved", &pairs)).into_response());
    }
    let view = state.cohort.view(&state).await?;
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(state.release);
    let query = match Query::from_text(&sent.q, &vocabulary) {
        Ok(query) => query,
        Err(problems) => {
            let page = Page::new(&state, &reader, Place::Search).await?;
            let problems = problems.into_iter().map(|problem| (0, problem)).collect();
            let unread = asked::Unread { view, problems };
            return super::unread(&state, page, &sent.q, &unread);
        }
    };
    let organisation = match sent.share.as_str() {
        "" => None,
        code => {
            let found = searcher.organisations.iter().find(|own| own.as_str() == code);
            Some(found.ok_or(PageError::BadRequest)?.clone())
        }
    };
    let now = state.now();
    let saved = SavedCohort {
        id: state.new_id(),
        person: viewer.actor.person,
        organisation,
        name: name.to_owned(),
        query: query.to_text(),
        saved_at: now,
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.save_cohort(&saved).await.map_err(PageError::internal)?;
    let entry =
        Entry::permitted(now, &viewer.actor, &searcher.permit).about("saved-cohort", saved.id);
    batch.append_audit(&entry.with_detail("save")).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to("/search/saved").into_response())
}

/// Takes off a cohort that the viewer keeps.
pub(crate) async fn end(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(_): CheckedForm<HashMap<String, String>>,
) -> Result<Response, PageError> {
    let searcher = permitted(&state, &viewer).await?;
    let person = viewer.actor.person;
    let own = state.store.saved_cohorts(person, &[]).await.map_err(PageError::internal)?;
    if !own.iter().any(|each| each.id == id) {
        return Err(PageError::NotFound);
    }
    let now = state.now();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.end_saved_cohort(id, person, now).await.map_err(PageError::internal)?;
    let entry = Entry::permitted(now, &viewer.actor, &searcher.permit).about("saved-cohort", id);
    batch.append_audit(&entry.with_detail("take off")).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to("/search/saved").into_response())
}

struct SavedView {
    place: usize,
    id: String,
    name: String,
    href: String,
    query: String,
    line: String,
    count: String,
    shared: String,
    keeper: String,
    saved: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "search/saved.html")]
struct SavedTemplate {
    page: Page,
    views: Vec<ChoiceView>,
    text: String,
    shares: Vec<ShareView>,
    mistake: bool,
    saved: Vec<SavedView>,
}

/// What the address says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SavedAddress {
    /// The query that may be saved.
    q: String,
    mistake: String,
}

/// Shows the cohorts that the viewer keeps and those that are shared with the viewer.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    axum::extract::Query(address): axum::extract::Query<SavedAddress>,
) -> Result<Response, PageError> {
    let Searcher { registry, organisations, .. } = permitted(&state, &viewer).await?;
    permit(&state, &viewer, "").await?;
    let person = viewer.actor.person;
    let saved = state.store.saved_cohorts(person, &organisations).await;
    let saved = saved.map_err(PageError::internal)?;
    let names = keepers(&state, &saved).await?;
    let counted = counted(&state, &saved).await?;
    let page = Page::new(&state, &reader, Place::Search).await?;
    let labels = ClinicLabels { release: state.release, registry: &registry };
    let view = |(place, (each, counted)): (usize, (&SavedCohort, &Counted))| {
        let text = |query: &Query| query.to_line(page.language, &labels);
        SavedView {
            place,
            id: each.id.to_string(),
            name: each.name.clone(),
            href: address::with_query("/search", &[("q", &each.query)]),
            query: each.query.clone(),
            line: counted.as_ref().map_or_else(|| each.query.clone(), |(query, _)| text(query)),
            count: counted
                .as_ref()
                .map_or_else(|| "–".to_owned(), |(_, cases)| format::grouped(*cases)),
            shared: each
                .organisation
                .as_ref()
                .map_or_else(|| page.t("saved-alone"), |code| hospital(&page, &labels, code)),
            keeper: names.get(&each.person).cloned().unwrap_or_default(),
            saved: format::day_short(format::local_day(each.saved_at), page.language),
            is_own: each.person == person,
        }
    };
    let share = |code: &OrganisationCode| ShareView {
        name: hospital(&page, &labels, code),
        code: code.to_string(),
    };
    let views = saved.iter().zip(&counted).enumerate().map(view).collect();
    let mistake = address.mistake == "name";
    let template = SavedTemplate {
        views: asked::views(&page, &address.q, CohortPlace::Saved),
        shares: organisations.iter().map(share).collect(),
        text: address.q,
        mistake,
        saved: views,
        page,
    };
    let mut response = render(&template)?;
    if mistake {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

/// What a saved query is and how many cases it finds now; `None` where it cannot be read any more.
type Counted = Option<(Query, u64)>;

/// Returns the names of who keeps some cohorts.
async fn keepers(
    state: &AppState,
    saved: &[SavedCohort],
) -> Result<HashMap<PersonId, String>, PageError> {
    let people: HashSet<PersonId> = saved.iter().map(|each| each.person).collect();
    let mut names = HashMap::new();
    for id in people {
        let person = state.store.person(id).await.map_err(PageError::internal)?;
        names.insert(id, person.map(|person| person.name).unwrap_or_default());
    }
    Ok(names)
}

/// Counts what the saved queries find now; `None` where one cannot be read any more.
async fn counted(state: &AppState, saved: &[SavedCohort]) -> Result<Vec<Counted>, PageError> {
    let view = state.cohort.view(state).await?;
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(state.release);
    let queries: Vec<Option<Query>> =
        saved.iter().map(|each| Query::from_text(&each.query, &vocabulary).ok()).collect();
    let (release, view) = (state.release, Arc::clone(&view));
    let work = state.count(move || {
        let count = |query: Option<Query>| {
            let query = query?;
            let cohort = view.evaluate(&scope::scoped(&query, &view).0, release).ok()?;
            Some((query, cohort.cases()))
        };
        queries.into_iter().map(count).collect()
    });
    work.await
}
