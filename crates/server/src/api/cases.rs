//! Cases for programs.

use access::Action;
use axum::{
    Json,
    extract::{Query, State},
};
use chrono::{DateTime, Utc};
use model::{
    case::{PatientCase, Sex},
    evidence::EvidenceLevel,
    identity::{CaseId, ReportId, ResultId},
    tumour::TumourTypeCode,
};
use serde::Serialize;
use store::CaseRow;

use crate::{
    address, api::results::ResultSummary, error::PageError, reader::Id, state::AppState,
    viewer::Viewer, web::cases::CasesQuery,
};

/// A page of cases.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseList {
    total: u64,
    cases: Vec<CaseSummary>,
    /// Value of `after` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaseSummary {
    id: CaseId,
    href: String,
    reference: String,
    synthetic: bool,
    hospital: Option<String>,
    tumour_type: Option<TumourTypeCode>,
    sex: Option<Sex>,
    age_years: Option<u32>,
    panel: Option<String>,
    highest_level: Option<EvidenceLevel>,
    reported_count: u32,
    finding_count: u32,
    result_count: u32,
    rejected_count: u32,
    latest_result: Option<ResultId>,
    latest_report: Option<ReportId>,
    listed_at: DateTime<Utc>,
}

impl From<CaseRow> for CaseSummary {
    fn from(row: CaseRow) -> Self {
        Self {
            id: row.case,
            href: address::api(&address::case(row.case)),
            reference: row.reference,
            synthetic: row.synthetic,
            hospital: row.hospital,
            tumour_type: row.tumour_type,
            sex: row.sex,
            age_years: row.age_years,
            panel: row.panel,
            highest_level: row.highest_level,
            reported_count: row.reported_count,
            finding_count: row.finding_count,
            result_count: row.result_count,
            rejected_count: row.rejected_count,
            latest_result: row.latest_result,
            latest_report: row.latest_report,
            listed_at: row.listed_at,
        }
    }
}

/// Gives a page of cases; the query is the case list's.
pub(crate) async fn list(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(query): Query<CasesQuery>,
) -> Result<Json<CaseList>, PageError> {
    let listing = state.list_of(&viewer, Action::ReadCaseList).await?;
    let filter = query.filter().ok_or(PageError::BadRequest)?;
    let request = query.page().ok_or(PageError::BadRequest)?;
    let listed = listing.cases(&filter, request).await?;
    Ok(Json(CaseList {
        total: listed.total,
        cases: listed.rows.into_iter().map(CaseSummary::from).collect(),
        next: listed.next.map(|cursor| cursor.to_string()),
    }))
}

/// One case with its results and reports.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseDocument {
    id: CaseId,
    revision: u32,
    recorded_at: DateTime<Utc>,
    case: PatientCase,
    results: Vec<ResultSummary>,
    reports: Vec<ReportSummary>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportSummary {
    id: ReportId,
    href: String,
    result: ResultId,
    release: String,
    program_version: String,
    digest: String,
    highest_level: Option<EvidenceLevel>,
    finding_count: u32,
    composed_at: DateTime<Utc>,
}

/// Gives one case.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Json<CaseDocument>, PageError> {
    let id = CaseId(id);
    let reading = state.read_case(&viewer, id).await?;
    let revision = reading.newest().await?;
    let results = reading.results().await?;
    let reports = reading.reports().await?;
    let reports = reports.into_iter().map(|report| ReportSummary {
        id: report.id,
        href: address::api(&address::report(report.id)),
        result: report.result,
        release: report.release,
        program_version: report.program_version,
        digest: report.digest.0,
        highest_level: report.highest_level,
        finding_count: report.finding_count,
        composed_at: report.composed_at,
    });
    Ok(Json(CaseDocument {
        id,
        revision: revision.revision,
        recorded_at: revision.recorded_at,
        case: revision.document,
        results: results.into_iter().map(ResultSummary::from).collect(),
        reports: reports.collect(),
    }))
}
