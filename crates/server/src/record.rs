//! Counts that every page shows of the record.

use access::Action;
use store::{PageRequest, ResultFilter, ResultStatus};

use crate::{error::PageError, reading::CaseListing, state::AppState, viewer::Visitor};

/// Counts beside the links of the frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FrameCounts {
    /// Cases.
    pub(crate) cases: u64,
    /// Whether any of them is invented.
    pub(crate) synthetic: bool,
    /// Rejected results: somebody has to have them mended.
    pub(crate) waiting: u64,
    /// Test orders that wait for the reader.
    pub(crate) orders: u64,
}

/// Reads the counts of the frame: of what the reader may see.
pub(crate) async fn frame_counts(
    state: &AppState,
    visitor: &Visitor,
) -> Result<FrameCounts, PageError> {
    let Some(viewer) = &visitor.viewer else { return Ok(FrameCounts::default()) };
    let orders = state.orders_waiting_for(viewer).await?;
    let Some(scope) = state.scope_of(viewer, Action::ReadCaseList).await? else {
        return Ok(FrameCounts { orders, ..FrameCounts::default() });
    };
    let listing = CaseListing::new(&state.store, scope);
    Ok(FrameCounts {
        orders,
        cases: listing.count().await?,
        synthetic: listing.has_synthetic().await?,
        waiting: match state.scope_of(viewer, Action::ReadResult).await? {
            Some(scope) => rejected_results(&CaseListing::new(&state.store, scope)).await?,
            None => 0,
        },
    })
}

/// Counts the rejected results.
pub(crate) async fn rejected_results(listing: &CaseListing<'_>) -> Result<u64, PageError> {
    let rejected = ResultFilter { status: Some(ResultStatus::Rejected), ..ResultFilter::default() };
    let one = PageRequest { rows: 1, after: None };
    Ok(listing.results(&rejected, one).await?.total)
}
