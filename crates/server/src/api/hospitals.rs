//! Hospitals for programs; public as the page is.

use axum::{
    Json,
    extract::{Query, State},
};
use chrono::NaiveDate;
use model::{
    organisation::OrganisationCode,
    programme::{Designation, Hospital, Prefecture, Registry, Standing},
    text::LocalizedText,
};
use serde::Serialize;

use crate::{address, error::PageError, format, state::AppState, web::hospitals::HospitalsQuery};

/// Hospitals as of a day.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HospitalList {
    /// Day on which the designations hold.
    day: NaiveDate,
    total: u64,
    hospitals: Vec<HospitalSummary>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HospitalSummary {
    code: OrganisationCode,
    href: String,
    name: LocalizedText,
    prefecture: Option<Prefecture>,
    /// `core`, `hub`, `panel_partner`, `partner`, `cancer_care`, `unknown`; absent where not designated.
    kind: Option<&'static str>,
    /// `designated`, `notDesignated` or `unknown`.
    standing: &'static str,
    linked_to: Vec<OrganisationCode>,
    contact: LocalizedText,
    designations: Vec<Designation>,
    synthetic: bool,
}

/// Gives the hospitals that the page's query finds.
pub(crate) async fn list(
    State(state): State<AppState>,
    Query(query): Query<HospitalsQuery>,
) -> Result<Json<HospitalList>, PageError> {
    let filter = query.filter().ok_or(PageError::BadRequest)?;
    let registry = state.registry().await?;
    let day = format::local_day(state.now());
    let found = registry.search(&filter, day);
    Ok(Json(HospitalList {
        day,
        total: found.len() as u64,
        hospitals: found.into_iter().map(|hospital| summary(&registry, hospital, day)).collect(),
    }))
}

fn summary(registry: &Registry, hospital: &Hospital, day: NaiveDate) -> HospitalSummary {
    let standing = registry.standing(&hospital.code, day);
    let history = registry.designations.get(&hospital.code);
    HospitalSummary {
        code: hospital.code.clone(),
        href: address::hospital(&hospital.code),
        name: hospital.name.clone(),
        prefecture: hospital.prefecture,
        kind: standing.kind().map(model::programme::DesignationKind::word),
        standing: match standing {
            Standing::Designated(_) => "designated",
            Standing::NotDesignated => "notDesignated",
            Standing::Unknown => "unknown",
        },
        linked_to: registry.linked_hospitals(&hospital.code, day),
        contact: hospital.contact.clone(),
        designations: history.map(|history| history.designations.clone()).unwrap_or_default(),
        synthetic: hospital.synthetic,
    }
}
