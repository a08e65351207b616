//! Recording a consent, or a change of will, that a patient gave to people.

use access::{Action, Permit, Purpose, audit::Entry};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    consent::{
        AsOf, ConsentDocument, ConsentEvent, ConsentKind, ConsentWay, FindingsRecipient, Recorder,
        day_of,
    },
    identity::{CaseId, ConsentEventId},
};
use store::identifier_v7;

use super::{
    Subject,
    recording::{self, Mistake},
    view::{self, AnswerView},
};
use crate::{
    address,
    error::PageError,
    fields::Fields,
    form::CheckedForm,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
};

/// A choice in a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

/// Ways in which people hear a patient's will, in the order in which they are offered.
pub(super) const WAYS: [ConsentWay; 4] =
    [ConsentWay::Paper, ConsentWay::InPerson, ConsentWay::Telephone, ConsentWay::Letter];

#[derive(Template)]
#[template(path = "consent/record.html")]
struct RecordTemplate {
    page: Page,
    reference: String,
    href: String,
    fields: Fields,
    mistake: Option<String>,
    answers: Vec<AnswerView>,
    documents: Vec<Choice>,
    recipients: Vec<Choice>,
    ways: Vec<Choice>,
    corrected: Vec<Choice>,
    today: String,
}

/// Returns the ways as choices.
pub(super) fn ways(page: &Page) -> Vec<Choice> {
    let choice = |way: ConsentWay| Choice {
        value: way.code().to_owned(),
        label: page.text(&way.label()).to_owned(),
    };
    WAYS.map(choice).into()
}

/// Shows the form.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    state.permit_case(&viewer, Action::RecordConsent, case, Purpose::Registration).await?;
    let today = day_of(state.now()).to_string();
    let fields = Fields::default().with("way", "paper").with("signed", today);
    form(&state, &reader, case, fields, None).await
}

async fn form(
    state: &AppState,
    reader: &Reader,
    case: CaseId,
    fields: Fields,
    mistake: Option<Mistake>,
) -> Result<Response, PageError> {
    let subject = Subject::read(state, case).await?;
    let page = Page::new(state, reader, Place::InCases).await?;
    let documents = state.store.consent_documents().await.map_err(PageError::internal)?;
    let today = day_of(state.now());
    let in_use = ConsentDocument::in_use_on(&documents, today);
    let document = |document: &&ConsentDocument| Choice {
        value: document.version.to_string(),
        label: format!("{} ({})", page.text(&document.title), document.version.version),
    };
    let recipient = |recipient: &FindingsRecipient| Choice {
        value: recipient.code().to_owned(),
        label: page.text(&recipient.label()).to_owned(),
    };
    let event = |event: view::EventView| Choice {
        label: format!("{} {} ({})", event.kind.label, event.signed, event.recorded),
        value: event.href,
    };
    let corrected = view::history(&page, &subject.events, |event| event.id.to_string());
    let template = RecordTemplate {
        reference: subject.reference.clone(),
        href: subject.href.clone(),
        mistake: mistake.map(|mistake| mistake.words(&page)),
        answers: view::answers(&page, &subject.state_at(AsOf::known_then(state.now()))),
        documents: in_use.iter().map(document).collect(),
        recipients: FindingsRecipient::ALL.iter().map(recipient).collect(),
        ways: ways(&page),
        corrected: corrected.into_iter().filter(|event| !event.superseded).map(event).collect(),
        today: today.to_string(),
        fields,
        page,
    };
    let mut response = render(&template)?;
    if mistake.is_some() {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(crate::error::Worded);
    }
    Ok(response)
}

/// Takes the form.
pub(crate) async fn take(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let permit = state.permit_case(&viewer, Action::RecordConsent, case, Purpose::Registration);
    let permit = permit.await?;
    let subject = Subject::read(&state, case).await?;
    let recorded = match event(&state, &viewer, &permit, &subject, &fields) {
        Ok(event) => {
            let entry = Entry::permitted(state.now(), &viewer.actor, &permit);
            recording::record(&state, &event, entry).await?.map(|_| event.id)
        }
        Err(mistake) => Err(mistake),
    };
    match recorded {
        Ok(event) => Ok(Redirect::to(&address::consent_event(case, event)).into_response()),
        Err(mistake) => form(&state, &reader, case, fields, Some(mistake)).await,
    }
}

fn event(
    state: &AppState,
    viewer: &Viewer,
    permit: &Permit,
    subject: &Subject,
    fields: &Fields,
) -> Result<ConsentEvent, Mistake> {
    let now = state.now();
    let supersedes = match fields.text("corrects") {
        "" => None,
        text => Some(ConsentEventId(text.parse().map_err(|_| Mistake::Field)?)),
    };
    let kind = match supersedes {
        Some(_) => ConsentKind::Corrected,
        None if subject.events.is_empty() => ConsentKind::Given,
        None => ConsentKind::Changed,
    };
    let way: ConsentWay =
        fields.word("way").filter(|way| WAYS.contains(way)).ok_or(Mistake::Field)?;
    let recipient = match fields.text("recipient") {
        "" => None,
        _ => Some(fields.word::<FindingsRecipient>("recipient").ok_or(Mistake::Field)?),
    };
    let identity = fields.said("identity");
    if way != ConsentWay::Paper && identity.is_none() {
        return Err(Mistake::NoIdentityCheck);
    }
    let note = [identity, fields.said("note")].into_iter().flatten().collect::<Vec<_>>();
    let answers = recording::answers(fields)?;
    let parts = [viewer.actor.person.to_string(), subject.case.to_string(), answers.to_string()];
    let parts = parts.iter().map(String::as_str).collect::<Vec<_>>();
    Ok(ConsentEvent {
        id: ConsentEventId(identifier_v7(now, &parts)),
        case: subject.case,
        kind,
        answers,
        recipient,
        document: recording::document(fields),
        way,
        signed_on: fields.day("signed").ok_or(Mistake::Field)?,
        witness: fields.said("witness"),
        recorded_by: Recorder::Staff { person: permit.person(), name: viewer.actor.name.clone() },
        recorded_at: now,
        supersedes,
        note: Some(note.join("\n")).filter(|note| !note.is_empty()),
    })
}
