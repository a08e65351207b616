//! Consent documents and events, what holds now, and what held for everybody at any moment.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt as _;
use model::{
    consent::{Answers, AsOf, ConsentDocument, ConsentEvent, ConsentMark, ConsentState},
    identity::{CaseId, ConsentEventId},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Batch, EngineTransaction, Store, on_batch, on_readers},
    document::{json_text, of_json_text},
    error::RecordError,
    identifier::to_milliseconds,
    row::{STATEMENT_ROWS_MAX, row},
};

/// Lets one transaction at a time add consent events on PostgreSQL, so that their numbers have no gaps and
/// are the order of commits. SQLite has one writer anyway.
const ADVISORY_LOCK: i64 = 0x5453_4d47_0000_0005;
/// Most events of one case that are read.
const EVENTS_MAX: i64 = 10_000;
/// Most documents that are read.
const DOCUMENTS_MAX: i64 = 1_000;
/// Most changed cases read at once.
pub const CONSENTS_PAGE: i64 = 20_000;

/// The answers that hold now for one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseConsent {
    /// The case.
    pub case: CaseId,
    /// The answers.
    pub answers: Answers,
    /// Number of the newest event of the case. Units: 1-based, over all cases, in the order of commits.
    pub sequence: u64,
}

/// An event with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedConsent {
    /// Number of the event. Units: 1-based, over all cases, in the order of commits.
    pub sequence: u64,
    /// The event.
    pub event: ConsentEvent,
}

row! {
    struct MarkRow {
        case_id: Uuid, id: Uuid, signed_on: NaiveDate, recorded_at: DateTime<Utc>,
        answers: String, supersedes_id: Option<Uuid>,
    }
}

impl MarkRow {
    fn read(self) -> Result<ConsentMark, RecordError> {
        Ok(ConsentMark {
            id: ConsentEventId(self.id),
            signed_on: self.signed_on,
            recorded_at: self.recorded_at,
            answers: answers_of(&self.answers)?,
            supersedes: self.supersedes_id.map(ConsentEventId),
        })
    }
}

row! {
    struct EventRow { sequence: i64, document: String }
}

impl EventRow {
    fn read(self) -> Result<NumberedConsent, RecordError> {
        let what = || format!("consent event {}", self.sequence);
        let event = of_json_text(what, &self.document)?;
        Ok(NumberedConsent { sequence: number(self.sequence)?, event })
    }
}

row! {
    pub(crate) struct ConsentRow { pub(crate) case_id: Uuid, answers: String, sequence: i64 }
}

impl ConsentRow {
    pub(crate) fn read(self) -> Result<CaseConsent, RecordError> {
        Ok(CaseConsent {
            case: CaseId(self.case_id),
            answers: answers_of(&self.answers)?,
            sequence: number(self.sequence)?,
        })
    }
}

fn answers_of(text: &str) -> Result<Answers, RecordError> {
    text.parse().map_err(|_| RecordError::Value { what: "answers", value: text.to_owned() })
}

fn number(sequence: i64) -> Result<u64, RecordError> {
    u64::try_from(sequence)
        .map_err(|_| RecordError::Value { what: "sequence", value: sequence.to_string() })
}

/// Later than anything: by then every event counts, since none is signed after it was recorded.
pub(crate) fn after_everything() -> AsOf {
    let end = NaiveDate::from_ymd_opt(9999, 1, 1).unwrap_or(NaiveDate::MIN);
    let end = end.and_time(chrono::NaiveTime::MIN).and_utc();
    AsOf::known_then(end)
}

const MARKS_OF_CASE: &str = "SELECT case_id, id, signed_on, recorded_at, answers, supersedes_id \
     FROM consent_event WHERE case_id = $1 ORDER BY sequence LIMIT $2";
const MARKS_OF_CASES: &str = "SELECT case_id, id, signed_on, recorded_at, answers, supersedes_id \
     FROM consent_event WHERE case_id IN (";
const MARKS_KNOWN_BY: &str = "SELECT case_id, id, signed_on, recorded_at, answers, supersedes_id \
     FROM consent_event WHERE recorded_at <= $1 ORDER BY case_id";
const EVENTS_OF_CASE: &str = "SELECT sequence, document FROM consent_event \
     WHERE case_id = $1 ORDER BY sequence LIMIT $2";
