//! The de-identified cases that a project's search found, as far as its permission goes.
//!
//! Each look is written down for each case, so that its patient can be told.

use std::sync::Arc;

use access::{Action, Purpose, Relation, audit::Entry};
use askama::Template;
use axum::{
    extract::{Path, Query as AddressQuery, State},
    response::Response,
};
use model::{
    identity::CaseId,
    organisation::OrganisationCode,
    programme::Registry,
    research_project::{ProjectService, ResearchProject},
};
use research::{
    cohort::{
        AlterationClass, AlterationKind, CohortCase, Item, ItemKind, Labels as _, NameList, Word,
    },
    project::{SeenAlteration, SeenCase, SeenTherapy, askable},
};
use table::{Cell, Kind, Table};

use super::{
    project::item_label,
    search::{ProjectAddress, of_address, text_of},
};
use crate::{
    address,
    error::PageError,
    page::{Page, render},
    project::Told,
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        search::labels::ClinicLabels,
        table_file::{self, Form, table_file},
    },
};

/// Cases on one page.
const CASES_PER_PAGE: usize = 50;
/// The items that have a column of the list; the others are told below the case's name.
const COLUMNS: [Item; 9] = [
    Item::Tumour,
    Item::Sex,
    Item::Age,
    Item::Year,
    Item::Stage,
    Item::PerformanceStatus,
    Item::Level,
    Item::Msi,
    Item::VitalStatus,
];
/// Most cases of a file.
const CASES_PER_FILE: usize = 5_000;

/// A case of the list.
struct CaseView {
    name: String,
    values: Vec<String>,
    /// What the list has no column for: its name, and the value.
    others: Vec<(String, String)>,
    alterations: String,
    therapies: String,
}

#[derive(Template)]
#[template(path = "research/cases.html")]
struct CasesTemplate {
    page: Page,
    number: String,
    title: String,
    line: String,
    search_href: String,
    heads: Vec<String>,
    records: bool,
    cases: Vec<CaseView>,
    count: u64,
    first: u64,
    last: u64,
    before_href: Option<String>,
    after_href: Option<String>,
    tables: Option<[String; 2]>,
}

/// The cases of a question whose counts were told.
struct Listed {
    project: ResearchProject,
    registry: Arc<Registry>,
    told: Told,
    count: u64,
    from: usize,
    cases: Vec<SeenCase>,
}

async fn listed(
    state: &AppState,
    viewer: &Viewer,
    number: &str,
    address: &ProjectAddress,
    service: ProjectService,
    at_most: usize,
) -> Result<Listed, PageError> {
    let asked = of_address(state, viewer, number, address, false).await?;
    let project = asked.project;
    let may = project.has(ProjectService::List) && project.has(service);
    let told = asked.told.ok().filter(|_| may).ok_or(PageError::NotFound)?;
    let count = told.page.as_ref().map_or(0, |page| page.cases);
    // Of a question that was not answered nobody is shown.
    if count == 0 {
        return Err(PageError::NotFound);
    }
    let last = usize::try_from(count).unwrap_or(usize::MAX) - 1;
    let from = address.from.parse().unwrap_or(0_usize).min(last);
    let from = from / CASES_PER_PAGE * CASES_PER_PAGE;
    let cases: Vec<_> = named(state, &told).await?.into_iter().skip(from).take(at_most).collect();
    write_down(state, viewer, &project, &cases).await?;
    let seen = |(name, case): (String, CohortCase)| SeenCase::of(&case, &project, name);
    let cases = cases.into_iter().map(seen).collect();
    Ok(Listed { project, registry: asked.registry, told, count, from, cases })
}

