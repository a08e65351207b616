//! A hospital as the office sees it: history with corrections, links, requirements, applications.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use model::{
    organisation::OrganisationCode,
    programme::{
        Designation, DesignationHistory, DesignationKind, Hospital, Link, LinkHistory, Period,
        Registry, Requirement, ReviseDesignationError,
    },
};
use serde::Deserialize;

use super::change::{
    Change, ChangeError, Refusal, day_of, lead_to, optional_day_of, permit_manage, said,
};
use crate::{
    address,
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
    viewer::Viewer,
    web::{
        hospital::{DesignationView, designations},
        hospitals::standing_tag,
    },
};

/// A designation as it was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DesignationForm {
    revision: u32,
    kind: String,
    from: String,
    until: String,
    seen: String,
    source: String,
}

/// A link as it was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LinkForm {
    revision: u32,
    to: String,
    from: String,
    until: String,
    source: String,
}

struct KindChoice {
    value: &'static str,
    label: String,
    chosen: bool,
}

struct LinkView {
    href: String,
    name: String,
    code: String,
    period: String,
}

struct ApplicationLink {
    href: String,
    wanted: String,
    state: TagView,
}

#[derive(Template)]
#[template(path = "programme/hospital.html")]
struct OfficeTemplate {
    page: Page,
    code: String,
    name: String,
    kind: TagView,
    refusal: Option<String>,
    public_href: String,
    office_href: String,
    apply_href: String,
    designations: Vec<DesignationView>,
    designation: DesignationForm,
    kinds: Vec<KindChoice>,
    links: Vec<LinkView>,
    link: LinkForm,
    met: usize,
    requirements: usize,
    applications: Vec<ApplicationLink>,
}

/// Shows a hospital.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    permit_manage(&state, &viewer)?;
    let code = OrganisationCode::new(&code);
    let (designation, link) = Default::default();
    office_page(&state, &reader, &code, designation, link, None).await
}