const EVENTS_AFTER: &str = "SELECT sequence, document FROM consent_event \
     WHERE sequence > $1 ORDER BY sequence LIMIT $2";
const EVENT: &str = "SELECT sequence, document FROM consent_event WHERE id = $1";
const CONSENTS_AFTER: &str = "SELECT case_id, answers, sequence FROM case_consent \
     WHERE sequence > $1 ORDER BY sequence LIMIT $2";
const KEEP_CONSENT: &str = "INSERT INTO case_consent (case_id, answers, sequence) VALUES ($1, $2, $3) \
     ON CONFLICT (case_id) DO UPDATE SET answers = excluded.answers, sequence = excluded.sequence";
const KEEP_NEWEST: &str =
    " ON CONFLICT (case_id) DO UPDATE SET answers = excluded.answers, sequence = excluded.sequence";

impl Batch {
    /// Adds an act of a patient's will, and returns what holds for the case afterwards; `None` where the
    /// event is there already.
    ///
    /// Errors: the event says too little or something impossible, replaces one that is not of the case, or
    /// the engine fails.
    pub async fn record_consent(
        &mut self,
        event: &ConsentEvent,
    ) -> Result<Option<CaseConsent>, RecordError> {
        const NEXT: &str = "SELECT coalesce(max(sequence), 0) + 1 FROM consent_event";
        event.check().map_err(|source| RecordError::Consent { source })?;
        self.lock_consent().await?;
        let attempt = RecordError::attempt("record consent");
        let next: i64 =
            on_batch!(self, |connection| sqlx::query_scalar(NEXT).fetch_one(connection).await)
                .map_err(attempt)?;
        let event =
            ConsentEvent { recorded_at: to_milliseconds(event.recorded_at), ..event.clone() };
        let numbered = NumberedConsent { sequence: number(next)?, event };
        if !self.insert_consent(&numbered).await? {
            return Ok(None);
        }
        self.refresh_consent(numbered.event.case, numbered.sequence).await.map(Some)
    }

    async fn lock_consent(&mut self) -> Result<(), RecordError> {
        if let EngineTransaction::Postgres(transaction) = &mut self.transaction {
            sqlx::query("SELECT pg_advisory_xact_lock($1)")
                .bind(ADVISORY_LOCK)
                .execute(&mut **transaction)
                .await
                .map_err(RecordError::attempt("wait for the consent before"))?;
        }
        Ok(())
    }

    /// Inserts an event with a number of the caller's; false when the event is there already.
    pub(crate) async fn insert_consent(
        &mut self,
        numbered: &NumberedConsent,
    ) -> Result<bool, RecordError> {
        const INSERT: &str = "INSERT INTO consent_event \
             (sequence, id, case_id, signed_on, recorded_at, answers, supersedes_id, document) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";
        let NumberedConsent { sequence, event } = numbered;
        self.touch(event.case);
        if let Some(other) = event.supersedes {
            let marks = self.marks(event.case).await?;
            if !marks.iter().any(|mark| mark.id == other) {
                let reason = "it replaces an event of another case";
                return Err(RecordError::Refused { what: "consent event", reason });
            }
        }
        let text = json_text("consent event", event)?;
        let sequence = i64::try_from(*sequence).unwrap_or(i64::MAX);
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(sequence)
                .bind(event.id.0)
                .bind(event.case.0)
                .bind(event.signed_on)
                .bind(event.recorded_at)
                .bind(event.answers.to_string())
                .bind(event.supersedes.map(|other| other.0))
                .bind(&text)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record consent"))
    }

    async fn marks(&mut self, case: CaseId) -> Result<Vec<ConsentMark>, RecordError> {
        let rows: Vec<MarkRow> = on_batch!(self, |connection| {
            sqlx::query_as(MARKS_OF_CASE).bind(case.0).bind(EVENTS_MAX).fetch_all(connection).await
        })
        .map_err(RecordError::attempt("read a case's consent"))?;
        rows.into_iter().map(MarkRow::read).collect()
    }

