//! One application: its steps so far, and the one that can be taken next.

use askama::Template;
use axum::{extract::State, response::Response};
use model::{
    organisation::OrganisationCode,
    programme::{
        Application, ApplicationEvent, ApplicationId, ApplicationState, Decision, Designation,
        DesignationHistory, Link, LinkHistory, Opinion, Period, Registry, Requirement,
        RequirementState, StepApplicationError,
    },
};
use serde::Deserialize;
use store::RegistryRevision;

use super::{
    application_form::too_long,
    change::{
        Change, ChangeError, Refusal, day_of, lead_to, optional_day_of, permit_apply,
        permit_decide, permit_manage,
    },
    hospital_office::designation_refusal,
};
use crate::{
    address,
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    view::TagView,
    viewer::Viewer,
};

/// A step as it was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StepForm {
    revision: u32,
    day: String,
    opinion: String,
    decision: String,
    from: String,
    until: String,
    text: String,
}

struct StepView {
    day: String,
    day_iso: String,
    title: String,
    text: String,
}

struct Choice {
    value: &'static str,
    label: String,
    chosen: bool,
}

struct RequirementLine {
    number: u8,
    text: String,
    tag: TagView,
    evidence: Option<String>,
}

#[derive(Template)]
#[template(path = "programme/application.html")]
struct ApplicationTemplate {
    page: Page,
    hospital: String,
    hospital_href: String,
    requirements_href: String,
    wanted: String,
    kind: String,
    state: TagView,
    chosen_by: Option<String>,
    round: Option<String>,
    by_committee: bool,
    steps: Vec<StepView>,
    requirements: Vec<RequirementLine>,
    unmet: u64,
    href: String,
    form: StepForm,
    opinions: Vec<Choice>,
    asks_opinion: bool,
    asks_decision: bool,
    open: bool,
    refusal: Option<String>,
}

/// Shows an application.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Response, PageError> {
    let newest = application(&state, id).await?;
    permit_apply(&state, &viewer, &newest.document.hospital)?;
    let today = format::local_day(state.now());
    let form = StepForm { day: today.to_string(), ..StepForm::default() };
    application_page(&state, &reader, &viewer, id, form, None).await
}

/// Records the committee's opinion, or that of the hospital that chose the partner.
pub(crate) async fn give_opinion(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(form): CheckedForm<StepForm>,
) -> Result<Response, PageError> {
    let permit = permit_manage(&state, &viewer)?;
    let event = || {
        let opinion = Opinion::ALL.into_iter().find(|opinion| opinion.word() == form.opinion);
        let opinion =
            opinion.ok_or_else(|| Refusal::of("意見を選んでください。", "Choose an opinion."))?;
        let text = form.text.trim().to_owned();
        Ok::<_, Refusal>(ApplicationEvent::OpinionGiven { day: day_of(&form.day)?, opinion, text })
    };
    let recorded = async {
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        step(&state, &mut change, id, &form, event()?).await?;
        change.commit().await
    };
    let outcome = recorded.await;
    answer(&state, &reader, &viewer, id, form, outcome).await
}

/// Records the decision; a designation, and a partner's link, are recorded with it or not at all.
pub(crate) async fn decide(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(form): CheckedForm<StepForm>,
) -> Result<Response, PageError> {
    let permit = permit_decide(&state, &viewer)?;
    let event = || {
        let decision = match form.decision.as_str() {
            "designated" => Decision::Designated(Period {
                from: day_of(&form.from)?,
                until: optional_day_of(&form.until)?,
            }),
            "refused" => Decision::Refused,
            _ => return Err(Refusal::of("決定を選んでください。", "Choose a decision.")),
        };
        let text = form.text.trim().to_owned();
        Ok(ApplicationEvent::Decided { day: day_of(&form.day)?, decision, text })
    };
    let recorded = async {
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        let event = event()?;
        let application = step(&state, &mut change, id, &form, event.clone()).await?;
        if let ApplicationEvent::Decided { decision: Decision::Designated(period), .. } = event {
            designate(&state, &mut change, &application, period).await?;
        }
        change.commit().await
    };
    let outcome = recorded.await;
    answer(&state, &reader, &viewer, id, form, outcome).await
}