/// Returns the cases that were found with their names in the project, in the order of the names, which tells neither when a case
/// was registered nor where.
pub(super) async fn named(
    state: &AppState,
    told: &Told,
) -> Result<Vec<(String, CohortCase)>, PageError> {
    let (view, cohort, key) = (Arc::clone(&told.view), told.cohort.clone(), state.site_key.clone());
    let scope = told.project.id.to_string();
    let work = state.count(move || {
        let mut cases: Vec<(String, CohortCase)> = view
            .list(&cohort, 0, usize::MAX)
            .into_iter()
            .map(|case| (key.name_within(&scope, &case.id.to_string()), case))
            .collect();
        cases.sort_unstable_by(|left, right| left.0.cmp(&right.0));
        cases
    });
    work.await
}

/// Writes down who looked at each case.
pub(super) async fn write_down(
    state: &AppState,
    viewer: &Viewer,
    project: &ResearchProject,
    cases: &[(String, CohortCase)],
) -> Result<(), PageError> {
    let permit =
        state.permit(viewer, Action::SearchProject, Relation::OwnProject, Purpose::Research)?;
    let now = state.now();
    let entry = |(_, case): &(String, CohortCase)| {
        Entry::permitted(now, &viewer.actor, &permit)
            .on_case(CaseId(case.id), case.hospital.as_deref().map(OrganisationCode::new))
            .about("project", &project.number)
            .with_items(&project.items)
    };
    Ok(state.audit.record_all(cases.iter().map(entry).collect()).await?)
}

/// The items of the permission, of which one value can be told in a word.
fn items(project: &ResearchProject) -> Vec<&'static str> {
    askable().filter(|code| Item::of_code(code).is_some() && project.may_see(code)).collect()
}

/// Lists the cases.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let service = ProjectService::List;
    let found = listed(&state, &viewer, &number, &address, service, CASES_PER_PAGE).await?;
    let page = found.told.page(&state, &reader).await?;
    let labels = ClinicLabels { release: state.release, registry: &found.registry };
    let project = &found.project;
    let is_column = |code: &&str| COLUMNS.iter().any(|item| item.code() == *code);
    let (columns, others): (Vec<&str>, Vec<&str>) = items(project).into_iter().partition(is_column);
    let text = text_of(&found.told.query);
    let href = |from: usize| {
        let path = format!("/research/{}/cases", project.number);
        address::with_query(&path, &[("q", &text), ("from", &from.to_string())])
    };
    let after = found.from + found.cases.len();
    let tables = || {
        let path = format!("/research/{}/cases.csv", project.number);
        table_file::hrefs(&address::with_query(&path, &[("q", &text)]))
    };
    let search = format!("/research/{}/search", project.number);
    render(&CasesTemplate {
        number: project.number.to_string(),
        title: project.title.clone(),
        line: found.told.query.to_line(page.language, &labels),
        search_href: address::with_query(&search, &[("q", &text)]),
        heads: columns.iter().map(|code| item_label(&page, code)).collect(),
        records: project.has(ProjectService::Records),
        cases: found
            .cases
            .iter()
            .map(|case| view(&page, &labels, &columns, &others, case))
            .collect(),
        count: found.count,
        first: found.from as u64 + 1,
        last: after as u64,
        before_href: (found.from > 0).then(|| href(found.from.saturating_sub(CASES_PER_PAGE))),
        after_href: ((after as u64) < found.count).then(|| href(after)),
        tables: project.has(ProjectService::Download).then(tables),
        page,
    })
}

fn view(
    page: &Page,
    labels: &ClinicLabels<'_>,
    columns: &[&str],
    others: &[&str],
    case: &SeenCase,
) -> CaseView {
    let value = |code: &&str| {
        let found = case.items.iter().find(|(own, _)| own == code);
        let (Some((_, value)), Some(item)) = (found, Item::of_code(code)) else {
            return page.t("unknown");
        };
        let word = item.word_place(value).and_then(|place| item.word_label(place));
        word.map_or_else(
            || labels.of_item(item, value, page.language),
            |label| page.text(&label).to_owned(),
        )
    };
    let joined = |lines: Vec<String>| lines.join(if page.tag() == "ja" { "、" } else { ", " });
    CaseView {
        name: case.name.clone(),
        values: columns.iter().map(value).collect(),
        others: others.iter().map(|code| (item_label(page, code), value(code))).collect(),
        alterations: joined(case.alterations.iter().map(|each| alteration(page, each)).collect()),
        therapies: joined(case.therapies.iter().map(|each| therapy(page, labels, each)).collect()),
    }
}

