//! Every bound of the server, by name.

use std::time::Duration;

/// Largest file that may be sent for checking. Units: bytes.
pub const UPLOAD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest case CSV of the portal that may be sent. Units: bytes.
pub(crate) const IMPORT_FILE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Most cases of a case CSV that is sent.
pub(crate) const IMPORT_CASES_MAX: usize = 20_000;
/// Most case CSVs that wait for their confirmation, or are worked on.
pub(crate) const IMPORTS_KEPT_MAX: usize = 16;
/// How many case CSVs are compared or entered at once.
pub(crate) const IMPORTS_AT_ONCE: usize = 1;
/// Longest that a case CSV waits for its confirmation.
pub(crate) const IMPORT_KEPT_TIME_MAX: Duration = Duration::from_secs(60 * 60);
/// Cases on one page of what a case CSV changes.
pub(crate) const IMPORT_CASES_PER_PAGE: usize = 200;
/// Room for the form fields around an uploaded file. Units: bytes.
pub(crate) const FORM_BYTES_MAX: usize = 64 * 1024;
/// Longest form of a section of the clinical record: its values and the entries they rest on. Units: bytes.
pub(crate) const RECORD_FORM_BYTES_MAX: usize = 1024 * 1024;
/// Most entries in one request.
pub(crate) const ENTRIES_MAX: usize = 512;
/// Entries on one page of a case's history.
pub(crate) const HISTORY_PER_PAGE: u32 = 100;
/// Cases that lack something, on one page.
pub(crate) const INCOMPLETE_SHOWN_MAX: u32 = 100;
/// Longest form that is read to its end, so that a file beyond the limit gets an answer. Units: bytes.
pub(crate) const DRAINED_BYTES_MAX: usize = 512 * 1024 * 1024;
/// Longest value of a text field in a form. Units: bytes.
pub(crate) const FIELD_BYTES_MAX: usize = 512;
/// Longest a page may take.
pub(crate) const PAGE_TIME_MAX: Duration = Duration::from_secs(15);
/// Longest a request with a file may take, from its first byte.
pub(crate) const UPLOAD_TIME_MAX: Duration = Duration::from_secs(120);
/// Longest address with its query. Units: bytes.
pub(crate) const ADDRESS_BYTES_MAX: usize = 8 * 1024;
/// Most bytes of a request's header fields that are answered in words. Units: bytes.
pub(crate) const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Room for reading a head; beyond it the answer is a bare 431. Units: bytes.
pub(crate) const HEAD_BUFFER_BYTES: usize = 256 * 1024;
/// Longest a head may take to arrive, and a connection to wait for its next request.
pub(crate) const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// Longest a TLS handshake may take.
pub(crate) const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// Connections at once, where the site does not say.
pub(crate) const CONNECTIONS_MAX: usize = 1024;
/// Longest that running requests are waited for when the server stops, where the site does not say.
pub(crate) const DRAIN_TIME_MAX: Duration = Duration::from_secs(5);
/// Longest that is waited for the record when somebody asks whether all is well.
pub(crate) const HEALTH_TIME_MAX: Duration = Duration::from_secs(2);
/// How many uploaded files are read at once.
pub(crate) const UPLOADS_AT_ONCE: usize = 2;
/// How many PDF documents are set at once.
pub(crate) const PDFS_AT_ONCE: usize = 2;
/// Cases on one page of the list.
pub(crate) const CASES_PER_PAGE: u16 = 50;
/// Links in one list of choices.
pub(crate) const FACET_VALUES_MAX: usize = 10;
/// Longest text searched for. Units: characters.
pub(crate) const SEARCH_CHARS_MAX: usize = 100;
/// Problems shown on one page.
pub(crate) const PROBLEMS_SHOWN_MAX: usize = 200;
/// Alterations shown on one page, of each kind.
pub(crate) const ALTERATIONS_SHOWN_MAX: usize = 300;
/// Evidence items shown on one page.
pub(crate) const EVIDENCE_SHOWN_MAX: usize = 200;
/// Longest original file from which the offending part is cut out for show. Units: bytes.
pub(crate) const FRAGMENT_SOURCE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Lines of one cut-out part.
pub(crate) const FRAGMENT_LINES_MAX: usize = 14;
/// Characters of one line of a cut-out part.
pub(crate) const FRAGMENT_LINE_CHARS_MAX: usize = 160;
/// Passwords that are hashed at once: each takes 19 MiB and a processor.
pub(crate) const HASHES_AT_ONCE: usize = 2;
