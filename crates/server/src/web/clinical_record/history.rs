//! Who changed what in a case's record, and when.

use access::{Action, Purpose};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use model::{
    catalogue::Catalogue,
    identity::{CaseId, PersonId},
    text::Language,
};
use serde::Deserialize;
use store::{Cursor, EntrySource, HistoryFilter, HistoryRow, PageRequest, ScopedAddresses};
use uuid::Uuid;

use super::{Names, record_href, section_href, sections};
use crate::{
    address,
    clinical::{Named, ROW_REMOVED, named},
    error::PageError,
    format,
    limits::HISTORY_PER_PAGE,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    view::iso,
    viewer::Viewer,
};

/// What the address of a history says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HistoryQuery {
    section: String,
    person: String,
    after: String,
}

struct ChangeView {
    when: String,
    when_iso: String,
    who: String,
    who_href: String,
    section: String,
    item: String,
    href: String,
    before: Option<String>,
    after: Option<String>,
    aside: Vec<String>,
    source: String,
    row_event: Option<String>,
}

struct SectionChoice {
    code: &'static str,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "clinical_record/history.html")]
struct HistoryTemplate {
    page: Page,
    reference: String,
    case_href: String,
    record_href: String,
    here: String,
    person: String,
    person_name: String,
    total: u64,
    sections: Vec<SectionChoice>,
    changes: Vec<ChangeView>,
    all_href: Option<String>,
    next_href: Option<String>,
}

/// Shows a case's history.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    state.permit_case(&viewer, Action::ReadCase, case, Purpose::Care).await?;
    let revision = state.store.case(case).await.map_err(PageError::internal)?;
    let revision = revision.ok_or(PageError::NotFound)?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let person = match query.person.as_str() {
        "" => None,
        text => Some(PersonId(Uuid::try_parse(text).map_err(|_| PageError::BadRequest)?)),
    };
    let after = match query.after.as_str() {
        "" => None,
        text => Some(text.parse::<Cursor>().map_err(|_| PageError::BadRequest)?),
    };
    let addresses = match query.section.as_str() {
        "" => None,
        code => Some(addresses_of(code).ok_or(PageError::NotFound)?),
    };
    let filter = HistoryFilter { addresses, person };
    let request = PageRequest { rows: HISTORY_PER_PAGE, after };
    let listed = state.store.field_history(case, &filter, request).await;
    let listed = listed.map_err(PageError::internal)?;
    let here = format!("{}/history", record_href(case));
    let mut names = Names::new(&state);
    let mut changes = Vec::new();
    for row in &listed.rows {
        changes.push(change(&page, case, &here, row, &mut names).await);
    }
    let person_name = match person {
        Some(person) => names.of(&page, person).await,
        None => String::new(),
    };
    let next = listed.next.map(|cursor| cursor.to_string());
    let query_with = |after: &str| {
        let pairs = [("section", &*query.section), ("person", &*query.person), ("after", after)];
        address::with_query(&here, &pairs)
    };
    let filtered = !query.section.is_empty() || person.is_some() || after.is_some();
    let template = HistoryTemplate {
        reference: revision.document.reference.clone(),
        case_href: address::case(case),
        record_href: record_href(case),
        total: listed.total,
        sections: sections()
            .map(|section| SectionChoice {
                code: section.code,
                label: page.text(&section.label).to_owned(),
                chosen: section.code == query.section,
            })
            .collect(),
        changes,
        person: query.person.clone(),
        person_name,
        all_href: filtered.then(|| here.clone()),
        next_href: next.map(|after| query_with(&after)),
        here,
        page,
    };
    render(&template)
}

/// Returns the fields of a section; `None` where there is no such section.
fn addresses_of(section: &str) -> Option<ScopedAddresses> {
    let catalogue = Catalogue::get();
    catalogue.section(section)?;
    let mut addresses = ScopedAddresses::default();
    for item in catalogue.items_of_section(section) {
        match item.block {
            None => addresses.items.push(item.code.to_owned()),
            Some(block) => {
                let beginning = format!("{block}/");
                if !addresses.beginnings.contains(&beginning) {
                    addresses.beginnings.push(beginning);
                }
            }
        }
    }
    Some(addresses)
}

async fn change(
    page: &Page,
    case: CaseId,
    here: &str,
    row: &HistoryRow,
    names: &mut Names<'_>,
) -> ChangeView {
    let catalogue = Catalogue::get();
    let event = &row.event;
    let (section, item, list, row_event) = match named(event.address.as_str()) {
        Some(Named::Cell(cell)) => {
            let item = catalogue.item(cell.item.as_str());
            let label = item.map(|item| page.text(&item.label).to_owned()).unwrap_or_default();
            (item.map(|item| item.section), label, item.and_then(|item| item.list), None)
        }
        Some(Named::Row(block, _)) => {
            let section = catalogue.items_of_block(&block).next().map(|item| item.section);
            let label = catalogue.block(&block).map(|block| page.text(&block.label).to_owned());
            let words = if event.value.as_deref() == Some(ROW_REMOVED) {
                page.t("history-row-removed")
            } else {
                page.t("history-row-added")
            };
            (section, label.unwrap_or_default(), None, Some(words))
        }
        None => (None, event.address.to_string(), None, None),
    };
    let words = |value: &String| with_label(value, list, page.language);
    let section_label = section.and_then(|code| catalogue.section(code));
    ChangeView {
        when: format::moment(event.saved_at, page.language),
        when_iso: iso(event.saved_at),
        who: names.of(page, event.person).await,
        who_href: address::with_query(here, &[("person", &event.person.to_string())]),
        section: section_label.map(|it| page.text(&it.label).to_owned()).unwrap_or_default(),
        item,
        href: section.map_or_else(|| record_href(case), |code| section_href(case, code)),
        before: row.before.as_ref().map(words),
        after: event.value.as_ref().map(words),
        aside: row.set_aside.iter().map(words).collect(),
        source: match event.source {
            EntrySource::Form => page.t("source-form"),
            EntrySource::Import => page.t("source-import"),
            EntrySource::Api => page.t("source-api"),
        },
        row_event,
    }
}

fn with_label(value: &str, list: Option<&str>, language: Language) -> String {
    let lists = Catalogue::get().lists();
    match list.and_then(|list| lists.label(list, value, language)) {
        Some(label) => format!("{value} {label}"),
        None => value.to_owned(),
    }
}
