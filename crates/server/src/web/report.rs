//! One findings report: in the frame, for printing, and as PDF. The words in it are `care`'s.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use care::report::{FindingsReport, html::print_css, html_body, to_html, to_pdf};
use model::{identity::ReportId, text::Language};
use store::StoredReport;

use crate::{
    address, assets,
    error::PageError,
    format,
    page::{Page, Place, render, without_control},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
    web::case,
};

#[derive(Template)]
#[template(path = "report.html")]
struct ReportTemplate {
    page: Page,
    reference: String,
    subtitle: String,
    case_href: String,
    newer: Option<String>,
    body: String,
    print_href: String,
    pdf_href: String,
    json_href: String,
    print_style_href: String,
}

/// Shows a report in the frame.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let (stored, reading) = state.read_report(&viewer, ReportId(id)).await?;
    let report = read(&stored)?;
    let revision = reading.revision(stored.case_revision).await?;
    let latest = reading.latest_report().await?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let made = format::moment(stored.composed_at, page.language);
    let registry = state.registry().await?;
    let about = case::summary(&page, &state, &registry, &revision.document);
    let separator = page.t("case-summary-separator");
    let address = address::report(stored.id);
    let template = ReportTemplate {
        reference: revision.document.reference.clone(),
        subtitle: [about, page.t2("report-subtitle-made", "when", made)].join(&separator),
        case_href: address::case(stored.case),
        newer: latest.filter(|latest| latest.id != stored.id).map(|each| address::report(each.id)),
        body: body(&report, page.language),
        print_href: format!("{address}/print"),
        pdf_href: format!("{address}/pdf"),
        json_href: address::api(&address),
        print_style_href: print_style_href(&stored, page.language),
        page,
    };
    render(&template)
}

/// Shows the report as a page of its own that prints well.
pub(crate) async fn print(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let (stored, _) = state.read_report(&viewer, ReportId(id)).await?;
    let page = to_html(&read(&stored)?, reader.language);
    let own_style = print_style_href(&stored, reader.language);
    Ok(Html(without_control(with_linked_styles(&page, &own_style))).into_response())
}

fn print_style_href(stored: &StoredReport, language: Language) -> String {
    format!("{}/print.css?lang={language}", address::report(stored.id))
}

/// Gives the style sheet that puts this report's identity on each printed page.
pub(crate) async fn print_style(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let report = read(&state.read_report(&viewer, ReportId(id)).await?.0)?;
    let style = print_css(&report, reader.language);
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))];
    Ok((headers, style).into_response())
}

/// Replaces the style that a page carries by links to the same: the policy allows no inline style.
fn with_linked_styles(page: &str, own_style: &str) -> String {
    let (before, rest) = page.split_once("<style>").unwrap_or((page, ""));
    let (_, after) = rest.split_once("</style>").unwrap_or(("", rest));
    let link = |href: &str| format!("<link rel=\"stylesheet\" href=\"{href}\">\n");
    [before, &link(&assets::PATHS.report_style), &link(own_style), &reachable(after)].concat()
}

/// Writes a report's sections for the frame.
pub(crate) fn body(report: &FindingsReport, language: Language) -> String {
    reachable(&html_body(report, language))
}

/// Lets wide tables be scrolled with the keyboard.
fn reachable(html: &str) -> String {
    html.replace("<div class=\"table-wrap\">", "<div class=\"table-wrap\" tabindex=\"0\">")
}

/// Gives the report as PDF.
pub(crate) async fn pdf(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let (stored, _) = state.read_report(&viewer, ReportId(id)).await?;
    let report = read(&stored)?;
    let permit = state.pdfs.clone().acquire_owned().await.map_err(PageError::internal)?;
    let language = reader.language;
    let made = tokio::task::spawn_blocking(move || {
        // The permit goes back when the work ends, even if the reader has gone.
        let _permit = permit;
        to_pdf(&report, language)
    });
    let bytes = made
        .await
        .map_err(PageError::internal)?
        .map_err(|cause| PageError::NoPdf(Arc::new(cause)))?;
    let name = format!("inline; filename=\"findings-report-{}-{language}.pdf\"", stored.id);
    let name = HeaderValue::from_str(&name).map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}

fn read(stored: &StoredReport) -> Result<FindingsReport, PageError> {
    serde_json::from_slice(&stored.json).map_err(PageError::internal)
}