/// Records a designation; one from the same day is corrected.
pub(crate) async fn designate(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
    CheckedForm(form): CheckedForm<DesignationForm>,
) -> Result<Response, PageError> {
    let permit = permit_manage(&state, &viewer)?;
    let code = OrganisationCode::new(&code);
    let recorded = async {
        must_be_there(&state, &code).await?;
        let newest = state.store.registry_document::<DesignationHistory>(code.as_str()).await?;
        let newest = newest.map(|newest| newest.document);
        let mut history = newest.unwrap_or_else(|| DesignationHistory::new(code.clone()));
        history.put(designation_of(&form)?).map_err(|error| designation_refusal(&error))?;
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        change.record(&history, form.revision).await?;
        change.commit().await
    };
    match recorded.await {
        Ok(()) => Ok(lead_to(&address::office_hospital(&code))),
        Err(ChangeError::Refused(refusal)) => {
            office_page(&state, &reader, &code, form, LinkForm::default(), Some(&refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

/// Records a link; one to the same hospital from the same day is corrected.
pub(crate) async fn link(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
    CheckedForm(form): CheckedForm<LinkForm>,
) -> Result<Response, PageError> {
    let permit = permit_manage(&state, &viewer)?;
    let code = OrganisationCode::new(&code);
    let recorded = async {
        must_be_there(&state, &code).await?;
        let to = OrganisationCode::new(&form.to);
        if to == code || !state.registry().await?.hospitals.contains_key(&to) {
            return Err(no_such_hospital().into());
        }
        let period = Period { from: day_of(&form.from)?, until: optional_day_of(&form.until)? };
        if !period.is_sound() {
            return Err(designation_refusal(&ReviseDesignationError::Backwards).into());
        }
        let newest = state.store.registry_document::<LinkHistory>(code.as_str()).await?;
        let newest = newest.map(|newest| newest.document);
        let mut history = newest.unwrap_or_else(|| LinkHistory::new(code.clone()));
        history.put(Link { to, period, source: said(&form.source) });
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        change.record(&history, form.revision).await?;
        change.commit().await
    };
    match recorded.await {
        Ok(()) => Ok(lead_to(&address::office_hospital(&code))),
        Err(ChangeError::Refused(refusal)) => {
            let designation = DesignationForm::default();
            office_page(&state, &reader, &code, designation, form, Some(&refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

async fn must_be_there(state: &AppState, code: &OrganisationCode) -> Result<(), ChangeError> {
    if state.registry().await?.hospitals.contains_key(code) {
        Ok(())
    } else {
        Err(PageError::NotFound.into())
    }
}

fn designation_of(form: &DesignationForm) -> Result<Designation, Refusal> {
    let kind = DesignationKind::of_word(&form.kind)
        .ok_or_else(|| Refusal::of("種別を選んでください。", "Choose a kind."))?;
    Ok(Designation {
        kind,
        period: Period { from: day_of(&form.from)?, until: optional_day_of(&form.until)? },
        seen_only: !form.seen.is_empty(),
        source: said(&form.source),
    })
}

/// Says why a history does not take a designation.
pub(super) fn designation_refusal(error: &ReviseDesignationError) -> Refusal {
    match error {
        ReviseDesignationError::Backwards => Refusal::of(
            "終わりの日が始まりの日より前です。日付を直してください。",
            "The last day is before the first: correct the days.",
        ),
        ReviseDesignationError::Overlaps(from) => Refusal(model::text::LocalizedText::new(
            format!(
                "{from} からの指定と期間が重なります。先にその指定に終わりの日を入れてください。"
            ),
            format!(
                "The period overlaps the designation from {from}: give that one a last day first."
            ),
        )),
        ReviseDesignationError::Absent(_) => {
            Refusal::of("その日からの指定はありません。", "No designation begins on that day.")
        }
    }
}

/// Says that a hospital is not in the registry.
pub(super) fn no_such_hospital() -> Refusal {
    Refusal::of(
        "その病院コードは登録簿にありません。病院一覧でコードを確かめてください。",
        "That hospital's code is not in the registry: look it up in the list of hospitals.",
    )
}

async fn office_page(
    state: &AppState,
    reader: &Reader,
    code: &OrganisationCode,
    mut designation: DesignationForm,
    mut link: LinkForm,
    refusal: Option<&Refusal>,
) -> Result<Response, PageError> {
    let registry = state.registry().await?;
    let hospital = registry.hospitals.get(code).ok_or(PageError::NotFound)?;
    let day = format::local_day(state.now());
    let page = Page::new(state, reader, Place::InProgramme).await?;
    let key = code.as_str();
    let store = &state.store;
    let histories = store.registry_document::<DesignationHistory>(key).await;
    let histories = histories.map_err(PageError::internal)?;
    designation.revision = histories.map_or(0, |newest| newest.revision);
    let links = store.registry_document::<LinkHistory>(key).await.map_err(PageError::internal)?;
    link.revision = links.map_or(0, |newest| newest.revision);
    let kinds = DesignationKind::ALL.map(|kind| KindChoice {
        value: kind.word(),
        label: page.designation_kind(kind),
        chosen: kind.word() == designation.kind,
    });
    let template = OfficeTemplate {
        code: code.to_string(),
        name: hospital.name(page.language).to_owned(),
        kind: standing_tag(&page, &registry, hospital, day),
        refusal: refusal.map(|refusal| refusal.get(page.language)),
        public_href: address::hospital(code),
        office_href: address::office_hospital(code),
        apply_href: address::with_query("/programme/applications/new", &[("hospital", key)]),
        designations: designations(&page, &registry, code, day),
        designation,
        kinds: kinds.into(),
        links: link_views(&page, &registry, hospital),
        link,
        met: registry
            .requirements
            .get(code)
            .map_or(0, model::programme::RequirementChecklist::met_count),
        requirements: Requirement::ALL.len(),
        applications: applications(&page, &registry, code),
        page,
    };
    render(&template)
}

fn link_views(page: &Page, registry: &Registry, hospital: &Hospital) -> Vec<LinkView> {
    let links = registry.links.get(&hospital.code);
    let links = links.into_iter().flat_map(|history| history.links.iter().rev());
    links
        .map(|link| {
            let code = link.to.as_str();
            LinkView {
                href: address::hospital(&link.to),
                name: registry.hospital_name(code, page.language).unwrap_or(code).to_owned(),
                code: code.to_owned(),
                period: page.period(link.period),
            }
        })
        .collect()
}

fn applications(page: &Page, registry: &Registry, code: &OrganisationCode) -> Vec<ApplicationLink> {
    let own = registry.applications.values().filter(|each| each.hospital == *code);
    own.map(|application| ApplicationLink {
        href: address::application(application.id),
        wanted: page.designation_kind(application.wanted),
        state: page.application_tag(application.state()),
    })
    .collect()
}
