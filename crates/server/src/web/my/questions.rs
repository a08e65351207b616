//! Asking the patient desk, and reading its answers.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    identity::InquiryId,
    inquiry::{self, Inquiry, InquiryStep, InquiryTopic, InquiryWay},
};
use store::{InquiryHistory, identifier_v7};

use super::Mine;
use crate::{
    error::{PageError, Worded},
    fields::Fields,
    form::CheckedForm,
    format,
    page::{Page, render},
    patient::Patient,
    reader::Reader,
    state::AppState,
    view::TagView,
    web::desk,
};

/// A choice in a list.
struct Choice {
    value: &'static str,
    label: String,
}

/// A question with its answers.
struct QuestionView {
    topic: String,
    text: String,
    asked: String,
    due: String,
    state: TagView,
    waits: bool,
    answers: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "my/questions.html")]
struct QuestionsTemplate {
    page: Page,
    mine: Mine,
    topics: Vec<Choice>,
    questions: Vec<QuestionView>,
    fields: Fields,
    mistake: bool,
}

/// Shows the form, and what was asked before.
pub(crate) async fn show(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
) -> Result<Response, PageError> {
    form(&state, &reader, &patient, Fields::default(), false).await
}

async fn form(
    state: &AppState,
    reader: &Reader,
    patient: &Patient,
    fields: Fields,
    mistake: bool,
) -> Result<Response, PageError> {
    let (page, subject, mine) = Mine::of(state, reader, patient).await?;
    let asked = state.store.inquiries_of_case(subject.case).await.map_err(PageError::internal)?;
    let topic = |topic: &InquiryTopic| Choice {
        value: topic.code(),
        label: page.text(&topic.label()).to_owned(),
    };
    let template = QuestionsTemplate {
        topics: InquiryTopic::ALL.iter().map(topic).collect(),
        questions: asked.iter().map(|history| question(&page, history)).collect(),
        fields,
        mistake,
        mine,
        page,
    };
    let mut response = render(&template)?;
    if mistake {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

fn question(page: &Page, history: &InquiryHistory) -> QuestionView {
    let InquiryHistory { inquiry, events } = history;
    let status = inquiry::status(events);
    let answers = events.iter().filter(|event| event.step == InquiryStep::Answered);
    QuestionView {
        topic: page.text(&inquiry.topic.label()).to_owned(),
        text: inquiry.question.clone(),
        asked: format::moment(inquiry.opened_at, page.language),
        due: format::day(inquiry.due_on, page.language),
        state: desk::status_tag(page, status),
        waits: status.waits(),
        answers: answers
            .map(|event| (format::moment(event.at, page.language), event.text.clone()))
            .collect(),
    }
}

/// Takes a question.
pub(crate) async fn take(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    patient.check_own(&state, &fields)?;
    let question = fields.text("question").to_owned();
    let topic: Option<InquiryTopic> = fields.word("topic");
    let Some(topic) = topic.filter(|_| inquiry::check_text(&question).is_ok()) else {
        return form(&state, &reader, &patient, fields, true).await;
    };
    let now = state.now();
    let parts = ["inquiry", &patient.case().to_string(), &question];
    let inquiry = Inquiry {
        id: InquiryId(identifier_v7(now, &parts)),
        case: Some(patient.case()),
        way: InquiryWay::PatientPage,
        topic,
        question,
        language: reader.language,
        opened_at: now,
        due_on: inquiry::due_on(now),
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.open_inquiry(&inquiry).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to("/my/questions").into_response())
}
