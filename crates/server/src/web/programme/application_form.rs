//! Sending in an application for a designation.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use model::{
    organisation::OrganisationCode,
    programme::{
        Application, ApplicationEvent, ApplicationId, ApplicationKind, DesignationKind,
        IntakeRound, application::STEP_TEXT_MAX_CHARS,
    },
};
use serde::Deserialize;
use store::identifier_v7;

use super::{
    change::{Change, ChangeError, Refusal, day_of, lead_to, permit_apply},
    hospital_office::no_such_hospital,
};
use crate::{
    address,
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// The form as it was sent; also what a link to it fills in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ApplicationForm {
    hospital: String,
    wanted: String,
    renewal: String,
    chosen_by: String,
    round: String,
    day: String,
    text: String,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "programme/application_form.html")]
struct ApplicationFormTemplate {
    page: Page,
    form: ApplicationForm,
    kinds: Vec<Choice>,
    rounds: Vec<Choice>,
    refusal: Option<String>,
}

/// Kinds that can be applied for.
const WANTED: [DesignationKind; 4] = [
    DesignationKind::Core,
    DesignationKind::Hub,
    DesignationKind::PanelPartner,
    DesignationKind::Partner,
];

/// Shows the form.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Query(mut form): Query<ApplicationForm>,
) -> Result<Response, PageError> {
    permit_apply(&state, &viewer, &OrganisationCode::new(&form.hospital))?;
    let today = format::local_day(state.now());
    if form.day.is_empty() {
        form.day = today.to_string();
    }
    form_page(&state, &reader, form, None).await
}

/// Records an application.
pub(crate) async fn submit(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    CheckedForm(form): CheckedForm<ApplicationForm>,
) -> Result<Response, PageError> {
    let permit = permit_apply(&state, &viewer, &OrganisationCode::new(&form.hospital))?;
    let recorded = async {
        let application = application_of(&state, &form).await?;
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        change.record(&application, 0).await?;
        change.commit().await?;
        Ok::<_, ChangeError>(application.id)
    };
    match recorded.await {
        Ok(id) => Ok(lead_to(&address::application(id))),
        Err(ChangeError::Refused(refusal)) => {
            form_page(&state, &reader, form, Some(&refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

async fn application_of(
    state: &AppState,
    form: &ApplicationForm,
) -> Result<Application, ChangeError> {
    let registry = state.registry().await?;
    let hospital = OrganisationCode::new(&form.hospital);
    if !registry.hospitals.contains_key(&hospital) {
        return Err(no_such_hospital().into());
    }
    let wanted = DesignationKind::of_word(&form.wanted).filter(|kind| WANTED.contains(kind));
    let wanted = wanted.ok_or_else(|| Refusal::of("種別を選んでください。", "Choose a kind."))?;
    let day = day_of(&form.day)?;
    let (chosen_by, round) = if wanted.is_partner() {
        let chosen_by = OrganisationCode::new(&form.chosen_by);
        let kind = registry.standing(&chosen_by, day).kind();
        if !matches!(kind, Some(DesignationKind::Core | DesignationKind::Hub)) {
            return Err(Refusal::of(
                "連携病院は、選んだ中核拠点病院または拠点病院のコードが必要です。",
                "A partner needs the code of the core or hub hospital that chose it.",
            )
            .into());
        }
        let round = form.round.parse().unwrap_or_else(|_| IntakeRound::of(day));
        (Some(chosen_by), Some(round))
    } else {
        (None, None)
    };
    let text = form.text.trim().to_owned();
    if text.chars().count() > STEP_TEXT_MAX_CHARS {
        return Err(too_long().into());
    }
    let at = state.now();
    let parts = ["application", hospital.as_str(), wanted.word(), &form.day, &text];
    Ok(Application {
        id: ApplicationId(identifier_v7(at, &parts)),
        hospital,
        wanted,
        kind: if form.renewal.is_empty() { ApplicationKind::New } else { ApplicationKind::Renewal },
        chosen_by,
        round,
        events: vec![ApplicationEvent::Submitted { day, text }],
    })
}

/// Says that a text is too long.
pub(super) fn too_long() -> Refusal {
    Refusal::of("文章は 4,000 字以内で書いてください。", "Write up to 4,000 characters.")
}

async fn form_page(
    state: &AppState,
    reader: &Reader,
    form: ApplicationForm,
    refusal: Option<&Refusal>,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::InProgramme).await?;
    let kinds = WANTED.map(|kind| Choice {
        value: kind.word().to_owned(),
        label: page.designation_kind(kind),
        chosen: kind.word() == form.wanted,
    });
    let now = IntakeRound::of(format::local_day(state.now()));
    let rounds = [now, now.next()].map(|round| Choice {
        value: round.to_string(),
        label: format!("{round} ({})", page.period(round.period())),
        chosen: round.to_string() == form.round,
    });
    let template = ApplicationFormTemplate {
        kinds: kinds.into(),
        rounds: rounds.into(),
        refusal: refusal.map(|refusal| refusal.get(page.language)),
        form,
        page,
    };
    render(&template)
}
