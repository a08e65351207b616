//! One inquiry: what was asked, what was done, and what can be done next.

use access::audit::Entry;
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    consent::day_of,
    identity::InquiryId,
    inquiry::{InquiryStatus, InquiryStep, assignee, check_text, status},
};
use store::{InquiryHistory, NewInquiryEvent};

use super::{Choice, permit, status_tag};
use crate::{
    error::{PageError, Worded},
    fields::Fields,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    view::{CaseLink, Fact, TagView, iso},
    viewer::Viewer,
};

/// Something that was done.
struct StepView {
    step: String,
    text: String,
    person: String,
    at: String,
    at_iso: String,
}

#[derive(Template)]
#[template(path = "desk/inquiry.html")]
struct InquiryTemplate {
    page: Page,
    href: String,
    question: String,
    state: TagView,
    overdue: bool,
    due: String,
    facts: Vec<Fact>,
    case: Option<CaseLink>,
    steps: Vec<StepView>,
    choices: Vec<Choice>,
    fields: Fields,
    mistake: bool,
}

/// Shows an inquiry.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    permit(&state, &viewer)?;
    form(&state, &reader, InquiryId(id), Fields::default(), false).await
}

async fn read(state: &AppState, id: InquiryId) -> Result<InquiryHistory, PageError> {
    let found = state.store.inquiry(id).await.map_err(PageError::internal)?;
    found.ok_or(PageError::NotFound)
}

async fn form(
    state: &AppState,
    reader: &Reader,
    id: InquiryId,
    fields: Fields,
    mistake: bool,
) -> Result<Response, PageError> {
    let InquiryHistory { inquiry, events } = read(state, id).await?;
    let page = Page::new(state, reader, Place::Desk).await?;
    let now_at = status(&events);
    let case = match inquiry.case {
        Some(case) => state.store.case(case).await.map_err(PageError::internal)?,
        None => None,
    };
    let case = case.map(|revision| CaseLink {
        href: format!("/desk/cases/{}", revision.case),
        reference: revision.document.reference,
    });
    let step = |event: &model::inquiry::InquiryEvent| StepView {
        step: page.text(&event.step.label()).to_owned(),
        text: event.text.clone(),
        person: event.person_name.clone(),
        at: format::moment(event.at, page.language),
        at_iso: iso(event.at),
    };
    let choice = |step: &InquiryStep| Choice {
        value: step.code(),
        label: page.text(&step.label()).to_owned(),
    };
    let fact = |label, value| Fact { label, value };
    let facts = vec![
        fact(page.t("desk-topic"), Some(page.text(&inquiry.topic.label()).to_owned())),
        fact(page.t("desk-way"), Some(page.text(&inquiry.way.label()).to_owned())),
        fact(page.t("desk-opened"), Some(format::moment(inquiry.opened_at, page.language))),
        fact(page.t("desk-language"), Some(inquiry.language.tag().to_owned())),
        fact(page.t("desk-assignee"), assignee(&events).map(str::to_owned)),
    ];
    let template = InquiryTemplate {
        href: format!("/desk/inquiries/{id}"),
        question: inquiry.question.clone(),
        state: status_tag(&page, now_at),
        overdue: now_at.waits() && inquiry.due_on < day_of(state.now()),
        due: format::day(inquiry.due_on, page.language),
        facts,
        case,
        steps: events.iter().map(step).collect(),
        choices: steps_from(now_at).iter().map(choice).collect(),
        fields,
        mistake,
        page,
    };
    let mut response = render(&template)?;
    if mistake {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

/// Returns what can be done from where an inquiry stands.
fn steps_from(status: InquiryStatus) -> &'static [InquiryStep] {
    use InquiryStep as S;
    match status {
        InquiryStatus::Open => &[S::Assigned, S::IdentityChecked, S::Noted, S::Answered],
        InquiryStatus::Assigned => &[S::IdentityChecked, S::Noted, S::Answered, S::Assigned],
        InquiryStatus::Answered => &[S::Closed, S::Noted, S::Answered, S::Reopened],
        InquiryStatus::Closed => &[S::Reopened, S::Noted],
    }
}

/// Adds what was done.
pub(crate) async fn add(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let id = InquiryId(id);
    let history = read(&state, id).await?;
    let text = fields.text("text").to_owned();
    let step: Option<InquiryStep> = fields.word("step");
    let possible = |step: &InquiryStep| steps_from(status(&history.events)).contains(step);
    let Some(step) = step.filter(possible).filter(|_| check_text(&text).is_ok()) else {
        return form(&state, &reader, id, fields, true).await;
    };
    let event = NewInquiryEvent {
        inquiry: id,
        step,
        text,
        person: permit.person(),
        person_name: viewer.actor.name.clone(),
        at: state.now(),
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.add_inquiry_event(&event).await.map_err(PageError::internal)?;
    let entry = Entry::permitted(state.now(), &viewer.actor, &permit).about("inquiry", id);
    let entry = match history.inquiry.case {
        Some(case) => entry.on_case(case, None),
        None => entry,
    };
    batch.append_audit(&entry.with_detail(step.code())).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to(&format!("/desk/inquiries/{id}")).into_response())
}
