//! The record: the only SQL of the programme, on SQLite and on PostgreSQL.
//!
//! Everything in the record is an immutable document or a reference to one. Nothing is deleted and
//! nothing is changed: a newer document supersedes an older one, and triggers on both engines refuse
//! anything else. What is derived (`case_summary`, `record_cell`, `record_completeness`) can be
//! dropped and rebuilt.
//!
//! Writing is done in a [`Batch`], which is one transaction; reading is done on the [`Store`]. Times and
//! identifiers come from the caller: there is no clock and no randomness here.
//!
//! Not here: rules of medicine, and how results are read.

mod api_token;
mod audit;
mod bearer;
mod break_glass;
mod case;
mod case_change;
mod case_documents;
mod case_list;
mod check;
mod check_consent;
mod check_fields;
mod clinical_record;
mod consent;
mod copy;
mod copy_consent;
mod copy_fields;
mod copy_people;
mod copy_rows;
mod credential;
mod db;
mod document;
mod error;
mod external_identity;
mod identifier;
mod identifier_copy;
mod inquiry;
mod invitation;
mod keys;
mod knowledge_release;
mod migrate;
mod order;
mod order_check;
mod order_copy;
mod order_list;
mod original;
mod page;
mod patient_access;
mod patient_identifier;
mod person;
mod registry;
mod report;
mod research;
mod result;
mod row;
mod saved_cohort;
mod session;
mod sign_in_failure;
mod snapshot;
mod vault_key;

pub use api_token::TokenRecord;
pub use audit::{AuditFilter, AuditPage, AuditState, StoredEntry};
pub use bearer::Bearer;
pub use break_glass::{BreakGlass, BreakGlassReview, ListedBreakGlass};
pub use case::{CaseRevision, NewCase, RegisteredCase, Registration, check_reference};
pub use case_change::{CASE_CHANGES_PAGE, CaseChange};
pub use case_documents::{NewestDocuments, StoredDocuments};
pub use case_list::{
    Attention, CaseCounts, CaseFacet, CaseFacets, CaseFilter, CaseRow, CaseScope, FacetCount,
    LevelFilter,
};
pub use check::{CheckFinding, CheckReport};
pub use clinical_record::{
    ADDRESS_BYTES_MAX, CaseCompleteness, EntrySource, FieldAddress, FieldEvent, FieldHead,
    FieldState, HistoryFilter, HistoryRow, HospitalCompleteness, IncompleteCase, MERGED_MAX,
    ParseAddressError, PendingCase, RecordFieldsError, Recorder, RefusedEntry, SaveOutcome,
    SavedField, ScopedAddresses, VALUE_CHARS_MAX,
};
pub use consent::{CONSENTS_PAGE, CaseConsent, NumberedConsent};
pub use copy::{CopyProgress, CopyRecordError, CopySummary};
pub use credential::Credential;
pub use db::{Batch, ConnectionUsage, Engine, OpenStoreError, Store};
pub use document::Packed;
pub use error::{Cause, RecordError};
pub use external_identity::OidcFlowRecord;
pub use identifier::{digest_of, identifier_v7, to_milliseconds};
pub use inquiry::{INQUIRIES_MAX, InquiryHistory, NewInquiryEvent};
pub use keys::RecordCounts;
pub use knowledge_release::RegisteredRelease;
pub use migrate::{MigrateError, Migrated};
pub use order::{NewOrder, StoredOrder};
pub use order_list::{OrderFilter, OrderRow};
pub use original::{NewOriginal, Original};
pub use page::{Cursor, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, Page, PageRequest, ParseCursorError};
pub use patient_access::{CodeAttempt, IssuedCode, NewCode, PatientSession};
pub use patient_identifier::SealedIdentifier;
pub use person::{NewPerson, PeopleFilter, PersonRecord, RecordedMembership, sign_in_name};
pub use registry::{RegistryChange, RegistryChanges, RegistryRevision};
pub use report::{NewReport, StoredReport};
pub use research::{
    PROJECTS_MAX, ProjectRevision, QUESTION_MAX_CHARS, QUESTIONS_MAX, ResearchQuestion,
};
pub use result::{NewResult, PackedResult, ResultFilter, ResultRow, ResultStatus, StoredResult};
pub use saved_cohort::{SAVED_COHORTS_MAX, SavedCohort};
pub use session::SessionRecord;
pub use snapshot::SnapshotError;
pub use vault_key::{KeyUse, WrappedKey};
