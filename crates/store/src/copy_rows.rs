//! Rows that never change, copied as they are kept: read by stretches of keys and written many to a statement.
//!
//! What is packed is not packed again, and what was worked out when a row was written is not worked out again.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use chrono::{DateTime, NaiveDate, Utc};
use model::identity::CaseId;
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    copy::{CopyProgress, CopyRecordError, CopySummary, count, differs},
    db::{Batch, Store, on_batch, on_readers},
    document::unpack,
    error::RecordError,
    row::{STATEMENT_ROWS_MAX, row},
};

/// Most rows of one stretch.
const STRETCH_ROWS_MAX: i64 = 512;
/// Most that the packed parts of one stretch take, but for a single row that takes more. Units: bytes.
const STRETCH_BYTES_MAX: i64 = 32 << 20;

/// A row of a table whose rows never change.
pub(crate) trait KeptRow: Clone + PartialEq {
    /// The first column of the table's key, by which it is walked through.
    type Lead: Clone + Eq + Hash;

    /// What a row is called.
    const WHAT: &'static str;

    /// Returns what tells the row from all others of its table.
    fn key(&self) -> String;

    /// Returns the first column of its key.
    fn lead(&self) -> &Self::Lead;

    /// Returns the case that the row is of.
    fn case(&self) -> Option<CaseId>;

    /// Returns the row with its packed parts unpacked, without what was worked out when it was written: rows of which
    /// this is the same say the same. Errors: it cannot be unpacked.
    fn plain(&self) -> Result<Self, RecordError>;

    /// Returns the first and the last lead of the next stretch; `None` where there is none.
    async fn stretch(
        store: &Store,
        after: Option<&Self::Lead>,
    ) -> Result<Option<(Self::Lead, Self::Lead)>, RecordError>;

    /// Returns the rows of a stretch, in the order of their keys.
    async fn between(
        store: &Store,
        first: &Self::Lead,
        last: &Self::Lead,
    ) -> Result<Vec<Self>, RecordError>;

    /// Inserts rows and returns how many were inserted; others have something unique that is there already.
    async fn insert(batch: &mut Batch, rows: &[&Self]) -> Result<u64, RecordError>;
}

/// Rows of a stretch, with whether the target has each.
pub(crate) struct Stretch<R> {
    /// The rows, in the order of their keys.
    pub(crate) rows: Vec<R>,
    /// Whether each is new to the target.
    pub(crate) is_new: Vec<bool>,
    /// Rows that the target alone has.
    pub(crate) others: Vec<R>,
}

impl<R: KeptRow> Stretch<R> {
    /// Reads a stretch of both records.
    ///
    /// Errors: the target says something else under the same key, or an engine fails.
    pub(crate) async fn read(
        source: &Store,
        target: &Store,
        first: &R::Lead,
        last: &R::Lead,
    ) -> Result<Self, CopyRecordError> {
        let rows = R::between(source, first, last).await?;
        let there = R::between(target, first, last).await?;
        let known: HashMap<String, &R> = there.iter().map(|row| (row.key(), row)).collect();
        let mut is_new = Vec::with_capacity(rows.len());
        for row in &rows {
            let other = known.get(&row.key());
            // Unpacked also where nothing is compared: what cannot be read is not carried on.
            let plain = row.plain()?;
            if let Some(other) = other
                && *other != row
                && other.plain()? != plain
            {
                return Err(differs(R::WHAT, &row.key()));
            }
            is_new.push(other.is_none());
        }
        let ours: HashSet<String> = rows.iter().map(KeptRow::key).collect();
        let others = there.iter().filter(|row| !ours.contains(&row.key())).cloned().collect();
        Ok(Self { rows, is_new, others })
    }

    /// Writes what is new to the target.
    ///
    /// Errors: the target has another row where one of them belongs, or the engine fails.
    pub(crate) async fn write(&self, batch: &mut Batch) -> Result<(), CopyRecordError> {
        let new: Vec<&R> = self.new_rows().collect();
        for rows in new.chunks(STATEMENT_ROWS_MAX) {
            let inserted = R::insert(batch, rows).await?;
            if inserted != rows.len() as u64 {
                return Err(differs(
                    R::WHAT,
                    &rows.first().map(|row| row.key()).unwrap_or_default(),
                ));
            }
            rows.iter().filter_map(|row| row.case()).for_each(|case| batch.touch(case));
        }
        Ok(())
    }

