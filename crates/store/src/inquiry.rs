//! Inquiries of patients and what was done about them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, InquiryId, PersonId},
    inquiry::{Inquiry, InquiryEvent, InquiryStep, check_text},
};
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::{json_text, of_json_text},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most inquiries that a list shows: the newest.
pub const INQUIRIES_MAX: i64 = 500;
/// Most events that a list reads.
const EVENTS_MAX: i64 = 20_000;

/// An inquiry with everything done about it, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InquiryHistory {
    /// The inquiry.
    pub inquiry: Inquiry,
    /// What was done.
    pub events: Vec<InquiryEvent>,
}

/// What somebody does about an inquiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInquiryEvent {
    /// The inquiry.
    pub inquiry: InquiryId,
    /// What is done.
    pub step: InquiryStep,
    /// The answer or the note.
    pub text: String,
    /// Who does it.
    pub person: PersonId,
    /// The name as colleagues see it.
    pub person_name: String,
    /// When.
    pub at: DateTime<Utc>,
}

row! {
    struct EventRow { inquiry_id: Uuid, document: String }
}

const NEWEST: &str = "SELECT document FROM inquiry ORDER BY opened_at DESC, id DESC LIMIT $1";
const OF_CASE: &str =
    "SELECT document FROM inquiry WHERE case_id = $1 ORDER BY opened_at DESC, id DESC LIMIT $2";
const ONE: &str = "SELECT document FROM inquiry WHERE id = $1";
const NEWEST_EVENTS: &str = "SELECT e.inquiry_id, e.document FROM inquiry_event e JOIN \
     (SELECT id FROM inquiry ORDER BY opened_at DESC, id DESC LIMIT $1) i ON i.id = e.inquiry_id \
     ORDER BY e.inquiry_id, e.number LIMIT $2";
const EVENTS_OF_CASE: &str = "SELECT e.inquiry_id, e.document FROM inquiry_event e \
     JOIN inquiry i ON i.id = e.inquiry_id WHERE i.case_id = $1 \
     ORDER BY e.inquiry_id, e.number LIMIT $2";
const EVENTS_OF_ONE: &str = "SELECT inquiry_id, document FROM inquiry_event WHERE inquiry_id = $1 \
     ORDER BY number LIMIT $2";

impl Batch {
    /// Opens an inquiry; false when it is there already.
    ///
    /// Errors: the question cannot be recorded, or the engine fails.
    pub async fn open_inquiry(&mut self, inquiry: &Inquiry) -> Result<bool, RecordError> {
        const INSERT: &str = "INSERT INTO inquiry (id, case_id, opened_at, document) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";
        check(&inquiry.question)?;
        let opened_at = to_milliseconds(inquiry.opened_at);
        let text = json_text("inquiry", &Inquiry { opened_at, ..inquiry.clone() })?;
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(inquiry.id.0)
                .bind(inquiry.case.map(|case| case.0))
                .bind(opened_at)
                .bind(&text)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("open an inquiry"))
    }

    /// Adds what was done about an inquiry.
    ///
    /// Errors: the text cannot be recorded, somebody else added at the same moment, or the engine fails.
    pub async fn add_inquiry_event(
        &mut self,
        new: &NewInquiryEvent,
    ) -> Result<InquiryEvent, RecordError> {
        const NEXT: &str =
            "SELECT coalesce(max(number), 0) + 1 FROM inquiry_event WHERE inquiry_id = $1";
        check(&new.text)?;
        let attempt = RecordError::attempt("add to an inquiry");
        let next: i64 = on_batch!(self, |connection| {
            sqlx::query_scalar(NEXT).bind(new.inquiry.0).fetch_one(connection).await
        })
        .map_err(attempt)?;
        let number = u32::try_from(next)
            .map_err(|_| RecordError::Value { what: "number", value: next.to_string() })?;
        let event = InquiryEvent {
            inquiry: new.inquiry,
            number,
            step: new.step,
            text: new.text.clone(),
            person: new.person,
            person_name: new.person_name.clone(),
            at: to_milliseconds(new.at),
        };
        self.insert_inquiry_event(&event).await?;
        Ok(event)
    }

    pub(crate) async fn insert_inquiry_event(
        &mut self,
        event: &InquiryEvent,
    ) -> Result<(), RecordError> {
        const INSERT: &str = "INSERT INTO inquiry_event (inquiry_id, number, recorded_at, document) \
             VALUES ($1, $2, $3, $4)";
        let text = json_text("event of an inquiry", event)?;
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(event.inquiry.0)
                .bind(i64::from(event.number))
                .bind(event.at)
                .bind(&text)
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("add to an inquiry"))
    }
}

fn check(text: &str) -> Result<(), RecordError> {
    let reason = "it is empty, too long or has control characters";
    check_text(text).map_err(|_| RecordError::Refused { what: "text of an inquiry", reason })
}

impl Store {
    /// Returns the newest inquiries with everything done about them, newest first.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn inquiries(&self) -> Result<Vec<InquiryHistory>, RecordError> {
        let attempt = RecordError::attempt("read inquiries");
        let texts: Vec<String> = on_readers!(self, |pool| {
            sqlx::query_scalar(NEWEST).bind(INQUIRIES_MAX).fetch_all(pool).await
        })
        .map_err(attempt)?;
        let rows: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(NEWEST_EVENTS).bind(INQUIRIES_MAX).bind(EVENTS_MAX).fetch_all(pool).await
        })
        .map_err(attempt)?;
        together(&texts, rows)
    }

    /// Returns the inquiries of a case, newest first.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn inquiries_of_case(
        &self,
        case: CaseId,
    ) -> Result<Vec<InquiryHistory>, RecordError> {
        let attempt = RecordError::attempt("read a case's inquiries");
        let texts: Vec<String> = on_readers!(self, |pool| {
            sqlx::query_scalar(OF_CASE).bind(case.0).bind(INQUIRIES_MAX).fetch_all(pool).await
        })
        .map_err(attempt)?;
        let rows: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENTS_OF_CASE).bind(case.0).bind(EVENTS_MAX).fetch_all(pool).await
        })
        .map_err(attempt)?;
        together(&texts, rows)
    }

    /// Returns one inquiry.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn inquiry(&self, id: InquiryId) -> Result<Option<InquiryHistory>, RecordError> {
        let attempt = RecordError::attempt("read an inquiry");
        let text: Option<String> = on_readers!(self, |pool| {
            sqlx::query_scalar(ONE).bind(id.0).fetch_optional(pool).await
        })
        .map_err(attempt)?;
        let Some(text) = text else { return Ok(None) };
        let rows: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENTS_OF_ONE).bind(id.0).bind(EVENTS_MAX).fetch_all(pool).await
        })
        .map_err(attempt)?;
        Ok(together(&[text], rows)?.pop())
    }
}

fn together(texts: &[String], rows: Vec<EventRow>) -> Result<Vec<InquiryHistory>, RecordError> {
    let mut events: HashMap<InquiryId, Vec<InquiryEvent>> = HashMap::new();
    for row in rows {
        let event = of_json_text(|| format!("event of inquiry {}", row.inquiry_id), &row.document)?;
        events.entry(InquiryId(row.inquiry_id)).or_default().push(event);
    }
    let history = |text: &String| {
        let inquiry: Inquiry = of_json_text(|| "inquiry".to_owned(), text)?;
        let events = events.remove(&inquiry.id).unwrap_or_default();
        Ok(InquiryHistory { inquiry, events })
    };
    texts.iter().map(history).collect()
}
