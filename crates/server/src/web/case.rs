//! One case: the answer first, then what is known, the results and the history of reports.

use askama::Template;
use axum::{extract::State, response::Response};
use model::{case::PatientCase, identity::CaseId, programme::Registry};
use store::StoredReport;

use crate::{
    address,
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    view::{Fact, LevelView, ResultRowView, TumourView, iso},
    viewer::Viewer,
    web::hospital::hospital_label,
};

/// A report in the history of a case.
struct ReportView {
    href: String,
    level: Option<LevelView>,
    answer: String,
    detail: String,
    made: String,
    made_iso: String,
    findings: String,
    release: String,
    program: String,
    newest: bool,
}

#[derive(Template)]
#[template(path = "case.html")]
struct CaseTemplate {
    page: Page,
    reference: String,
    summary: String,
    json_href: String,
    orders_href: String,
    consent_href: String,
    record_href: String,
    facts: Vec<Fact>,
    results: Vec<ResultRowView>,
    reports: Vec<ReportView>,
}

/// Shows a case.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let id = CaseId(id);
    let reading = state.read_case(&viewer, id).await?;
    let revision = reading.newest().await?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let results = reading.results().await?;
    let reports = reading.reports().await?;
    let registry = state.registry().await?;
    let releases = state.store.releases().await.map_err(PageError::internal)?;
    let release_label = |id: &str| {
        let known = releases.iter().find(|release| release.id == id);
        known.map_or_else(
            || id.to_owned(),
            |release| format!("{} {}", release.name, release.version),
        )
    };
    let reports = reports.iter().enumerate().map(|(rank, report)| {
        report_view(&page, report, rank == 0, release_label(&report.release))
    });
    let document = &revision.document;
    let template = CaseTemplate {
        reference: document.reference.clone(),
        summary: summary(&page, &state, &registry, document),
        consent_href: address::consent(id),
        json_href: address::api(&address::case(id)),
        record_href: format!("{}/record", address::case(id)),
        facts: facts(&page, &state, &registry, document, revision.revision),
        orders_href: address::orders_of_case(id),
        results: results.iter().map(|row| ResultRowView::of(&page, row)).collect(),
        reports: reports.collect(),
        page,
    };
    render(&template)
}

fn report_view(page: &Page, report: &StoredReport, newest: bool, release: String) -> ReportView {
    let level = report.highest_level.map(|level| LevelView::of(page, level));
    let answer = match report.highest_level {
        Some(level) => page.t2("case-answer-level", "level", level),
        None => page.t("case-answer-none"),
    };
    let findings = format::grouped(u64::from(report.finding_count));
    let made = format::moment(report.composed_at, page.language);
    let detail = page.words("case-answer-detail", &[("findings", &findings), ("made", &made)]);
    ReportView {
        href: address::report(report.id),
        level,
        answer,
        detail,
        made,
        made_iso: iso(report.composed_at),
        findings,
        release,
        program: report.program_version.clone(),
        newest,
    }
}

/// One line that says whom it is about.
pub(crate) fn summary(
    page: &Page,
    state: &AppState,
    registry: &Registry,
    case: &PatientCase,
) -> String {
    let tumour = case.tumour_type.as_ref().map(|code| TumourView::of(page, state, code).line());
    let parts = [
        Some(page.person(case.age_years.map(u32::from), case.sex)),
        Some(tumour.unwrap_or_else(|| page.t("state-no-tumour"))),
        hospital(page, registry, case),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(&page.t("case-summary-separator"))
}

fn hospital(page: &Page, registry: &Registry, case: &PatientCase) -> Option<String> {
    case.hospital.as_deref().map(|code| hospital_label(page, registry, code))
}

fn facts(
    page: &Page,
    state: &AppState,
    registry: &Registry,
    case: &PatientCase,
    revision: u32,
) -> Vec<Fact> {
    let fact = |label, value| Fact { label, value };
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| format::day(day, page.language));
    let years = case.age_years.map(|age| page.tn("years", u64::from(age)));
    let tumour = case.tumour_type.as_ref().map(|code| TumourView::of(page, state, code).line());
    vec![
        fact(page.t("fact-tumour"), tumour),
        fact(page.t("fact-diagnosis"), case.diagnosis.clone()),
        fact(page.t("fact-age"), years),
        fact(page.t("fact-sex"), case.sex.map(|sex| page.sex(Some(sex)))),
        fact(page.t("fact-ps"), case.performance_status.map(|grade| grade.to_string())),
        fact(page.t("fact-hospital"), hospital(page, registry, case)),
        fact(page.t("fact-specimen-site"), case.specimen_site.clone()),
        fact(page.t("fact-specimen-kind"), case.specimen_kind.clone()),
        fact(page.t("fact-specimen-collected"), day(case.specimen_collected)),
        fact(
            page.t("fact-tumour-content"),
            case.tumour_content_percent.map(|percent| format!("{percent} %")),
        ),
        fact(page.t("fact-registered"), day(case.registered)),
        fact(page.t("fact-revision"), Some(page.tn("revision", u64::from(revision)))),
    ]
}