    /// Makes sure that the target has nothing that the source has not under some leads.
    ///
    /// Errors: it has.
    pub(crate) fn require_nothing_else(
        &self,
        leads: &HashSet<R::Lead>,
    ) -> Result<(), CopyRecordError> {
        match self.others.iter().find(|row| leads.contains(row.lead())) {
            Some(other) => Err(differs(R::WHAT, &other.key())),
            None => Ok(()),
        }
    }

    /// Returns what is new to the target.
    pub(crate) fn new_rows(&self) -> impl Iterator<Item = &R> {
        self.rows.iter().zip(&self.is_new).filter(|(_, new)| **new).map(|(row, _)| row)
    }
}

/// Copies every row of a table, a stretch in each transaction.
pub(crate) async fn copy_table<R: KeptRow>(
    source: &Store,
    target: &Store,
    what: &'static str,
    summary: &mut CopySummary,
    tick: &mut impl FnMut(CopyProgress),
) -> Result<(), CopyRecordError> {
    let (mut after, mut rows) = (None, 0);
    while let Some((first, last)) = R::stretch(source, after.as_ref()).await? {
        let stretch = Stretch::<R>::read(source, target, &first, &last).await?;
        let mut batch = target.begin().await?;
        stretch.write(&mut batch).await?;
        batch.commit().await?;
        stretch.is_new.iter().for_each(|is_new| count(summary, *is_new));
        rows += stretch.rows.len() as u64;
        tick(CopyProgress { what, rows });
        after = Some(last);
    }
    Ok(())
}

