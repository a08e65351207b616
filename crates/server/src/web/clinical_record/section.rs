//! One section of a case's record as a form. It works without script; with it, each field is saved at once.

use access::{Action, Purpose};
use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use model::{
    catalogue::{Catalogue, Item, Phase, Section},
    clinical_record::{CellAddress, RecordReader, RowId},
    identity::{CaseId, FieldEventId},
};
use serde::Deserialize;
use store::{EntrySource, SaveOutcome, identifier_v7};
use uuid::Uuid;

use super::{
    Names,
    field::{FieldView, Making},
    posted::Posted,
    record_href, section_href, sections,
};
use knowledge::TumourType;

use crate::{
    clinical::{Clinical, Entered, Entering, ROW_PRESENT, enter, row_address},
    error::PageError,
    following::follow_now,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TumourView,
    viewer::Viewer,
};

/// What became of a form, as the address says after it was sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SectionQuery {
    saved: Option<u32>,
    contested: Option<u32>,
    refused: Option<u32>,
}

/// A head of a column.
struct ColumnView {
    label: String,
    unit: String,
    required: bool,
}

/// A row of a repeated block.
struct RowView {
    anchor: String,
    address: String,
    base: String,
    number: String,
    fields: Vec<FieldView>,
}

/// A row that was taken away.
struct RemovedView {
    address: String,
    base: String,
    summary: String,
}

/// A repeated block.
struct BlockView {
    code: &'static str,
    label: String,
    columns: Vec<ColumnView>,
    rows: Vec<RowView>,
    removed: Vec<RemovedView>,
}

/// A code list that is offered while typing.
struct ListView {
    code: &'static str,
    codes: Vec<(String, String)>,
}

/// A link to a section.
struct SectionLink {
    href: String,
    label: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "clinical_record/section.html")]
struct SectionTemplate {
    page: Page,
    reference: String,
    case_href: String,
    record_href: String,
    action: String,
    history_href: String,
    cells_href: String,
    case_key: String,
    person_key: String,
    form_made: String,
    title: String,
    said: Option<(&'static str, String)>,
    contested: u64,
    missing: u64,
    may_write: bool,
    fields: Vec<FieldView>,
    blocks: Vec<BlockView>,
    lists: Vec<ListView>,
    links: Vec<SectionLink>,
    next: Option<SectionLink>,
}

/// Shows a section.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path((case, section)): Path<(Uuid, String)>,
    Query(query): Query<SectionQuery>,
) -> Result<Response, PageError> {
    let case = CaseId(case);
    let permit = state.permit_case(&viewer, Action::ReadCase, case, Purpose::Care).await?;
    let section = sections().find(|each| each.code == section).ok_or(PageError::NotFound)?;
    let may_write = super::may_write(&state, &permit);
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let said = said(&page, &query);
    let template = template(&state, page, &viewer, case, section, may_write, said).await?;
    render(&template)
}

fn said(page: &Page, query: &SectionQuery) -> Option<(&'static str, String)> {
    if let Some(contested) = query.contested.filter(|count| *count > 0) {
        return Some(("warn", page.tn("section-contested", u64::from(contested))));
    }
    if let Some(refused) = query.refused.filter(|count| *count > 0) {
        return Some(("not", page.tn("section-refused", u64::from(refused))));
    }
    query.saved.map(|saved| ("done", page.tn("section-saved", u64::from(saved))))
}

