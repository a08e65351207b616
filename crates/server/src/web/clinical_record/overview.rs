//! A case's record at a glance: what is missing, what is contested, and what does not fit together.

use access::{Action, Purpose};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use care::record_projection::entries_of;
use model::{
    catalogue::Catalogue,
    clinical_record::{CellAddress, RecordReader},
    identity::{CaseId, FieldEventId},
};
use serde::Deserialize;
use store::{EntrySource, identifier_v7};

use super::{
    field::{Trouble, trouble},
    record_href, section_href, sections,
};
use crate::{
    clinical::{Clinical, Entered, Entering, Named, enter, named},
    error::PageError,
    following::{PHASE, follow_now},
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
};

/// Most missing fields that are named.
const MISSING_SHOWN_MAX: usize = 12;

struct SectionRow {
    href: String,
    label: String,
    filled: u64,
    required: u64,
    percent: u8,
    entered: u64,
    contested: u64,
}

struct ProblemRow {
    href: String,
    place: String,
    trouble: Trouble,
}

struct MissingRow {
    href: String,
    label: String,
    section: String,
}

#[derive(Template)]
#[template(path = "clinical_record/overview.html")]
struct OverviewTemplate {
    page: Page,
    reference: String,
    summary: String,
    case_href: String,
    history_href: String,
    json_href: String,
    take_over_href: String,
    /// How many fields the case's document could fill.
    take_over: u64,
    required: u64,
    filled: u64,
    contested: Vec<MissingRow>,
    missing: Vec<MissingRow>,
    missing_rest: u64,
    problems: Vec<ProblemRow>,
    rows: Vec<SectionRow>,
    may_write: bool,
}

/// Shows the overview.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let permit = state.permit_case(&viewer, Action::ReadCase, case, Purpose::Care).await?;
    let may_write = super::may_write(&state, &permit);
    let revision = state.store.case(case).await.map_err(PageError::internal)?;
    let revision = revision.ok_or(PageError::NotFound)?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let registry = state.registry().await?;
    let clinical = Clinical::read(&state, case).await?;
    let today = format::local_day(state.now());
    let read = RecordReader::new(&clinical.record);
    let completeness = read.completeness(today, PHASE);
    let rows = section_rows(&page, &clinical, &read, case, &completeness.missing);
    let row = |cell: &CellAddress| missing_row(&page, case, cell);
    let findings = read.check(today);
    let problems = findings.iter().map(|finding| {
        let first = finding.addresses.first();
        let place = first.map(|cell| missing_row(&page, case, cell));
        let (href, place) = place.map_or_else(
            || (record_href(case), String::new()),
            |row| (row.href, format!("{} › {}", row.section, row.label)),
        );
        ProblemRow { href, place, trouble: trouble(&page, finding) }
    });
    let contested = clinical.fields.iter().filter(|(_, field)| field.is_contested());
    let contested = contested.filter_map(|(address, _)| match named(address.as_str())? {
        Named::Cell(cell) => Some(row(&cell)),
        Named::Row(..) => None,
    });
    let taken: Vec<_> = entries_of(&revision.document)
        .into_iter()
        .filter(|(cell, _)| clinical.field(&cell.to_string()).heads.is_empty())
        .collect();
    let template = OverviewTemplate {
        reference: revision.document.reference.clone(),
        summary: crate::web::case::summary(&page, &state, &registry, &revision.document),
        case_href: crate::address::case(case),
        history_href: format!("{}/history", record_href(case)),
        json_href: format!("/api{}", record_href(case)),
        take_over_href: format!("{}/take-over", record_href(case)),
        take_over: taken.len() as u64,
        required: completeness.required as u64,
        filled: completeness.filled as u64,
        contested: contested.collect(),
        missing: completeness.missing.iter().take(MISSING_SHOWN_MAX).map(row).collect(),
        missing_rest: completeness.missing.len().saturating_sub(MISSING_SHOWN_MAX) as u64,
        problems: problems.collect(),
        rows,
        may_write,
        page,
    };
    render(&template)
}

