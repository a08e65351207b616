//! Walking through everything in the record, in the order of keys.

use model::identity::{CaseId, Digest, InquiryId, OrderId, ReportId, ResultId};
use uuid::Uuid;

use crate::{
    db::{Store, on_readers},
    error::RecordError,
};

/// Keys read at once.
pub(crate) const KEYS_PAGE: i64 = 256;

const CASES: &str = "SELECT id FROM patient_case WHERE id > $1 ORDER BY id LIMIT $2";
const RESULTS: &str = "SELECT id FROM result WHERE id > $1 ORDER BY id LIMIT $2";
const REPORTS: &str = "SELECT id FROM report WHERE id > $1 ORDER BY id LIMIT $2";
const INQUIRIES: &str = "SELECT id FROM inquiry WHERE id > $1 ORDER BY id LIMIT $2";
const ORDERS: &str = "SELECT id FROM test_order WHERE id > $1 ORDER BY id LIMIT $2";
const ORIGINALS: &str = "SELECT digest FROM original WHERE digest > $1 ORDER BY digest LIMIT $2";

/// How much a record holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// Knowledge releases.
    pub releases: u64,
    /// Cases.
    pub cases: u64,
    /// Revisions of cases.
    pub revisions: u64,
    /// Files' bytes.
    pub originals: u64,
    /// Results, accepted and rejected.
    pub results: u64,
    /// Reports.
    pub reports: u64,
    /// People.
    pub people: u64,
    /// Emergency openings of cases.
    pub break_glasses: u64,
    /// Versions of consent documents.
    pub consent_documents: u64,
    /// Consent events.
    pub consents: u64,
    /// Inquiries of patients.
    pub inquiries: u64,
    /// Revisions of the programme registry's documents.
    pub registry_revisions: u64,
    /// Entries of the audit log.
    pub audit_entries: u64,
    /// Signed heads of the audit log.
    pub audit_heads: u64,
    /// Test orders.
    pub orders: u64,
    /// What happened to test orders.
    pub order_events: u64,
    /// Sealed rows of who patients are.
    pub identifiers: u64,
    /// Entries into fields of clinical records.
    pub field_events: u64,
}

impl Store {
    /// Returns how much the record holds.
    ///
    /// Errors: the engine fails.
    pub async fn counts(&self) -> Result<RecordCounts, RecordError> {
        Ok(RecordCounts {
            releases: self.count("SELECT count(*) FROM knowledge_release").await?,
            cases: self.count("SELECT count(*) FROM patient_case").await?,
            revisions: self.count("SELECT count(*) FROM case_revision").await?,
            originals: self.count("SELECT count(*) FROM original").await?,
            results: self.count("SELECT count(*) FROM result").await?,
            reports: self.count("SELECT count(*) FROM report").await?,
            people: self.count("SELECT count(*) FROM person").await?,
            break_glasses: self.count("SELECT count(*) FROM break_glass").await?,
            consent_documents: self.count("SELECT count(*) FROM consent_document").await?,
            consents: self.count("SELECT count(*) FROM consent_event").await?,
            inquiries: self.count("SELECT count(*) FROM inquiry").await?,
            registry_revisions: self.registry_version().await?,
            audit_entries: self.count("SELECT count(*) FROM audit_entry").await?,
            audit_heads: self.count("SELECT count(*) FROM audit_head").await?,
            orders: self.count("SELECT count(*) FROM test_order").await?,
            order_events: self.count("SELECT count(*) FROM order_event").await?,
            identifiers: self.count("SELECT count(*) FROM patient_identifier").await?,
            field_events: self.count("SELECT count(*) FROM field_event").await?,
        })
    }

    pub(crate) async fn count(&self, sql: &'static str) -> Result<u64, RecordError> {
        let count: i64 = on_readers!(self, |pool| sqlx::query_scalar(sql).fetch_one(pool).await)
            .map_err(RecordError::attempt("count"))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    pub(crate) async fn case_keys(
        &self,
        after: Option<CaseId>,
    ) -> Result<Vec<CaseId>, RecordError> {
        let keys = self.uuid_keys(CASES, after.map(|id| id.0)).await?;
        Ok(keys.into_iter().map(CaseId).collect())
    }

    pub(crate) async fn result_keys(
        &self,
        after: Option<ResultId>,
    ) -> Result<Vec<ResultId>, RecordError> {
        let keys = self.uuid_keys(RESULTS, after.map(|id| id.0)).await?;
        Ok(keys.into_iter().map(ResultId).collect())
    }

    pub(crate) async fn report_keys(
        &self,
        after: Option<ReportId>,
    ) -> Result<Vec<ReportId>, RecordError> {
        let keys = self.uuid_keys(REPORTS, after.map(|id| id.0)).await?;
        Ok(keys.into_iter().map(ReportId).collect())
    }

    pub(crate) async fn order_keys(
        &self,
        after: Option<OrderId>,
    ) -> Result<Vec<OrderId>, RecordError> {
        let keys = self.uuid_keys(ORDERS, after.map(|id| id.0)).await?;
        Ok(keys.into_iter().map(OrderId).collect())
    }

    pub(crate) async fn original_keys(
        &self,
        after: Option<&Digest>,
    ) -> Result<Vec<Digest>, RecordError> {
        let after = after.map_or("", |digest| digest.0.as_str());
        let keys: Vec<String> = on_readers!(self, |pool| {
            sqlx::query_scalar(ORIGINALS).bind(after).bind(KEYS_PAGE).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("walk through the record"))?;
        Ok(keys.into_iter().map(Digest).collect())
    }

    pub(crate) async fn inquiry_keys(
        &self,
        after: Option<InquiryId>,
    ) -> Result<Vec<InquiryId>, RecordError> {
        let keys = self.uuid_keys(INQUIRIES, after.map(|id| id.0)).await?;
        Ok(keys.into_iter().map(InquiryId).collect())
    }

    async fn uuid_keys(
        &self,
        sql: &'static str,
        after: Option<Uuid>,
    ) -> Result<Vec<Uuid>, RecordError> {
        // No identifier of version 7 is nil.
        let after = after.unwrap_or(Uuid::nil());
        on_readers!(self, |pool| {
            sqlx::query_scalar(sql).bind(after).bind(KEYS_PAGE).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("walk through the record"))
    }
}