fn alteration(page: &Page, each: &SeenAlteration) -> String {
    let class = each.class.and_then(AlterationClass::of_code);
    let kind = AlterationKind::of_code(each.kind);
    match (&each.change, &each.partner, class, kind) {
        (Some(change), ..) => format!("{} {change}", each.gene),
        (None, Some(partner), ..) => format!("{}::{partner}", each.gene),
        (None, None, Some(class), _) => format!("{} {}", each.gene, page.text(&class.label())),
        (None, None, None, Some(kind)) => format!("{} {}", each.gene, page.text(&kind.label())),
        (None, None, None, None) => each.gene.to_string(),
    }
}

fn therapy(page: &Page, labels: &ClinicLabels<'_>, each: &SeenTherapy) -> String {
    let drug = |code: &research::cohort::Name| {
        let name = labels.label(NameList::Drug, code, page.language);
        name.unwrap_or_else(|| code.to_string())
    };
    let drugs = each.drugs.iter().map(drug).collect::<Vec<_>>().join(" + ");
    let months = each.months.map(|months| page.t2("research-months", "months", months));
    let details: Vec<String> =
        each.response.map(ToOwned::to_owned).into_iter().chain(months).collect();
    if details.is_empty() { drugs } else { format!("{drugs} ({})", details.join(" · ")) }
}

/// Gives the cases as a table, where the permission says so.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: Form,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let service = ProjectService::Download;
    let found = listed(&state, &viewer, &number, &address, service, CASES_PER_FILE).await?;
    let page = found.told.page(&state, &reader).await?;
    let name = format!("{}-cases", found.project.number);
    table_file(&page, form, &name, &table(&found)?, &found.told.query.to_text())
}

fn table(found: &Listed) -> Result<Table, PageError> {
    let items = items(&found.project);
    let has_records = found.project.has(ProjectService::Records);
    let mut columns = vec![("case", Kind::Words), ("synthetic", Kind::Words)];
    columns.extend(items.iter().map(|code| (*code, kind(code))));
    if has_records {
        columns.extend([("alterations", Kind::Words), ("therapies", Kind::Words)]);
    }
    let row = |case: &SeenCase| {
        let value = |code: &&'static str| {
            let value = case.items.iter().find(|(own, _)| own == code).map(|(_, value)| value);
            value.map_or(Cell::Unknown, |value| cell(kind(code), value))
        };
        let synthetic = if case.synthetic { "yes" } else { "no" };
        let mut row = vec![case.name.clone().into(), synthetic.into()];
        row.extend(items.iter().map(value));
        if has_records {
            let list = |value: serde_json::Result<String>| value.map_err(PageError::internal);
            row.push(list(serde_json::to_string(&case.alterations))?.into());
            row.push(list(serde_json::to_string(&case.therapies))?.into());
        }
        Ok(row)
    };
    let rows = found.cases.iter().map(row).collect::<Result<Vec<_>, PageError>>()?;
    Ok(Table::of_columns(columns).with_rows(rows))
}

/// Returns what a column of an item holds as it is told: a year for a day, and a band in words for an age.
fn kind(code: &str) -> Kind {
    match Item::of_code(code) {
        Some(Item::Tmb) => Kind::Number,
        Some(Item::Year | Item::PerformanceStatus) => Kind::Integer,
        Some(item) if item.kind() == ItemKind::Day => Kind::Integer,
        _ => Kind::Words,
    }
}

fn cell(kind: Kind, value: &str) -> Cell {
    match kind {
        Kind::Integer => value.parse().ok().map_or(Cell::Unknown, Cell::Integer),
        Kind::Number => value.parse().ok().map_or(Cell::Unknown, Cell::Number),
        Kind::Day | Kind::Words => value.to_owned().into(),
    }
}
