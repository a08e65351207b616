//! Registering a new case at a hospital.

use access::{Action, Purpose, Relation, Rights};
use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use model::{
    case::PatientCase,
    identity::{CaseId, FieldEventId},
};
use serde::Deserialize;
use store::{EntrySource, NewCase, Registration, check_reference, identifier_v7};

use super::section_href;
use crate::{
    clinical::{Entered, Entering, enter},
    error::PageError,
    following::follow_now,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// The section with which entering begins.
const FIRST_SECTION: &str = "basic";

/// What the form says.
#[derive(Debug, Deserialize)]
pub(crate) struct NewCaseForm {
    hospital: String,
    reference: String,
}

#[derive(Template)]
#[template(path = "clinical_record/new_case.html")]
struct NewCaseTemplate {
    page: Page,
    hospitals: Vec<String>,
    hospital: String,
    reference: String,
    mistake: Option<String>,
}

/// Shows the form of a new case.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
) -> Result<Response, PageError> {
    let hospitals = hospitals_of(&state, &viewer)?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let hospital = hospitals.first().cloned().unwrap_or_default();
    render(&NewCaseTemplate { page, hospitals, hospital, reference: String::new(), mistake: None })
}

/// Registers a case and leads to its first section.
pub(crate) async fn register(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    CheckedForm(form): CheckedForm<NewCaseForm>,
) -> Result<Response, PageError> {
    let hospitals = hospitals_of(&state, &viewer)?;
    let permit = state.permit(
        &viewer,
        Action::RegisterCase,
        Relation::OwnHospital,
        Purpose::Registration,
    )?;
    if !hospitals.contains(&form.hospital) {
        return Err(PageError::NotFound);
    }
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let reference = form.reference.trim().to_owned();
    if check_reference(&reference).is_err() {
        let mistake = Some(page.t("new-case-reference-unfit"));
        return again(page, hospitals, &form, mistake);
    }
    let at = state.now();
    let parts = ["case", &form.hospital, &reference];
    let document = PatientCase {
        reference: reference.clone(),
        hospital: Some(form.hospital.clone()),
        registered: Some(format::local_day(at)),
        synthetic: page.synthetic,
        ..PatientCase::default()
    };
    let case = NewCase { id: CaseId(identifier_v7(at, &parts)), document, revises: false };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let registered = batch.register_case(&case, at).await.map_err(PageError::internal)?;
    if registered.registration != Registration::Inserted {
        batch.rollback().await.map_err(PageError::internal)?;
        let mistake = Some(page.t("new-case-reference-taken"));
        return again(page, hospitals, &form, mistake);
    }
    batch.refresh_cases(&[registered.case]).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    let person = viewer.actor.person;
    let entering = Entering { case: registered.case, person, source: EntrySource::Form, at };
    let entered = care::record_projection::entries_of(&case.document);
    let entered = entered.into_iter().map(|(cell, value)| {
        let address = cell.to_string();
        let id = identifier_v7(at, &["new", &registered.case.to_string(), &address]);
        let value = value.entered().to_owned();
        Entered { id: FieldEventId(id), address, value, base: None, merged: Vec::new() }
    });
    enter(&state, &viewer, &permit, entering, entered.collect()).await?;
    follow_now(&state, registered.case).await.map_err(PageError::internal)?;
    Ok(Redirect::to(&section_href(registered.case, FIRST_SECTION)).into_response())
}

fn again(
    page: Page,
    hospitals: Vec<String>,
    form: &NewCaseForm,
    mistake: Option<String>,
) -> Result<Response, PageError> {
    let (hospital, reference) = (form.hospital.clone(), form.reference.clone());
    let mut response = render(&NewCaseTemplate { page, hospitals, hospital, reference, mistake })?;
    *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(crate::error::Worded);
    Ok(response)
}

/// Returns the hospitals at which the viewer may register a case.
fn hospitals_of(state: &AppState, viewer: &Viewer) -> Result<Vec<String>, PageError> {
    state.permit(viewer, Action::RegisterCase, Relation::OwnHospital, Purpose::Registration)?;
    let day = state.now().date_naive();
    let own = viewer.actor.memberships_on(day).filter(|membership| {
        Rights::ours().allows(membership.role, Action::RegisterCase, Relation::OwnHospital, day)
    });
    let mut codes: Vec<String> = own.map(|own| own.organisation.to_string()).collect();
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}
