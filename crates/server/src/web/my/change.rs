//! Giving consent electronically, and changing it.

use access::Action;
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    consent::{
        AsOf, ConsentDocument, ConsentEvent, ConsentKind, ConsentPurpose, ConsentWay,
        FindingsRecipient, Recorder, day_of,
    },
    identity::ConsentEventId,
};
use store::identifier_v7;

use super::Mine;
use crate::{
    error::{PageError, Worded},
    fields::Fields,
    form::CheckedForm,
    page::{Page, render},
    patient::Patient,
    reader::Reader,
    state::AppState,
    web::consent::{
        Subject,
        recording::{self, Mistake},
        view::{self, AnswerView},
    },
};

/// A document to be read before answering.
struct ToRead {
    href: String,
    title: String,
    value: String,
}

/// A choice in a list.
struct Choice {
    value: &'static str,
    label: String,
}

#[derive(Template)]
#[template(path = "my/consent.html")]
struct ChangeTemplate {
    page: Page,
    mine: Mine,
    fields: Fields,
    mistake: Option<String>,
    answers: Vec<AnswerView>,
    document: Option<ToRead>,
    recipients: Vec<Choice>,
    first: bool,
}

/// Shows the questions, with what was answered before.
pub(crate) async fn show(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
) -> Result<Response, PageError> {
    form(&state, &reader, &patient, None, None).await
}

async fn form(
    state: &AppState,
    reader: &Reader,
    patient: &Patient,
    fields: Option<Fields>,
    mistake: Option<Mistake>,
) -> Result<Response, PageError> {
    let (page, subject, mine) = Mine::of(state, reader, patient).await?;
    let now = subject.state_at(AsOf::known_then(state.now()));
    let document = in_use(state).await?.map(|document| ToRead {
        href: format!("/my/documents/{}/{}", document.version.code, document.version.version),
        title: page.text(&document.title).to_owned(),
        value: document.version.to_string(),
    });
    let recipient = |recipient: &FindingsRecipient| Choice {
        value: recipient.code(),
        label: page.text(&recipient.label()).to_owned(),
    };
    let template = ChangeTemplate {
        mistake: mistake.map(|mistake| mistake.words(&page)),
        fields: fields.unwrap_or_else(|| answered(&subject, &now.answers())),
        answers: view::answers(&page, &now),
        document,
        recipients: FindingsRecipient::ALL.iter().map(recipient).collect(),
        first: subject.events.is_empty(),
        mine,
        page,
    };
    let mut response = render(&template)?;
    if mistake.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

/// Fills the form with what holds; nothing is ticked in advance for somebody who never answered.
fn answered(subject: &Subject, answers: &model::consent::Answers) -> Fields {
    let fields = answers.iter().fold(Fields::default(), |fields, (purpose, answer)| {
        fields.with(&format!("answer-{purpose}"), answer.code())
    });
    let recipient = subject.events.iter().rev().find_map(|event| event.recipient);
    match recipient {
        Some(recipient) => fields.with("recipient", recipient.code()),
        None => fields,
    }
}

async fn in_use(state: &AppState) -> Result<Option<ConsentDocument>, PageError> {
    let documents = state.store.consent_documents().await.map_err(PageError::internal)?;
    let found = ConsentDocument::in_use_on(&documents, day_of(state.now()));
    Ok(found.first().map(|document| (*document).clone()))
}

/// Takes the answers.
pub(crate) async fn take(
    State(state): State<AppState>,
    patient: Patient,
    reader: Reader,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    patient.check_own(&state, &fields)?;
    let subject = Subject::read(&state, patient.case()).await?;
    let recorded = match event(&state, &subject, &fields) {
        Ok(event) => {
            let entry = recording::entry_of_patient(&state, event.case, Action::RecordConsent);
            recording::record(&state, &event, entry).await?.map(|_| event.id)
        }
        Err(mistake) => Err(mistake),
    };
    match recorded {
        Ok(event) => Ok(Redirect::to(&format!("/my/copies/{event}")).into_response()),
        Err(mistake) => form(&state, &reader, &patient, Some(fields), Some(mistake)).await,
    }
}

fn event(state: &AppState, subject: &Subject, fields: &Fields) -> Result<ConsentEvent, Mistake> {
    let now = state.now();
    let answers = recording::answers(fields)?;
    if ConsentPurpose::ALL.iter().any(|purpose| answers.get(*purpose).is_none()) {
        return Err(Mistake::Field);
    }
    let recipient = match fields.text("recipient") {
        "" => None,
        _ => Some(fields.word::<FindingsRecipient>("recipient").ok_or(Mistake::Field)?),
    };
    let first = subject.events.is_empty();
    let parts = ["patient", &subject.case.to_string(), &answers.to_string()];
    Ok(ConsentEvent {
        id: ConsentEventId(identifier_v7(now, &parts)),
        case: subject.case,
        kind: if first { ConsentKind::Given } else { ConsentKind::Changed },
        answers,
        recipient,
        document: recording::document(fields),
        way: ConsentWay::Electronic,
        signed_on: day_of(now),
        witness: None,
        recorded_by: Recorder::Patient,
        recorded_at: now,
        supersedes: None,
        note: None,
    })
}