/// Declares a kept row with its statements.
macro_rules! kept {
    (
        $(#[$meta:meta])* $name:ident: $what:literal of $table:literal by $lead:ident: $lead_type:ty,
        weighing $weight:literal, in order of $order:literal
        { $($field:ident: $type:ty),* $(,)? }
        key $key:expr; case $case:expr; plain $plain:expr;
    ) => {
        row! { $(#[$meta])* #[derive(Clone, PartialEq)] pub(crate) struct $name { $(pub(crate) $field: $type),* } }

        impl KeptRow for $name {
            type Lead = $lead_type;

            const WHAT: &'static str = $what;

            fn key(&self) -> String {
                let of: fn(&Self) -> String = $key;
                of(self)
            }

            fn lead(&self) -> &Self::Lead {
                &self.$lead
            }

            fn case(&self) -> Option<CaseId> {
                let of: fn(&Self) -> Option<CaseId> = $case;
                of(self)
            }

            fn plain(&self) -> Result<Self, RecordError> {
                let of: fn(Self) -> Result<Self, RecordError> = $plain;
                of(self.clone())
            }

            async fn stretch(
                store: &Store,
                after: Option<&Self::Lead>,
            ) -> Result<Option<(Self::Lead, Self::Lead)>, RecordError> {
                let rows: Vec<($lead_type, i64)> = on_readers!(store, |pool| {
                    let mut query = QueryBuilder::new(concat!(
                        "SELECT ", stringify!($lead), ", CAST(sum(", $weight, ") AS BIGINT) FROM ", $table
                    ));
                    if let Some(after) = after {
                        query.push(concat!(" WHERE ", stringify!($lead), " > ")).push_bind(after.clone());
                    }
                    query.push(concat!(
                        " GROUP BY ", stringify!($lead), " ORDER BY ", stringify!($lead), " LIMIT "
                    ));
                    query.push_bind(STRETCH_ROWS_MAX);
                    query.build_query_as().fetch_all(pool).await
                })
                .map_err(RecordError::attempt("walk through the record"))?;
                let mut bytes = 0_i64;
                let held = rows.iter().take_while(|(_, weight)| {
                    let is_first = bytes == 0;
                    bytes = bytes.saturating_add(*weight).saturating_add(1);
                    is_first || bytes <= STRETCH_BYTES_MAX
                });
                let last = held.last().map(|(lead, _)| lead.clone());
                Ok(rows.first().map(|(lead, _)| lead.clone()).zip(last))
            }

            async fn between(
                store: &Store,
                first: &Self::Lead,
                last: &Self::Lead,
            ) -> Result<Vec<Self>, RecordError> {
                on_readers!(store, |pool| {
                    let mut query = QueryBuilder::new("SELECT ");
                    query.push([$(stringify!($field)),*].join(", "));
                    query.push(concat!(" FROM ", $table, " WHERE ", stringify!($lead), " >= "));
                    query.push_bind(first.clone());
                    query.push(concat!(" AND ", stringify!($lead), " <= ")).push_bind(last.clone());
                    query.push(concat!(" ORDER BY ", $order));
                    query.build_query_as().fetch_all(pool).await
                })
                .map_err(RecordError::attempt("read rows to be copied"))
            }

            async fn insert(batch: &mut Batch, rows: &[&Self]) -> Result<u64, RecordError> {
                on_batch!(batch, |connection| {
                    let mut query = QueryBuilder::new(concat!("INSERT INTO ", $table, " ("));
                    query.push([$(stringify!($field)),*].join(", ")).push(") ");
                    query.push_values(rows, |mut values, row| {
                        $(values.push_bind(row.$field.clone());)*
                    });
                    query.push(" ON CONFLICT DO NOTHING");
                    let done = query.build().persistent(false).execute(connection).await;
                    done.map(|done| done.rows_affected())
                })
                .map_err(RecordError::attempt("write copied rows"))
            }
        }
    };
}

fn unpacked(what: &str, packed: &mut Vec<u8>) -> Result<(), RecordError> {
    *packed = unpack(what, packed)?;
    Ok(())
}

/// Writes a JSON text again, so that one spelling is compared with the same spelling.
fn respelled(what: &'static str, text: &mut String) -> Result<(), RecordError> {
    let value: serde_json::Value = crate::document::of_json_text(|| what.to_owned(), text)?;
    *text = crate::document::json_text(what, &value)?;
    Ok(())
}

kept! {
    /// A case's identity.
    IdentityRow: "case" of "patient_case" by id: Uuid, weighing "0", in order of "id"
    { id: Uuid, reference: String, created_at: DateTime<Utc> }
    key |row| row.id.to_string(); case |row| Some(CaseId(row.id)); plain Ok;
}

kept! {
    /// A revision of a case.
    CaseRevisionRow: "case" of "case_revision" by case_id: Uuid, weighing "length(document)",
    in order of "case_id, revision"
    {
        case_id: Uuid, revision: i64, document: String, hospital: Option<String>, tumour_type: Option<String>,
        sex: Option<String>, age_years: Option<i64>, synthetic: bool, search_text: String, recorded_at: DateTime<Utc>,
    }
    key |row| format!("{} {}", row.case_id, row.revision); case |row| Some(CaseId(row.case_id)); plain |mut plain| {
        respelled("case", &mut plain.document)?;
        plain.search_text = String::new();
        Ok(plain)
    };
}

kept! {
    /// A file's bytes.
    OriginalRow: "original" of "original" by digest: String, weighing "coalesce(length(content), 0)", in order of "digest"
    { digest: String, size_bytes: i64, content: Option<Vec<u8>>, first_received_at: DateTime<Utc> }
    key |row| row.digest.clone(); case |_| None; plain |mut plain| {
        if let Some(content) = &mut plain.content {
            unpacked(&format!("original {}", plain.digest), content)?;
        }
        // The moments of receiving are each record's own.
        plain.first_received_at = DateTime::UNIX_EPOCH;
        Ok(plain)
    };
}

kept! {
    /// A result.
    ResultRow: "result" of "result" by id: Uuid,
    weighing "coalesce(length(document), 0) + length(problems)", in order of "id"
    {
        id: Uuid, case_id: Option<Uuid>, digest: String, label: String, file_name: String, status: String,
        panel: Option<String>, document: Option<Vec<u8>>, problems: Vec<u8>, error_count: i64, warning_count: i64,
        note_count: i64, reported_count: i64, search_text: String, received_at: DateTime<Utc>,
    }
    key |row| row.id.to_string(); case |row| row.case_id.map(CaseId); plain |mut plain| {
        if let Some(document) = &mut plain.document {
            unpacked(&format!("result {}", plain.id), document)?;
        }
        unpacked(&format!("problems of the result {}", plain.id), &mut plain.problems)?;
        plain.search_text = String::new();
        Ok(plain)
    };
}

kept! {
    /// A report.
    ReportRow: "report" of "report" by id: Uuid, weighing "length(document)", in order of "id"
    {
        id: Uuid, result_id: Uuid, case_id: Uuid, case_revision: i64, release_id: String, program_version: String,
        digest: String, document: Vec<u8>, highest_level: Option<String>, finding_count: i64, composed_at: DateTime<Utc>,
    }
    key |row| row.id.to_string(); case |row| Some(CaseId(row.case_id)); plain |mut plain| {
        unpacked(&format!("report {}", plain.id), &mut plain.document)?;
        Ok(plain)
    };
}

kept! {
    /// An act of a patient's will.
    ConsentRow: "consent event" of "consent_event" by sequence: i64, weighing "length(document)", in order of "sequence"
    {
        sequence: i64, id: Uuid, case_id: Uuid, signed_on: NaiveDate, recorded_at: DateTime<Utc>, answers: String,
        supersedes_id: Option<Uuid>, document: String,
    }
    key |row| row.sequence.to_string(); case |row| Some(CaseId(row.case_id)); plain |mut plain| {
        respelled("consent event", &mut plain.document)?;
        Ok(plain)
    };
}

kept! {
    /// A test order.
    OrderRow: "order" of "test_order" by id: Uuid, weighing "length(document)", in order of "id"
    {
        id: Uuid, case_id: Uuid, ordinal: i64, hospital: String, laboratory: String, product: String,
        document: String, recorded_at: DateTime<Utc>,
    }
    key |row| row.id.to_string(); case |row| Some(CaseId(row.case_id)); plain |mut plain| {
        respelled("order", &mut plain.document)?;
        Ok(plain)
    };
}

kept! {
    /// What happened to a test order.
    OrderEventRow: "order" of "order_event" by order_id: Uuid, weighing "length(document)",
    in order of "order_id, sequence"
    {
        order_id: Uuid, sequence: i64, kind: String, document: String, result_id: Option<Uuid>,
        report_id: Option<Uuid>, recorded_at: DateTime<Utc>,
    }
    key |row| format!("{} {}", row.order_id, row.sequence); case |_| None; plain |mut plain| {
        respelled("event of an order", &mut plain.document)?;
        Ok(plain)
    };
}

kept! {
    /// Who a patient is, sealed.
    IdentifierRow: "identifier" of "patient_identifier" by id: Uuid, weighing "length(ciphertext)", in order of "id"
    {
        id: Uuid, case_id: Uuid, hospital: String, key_id: String, nonce: Vec<u8>, ciphertext: Vec<u8>,
        number_index: Option<String>, recorded_by: Option<Uuid>, recorded_at: DateTime<Utc>,
    }
    key |row| row.id.to_string(); case |_| None; plain |mut plain| {
        // A seal may be put on anew; `identifier_copy` compares it.
        (plain.key_id, plain.number_index) = (String::new(), None);
        (plain.nonce, plain.ciphertext) = (Vec::new(), Vec::new());
        Ok(plain)
    };
}

kept! {
    /// An entry into a field.
    EntryRow: "record of case" of "field_event" by case_id: Uuid, weighing "500", in order of "case_id, saved_at, id"
    {
        id: Uuid, case_id: Uuid, address: String, value: Option<String>, base_id: Option<Uuid>,
        merged: Option<String>, person_id: Uuid, source: String, saved_at: DateTime<Utc>,
    }
    key |row| row.id.to_string(); case |row| Some(CaseId(row.case_id)); plain Ok;
}
