//! Emergency openings of cases, and their reviews.

use access::break_glass::ReviewVerdict;
use chrono::{DateTime, Utc};
use model::identity::{CaseId, PersonId};
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::without_nul,
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most openings that are listed at once.
const OPENINGS_MAX: i64 = 500;

/// An emergency opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakGlass {
    /// Identifier.
    pub id: Uuid,
    /// Who opened.
    pub person: PersonId,
    /// What was opened.
    pub case: CaseId,
    /// Why.
    pub reason: String,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Until when.
    pub ends_at: DateTime<Utc>,
}

/// The review of an opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakGlassReview {
    /// Who reviewed.
    pub by: PersonId,
    /// What was found.
    pub verdict: ReviewVerdict,
    /// In the reviewer's words.
    pub note: String,
    /// When.
    pub reviewed_at: DateTime<Utc>,
}

/// An opening as a reviewer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedBreakGlass {
    /// The opening.
    pub opening: BreakGlass,
    /// The case's reference.
    pub reference: String,
    /// Name of who opened.
    pub person_name: String,
    /// The review, where there is one.
    pub review: Option<BreakGlassReview>,
}

row! {
    struct ListedRow {
        id: Uuid, person_id: Uuid, case_id: Uuid, reason: String, opened_at: DateTime<Utc>,
        ends_at: DateTime<Utc>, reference: String, person_name: String, by_id: Option<Uuid>,
        verdict: Option<String>, note: Option<String>, reviewed_at: Option<DateTime<Utc>>,
    }
}

impl ListedRow {
    fn read(self) -> Result<ListedBreakGlass, RecordError> {
        let review = match (self.by_id, self.verdict, self.note, self.reviewed_at) {
            (Some(by), Some(word), Some(note), Some(reviewed_at)) => {
                let verdict = ReviewVerdict::of(&word);
                let verdict = verdict.ok_or(RecordError::Value { what: "verdict", value: word })?;
                Some(BreakGlassReview { by: PersonId(by), verdict, note, reviewed_at })
            }
            _ => None,
        };
        Ok(ListedBreakGlass {
            opening: BreakGlass {
                id: self.id,
                person: PersonId(self.person_id),
                case: CaseId(self.case_id),
                reason: self.reason,
                opened_at: self.opened_at,
                ends_at: self.ends_at,
            },
            reference: self.reference,
            person_name: self.person_name,
            review,
        })
    }
}

const LISTED: &str = "SELECT b.id, b.person_id, b.case_id, b.reason, b.opened_at, b.ends_at, c.reference, \
     v.name AS person_name, r.by_id, r.verdict, r.note, r.reviewed_at \
     FROM break_glass b JOIN patient_case c ON c.id = b.case_id \
     JOIN person_revision v ON v.person_id = b.person_id \
     AND v.revision = (SELECT max(x.revision) FROM person_revision x WHERE x.person_id = b.person_id) \
     LEFT JOIN break_glass_review r ON r.break_glass_id = b.id ";

impl Batch {
    /// Records an emergency opening.
    ///
    /// Errors: the engine fails.
    pub async fn break_glass(&mut self, opening: &BreakGlass) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO break_glass (id, person_id, case_id, reason, opened_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(opening.id)
                .bind(opening.person.0)
                .bind(opening.case.0)
                .bind(without_nul(&opening.reason))
                .bind(to_milliseconds(opening.opened_at))
                .bind(to_milliseconds(opening.ends_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("record an emergency opening"))
    }

    /// Records a review; returns false where the opening was reviewed already.
    ///
    /// Errors: the engine fails.
    pub async fn review_break_glass(
        &mut self,
        opening: Uuid,
        review: &BreakGlassReview,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO break_glass_review (break_glass_id, by_id, verdict, note, reviewed_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(opening)
                .bind(review.by.0)
                .bind(review.verdict.word())
                .bind(without_nul(&review.note))
                .bind(to_milliseconds(review.reviewed_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record a review"))
    }
}

impl Store {
    /// Returns whether a person has a case open in an emergency at a moment.
    ///
    /// Errors: the engine fails.
    pub async fn is_open_in_emergency(
        &self,
        person: PersonId,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "SELECT count(*) FROM break_glass WHERE person_id = $1 AND case_id = $2 \
             AND opened_at <= $3 AND ends_at > $3";
        let count: i64 = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL)
                .bind(person.0)
                .bind(case.0)
                .bind(to_milliseconds(now))
                .fetch_one(pool)
                .await
        })
        .map_err(RecordError::attempt("read the emergency openings"))?;
        Ok(count > 0)
    }

    /// Returns an opening with its review.
    ///
    /// Errors: the engine fails.
    pub async fn break_glass(
        &self,
        opening: Uuid,
    ) -> Result<Option<ListedBreakGlass>, RecordError> {
        let row: Option<ListedRow> = on_readers!(self, |pool| {
            let mut query = sqlx::QueryBuilder::new(LISTED);
            query.push("WHERE b.id = ").push_bind(opening);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read an emergency opening"))?;
        row.map(ListedRow::read).transpose()
    }

    /// Returns the openings, those without a review first, then the newest first.
    ///
    /// Errors: the engine fails.
    pub async fn break_glasses(&self) -> Result<Vec<ListedBreakGlass>, RecordError> {
        let rows: Vec<ListedRow> = on_readers!(self, |pool| {
            let mut query = sqlx::QueryBuilder::new(LISTED);
            query.push("ORDER BY CASE WHEN r.by_id IS NULL THEN 0 ELSE 1 END, b.opened_at DESC, b.id DESC LIMIT ");
            query.push_bind(OPENINGS_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("list the emergency openings"))?;
        rows.into_iter().map(ListedRow::read).collect()
    }
}
