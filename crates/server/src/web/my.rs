//! The patient's own pages: what I allow, a change of will, a copy to keep, who looked, a question.
//!
//! They are reached with a one-time code (`crate::patient`) and have a frame of their own, made for a phone.

mod change;
mod entry;
mod looks;
mod questions;
mod withdraw;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use model::{
    consent::{AsOf, DataUse},
    identity::ConsentEventId,
};
use uuid::Uuid;

use crate::{
    error::PageError,
    format,
    page::{Page, Place, render},
    patient::Patient,
    reader::Reader,
    state::AppState,
    view::Fact,
    web::consent::{
        Subject,
        documents::{self, Block, DocumentView},
        recall::{self, Recall},
        view::{self, AnswerView, EventView},
    },
};

/// Returns the addresses of the patient's pages.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/my", get(entry::show).post(entry::enter))
        .route("/my/leave", post(entry::leave))
        .route("/my/home", get(home))
        .route("/my/consent", get(change::show).post(change::take))
        .route("/my/withdraw", get(withdraw::show).post(withdraw::take))
        .route("/my/copies/{event}", get(copy))
        .route("/my/documents/{code}/{version}", get(document))
        .route("/my/looks", get(looks::show))
        .route("/my/questions", get(questions::show).post(questions::take))
}

/// What every page of the patient's own shows.
pub(crate) struct Mine {
    /// The case's reference, as the hospital's letter names it.
    pub(crate) reference: String,
    /// When the session ends.
    pub(crate) until: String,
    /// The name by which a form knows whose it is.
    pub(crate) owner: String,
}

impl Mine {
    async fn of(
        state: &AppState,
        reader: &Reader,
        patient: &Patient,
    ) -> Result<(Page, Subject, Self), PageError> {
        let subject = Subject::read(state, patient.case()).await?;
        let page = Page::new(state, reader, Place::Elsewhere).await?;
        let until = format::moment(patient.session.expires_at, page.language);
        let owner = patient.name_in_forms(state);
        let mine = Self { reference: subject.reference.clone(), until, owner };
        Ok((page, subject, mine))
    }
}

#[derive(Template)]
#[template(path = "my/home.html")]
struct HomeTemplate {
    page: Page,
    mine: Mine,
    answers: Vec<AnswerView>,
    events: Vec<EventView>,
    nothing: bool,
    registered: bool,
}

/// Shows what the patient allows, and what can be done.
pub(crate) async fn home(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
) -> Result<Response, PageError> {
    let (page, subject, mine) = Mine::of(&state, &reader, &patient).await?;
    let now = subject.state_at(AsOf::known_then(state.now()));
    let template = HomeTemplate {
        answers: view::answers(&page, &now),
        events: view::history(&page, &subject.events, |event| format!("/my/copies/{}", event.id)),
        nothing: subject.events.is_empty(),
        registered: now.allows(DataUse::Registration),
        mine,
        page,
    };
    render(&template)
}

#[derive(Template)]
#[template(path = "my/copy.html")]
struct CopyTemplate {
    page: Page,
    mine: Mine,
    event: EventView,
    document_href: Option<String>,
    facts: Vec<Fact>,
    recall: Option<Recall>,
    since: String,
}

/// Shows one event: the copy that the patient keeps.
pub(crate) async fn copy(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
    Path(event): Path<Uuid>,
) -> Result<Response, PageError> {
    let (page, subject, mine) = Mine::of(&state, &reader, &patient).await?;
    let found = view::find(&subject, ConsentEventId(event)).ok_or(PageError::NotFound)?;
    let version = found.document.as_ref();
    let template = CopyTemplate {
        event: view::event(&page, &subject.events, found, String::new()),
        document_href: version.map(|each| format!("/my/documents/{}/{}", each.code, each.version)),
        facts: view::facts(&page, found),
        recall: recall::of(&state, &page, &subject, found).await?,
        since: recall::in_force_since(&page, found),
        mine,
        page,
    };
    render(&template)
}

#[derive(Template)]
#[template(path = "my/document.html")]
struct DocumentTemplate {
    page: Page,
    document: DocumentView,
}

/// Shows a consent document in the patient's frame; it is no secret and needs no session.
pub(crate) async fn document(
    State(state): State<AppState>,
    reader: Reader,
    Path((code, version)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let document = documents::read(&state, &code, &version).await?;
    let page = Page::new(&state, &reader, Place::Elsewhere).await?;
    let document = documents::view(&page, &document);
    render(&DocumentTemplate { page, document })
}
