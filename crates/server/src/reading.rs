//! Reading of patients' data: the only way from a handler to the record, and only with a permit.
//!
//! A test refuses handlers that ask the store itself.

use access::Permit;
use model::{
    identity::{CaseId, Digest},
    problem::Problem,
};
use store::{
    Attention, CaseFacet, CaseFilter, CaseRevision, CaseRow, CaseScope, FacetCount, Original, Page,
    PageRequest, ResultFilter, ResultRow, Store, StoredReport, StoredResult,
};

use crate::{checking::Kept, error::PageError};

/// Reading of one case that is permitted.
#[derive(Debug)]
pub(crate) struct CaseReading<'a> {
    store: &'a Store,
    case: CaseId,
}

impl<'a> CaseReading<'a> {
    /// Begins to read; only the guard does.
    pub(crate) fn new(store: &'a Store, permit: &Permit, case: CaseId) -> Self {
        debug_assert_eq!(permit.case(), Some(case), "the permit is for another case");
        Self { store, case }
    }

    /// Returns the newest revision.
    pub(crate) async fn newest(&self) -> Result<CaseRevision, PageError> {
        let found = self.store.case(self.case).await.map_err(PageError::internal)?;
        found.ok_or(PageError::NotFound)
    }

    /// Returns one revision.
    pub(crate) async fn revision(&self, number: u32) -> Result<CaseRevision, PageError> {
        let found =
            self.store.case_revision(self.case, number).await.map_err(PageError::internal)?;
        found.ok_or(PageError::NotFound)
    }

    /// Returns the results, newest first.
    pub(crate) async fn results(&self) -> Result<Vec<ResultRow>, PageError> {
        self.store.results_of_case(self.case).await.map_err(PageError::internal)
    }

    /// Returns the reports, newest first.
    pub(crate) async fn reports(&self) -> Result<Vec<StoredReport>, PageError> {
        self.store.reports_of_case(self.case).await.map_err(PageError::internal)
    }

    /// Returns the newest report.
    pub(crate) async fn latest_report(&self) -> Result<Option<StoredReport>, PageError> {
        self.store.latest_report(self.case).await.map_err(PageError::internal)
    }
}

/// Returns the bytes from which a permitted result was read.
pub(crate) async fn original_of(
    store: &Store,
    result: &StoredResult,
) -> Result<Option<Original>, PageError> {
    let digest: &Digest = &result.row.digest;
    store.original(digest).await.map_err(PageError::internal)
}

/// Returns the newest report on a permitted result.
pub(crate) async fn report_on(
    store: &Store,
    result: &StoredResult,
) -> Result<Option<StoredReport>, PageError> {
    store.latest_report_of_result(result.row.id).await.map_err(PageError::internal)
}

/// Returns the problems of a result that the person has just sent.
pub(crate) async fn problems_of_kept(
    store: &Store,
    kept: &Kept,
) -> Result<Vec<Problem>, PageError> {
    let found = store.result(kept.id).await.map_err(PageError::internal)?;
    Ok(found.map(|found| found.problems).unwrap_or_default())
}

/// Lists of the cases that are permitted.
#[derive(Debug)]
pub(crate) struct CaseListing<'a> {
    store: &'a Store,
    scope: CaseScope,
}

impl<'a> CaseListing<'a> {
    /// Begins to list; only the guard does.
    pub(crate) fn new(store: &'a Store, scope: CaseScope) -> Self {
        Self { store, scope }
    }

    fn within(&self, filter: &CaseFilter) -> CaseFilter {
        CaseFilter { scope: self.scope.clone(), ..filter.clone() }
    }

    /// Returns a page of cases.
    pub(crate) async fn cases(
        &self,
        filter: &CaseFilter,
        page: PageRequest,
    ) -> Result<Page<CaseRow>, PageError> {
        self.store.list_cases(&self.within(filter), page).await.map_err(PageError::internal)
    }

    /// Counts cases by a facet.
    pub(crate) async fn facet(
        &self,
        facet: CaseFacet,
        filter: &CaseFilter,
    ) -> Result<Vec<FacetCount>, PageError> {
        self.store.case_facet(facet, &self.within(filter)).await.map_err(PageError::internal)
    }

    /// Counts cases that somebody should look at.
    pub(crate) async fn attention(
        &self,
        filter: &CaseFilter,
    ) -> Result<Vec<(Attention, u64)>, PageError> {
        self.store.case_attention(&self.within(filter)).await.map_err(PageError::internal)
    }

    /// Counts all cases.
    pub(crate) async fn count(&self) -> Result<u64, PageError> {
        self.store.count_seen_cases(&self.scope).await.map_err(PageError::internal)
    }

    /// Returns whether any case is invented.
    pub(crate) async fn has_synthetic(&self) -> Result<bool, PageError> {
        self.store.sees_synthetic_cases(&self.scope).await.map_err(PageError::internal)
    }

    /// Returns a page of results.
    pub(crate) async fn results(
        &self,
        filter: &ResultFilter,
        page: PageRequest,
    ) -> Result<Page<ResultRow>, PageError> {
        let filter = ResultFilter { scope: self.scope.clone(), ..filter.clone() };
        self.store.list_results(&filter, page).await.map_err(PageError::internal)
    }
}