async fn template(
    state: &AppState,
    page: Page,
    viewer: &Viewer,
    case: CaseId,
    section: &'static Section,
    may_write: bool,
    said: Option<(&'static str, String)>,
) -> Result<SectionTemplate, PageError> {
    let revision = state.store.case(case).await.map_err(PageError::internal)?;
    let revision = revision.ok_or(PageError::NotFound)?;
    let clinical = Clinical::read(state, case).await?;
    let now = state.now();
    let today = format::local_day(now);
    let record_reader = RecordReader::new(&clinical.record);
    let findings = record_reader.check(today);
    let completeness = record_reader.completeness(today, Phase::FollowUp);
    let mut names = Names::new(state);
    let mut making = Making {
        page: &page,
        clinical: &clinical,
        findings: &findings,
        completeness: &completeness,
        names: &mut names,
    };
    let items: Vec<&'static Item> = Catalogue::get().items_of_section(section.code).collect();
    let mut fields = Vec::new();
    for item in items.iter().filter(|item| item.block.is_none()) {
        fields.push(making.field(item, &CellAddress::single(item.code)).await);
    }
    let mut blocks = Vec::new();
    let mut codes: Vec<&'static str> = items.iter().filter_map(|item| item.block).collect();
    codes.dedup();
    for code in codes {
        let items = items.iter().copied().filter(|item| item.block == Some(code));
        blocks.push(block(&mut making, code, &items.collect::<Vec<_>>()).await);
    }
    let every = || {
        let of_rows = blocks.iter().flat_map(|block| block.rows.iter().flat_map(|row| &row.fields));
        fields.iter().chain(of_rows)
    };
    let contested = every().filter(|field| !field.contested.is_empty()).count() as u64;
    let missing = every().filter(|field| field.missing).count() as u64;
    let mut wanted: Vec<&'static str> = every().filter_map(|field| field.list).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let lists = wanted.into_iter().map(|code| list(state, &page, code)).collect();
    let (links, next) = links(&page, &record_reader, case, section);
    Ok(SectionTemplate {
        reference: revision.document.reference.clone(),
        case_href: crate::address::case(case),
        record_href: record_href(case),
        action: section_href(case, section.code),
        history_href: format!("{}/history?section={}", record_href(case), section.code),
        cells_href: format!("{}/cells", record_href(case)),
        case_key: case.to_string(),
        person_key: viewer.actor.person.to_string(),
        form_made: now.timestamp_millis().to_string(),
        title: page.text(&section.label).to_owned(),
        said,
        contested,
        missing,
        may_write,
        fields,
        blocks,
        lists,
        links,
        next,
        page,
    })
}

fn links(
    page: &Page,
    reader: &RecordReader<'_>,
    case: CaseId,
    here: &Section,
) -> (Vec<SectionLink>, Option<SectionLink>) {
    let applying: Vec<&Section> = sections()
        .filter(|section| section.code == here.code || reader.section_applies(section.code))
        .collect();
    let link = |section: &&Section| SectionLink {
        href: section_href(case, section.code),
        label: page.text(&section.label).to_owned(),
        current: section.code == here.code,
    };
    let next = applying.iter().skip_while(|section| section.code != here.code).nth(1).map(link);
    (applying.iter().map(link).collect(), next)
}

async fn block(
    making: &mut Making<'_, '_>,
    code: &'static str,
    items: &[&'static Item],
) -> BlockView {
    let page = making.page;
    let label = Catalogue::get().block(code).map(|block| page.text(&block.label).to_owned());
    let mut rows = Vec::new();
    let there = making.clinical.rows.get(code).cloned().unwrap_or_default();
    for (index, row) in there.into_iter().enumerate() {
        let mut fields = Vec::new();
        for item in items {
            fields.push(making.field(item, &CellAddress::in_row(code, row, item.code)).await);
        }
        let address = row_address(code, row);
        rows.push(RowView {
            anchor: anchor_of(&address),
            base: base_of(making.clinical, &address),
            number: (index + 1).to_string(),
            address,
            fields,
        });
    }
    let removed = making.clinical.removed.get(code).into_iter().flatten().map(|row| {
        let address = row_address(code, *row);
        let said = items.iter().filter_map(|item| {
            let field = making.clinical.field(&format!("{address}/{}", item.code));
            field.value().map(str::to_owned)
        });
        let summary = said.take(4).collect::<Vec<_>>().join(" · ");
        RemovedView {
            base: base_of(making.clinical, &address),
            summary: if summary.is_empty() { page.t("row-empty") } else { summary },
            address,
        }
    });
    let column = |item: &&'static Item| ColumnView {
        label: page.text(&item.label).to_owned(),
        unit: item.unit.to_owned(),
        required: item.requirement.is_some(),
    };
    BlockView {
        code,
        label: label.unwrap_or_default(),
        columns: items.iter().map(column).collect(),
        rows,
        removed: removed.collect(),
    }
}

/// Where a row is on its page.
fn anchor_of(address: &str) -> String {
    format!("row-{}", address.replace('/', "-"))
}

fn base_of(clinical: &Clinical, address: &str) -> String {
    let head = clinical.field(address).heads.into_iter().next();
    head.map(|head| head.event.to_string()).unwrap_or_default()
}

fn list(state: &AppState, page: &Page, code: &'static str) -> ListView {
    let loaded = Catalogue::get().lists().list(code);
    let mut codes: Vec<(String, String)> = loaded
        .map(model::catalogue::CodeList::codes)
        .unwrap_or_default()
        .iter()
        .map(|code| (code.code.to_string(), page.text(&code.label).to_owned()))
        .collect();
    if code == "oncotree" && codes.is_empty() {
        codes = tumour_types(state, page);
    }
    ListView { code, codes }
}

/// Tumour types of the knowledge release, while no list of OncoTree was loaded.
fn tumour_types(state: &AppState, page: &Page) -> Vec<(String, String)> {
    let name = |tumour: &TumourType| TumourView::of(page, state, &tumour.code).name;
    state.release.tumour_types().map(|tumour| (tumour.code.to_string(), name(tumour))).collect()
}

/// Takes a section's form.
pub(crate) async fn save(
    State(state): State<AppState>,
    viewer: Viewer,
    Path((case, section)): Path<(Uuid, String)>,
    CheckedForm(pairs): CheckedForm<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let case = CaseId(case);
    let permit =
        state.permit_change(&viewer, Action::WriteCase, case, Purpose::Registration).await?;
    let section = sections().find(|each| each.code == section).ok_or(PageError::NotFound)?;
    let at = state.now();
    let entering = Entering { case, person: viewer.actor.person, source: EntrySource::Form, at };
    let posted = Posted::of(pairs);
    let mut entered = posted.entered(entering)?;
    let mut anchor = String::new();
    if let Some(block) = &posted.add {
        let block = Catalogue::get().block(block).ok_or(PageError::BadRequest)?;
        let number = entered.len().to_string();
        let row = RowId(identifier_v7(at, &["row", block.code, &case.to_string(), &number]));
        let address = row_address(block.code, row);
        anchor = format!("#{}", anchor_of(&address));
        let id = FieldEventId(identifier_v7(at, &["add", &address]));
        let (value, base, merged) = (ROW_PRESENT.to_owned(), None, Vec::new());
        entered.push(Entered { id, address, value, base, merged });
    }
    let saved = enter(&state, &viewer, &permit, entering, entered).await?;
    // Whoever comes next to the case's page finds what was just entered.
    follow_now(&state, case).await.map_err(PageError::internal)?;
    let count = |wanted: fn(&SaveOutcome) -> bool| {
        saved.iter().filter(|saved| wanted(&saved.outcome)).count()
    };
    let new = count(|outcome| matches!(outcome, SaveOutcome::Saved | SaveOutcome::Contested));
    let contested = count(|outcome| *outcome == SaveOutcome::Contested);
    let refused = count(|outcome| matches!(outcome, SaveOutcome::Refused(_)));
    let href = section_href(case, section.code);
    let href = format!("{href}?saved={new}&contested={contested}&refused={refused}{anchor}");
    Ok(Redirect::to(&href).into_response())
}
