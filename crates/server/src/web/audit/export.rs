//! Taking the log out: what a search finds as CSV, the whole log with its heads as lines that can be verified.

use access::audit::{Deed, Entry, SignedHead, write_end_line, write_entry_line, write_head_line};
use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use store::{AuditFilter, PAGE_ROWS_MAX, Store, StoredEntry};

use super::{Scope, query::AuditQuery};
use crate::{error::PageError, state::AppState, viewer::Viewer};

/// Most entries of a CSV file, the newest.
const CSV_ENTRIES_MAX: u64 = 200_000;
/// Entries read at once.
const ENTRIES_AT_ONCE: u32 = 1_024;

const CSV_HEAD: [&str; 17] = [
    "sequence",
    "at",
    "skew_ms",
    "person",
    "name",
    "organisation",
    "role",
    "action",
    "purpose",
    "outcome",
    "case",
    "hospital",
    "kind",
    "id",
    "items",
    "detail",
    "address",
];

/// Why a file breaks off: the connection is cut, so that nobody takes it for whole.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error("could not read the audit log for a file")]
    Record(#[from] store::RecordError),
    #[error("could not write a line of the file")]
    Line(#[from] std::io::Error),
    #[error("could not write a row of the file")]
    Row(#[from] csv::Error),
}

fn attachment(media_type: &'static str, name: &'static str, body: Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}

/// Writes down that the log was taken out.
async fn write_down(
    state: &AppState,
    viewer: &Viewer,
    scope: &Scope,
    said: &str,
) -> Result<(), PageError> {
    let taken_out = |entry: Entry| {
        let mut entry = entry.about("audit-log", said);
        entry.action = Deed::Export.code().to_owned();
        entry
    };
    scope.write_down(state, viewer, taken_out).await
}

/// Gives what a search finds as CSV, newest first.
pub(super) async fn csv(
    State(state): State<AppState>,
    viewer: Viewer,
    Query(query): Query<AuditQuery>,
) -> Result<Response, PageError> {
    let scope = Scope::of(&state, &viewer)?;
    let filter = scope.within(query.filter(&state).await?);
    write_down(&state, &viewer, &scope, &format!("csv {}", query.said())).await?;
    let begin = CsvPlace { before: None, written: 0, begun: false, ended: false };
    let store = state.store.clone();
    let rows = stream::try_unfold((store, filter, begin), async |(store, filter, place)| {
        let Some((bytes, place)) = csv_page(&store, &filter, place).await? else {
            return Ok::<_, ExportError>(None);
        };
        Ok(Some((bytes, (store, filter, place))))
    });
    Ok(attachment("text/csv; charset=utf-8", "audit.csv", Body::from_stream(rows)))
}

struct CsvPlace {
    before: Option<u64>,
    written: u64,
    begun: bool,
    ended: bool,
}

async fn csv_page(
    store: &Store,
    filter: &AuditFilter,
    mut place: CsvPlace,
) -> Result<Option<(Bytes, CsvPlace)>, ExportError> {
    if place.ended {
        return Ok(None);
    }
    let page = store.search_audit(filter, place.before, PAGE_ROWS_MAX).await?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    if !place.begun {
        writer.write_record(CSV_HEAD)?;
        place.begun = true;
    }
    for stored in &page.entries {
        writer.write_record(csv_row(stored).iter().map(|cell| harmless(cell)))?;
    }
    place.written += page.entries.len() as u64;
    place.before = page.next_before;
    place.ended = page.next_before.is_none() || place.written >= CSV_ENTRIES_MAX;
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(Some((Bytes::from(bytes), place)))
}

fn csv_row(stored: &StoredEntry) -> [String; 17] {
    let entry = &stored.entry;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let shown = |value: Option<String>| value.unwrap_or_default();
    [
        stored.sequence.to_string(),
        entry.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        shown(entry.skew_ms.map(|skew| skew.to_string())),
        shown(entry.person.map(|person| person.to_string())),
        entry.name.clone(),
        shown(entry.organisation.as_ref().map(ToString::to_string)),
        text(&entry.role),
        entry.action.clone(),
        text(&entry.purpose),
        entry.outcome.word().to_owned(),
        shown(entry.case.map(|case| case.to_string())),
        shown(entry.hospital.as_ref().map(ToString::to_string)),
        text(&entry.kind),
        text(&entry.id),
        entry.items.join(" "),
        text(&entry.detail),
        text(&entry.address),
    ]
}

/// A table program would run a cell that begins like a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Gives the whole log with its heads, as `tsumugi audit verify` reads it.
pub(super) async fn ndjson(
    State(state): State<AppState>,
    viewer: Viewer,
) -> Result<Response, PageError> {
    let scope = Scope::of(&state, &viewer)?;
    if !scope.is_programme() {
        return Err(PageError::NotFound);
    }
    write_down(&state, &viewer, &scope, "ndjson").await?;
    state.audit.sign_head().await.map_err(PageError::internal)?;
    let mut heads = state.store.audit_heads().await.map_err(PageError::internal)?;
    let size = heads.last().map_or(0, |head| head.size);
    heads.reverse();
    let count = heads.len() as u64;
    let begin = (state.store.clone(), heads, count, 0, size);
    let lines = stream::try_unfold(begin, async |(store, mut heads, count, from, size)| {
        let Some((bytes, next)) = lines(&store, &mut heads, count, from, size).await? else {
            return Ok::<_, ExportError>(None);
        };
        Ok(Some((bytes, (store, heads, count, next, size))))
    });
    Ok(attachment("application/x-ndjson", "audit.ndjson", Body::from_stream(lines)))
}

/// Writes the next lines up to the size of the newest head; `heads` are those still to come, the next one last,
/// and `count` is how many there are in all.
async fn lines(
    store: &Store,
    heads: &mut Vec<SignedHead>,
    count: u64,
    from: u64,
    size: u64,
) -> Result<Option<(Bytes, u64)>, ExportError> {
    if from >= size && heads.is_empty() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut next = from;
    for stored in store.audit_entries(from, ENTRIES_AT_ONCE).await? {
        if stored.sequence >= size {
            break;
        }
        write_heads(&mut bytes, heads, stored.sequence)?;
        write_entry_line(&mut bytes, stored.sequence, stored.leaf, &stored.document)?;
        next = stored.sequence + 1;
    }
    if next == from || next >= size {
        // The end, or entries are missing: the heads say so.
        let end = heads.first().cloned();
        write_heads(&mut bytes, heads, u64::MAX)?;
        if let Some(end) = end {
            write_end_line(&mut bytes, &end, count)?;
        }
        next = u64::MAX;
    }
    Ok(Some((Bytes::from(bytes), next)))
}

fn write_heads(
    bytes: &mut Vec<u8>,
    heads: &mut Vec<SignedHead>,
    up_to: u64,
) -> std::io::Result<()> {
    while let Some(head) = heads.pop_if(|head| head.size <= up_to) {
        write_head_line(bytes, &head)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_formula_is_only_text() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("Sato"), "Sato");
    }
}
