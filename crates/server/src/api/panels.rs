//! Test products for programs; public as the page is.

use axum::{Json, extract::State};
use model::programme::PanelProduct;
use serde::Serialize;

use crate::{error::PageError, state::AppState};

/// Every panel with its versions.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PanelList {
    total: u64,
    panels: Vec<PanelProduct>,
}

/// Gives the panels.
pub(crate) async fn list(State(state): State<AppState>) -> Result<Json<PanelList>, PageError> {
    let registry = state.registry().await?;
    let panels: Vec<_> = registry.panels.values().cloned().collect();
    Ok(Json(PanelList { total: panels.len() as u64, panels }))
}
