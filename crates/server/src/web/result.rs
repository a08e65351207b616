//! One received result: the verdict first, then the problems, then what it says.

use askama::Template;
use axum::{extract::State, response::Response};
use model::{identity::ResultId, problem::Problem};

use crate::{
    address,
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    reading,
    state::AppState,
    view::{CaseLink, file_name},
    viewer::Viewer,
    web::{
        fragment::Source,
        problems::{self, ProblemView, Verdict},
        result_facts::ResultFacts,
    },
};

#[derive(Template)]
#[template(path = "result.html")]
struct ResultTemplate {
    page: Page,
    file_name: String,
    subtitle: String,
    case: Option<CaseLink>,
    report_href: Option<String>,
    json_href: String,
    verdict: Verdict,
    problems: Vec<ProblemView>,
    problems_left: u64,
    notes: Vec<ProblemView>,
    facts: Option<ResultFacts>,
}

/// Shows a result.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let id = ResultId(id);
    let found = state.read_result(&viewer, id).await?;
    let report = reading::report_on(&state.store, &found).await?;
    let original = reading::original_of(&state.store, &found).await?;
    let size = original.as_ref().map_or(0, |original| original.size_bytes);
    let source = source(original.and_then(|original| original.bytes), &found.problems).await?;
    let page = Page::new(&state, &reader, Place::Results).await?;
    let views = problems::views(&page, &found.problems, &source);
    let case = found.row.case.zip(found.row.reference.clone());
    let received = format::moment(found.row.received_at, page.language);
    let template = ResultTemplate {
        file_name: file_name(&found.row),
        subtitle: page
            .words("result-subtitle", &[("when", &received), ("size", &format::bytes(size))]),
        case: case.map(|(id, reference)| CaseLink { href: address::case(id), reference }),
        report_href: report.map(|report| address::report(report.id)),
        json_href: address::api(&address::result(id)),
        verdict: problems::verdict(&page, &found.problems, found.document.is_some(), true),
        problems: views.problems,
        problems_left: views.left,
        notes: views.notes,
        facts: found
            .document
            .as_ref()
            .map(|result| ResultFacts::of(&page, result, &found.row.digest.0)),
        page,
    };
    render(&template)
}

/// Reads the file that problems speak of, away from the threads that answer requests.
pub(crate) async fn source(
    bytes: Option<Vec<u8>>,
    problems: &[Problem],
) -> Result<Source, PageError> {
    let Some(bytes) = bytes.filter(|_| !problems.is_empty()) else { return Ok(Source::Nothing) };
    tokio::task::spawn_blocking(move || Source::of(&bytes)).await.map_err(PageError::internal)
}
