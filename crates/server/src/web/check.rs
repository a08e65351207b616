//! The drop area: checks a file and shows its problems or its report; takes it into the record if asked to.

use access::{Action, Purpose, Relation};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    address,
    checking::{self, Checked},
    error::PageError,
    form::CheckedMultipart,
    format,
    limits::UPLOAD_BYTES_MAX,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    upload::{self, Form},
    view::TumourView,
    viewer::Viewer,
    web::{
        problems::{self, ProblemView, Verdict},
        report,
    },
};

/// What keeps a form from being taken.
struct Mistake {
    title: String,
    detail: String,
    remedy: String,
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckTemplate {
    page: Page,
    mistake: Option<Mistake>,
    upload_max: usize,
    upload_max_shown: String,
    tumours: Vec<TumourView>,
    tumour: String,
    reference: String,
    keep: bool,
}

/// Shows the drop area.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::CheckFile, Relation::Programme, Purpose::Testing)?;
    form(&state, &reader, &Form::default(), None).await
}

async fn form(
    state: &AppState,
    reader: &Reader,
    form: &Form,
    mistake: Option<&PageError>,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::Check).await?;
    let mistake = mistake.map(|error| {
        let [title, detail, remedy] = error.keys().map(|key| page.t(key));
        Mistake { title, detail, remedy }
    });
    let tumours = state.release.tumour_types();
    let template = CheckTemplate {
        mistake,
        upload_max: UPLOAD_BYTES_MAX,
        upload_max_shown: format::bytes(UPLOAD_BYTES_MAX as u64),
        tumours: tumours.map(|tumour| TumourView::of(&page, state, &tumour.code)).collect(),
        tumour: form.tumour.clone(),
        reference: form.reference.clone(),
        keep: form.keep,
        page,
    };
    render(&template)
}

/// Takes the form.
pub(crate) async fn take(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedMultipart(multipart): CheckedMultipart,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::CheckFile, Relation::Programme, Purpose::Testing)?;
    let _permit = state.uploads.acquire().await.map_err(PageError::internal)?;
    let sent = upload::read(multipart).await?;
    match answer(&state, &viewer, &reader, &sent).await {
        Err(mistake) if mistake.is_of_form() => {
            let mut response = form(&state, &reader, &sent, Some(&mistake)).await?;
            *response.status_mut() = mistake.status();
            response.extensions_mut().insert(crate::error::Worded);
            Ok(response)
        }
        answer => answer,
    }
}

async fn answer(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    sent: &Form,
) -> Result<Response, PageError> {
    let file = sent.file()?;
    let tumour = checking::tumour_type(state.release, &sent.tumour)?;
    if sent.keep {
        let result = checking::keep(state, viewer, file, &sent.reference, tumour).await?;
        return Ok(Redirect::to(&address::result(result.id)).into_response());
    }
    let checked = checking::check(state, file, tumour).await?;
    shown(state, reader, &file.name, checked).await
}

#[derive(Template)]
#[template(path = "checked.html")]
struct CheckedTemplate {
    page: Page,
    file_name: String,
    subtitle: String,
    verdict: Verdict,
    problems: Vec<ProblemView>,
    problems_left: u64,
    notes: Vec<ProblemView>,
    samples: Vec<String>,
    body: Option<String>,
}

async fn shown(
    state: &AppState,
    reader: &Reader,
    file_name: &str,
    checked: Checked,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::Check).await?;
    let views = problems::views(&page, &checked.problems, &checked.source);
    let size = format::bytes(checked.size_bytes);
    let subtitle = match &checked.format {
        Some(format) => {
            let format = page.format(format);
            page.words("checked-subtitle", &[("format", &format), ("size", &size)])
        }
        None => size,
    };
    let body = checked.report.map(|report| report::body(&report, page.language));
    let template = CheckedTemplate {
        file_name: file_name.to_owned(),
        subtitle,
        verdict: problems::verdict(&page, &checked.problems, checked.format.is_some(), false),
        problems: views.problems,
        problems_left: views.left,
        notes: views.notes,
        samples: checked.samples,
        body,
        page,
    };
    render(&template)
}