    /// Works out anew what holds for a case.
    pub(crate) async fn refresh_consent(
        &mut self,
        case: CaseId,
        sequence: u64,
    ) -> Result<CaseConsent, RecordError> {
        let marks = self.marks(case).await?;
        let answers = ConsentState::at(&marks, after_everything()).answers();
        let number = i64::try_from(sequence).unwrap_or(i64::MAX);
        on_batch!(self, |connection| {
            sqlx::query(KEEP_CONSENT)
                .bind(case.0)
                .bind(answers.to_string())
                .bind(number)
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("keep what a patient allows"))?;
        Ok(CaseConsent { case, answers, sequence })
    }

    /// Works out anew what holds for cases, each with the number of its newest event.
    pub(crate) async fn refresh_consents(
        &mut self,
        newest: &BTreeMap<CaseId, i64>,
    ) -> Result<(), RecordError> {
        let cases: Vec<CaseId> = newest.keys().copied().collect();
        for chunk in cases.chunks(STATEMENT_ROWS_MAX) {
            let rows: Vec<MarkRow> = on_batch!(self, |connection| {
                let mut query = QueryBuilder::new(MARKS_OF_CASES);
                let mut ids = query.separated(", ");
                for case in chunk {
                    ids.push_bind(case.0);
                }
                query.push(") ORDER BY case_id, sequence");
                query.build_query_as().fetch_all(connection).await
            })
            .map_err(RecordError::attempt("read cases' consent"))?;
            let mut marks: BTreeMap<CaseId, Vec<ConsentMark>> = BTreeMap::new();
            for row in rows {
                marks.entry(CaseId(row.case_id)).or_default().push(row.read()?);
            }
            let answers = |case: &CaseId| {
                let marks = marks.get(case).map(Vec::as_slice).unwrap_or_default();
                ConsentState::at(marks, after_everything()).answers().to_string()
            };
            on_batch!(self, |connection| {
                let mut query =
                    QueryBuilder::new("INSERT INTO case_consent (case_id, answers, sequence) ");
                query.push_values(chunk, |mut values, case| {
                    values.push_bind(case.0).push_bind(answers(case));
                    values.push_bind(newest.get(case).copied().unwrap_or_default());
                });
                query.push(KEEP_NEWEST);
                query.build().persistent(false).execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("keep what patients allow"))?;
        }
        Ok(())
    }

    /// Adds a version of a consent document; false when that version is there already.
    ///
    /// Errors: the document is malformed, or the engine fails.
    pub async fn add_consent_document(
        &mut self,
        document: &ConsentDocument,
    ) -> Result<bool, RecordError> {
        const INSERT: &str = "INSERT INTO consent_document \
             (code, version, effective_on, document, recorded_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (code, version) DO NOTHING";
        document.check().map_err(|source| RecordError::ConsentDocument { source })?;
        let recorded_at = to_milliseconds(document.recorded_at);
        let document = ConsentDocument { recorded_at, ..document.clone() };
        let text = json_text("consent document", &document)?;
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(&document.version.code)
                .bind(&document.version.version)
                .bind(document.effective_from)
                .bind(&text)
                .bind(recorded_at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("add a consent document"))
    }
}

impl Store {
    /// Returns every event of a case in the order in which they were recorded.
    ///
    /// Errors: the engine fails, or an event cannot be read.
    pub async fn consent_events(&self, case: CaseId) -> Result<Vec<ConsentEvent>, RecordError> {
        let rows: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENTS_OF_CASE).bind(case.0).bind(EVENTS_MAX).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a case's consent"))?;
        rows.into_iter().map(|row| row.read().map(|numbered| numbered.event)).collect()
    }

    /// Returns one event.
    ///
    /// Errors: the engine fails, or the event cannot be read.
    pub async fn consent_event(
        &self,
        id: ConsentEventId,
    ) -> Result<Option<NumberedConsent>, RecordError> {
        let row: Option<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENT).bind(id.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a consent event"))?;
        row.map(EventRow::read).transpose()
    }

    /// Returns a page of the events after a number, in the order of commits.
    pub(crate) async fn consent_events_after(
        &self,
        sequence: u64,
        rows: i64,
    ) -> Result<Vec<NumberedConsent>, RecordError> {
        let after = i64::try_from(sequence).unwrap_or(i64::MAX);
        let rows: Vec<EventRow> = on_readers!(self, |pool| {
            sqlx::query_as(EVENTS_AFTER).bind(after).bind(rows).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read consent events"))?;
        rows.into_iter().map(EventRow::read).collect()
    }

    /// Returns the cases whose consent changed after a number, in the order of commits: at most
    /// [`CONSENTS_PAGE`] of them, so that fewer means that there are no more.
    ///
    /// Errors: the engine fails, or a row cannot be read.
    pub async fn consents_after(&self, sequence: u64) -> Result<Vec<CaseConsent>, RecordError> {
        let after = i64::try_from(sequence).unwrap_or(i64::MAX);
        let rows: Vec<ConsentRow> = on_readers!(self, |pool| {
            sqlx::query_as(CONSENTS_AFTER).bind(after).bind(CONSENTS_PAGE).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read what patients allow"))?;
        rows.into_iter().map(ConsentRow::read).collect()
    }

    /// Returns the answers that hold for a case; `None` where nothing was recorded.
    ///
    /// Errors: the engine fails, or the row cannot be read.
    pub async fn case_consent(&self, case: CaseId) -> Result<Option<CaseConsent>, RecordError> {
        const SQL: &str = "SELECT case_id, answers, sequence FROM case_consent WHERE case_id = $1";
        let row: Option<ConsentRow> = on_readers!(self, |pool| {
            sqlx::query_as(SQL).bind(case.0).fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read what a patient allows"))?;
        row.map(ConsentRow::read).transpose()
    }

    /// Returns the answers that held for every case at a moment, by the order of their identifiers.
    ///
    /// Cases of which nothing was recorded by then are not among them: nothing was allowed.
    ///
    /// Errors: the engine fails, or a row cannot be read.
    pub async fn consents_at(&self, as_of: AsOf) -> Result<Vec<(CaseId, Answers)>, RecordError> {
        let attempt = RecordError::attempt("read what patients allowed");
        let mut fold = Fold { as_of, marks: Vec::new(), case: None, states: Vec::new() };
        on_readers!(self, |pool| {
            let mut rows =
                sqlx::query_as::<_, MarkRow>(MARKS_KNOWN_BY).bind(as_of.known_by).fetch(pool);
            while let Some(row) = rows.try_next().await.map_err(attempt)? {
                fold.take(row)?;
            }
        });
        fold.close();
        Ok(fold.states)
    }

    /// Returns every version of every consent document, by code and first day.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn consent_documents(&self) -> Result<Vec<ConsentDocument>, RecordError> {
        const SQL: &str = "SELECT document FROM consent_document \
             ORDER BY code, effective_on, version LIMIT $1";
        let rows: Vec<String> = on_readers!(self, |pool| {
            sqlx::query_scalar(SQL).bind(DOCUMENTS_MAX).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read consent documents"))?;
        rows.iter().map(|text| of_json_text(|| "consent document".to_owned(), text)).collect()
    }
}

/// Works out the state of one case after another, of rows that come by case.
struct Fold {
    as_of: AsOf,
    case: Option<Uuid>,
    marks: Vec<ConsentMark>,
    states: Vec<(CaseId, Answers)>,
}

impl Fold {
    fn take(&mut self, row: MarkRow) -> Result<(), RecordError> {
        if self.case != Some(row.case_id) {
            self.close();
            self.case = Some(row.case_id);
        }
        self.marks.push(row.read()?);
        Ok(())
    }

    fn close(&mut self) {
        if let Some(case) = self.case.take() {
            let state = ConsentState::at(&self.marks, self.as_of);
            self.states.push((CaseId(case), state.answers()));
            self.marks.clear();
        }
    }
}

row! {
    struct AnswerCountRow { answers: String, cases: i64 }
}

impl Store {
    /// Returns how many cases have each set of answers now.
    ///
    /// Errors: the engine fails, or answers cannot be read.
    pub async fn consent_counts(&self) -> Result<Vec<(Answers, u64)>, RecordError> {
        const COUNTS: &str =
            "SELECT answers, count(*) AS cases FROM case_consent GROUP BY answers ORDER BY answers";
        let rows: Vec<AnswerCountRow> =
            on_readers!(self, |pool| sqlx::query_as(COUNTS).fetch_all(pool).await)
                .map_err(RecordError::attempt("count answers"))?;
        let count = |row: AnswerCountRow| {
            Ok((answers_of(&row.answers)?, u64::try_from(row.cases).unwrap_or(0)))
        };
        rows.into_iter().map(count).collect()
    }
}
