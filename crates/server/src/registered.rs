//! Registered cases for whoever runs the site and asks from its shell.

use std::sync::Arc;

use access::{Action, audit::Entry};
use research::cohort::CohortView;

use crate::state::AppState;

/// Longest text of a query that is written down. Units: characters.
const AUDITED_CHARS_MAX: usize = 400;

/// Why registered cases could not be read.
#[derive(Debug, thiserror::Error)]
#[error("read the registered cases that may be searched")]
pub struct ReadRegisteredError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Returns the registered cases whose patients allow the search by hospitals now, and writes down that they were asked.
///
/// Errors: the record cannot be read, or the entry of the audit log cannot be written; then nothing is returned.
pub async fn registered_cases(
    state: &AppState,
    query: &str,
) -> Result<Arc<CohortView>, ReadRegisteredError> {
    let detail: String = query.chars().take(AUDITED_CHARS_MAX).collect();
    let entry = Entry::by_system(state.now(), "tsumugi cohort", Action::SearchCases);
    let recorded = state.audit.record(entry.with_detail(&detail)).await;
    recorded.map_err(|error| ReadRegisteredError(error.into()))?;
    state.cohort.view(state).await.map_err(|error| ReadRegisteredError(error.into()))
}
