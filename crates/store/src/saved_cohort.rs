//! Queries of the clinical search that people keep under a name, for themselves or with their hospital.

use chrono::{DateTime, Utc};
use model::{identity::PersonId, organisation::OrganisationCode};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    copy::{CopyRecordError, CopySummary, count, differs},
    db::{Batch, Store, on_batch, on_readers},
    document::without_nul,
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most saved cohorts that are listed at once, the newest.
pub const SAVED_COHORTS_MAX: i64 = 200;
/// Organisations whose saved cohorts are looked for.
const ORGANISATIONS_MAX: usize = 50;
/// Rows copied at once.
const COPIED_AT_ONCE: i64 = 500;

/// A query that somebody keeps under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCohort {
    /// Identifier.
    pub id: Uuid,
    /// Who keeps it.
    pub person: PersonId,
    /// With whose people it is shared; `None` where its keeper alone sees it.
    pub organisation: Option<OrganisationCode>,
    /// What it is called.
    pub name: String,
    /// The query as text.
    pub query: String,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

/// Who took a saved cohort off, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct End {
    by: PersonId,
    at: DateTime<Utc>,
}

row! {
    struct SavedRow {
        id: Uuid, person_id: Uuid, organisation: Option<String>, name: String, query: String,
        saved_at: DateTime<Utc>, by_id: Option<Uuid>, ended_at: Option<DateTime<Utc>>,
    }
}

impl SavedRow {
    fn read(self) -> (SavedCohort, Option<End>) {
        let end = self.by_id.zip(self.ended_at).map(|(by, at)| End { by: PersonId(by), at });
        let saved = SavedCohort {
            id: self.id,
            person: PersonId(self.person_id),
            organisation: self.organisation.as_deref().map(OrganisationCode::new),
            name: self.name,
            query: self.query,
            saved_at: self.saved_at,
        };
        (saved, end)
    }
}

const SAVED: &str = "SELECT s.id, s.person_id, s.organisation, s.name, s.query, s.saved_at, e.by_id, e.ended_at \
     FROM saved_cohort s LEFT JOIN saved_cohort_end e ON e.saved_cohort_id = s.id ";

impl Batch {
    /// Saves a cohort.
    ///
    /// Errors: the engine fails.
    pub async fn save_cohort(&mut self, saved: &SavedCohort) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO saved_cohort (id, person_id, organisation, name, query, saved_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(saved.id)
                .bind(saved.person.0)
                .bind(saved.organisation.as_ref().map(|code| without_nul(code.as_str())))
                .bind(without_nul(&saved.name))
                .bind(without_nul(&saved.query))
                .bind(to_milliseconds(saved.saved_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("save a cohort"))
    }

    /// Takes a saved cohort off; returns false where it is off already.
    ///
    /// Errors: the engine fails, or there is no such cohort.
    pub async fn end_saved_cohort(
        &mut self,
        id: Uuid,
        by: PersonId,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO saved_cohort_end (saved_cohort_id, by_id, ended_at) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(id)
                .bind(by.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("take off a saved cohort"))
    }
}

impl Store {
    /// Returns the saved cohorts that a person keeps or that are shared with some organisations, the newest first.
    ///
    /// Errors: the engine fails.
    pub async fn saved_cohorts(
        &self,
        person: PersonId,
        organisations: &[OrganisationCode],
    ) -> Result<Vec<SavedCohort>, RecordError> {
        let rows: Vec<SavedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(SAVED);
            query.push("WHERE e.by_id IS NULL AND (s.person_id = ").push_bind(person.0);
            for organisation in organisations.iter().take(ORGANISATIONS_MAX) {
                query.push(" OR s.organisation = ").push_bind(without_nul(organisation.as_str()));
            }
            query.push(") ORDER BY s.saved_at DESC, s.id DESC LIMIT ").push_bind(SAVED_COHORTS_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("list saved cohorts"))?;
        Ok(rows.into_iter().map(|row| row.read().0).collect())
    }

    async fn saved_cohorts_after(
        &self,
        after: Option<Uuid>,
    ) -> Result<Vec<(SavedCohort, Option<End>)>, RecordError> {
        let rows: Vec<SavedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(SAVED);
            if let Some(after) = after {
                query.push("WHERE s.id > ").push_bind(after);
            }
            query.push(" ORDER BY s.id LIMIT ").push_bind(COPIED_AT_ONCE);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read saved cohorts"))?;
        Ok(rows.into_iter().map(SavedRow::read).collect())
    }

    async fn saved_cohort(
        &self,
        id: Uuid,
    ) -> Result<Option<(SavedCohort, Option<End>)>, RecordError> {
        let row: Option<SavedRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new(SAVED);
            query.push("WHERE s.id = ").push_bind(id);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a saved cohort"))?;
        Ok(row.map(SavedRow::read))
    }

    /// Copies the saved cohorts, those that were taken off too.
    pub(crate) async fn copy_saved_cohorts(
        &self,
        target: &Store,
        summary: &mut CopySummary,
    ) -> Result<(), CopyRecordError> {
        let mut after = None;
        loop {
            let page = self.saved_cohorts_after(after).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.id);
            let mut batch = target.begin().await?;
            for (saved, end) in &page {
                let there = target.saved_cohort(saved.id).await?;
                match &there {
                    Some((there, _)) if there != saved => {
                        return Err(differs("saved cohort", &saved.id));
                    }
                    Some(_) => {}
                    None => batch.save_cohort(saved).await?,
                }
                if let Some(end) = end {
                    batch.end_saved_cohort(saved.id, end.by, end.at).await?;
                }
                count(summary, there.is_none());
            }
            batch.commit().await?;
        }
    }
}
