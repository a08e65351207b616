//! The letter with a one-time code that a patient takes home.

use access::{Action, Purpose, audit::Entry};
use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use model::identity::CaseId;

use super::Subject;
use crate::{
    error::PageError,
    fields::Fields,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    patient::{self, SecondFact},
    qr::{QrPicture, qr},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
};

#[derive(Template)]
#[template(path = "consent/code.html")]
struct CodeTemplate {
    page: Page,
    reference: String,
    href: String,
    mistake: bool,
    fields: Fields,
}

#[derive(Template)]
#[template(path = "consent/letter.html")]
struct LetterTemplate {
    page: Page,
    reference: String,
    href: String,
    code: String,
    fact_is_year: bool,
    address: String,
    expires: String,
    picture: Option<QrPicture>,
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
    form(&state, &reader, case, Fields::default().with("fact", "birth-year"), false).await
}

async fn form(
    state: &AppState,
    reader: &Reader,
    case: CaseId,
    fields: Fields,
    mistake: bool,
) -> Result<Response, PageError> {
    let subject = Subject::read(state, case).await?;
    let page = Page::new(state, reader, Place::InCases).await?;
    // The second fact itself is not written back into a page.
    let fields = fields.with("value", "");
    let (reference, href) = (subject.reference, subject.href);
    render(&CodeTemplate { page, reference, href, mistake, fields })
}

/// Issues a code and shows the letter; this is the only time that the code can be seen.
pub(crate) async fn take(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    headers: HeaderMap,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let permit = state.permit_case(&viewer, Action::RecordConsent, case, Purpose::Registration);
    let permit = permit.await?;
    let subject = Subject::read(&state, case).await?;
    let fact: Option<SecondFact> = fields.word("fact");
    let normal = fact.and_then(|fact| Some((fact, fact.normal(fields.text("value"))?)));
    let Some((fact, normal)) = normal else {
        return form(&state, &reader, case, fields, true).await;
    };
    let (code, new) = patient::new_code(case, fact, &normal, permit.person(), state.now())?;
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.issue_code(&new).await.map_err(PageError::internal)?;
    let entry =
        Entry::permitted(state.now(), &viewer.actor, &permit).about("one-time code", new.id);
    batch.append_audit(&entry).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let address = my_address(&state, &headers);
    let shown = code.shown();
    let template = LetterTemplate {
        reference: subject.reference,
        href: subject.href,
        fact_is_year: fact == SecondFact::BirthYear,
        expires: format::moment(new.expires_at, page.language),
        picture: qr(&format!("{address}?code={shown}")),
        address,
        code: shown,
        page,
    };
    render(&template)
}

/// Returns the address of the patients' page as the browser of the hospital knows this server.
fn my_address(state: &AppState, headers: &HeaderMap) -> String {
    let host = headers.get(axum::http::header::HOST).and_then(|host| host.to_str().ok());
    let scheme = if state.loopback_only { "http" } else { "https" };
    format!("{scheme}://{}/my", host.unwrap_or("localhost"))
}
