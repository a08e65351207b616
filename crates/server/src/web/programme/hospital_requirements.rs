//! The eight requirements of a hospital, with evidence.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use model::{
    organisation::OrganisationCode,
    programme::{
        Requirement, RequirementChecklist, RequirementFinding, RequirementState,
        requirement::EVIDENCE_MAX_CHARS,
    },
};

use super::change::{Change, ChangeError, Refusal, lead_to, optional_day_of, permit_apply, said};
use crate::{
    address,
    error::PageError,
    form::CheckedForm,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
    viewer::Viewer,
};

/// The fields as they were sent: `state_N`, `evidence_N` and `checked_N` of each requirement.
type Fields = HashMap<String, String>;

struct RequirementView {
    number: u8,
    text: String,
    tag: TagView,
    states: Vec<StateChoice>,
    evidence: String,
    checked: String,
}

struct StateChoice {
    value: &'static str,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "programme/requirements.html")]
struct RequirementsTemplate {
    page: Page,
    name: String,
    action: String,
    back_href: String,
    revision: u32,
    met: usize,
    refusal: Option<String>,
    requirements: Vec<RequirementView>,
}

/// Shows the checklist.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let code = OrganisationCode::new(&code);
    permit_apply(&state, &viewer, &code)?;
    checklist_page(&state, &reader, &code, None, None).await
}

/// Records what was found.
pub(crate) async fn record(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let code = OrganisationCode::new(&code);
    let permit = permit_apply(&state, &viewer, &code)?;
    let recorded = async {
        if !state.registry().await?.hospitals.contains_key(&code) {
            return Err(PageError::NotFound.into());
        }
        let checklist = checklist_of(&code, &fields)?;
        let revision = field(&fields, "revision").parse().unwrap_or_default();
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        change.record(&checklist, revision).await?;
        change.commit().await
    };
    match recorded.await {
        Ok(()) => Ok(lead_to(&format!("{}/requirements", address::office_hospital(&code)))),
        Err(ChangeError::Refused(refusal)) => {
            checklist_page(&state, &reader, &code, Some(&fields), Some(&refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

fn checklist_of(code: &OrganisationCode, fields: &Fields) -> Result<RequirementChecklist, Refusal> {
    let mut checklist = RequirementChecklist::new(code.clone());
    for requirement in Requirement::ALL {
        let of = |name: &str| field(fields, &format!("{name}_{}", requirement.number()));
        let state = RequirementState::of_word(of("state")).unwrap_or_default();
        let evidence = said(of("evidence"));
        if evidence.as_ref().is_some_and(|text| text.chars().count() > EVIDENCE_MAX_CHARS) {
            return Err(Refusal::of(
                "根拠は 4,000 字以内で書いてください。",
                "Give the evidence in up to 4,000 characters.",
            ));
        }
        if state == RequirementState::Met && evidence.is_none() {
            return Err(Refusal::of(
                "「満たす」とした要件には根拠を書いてください。",
                "Give evidence for each requirement that is met.",
            ));
        }
        let checked = optional_day_of(of("checked"))?;
        let finding = RequirementFinding { state, evidence, checked };
        if finding != RequirementFinding::default() {
            checklist.findings.insert(requirement, finding);
        }
    }
    Ok(checklist)
}

async fn checklist_page(
    state: &AppState,
    reader: &Reader,
    code: &OrganisationCode,
    sent: Option<&Fields>,
    refusal: Option<&Refusal>,
) -> Result<Response, PageError> {
    let registry = state.registry().await?;
    let hospital = registry.hospitals.get(code).ok_or(PageError::NotFound)?;
    let page = Page::new(state, reader, Place::InProgramme).await?;
    let newest = state.store.registry_document::<RequirementChecklist>(code.as_str()).await;
    let newest = newest.map_err(PageError::internal)?;
    let revision = newest.as_ref().map_or(0, |newest| newest.revision);
    let checklist =
        newest.map_or_else(|| RequirementChecklist::new(code.clone()), |newest| newest.document);
    let view = |requirement| requirement_view(&page, requirement, &checklist, sent);
    let template = RequirementsTemplate {
        name: hospital.name(page.language).to_owned(),
        action: format!("{}/requirements", address::office_hospital(code)),
        back_href: address::office_hospital(code),
        revision,
        met: checklist.met_count(),
        refusal: refusal.map(|refusal| refusal.get(page.language)),
        requirements: Requirement::ALL.map(view).into(),
        page,
    };
    render(&template)
}

fn requirement_view(
    page: &Page,
    requirement: Requirement,
    checklist: &RequirementChecklist,
    sent: Option<&Fields>,
) -> RequirementView {
    let finding = checklist.findings.get(&requirement).cloned().unwrap_or_default();
    let number = requirement.number();
    // What was typed is shown again, so that nothing is lost by a mistake.
    let typed = |name: &str, recorded: String| {
        let sent = sent.and_then(|fields| fields.get(&format!("{name}_{number}")));
        sent.cloned().unwrap_or(recorded)
    };
    let chosen = typed("state", finding.state.word().to_owned());
    let choice = |state: RequirementState| StateChoice {
        value: state.word(),
        label: page.requirement_tag(state).label,
        chosen: state.word() == chosen,
    };
    RequirementView {
        number,
        text: page.text(&requirement.text()).to_owned(),
        tag: page.requirement_tag(finding.state),
        states: RequirementState::ALL.map(choice).into(),
        evidence: typed("evidence", finding.evidence.unwrap_or_default()),
        checked: typed("checked", finding.checked.map(|day| day.to_string()).unwrap_or_default()),
    }
}
