//! Testing laboratories and sequencing companies, for those who work in the programme.

use access::{Action, Purpose, Relation};
use askama::Template;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use model::programme::{Laboratory, LaboratoryPaper, PaperKind};

use crate::{
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
    viewer::Viewer,
    web::programme::{change::permit_manage, entry::Entry as _},
};

struct LaboratoryView {
    id: String,
    name: String,
    kind: String,
    code: String,
    contact: Option<String>,
    /// Where its entry is changed, for whoever may.
    edit_href: Option<String>,
    missing: Vec<String>,
    papers: Vec<PaperView>,
}

struct PaperView {
    kind: String,
    title: String,
    number: Option<String>,
    period: String,
    state: TagView,
}

#[derive(Template)]
#[template(path = "hospitals/laboratories.html")]
struct LaboratoriesTemplate {
    page: Page,
    laboratories: Vec<LaboratoryView>,
    may_manage: bool,
}

/// Shows the laboratories.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::ReadProgramme, Relation::Programme, Purpose::Administration)?;
    let registry = state.registry().await?;
    let day = format::local_day(state.now());
    let page = Page::new(&state, &reader, Place::Laboratories).await?;
    let may_manage = permit_manage(&state, &viewer).is_ok();
    let laboratories = registry.laboratories.values();
    let laboratories =
        laboratories.map(|laboratory| view(&page, laboratory, day, may_manage)).collect();
    render(&LaboratoriesTemplate { laboratories, may_manage, page })
}

fn view(page: &Page, laboratory: &Laboratory, day: NaiveDate, may_manage: bool) -> LaboratoryView {
    let holds = |kind: &PaperKind| {
        laboratory.papers.iter().any(|paper| paper.kind == *kind && paper.period.holds(day))
    };
    let contact = page.text(&laboratory.contact).to_owned();
    LaboratoryView {
        id: format!("laboratory-{}", laboratory.code),
        name: laboratory.name(page.language).to_owned(),
        kind: page.laboratory_kind(laboratory.kind),
        code: laboratory.code.to_string(),
        contact: Some(contact).filter(|text| !text.is_empty()),
        edit_href: may_manage.then(|| format!("{}/{}", Laboratory::PATH, laboratory.code)),
        missing: PaperKind::ALL
            .into_iter()
            .filter(|kind| !holds(kind))
            .map(|kind| page.paper_kind(kind))
            .collect(),
        papers: laboratory.papers.iter().map(|paper| paper_view(page, paper, day)).collect(),
    }
}

fn paper_view(page: &Page, paper: &LaboratoryPaper, day: NaiveDate) -> PaperView {
    let state = if !paper.period.holds(day) {
        TagView { class: "not", label: page.t("paper-not-in-force") }
    } else if let Some(outcome) = paper.outcome {
        page.outcome_tag(outcome)
    } else {
        TagView { class: "met", label: page.t("paper-in-force") }
    };
    PaperView {
        kind: page.paper_kind(paper.kind),
        title: paper.title.clone(),
        number: paper.number.clone(),
        period: page.period(paper.period),
        state,
    }
}
