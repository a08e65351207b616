//! A patient's consent as the hospital and the desk see it: what holds, what held, and everything recorded.

mod code;
pub(crate) mod documents;
pub(crate) mod past;
pub(crate) mod recall;
mod record;
pub(crate) mod recording;
pub(crate) mod view;
mod withdraw;

use access::{Action, Purpose, audit::Entry};
use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use model::{
    consent::{AsOf, ConsentEvent, ConsentState, DataUse},
    identity::{CaseId, ConsentEventId},
};
use store::IssuedCode;
use uuid::Uuid;

use crate::{
    address,
    error::PageError,
    fields::Fields,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    view::{Fact, TagView},
    viewer::Viewer,
};
use past::PastView;
use recall::Recall;
use view::{AnswerView, EventView};

/// Returns the addresses of consent at the hospital, and of the documents.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/cases/{id}/consent", get(show))
        .route("/cases/{id}/consent/record", get(record::show).post(record::take))
        .route("/cases/{id}/consent/withdraw", get(withdraw::show).post(withdraw::take))
        .route("/cases/{id}/consent/code", get(code::show).post(code::take))
        .route("/cases/{id}/consent/events/{event}", get(event))
        .route("/consent-documents", get(documents::list).post(documents::add))
        .route("/consent-documents/{code}/{version}", get(documents::show))
}

/// A use and whether it is allowed.
struct UseView {
    label: String,
    state: TagView,
    because: Option<String>,
}

/// A code that was issued.
struct CodeView {
    state: TagView,
    issued: String,
    expires: String,
    attempts: String,
}

#[derive(Template)]
#[template(path = "consent/show.html")]
struct ConsentTemplate {
    page: Page,
    reference: String,
    case_href: String,
    href: String,
    verdict: TagView,
    verdict_detail: String,
    answers: Vec<AnswerView>,
    uses: Vec<UseView>,
    past: PastView,
    events: Vec<EventView>,
    codes: Vec<CodeView>,
    can_record: bool,
}

/// What is known of a case before its consent is shown or changed.
pub(crate) struct Subject {
    pub(crate) case: CaseId,
    pub(crate) reference: String,
    pub(crate) href: String,
    pub(crate) events: Vec<ConsentEvent>,
}

impl Subject {
    /// Reads a case and its consent events.
    pub(crate) async fn read(state: &AppState, case: CaseId) -> Result<Self, PageError> {
        let revision = state.store.case(case).await.map_err(PageError::internal)?;
        let reference = revision.ok_or(PageError::NotFound)?.document.reference;
        let events = state.store.consent_events(case).await.map_err(PageError::internal)?;
        Ok(Self { case, reference, href: address::consent(case), events })
    }

    /// Returns what holds.
    pub(crate) fn state_at(&self, as_of: AsOf) -> ConsentState {
        let marks: Vec<_> = self.events.iter().map(ConsentEvent::mark).collect();
        ConsentState::at(&marks, as_of)
    }
}

/// Shows a case's consent.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    Query(fields): Query<Fields>,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let permit = state.permit_case(&viewer, Action::ReadConsent, case, Purpose::Registration);
    let entry = Entry::permitted(state.now(), &viewer.actor, &permit.await?);
    let may_record = state.permit_case(&viewer, Action::RecordConsent, case, Purpose::Registration);
    let can_record = may_record.await.is_ok();
    let subject = Subject::read(&state, case).await?;
    state.audit.record(entry).await?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let now = subject.state_at(AsOf::known_then(state.now()));
    let codes = state.store.codes_of_case(case).await.map_err(PageError::internal)?;
    let (verdict, verdict_detail) = verdict(&page, &subject, &now);
    let template = ConsentTemplate {
        reference: subject.reference.clone(),
        case_href: address::case(case),
        href: subject.href.clone(),
        verdict,
        verdict_detail,
        answers: view::answers(&page, &now),
        uses: DataUse::ALL.iter().map(|data_use| use_view(&page, *data_use, &now)).collect(),
        past: past::answer(&page, &subject, &fields, state.now()),
        events: view::history(&page, &subject.events, |event| {
            address::consent_event(case, event.id)
        }),
        codes: codes.iter().map(|code| code_view(&page, code, state.now())).collect(),
        can_record,
        page,
    };
    render(&template)
}

fn verdict(page: &Page, subject: &Subject, now: &ConsentState) -> (TagView, String) {
    if subject.events.is_empty() {
        let tag = TagView { class: "warn", label: page.t("consent-none") };
        return (tag, page.t("consent-none-detail"));
    }
    if !now.allows(DataUse::Registration) {
        let tag = TagView { class: "not", label: page.t("consent-not-registered") };
        return (tag, page.t("consent-not-registered-detail"));
    }
    let secondary = [DataUse::Academic, DataUse::Company].iter().any(|each| now.allows(*each));
    let (class, key, detail) = if secondary {
        ("", page.t("consent-secondary"), page.t("consent-secondary-detail"))
    } else {
        ("calm", page.t("consent-registered-only"), page.t("consent-registered-only-detail"))
    };
    (TagView { class, label: key }, detail)
}

fn use_view(page: &Page, data_use: DataUse, now: &ConsentState) -> UseView {
    let label = page.text(&data_use.label()).to_owned();
    match data_use.decide(&now.answers()) {
        Ok(()) => {
            let state = TagView { class: "met", label: page.t("consent-allowed") };
            UseView { label, state, because: None }
        }
        Err(denied) => {
            let state = TagView { class: "not", label: page.t("consent-not-allowed") };
            let purpose = denied.0.label();
            let because = page.t2("consent-because", "purpose", page.text(&purpose));
            UseView { label, state, because: Some(because) }
        }
    }
}

fn code_view(page: &Page, code: &IssuedCode, now: chrono::DateTime<chrono::Utc>) -> CodeView {
    let (class, label) = if code.used_at.is_some() {
        ("", page.t("code-used"))
    } else if code.revoked_at.is_some() {
        ("", page.t("code-revoked"))
    } else if code.expires_at <= now {
        ("", page.t("code-expired"))
    } else if code.attempts_left == 0 {
        ("not", page.t("code-locked"))
    } else {
        ("met", page.t("code-open"))
    };
    CodeView {
        state: TagView { class, label },
        issued: format::moment(code.issued_at, page.language),
        expires: format::moment(code.expires_at, page.language),
        attempts: page.tn("code-attempts", u64::from(code.attempts_left)),
    }
}

#[derive(Template)]
#[template(path = "consent/event.html")]
struct EventTemplate {
    page: Page,
    reference: String,
    href: String,
    event: EventView,
    facts: Vec<Fact>,
    recall: Option<Recall>,
}

/// Shows one event: the copy that is kept, and what a withdrawal could and could not recall.
pub(crate) async fn event(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    path: axum::extract::Path<(Uuid, Uuid)>,
) -> Result<Response, PageError> {
    let axum::extract::Path((case, event)) = path;
    let case = CaseId(case);
    let permit = state.permit_case(&viewer, Action::ReadConsent, case, Purpose::Registration);
    let entry = Entry::permitted(state.now(), &viewer.actor, &permit.await?);
    let subject = Subject::read(&state, case).await?;
    let found = view::find(&subject, ConsentEventId(event)).ok_or(PageError::NotFound)?;
    state.audit.record(entry.about("consent", event)).await?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let recall = recall::of(&state, &page, &subject, found).await?;
    let template = EventTemplate {
        reference: subject.reference.clone(),
        href: subject.href.clone(),
        event: view::event(&page, &subject.events, found, String::new()),
        facts: view::facts(&page, found),
        recall,
        page,
    };
    render(&template)
}