/// Records that the applicant took it back.
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(form): CheckedForm<StepForm>,
) -> Result<Response, PageError> {
    let newest = application(&state, id).await?;
    let permit = permit_apply(&state, &viewer, &newest.document.hospital)?;
    let event = || {
        let text = form.text.trim().to_owned();
        Ok::<_, Refusal>(ApplicationEvent::Withdrawn { day: day_of(&form.day)?, text })
    };
    let recorded = async {
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        step(&state, &mut change, id, &form, event()?).await?;
        change.commit().await
    };
    let outcome = recorded.await;
    answer(&state, &reader, &viewer, id, form, outcome).await
}

async fn application(
    state: &AppState,
    id: uuid::Uuid,
) -> Result<RegistryRevision<Application>, PageError> {
    let found = state.store.registry_document::<Application>(&id.to_string()).await;
    found.map_err(PageError::internal)?.ok_or(PageError::NotFound)
}

/// Takes a step and records the application with it.
async fn step(
    state: &AppState,
    change: &mut Change<'_>,
    id: uuid::Uuid,
    form: &StepForm,
    event: ApplicationEvent,
) -> Result<Application, ChangeError> {
    let mut application = application(state, id).await?.document;
    application.step(event).map_err(step_refusal)?;
    change.record(&application, form.revision).await?;
    Ok(application)
}

fn step_refusal(error: StepApplicationError) -> Refusal {
    match error {
        StepApplicationError::OutOfOrder => Refusal::of(
            "この申請は、すでに次の段階に進んでいます。画面を開き直してください。",
            "The application has moved on already: open the page again.",
        ),
        StepApplicationError::Backwards => {
            Refusal::of("日付が前の段階より前です。", "The day is before that of the step before.")
        }
        StepApplicationError::PeriodBackwards => {
            Refusal::of("指定期間の終わりが始まりより前です。", "The period ends before it begins.")
        }
        StepApplicationError::NoReason => {
            Refusal::of("この段階には理由が必要です。", "Give reasons for this step.")
        }
        StepApplicationError::TooLong => too_long(),
    }
}

/// Records the designation and the link that a decision makes.
async fn designate(
    state: &AppState,
    change: &mut Change<'_>,
    application: &Application,
    period: Period,
) -> Result<(), ChangeError> {
    let key = application.hospital.as_str();
    let source = Some(format!("application {}", application.id));
    let newest = state.store.registry_document::<DesignationHistory>(key).await?;
    let revision = newest.as_ref().map_or(0, |newest| newest.revision);
    let mut history = newest.map_or_else(
        || DesignationHistory::new(application.hospital.clone()),
        |newest| newest.document,
    );
    let designation =
        Designation { kind: application.wanted, period, seen_only: false, source: source.clone() };
    history.follow(designation).map_err(|error| designation_refusal(&error))?;
    change.record(&history, revision).await?;
    let Some(to) = application.chosen_by.clone() else { return Ok(()) };
    let newest = state.store.registry_document::<LinkHistory>(key).await?;
    let revision = newest.as_ref().map_or(0, |newest| newest.revision);
    let mut links = newest
        .map_or_else(|| LinkHistory::new(application.hospital.clone()), |newest| newest.document);
    if !links.on(period.from).any(|linked| *linked == to) {
        links.put(Link { to, period, source });
        change.record(&links, revision).await?;
    }
    Ok(())
}

