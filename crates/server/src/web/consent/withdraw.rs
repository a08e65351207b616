//! Recording a withdrawal that came by telephone, by letter, on paper or in person.

use access::{Action, Permit, Purpose, audit::Entry};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    consent::{AsOf, ConsentEvent, ConsentKind, ConsentWay, Recorder, day_of},
    identity::{CaseId, ConsentEventId},
};
use store::identifier_v7;

use super::{
    Subject,
    record::{Choice, WAYS, ways},
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

#[derive(Template)]
#[template(path = "consent/withdraw.html")]
struct WithdrawTemplate {
    page: Page,
    reference: String,
    href: String,
    fields: Fields,
    mistake: Option<String>,
    answers: Vec<AnswerView>,
    ways: Vec<Choice>,
    today: String,
}

/// Shows the form.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    state.permit_case(&viewer, Action::RecordConsent, case, Purpose::PatientRequest).await?;
    let today = day_of(state.now()).to_string();
    let fields = Fields::default().with("way", "telephone").with("signed", today);
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
    let template = WithdrawTemplate {
        reference: subject.reference.clone(),
        href: subject.href.clone(),
        mistake: mistake.map(|mistake| mistake.words(&page)),
        answers: view::answers(&page, &subject.state_at(AsOf::known_then(state.now()))),
        ways: ways(&page),
        today: day_of(state.now()).to_string(),
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
    let permit = state.permit_case(&viewer, Action::RecordConsent, case, Purpose::PatientRequest);
    let permit = permit.await?;
    let recorded = match event(&state, &viewer, &permit, case, &fields) {
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
    case: CaseId,
    fields: &Fields,
) -> Result<ConsentEvent, Mistake> {
    let now = state.now();
    let way: ConsentWay =
        fields.word("way").filter(|way| WAYS.contains(way)).ok_or(Mistake::Field)?;
    let identity = fields.said("identity").ok_or(Mistake::NoIdentityCheck)?;
    let note = [Some(identity), fields.said("note")].into_iter().flatten().collect::<Vec<_>>();
    let answers = recording::withdrawn(fields);
    let parts = [viewer.actor.person.to_string(), case.to_string(), answers.to_string()];
    let parts = parts.iter().map(String::as_str).collect::<Vec<_>>();
    Ok(ConsentEvent {
        id: ConsentEventId(identifier_v7(now, &parts)),
        case,
        kind: ConsentKind::Withdrawn,
        answers,
        recipient: None,
        document: None,
        way,
        signed_on: fields.day("signed").ok_or(Mistake::Field)?,
        witness: fields.said("witness"),
        recorded_by: Recorder::Staff { person: permit.person(), name: viewer.actor.name.clone() },
        recorded_at: now,
        supersedes: None,
        note: Some(note.join("\n")),
    })
}
