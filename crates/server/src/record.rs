//! Counts that every page shows of the record.

use store::{PageRequest, ResultFilter, ResultStatus};

use crate::{error::PageError, state::AppState};

/// Counts beside the links of the frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FrameCounts {
    /// Cases.
    pub(crate) cases: u64,
    /// Invented cases.
    pub(crate) synthetic: u64,
    /// Rejected results: somebody has to have them mended.
    pub(crate) waiting: u64,
}

/// Reads the counts of the frame.
pub(crate) async fn frame_counts(state: &AppState) -> Result<FrameCounts, PageError> {
    let counts = state.store.case_counts().await.map_err(PageError::internal)?;
    Ok(FrameCounts {
        cases: counts.cases,
        synthetic: counts.synthetic,
        waiting: rejected_results(state).await?,
    })
}

/// Counts the rejected results.
pub(crate) async fn rejected_results(state: &AppState) -> Result<u64, PageError> {
    let rejected = ResultFilter { status: Some(ResultStatus::Rejected), ..ResultFilter::default() };
    let one = PageRequest { rows: 1, after: None };
    let page = state.store.list_results(&rejected, one).await.map_err(PageError::internal)?;
    Ok(page.total)
}