async fn answer(
    state: &AppState,
    reader: &Reader,
    viewer: &Viewer,
    id: uuid::Uuid,
    form: StepForm,
    outcome: Result<(), ChangeError>,
) -> Result<Response, PageError> {
    match outcome {
        Ok(()) => Ok(lead_to(&address::application(ApplicationId(id)))),
        Err(ChangeError::Refused(refusal)) => {
            application_page(state, reader, viewer, id, form, Some(&refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

async fn application_page(
    state: &AppState,
    reader: &Reader,
    viewer: &Viewer,
    id: uuid::Uuid,
    mut form: StepForm,
    refusal: Option<&Refusal>,
) -> Result<Response, PageError> {
    let newest = application(state, id).await?;
    form.revision = newest.revision;
    let application = newest.document;
    let registry = state.registry().await?;
    let page = Page::new(state, reader, Place::InProgramme).await?;
    let code = application.hospital.as_str();
    let name = |code: &OrganisationCode| {
        let known = registry.hospital_name(code.as_str(), page.language);
        known.unwrap_or(code.as_str()).to_owned()
    };
    let requirements = requirements(&page, &registry, &application.hospital);
    let now = application.state();
    let opinions = Opinion::ALL.map(|opinion| Choice {
        value: opinion.word(),
        label: page.opinion(opinion),
        chosen: opinion.word() == form.opinion,
    });
    let template = ApplicationTemplate {
        hospital: name(&application.hospital),
        hospital_href: address::hospital(&application.hospital),
        requirements_href: format!(
            "{}/requirements",
            address::office_hospital(&application.hospital)
        ),
        wanted: page.designation_kind(application.wanted),
        kind: page.application_kind(application.kind),
        state: page.application_tag(now),
        chosen_by: application.chosen_by.as_ref().map(name),
        round: application.round.map(|round| round.to_string()),
        by_committee: !application.wanted.is_partner(),
        steps: application.events.iter().map(|event| step_view(&page, event)).collect(),
        unmet: unmet(&registry, code),
        requirements,
        href: address::application(application.id),
        opinions: opinions.into(),
        asks_opinion: now == ApplicationState::Submitted && permit_manage(state, viewer).is_ok(),
        asks_decision: now == ApplicationState::OpinionGiven
            && permit_decide(state, viewer).is_ok(),
        open: now.is_open(),
        refusal: refusal.map(|refusal| refusal.get(page.language)),
        form,
        page,
    };
    render(&template)
}

fn step_view(page: &Page, event: &ApplicationEvent) -> StepView {
    let (title, text) = match event {
        ApplicationEvent::Submitted { text, .. } => (page.t("step-submitted"), text),
        ApplicationEvent::OpinionGiven { opinion, text, .. } => {
            (page.t2("step-opinion", "opinion", page.opinion(*opinion)), text)
        }
        ApplicationEvent::Decided { decision: Decision::Designated(period), text, .. } => {
            (page.t2("step-designated", "period", page.period(*period)), text)
        }
        ApplicationEvent::Decided { decision: Decision::Refused, text, .. } => {
            (page.t("step-refused"), text)
        }
        ApplicationEvent::Withdrawn { text, .. } => (page.t("step-withdrawn"), text),
    };
    StepView {
        day: format::day(event.day(), page.language),
        day_iso: event.day().to_string(),
        title,
        text: text.clone(),
    }
}

fn requirements(page: &Page, registry: &Registry, code: &OrganisationCode) -> Vec<RequirementLine> {
    let checklist = registry.requirements.get(code);
    Requirement::ALL
        .map(|requirement| {
            let finding = checklist.and_then(|checklist| checklist.findings.get(&requirement));
            let state = finding.map(|finding| finding.state).unwrap_or_default();
            RequirementLine {
                number: requirement.number(),
                text: page.text(&requirement.text()).to_owned(),
                tag: page.requirement_tag(state),
                evidence: finding.and_then(|finding| finding.evidence.clone()),
            }
        })
        .into()
}

fn unmet(registry: &Registry, code: &str) -> u64 {
    let checklist = registry.requirements.get(&OrganisationCode::new(code));
    let state = |requirement| checklist.map(|each| each.state(requirement)).unwrap_or_default();
    let open = Requirement::ALL.into_iter().filter(|each| state(*each) != RequirementState::Met);
    open.count() as u64
}
