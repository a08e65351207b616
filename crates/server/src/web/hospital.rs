//! One hospital, for everybody: what it is, what it may do, whom it asks, and its window.

use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use chrono::NaiveDate;
use model::{
    organisation::OrganisationCode,
    programme::{Function, FunctionMatrix, Hospital, Registry, Standing},
};

use super::{
    hospital_functions::{DutyView, duty_view},
    hospitals::standing_tag,
};
use crate::{
    address,
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::{Fact, TagView},
    viewer::Viewer,
};

/// A designation of the history.
pub(crate) struct DesignationView {
    /// First day, as programs read it.
    pub(crate) from_iso: String,
    /// Last day, as programs read it.
    pub(crate) until_iso: String,
    /// Kind.
    pub(crate) kind: String,
    /// First and last day.
    pub(crate) period: String,
    /// Whether the first day is only one on which a source lists it.
    pub(crate) seen_only: bool,
    /// Where it comes from.
    pub(crate) source: Option<String>,
    /// Whether it is in force.
    pub(crate) current: bool,
}

/// A link to a hospital.
pub(crate) struct HospitalLink {
    /// Address.
    pub(crate) href: String,
    /// Name.
    pub(crate) name: String,
}

/// What it does in one function.
struct FunctionView {
    function: String,
    duty: DutyView,
}

#[derive(Template)]
#[template(path = "hospitals/hospital.html")]
struct HospitalTemplate {
    page: Page,
    name: String,
    other_name: String,
    kind: TagView,
    meaning: Option<String>,
    panel: TagView,
    panel_reason: String,
    rule: Option<&'static str>,
    facts: Vec<Fact>,
    designations: Vec<DesignationView>,
    functions: Vec<FunctionView>,
    linked: Vec<HospitalLink>,
    partners: Vec<HospitalLink>,
    office_href: Option<String>,
    day: String,
}

/// Shows a hospital.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Option<Extension<Viewer>>,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    let registry = state.registry().await?;
    let code = OrganisationCode::new(&code);
    let hospital = registry.hospitals.get(&code).ok_or(PageError::NotFound)?;
    let day = format::local_day(state.now());
    let page = Page::new(&state, &reader, Place::InHospitals).await?;
    let answer = registry.may_hold_panel(&code, &code, day);
    let kind = registry.standing(&code, day).kind();
    let manages = viewer
        .is_some_and(|viewer| super::programme::change::permit_manage(&state, &viewer).is_ok());
    let rules = FunctionMatrix::get();
    let functions = kind.into_iter().flat_map(|kind| {
        let page = &page;
        Function::ALL.into_iter().map(move |function| FunctionView {
            function: page.function(function),
            duty: duty_view(page, rules.function(kind, function, day)),
        })
    });
    let template = HospitalTemplate {
        name: hospital.name(page.language).to_owned(),
        other_name: other_name(&page, hospital),
        kind: standing_tag(&page, &registry, hospital, day),
        meaning: kind.map(|kind| page.designation_meaning(kind)),
        panel: page.verdict_tag(answer.verdict),
        panel_reason: page.text(&answer.reason.text()).to_owned(),
        rule: answer.rule,
        facts: facts(&page, hospital),
        designations: designations(&page, &registry, &code, day),
        functions: functions.collect(),
        linked: links(&page, &registry, answer.ask.iter()),
        partners: links(&page, &registry, registry.partners_of(&code, day).into_iter()),
        office_href: manages.then(|| address::office_hospital(&code)),
        day: format::day(day, page.language),
        page,
    };
    render(&template)
}

/// Returns a hospital's name; its code where the registry does not know it.
pub(crate) fn hospital_label(page: &Page, registry: &Registry, code: &str) -> String {
    registry.hospital_name(code, page.language).unwrap_or(code).to_owned()
}

fn other_name(page: &Page, hospital: &Hospital) -> String {
    use model::text::Language;
    let other = match page.language {
        Language::Ja => &hospital.name.en,
        Language::En => &hospital.name.ja,
    };
    if other == hospital.name(page.language) { String::new() } else { other.to_string() }
}

fn facts(page: &Page, hospital: &Hospital) -> Vec<Fact> {
    let contact = page.text(&hospital.contact).to_owned();
    let prefecture = hospital.prefecture.map(|each| page.text(each.name()).to_owned());
    let fact = |label, value| Fact { label, value };
    vec![
        fact(page.t("hospital-contact"), Some(contact).filter(|text| !text.is_empty())),
        fact(page.t("prefecture"), prefecture),
        fact(page.t("hospital-code"), Some(hospital.code.to_string())),
        fact(page.t("hospital-source"), hospital.source.clone()),
    ]
}

/// Returns the history of designations, newest first.
pub(crate) fn designations(
    page: &Page,
    registry: &Registry,
    code: &OrganisationCode,
    day: NaiveDate,
) -> Vec<DesignationView> {
    let in_force = match registry.standing(code, day) {
        Standing::Designated(designation) => Some(designation),
        Standing::NotDesignated | Standing::Unknown => None,
    };
    let history = registry.designations.get(code);
    let newest_first = history.into_iter().flat_map(|history| history.designations.iter().rev());
    newest_first
        .map(|designation| DesignationView {
            from_iso: designation.period.from.to_string(),
            until_iso: designation.period.until.map(|day| day.to_string()).unwrap_or_default(),
            kind: page.designation_kind(designation.kind),
            period: page.period(designation.period),
            seen_only: designation.seen_only,
            source: designation.source.clone(),
            current: Some(designation) == in_force,
        })
        .collect()
}

/// Returns links to hospitals, in the order of their codes.
pub(crate) fn links<'a>(
    page: &Page,
    registry: &Registry,
    codes: impl Iterator<Item = &'a OrganisationCode>,
) -> Vec<HospitalLink> {
    codes
        .map(|code| HospitalLink {
            href: address::hospital(code),
            name: registry
                .hospital_name(code.as_str(), page.language)
                .unwrap_or(code.as_str())
                .to_owned(),
        })
        .collect()
}