fn missing_row(page: &Page, case: CaseId, cell: &CellAddress) -> MissingRow {
    let catalogue = Catalogue::get();
    let item = catalogue.item(cell.item.as_str());
    let section = item.and_then(|item| catalogue.section(item.section));
    let unmade = cell.block.as_ref().is_some_and(|(_, row)| row.is_unmade());
    let anchor = match &cell.block {
        Some((block, _)) if unmade => format!("block-{block}"),
        _ => cell.to_string().replace('/', "-"),
    };
    MissingRow {
        href: section.map_or_else(
            || record_href(case),
            |section| format!("{}#{anchor}", section_href(case, section.code)),
        ),
        label: item.map_or_else(|| cell.to_string(), |item| page.text(&item.label).to_owned()),
        section: section.map(|section| page.text(&section.label).to_owned()).unwrap_or_default(),
    }
}

fn section_rows(
    page: &Page,
    clinical: &Clinical,
    read: &RecordReader<'_>,
    case: CaseId,
    missing: &[CellAddress],
) -> Vec<SectionRow> {
    let catalogue = Catalogue::get();
    let section_of =
        |cell: &CellAddress| catalogue.item(cell.item.as_str()).map(|item| item.section);
    let mut rows = Vec::new();
    for section in sections() {
        let entered =
            clinical.record.cells().filter(|(cell, _)| section_of(cell) == Some(section.code));
        let entered = entered.count() as u64;
        if !read.section_applies(section.code) && entered == 0 {
            continue;
        }
        let lacking = missing.iter().filter(|cell| section_of(cell) == Some(section.code)).count();
        let contested = clinical.fields.iter().filter(|(address, field)| {
            let cell = address.as_str().parse::<CellAddress>().ok();
            field.is_contested() && cell.as_ref().and_then(section_of) == Some(section.code)
        });
        let lacking = lacking as u64;
        let filled = required_filled(clinical, section.code);
        rows.push(SectionRow {
            href: section_href(case, section.code),
            label: page.text(&section.label).to_owned(),
            filled,
            required: filled + lacking,
            percent: format::percent(filled, filled + lacking),
            entered,
            contested: contested.count() as u64,
        });
    }
    rows
}

/// Counts the filled cells of a section that its requirement rules know.
fn required_filled(clinical: &Clinical, section: &str) -> u64 {
    let catalogue = Catalogue::get();
    let required = |cell: &CellAddress| {
        catalogue.item(cell.item.as_str()).is_some_and(|item| {
            item.section == section
                && item.requirement.as_ref().is_some_and(|requirement| requirement.phase <= PHASE)
        })
    };
    clinical.record.cells().filter(|(cell, _)| required(cell)).count() as u64
}

/// The form that takes over what the case says already.
#[derive(Debug, Deserialize)]
pub(crate) struct TakeOver {}

/// Enters what the case's document says into the untouched fields of its record.
pub(crate) async fn take_over(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(TakeOver {}): CheckedForm<TakeOver>,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let permit =
        state.permit_change(&viewer, Action::WriteCase, case, Purpose::Registration).await?;
    let revision = state.store.case(case).await.map_err(PageError::internal)?;
    let revision = revision.ok_or(PageError::NotFound)?;
    let clinical = Clinical::read(&state, case).await?;
    let at = state.now();
    let person = viewer.actor.person;
    let entering = Entering { case, person, source: EntrySource::Import, at };
    let entered = entries_of(&revision.document)
        .into_iter()
        .filter(|(cell, _)| clinical.field(&cell.to_string()).heads.is_empty())
        .map(|(cell, value)| {
            let address = cell.to_string();
            let (case, revision) = (case.to_string(), revision.revision.to_string());
            let parts = ["take-over", &case, &revision, &address];
            Entered {
                id: FieldEventId(identifier_v7(at, &parts)),
                value: value.entered().to_owned(),
                base: None,
                merged: Vec::new(),
                address,
            }
        })
        .collect();
    enter(&state, &viewer, &permit, entering, entered).await?;
    follow_now(&state, case).await.map_err(PageError::internal)?;
    Ok(Redirect::to(&record_href(case)).into_response())
}
