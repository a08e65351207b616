//! The programme registry: whole documents in revisions, and the newest of each as one registry in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use model::{
    identity::PersonId,
    organisation::OrganisationCode,
    programme::{
        Application, DesignationHistory, Hospital, Laboratory, LinkHistory, PanelProduct, Registry,
        RegistryDocument, RequirementChecklist,
    },
};
use uuid::Uuid;

use crate::{
    case::revision_number,
    db::{Batch, Store, on_batch, on_readers},
    document::{json_text, of_json_text},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

mod check;
mod copy;

/// Most revisions of one document that are returned at once.
const REVISIONS_MAX: i64 = 1_000;
/// Longest document. Units: bytes.
const DOCUMENT_MAX_BYTES: usize = 1 << 20;

/// A document of the registry as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryRevision<D> {
    /// Number of the revision. Units: 1-based.
    pub revision: u32,
    /// What is said.
    pub document: D,
    /// Who recorded it; `None` for an import from the command line.
    pub recorded_by: Option<PersonId>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryChange {
    /// It was new.
    Inserted,
    /// It got a new revision.
    Revised,
    /// The record says the same already.
    Unchanged,
}

/// What became of a whole registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegistryChanges {
    /// Documents that were new.
    pub inserted: u64,
    /// Documents that got a new revision.
    pub revised: u64,
    /// Documents of which the record says the same already.
    pub unchanged: u64,
}

row! {
    pub(crate) struct RegistryRow {
        kind: String, document_key: String, revision: i64, document: String,
        recorder_id: Option<Uuid>, recorded_at: DateTime<Utc>,
    }
}

const COLUMNS: &str = "SELECT kind, document_key, revision, document, recorder_id, recorded_at";
const NEWEST: &str = "SELECT kind, document_key, revision, document, recorder_id, recorded_at \
     FROM registry_revision r WHERE kind = $1 AND revision = \
     (SELECT max(revision) FROM registry_revision n WHERE n.kind = r.kind AND n.document_key = r.document_key) \
     ORDER BY document_key";
const OF_KEY: &str = "SELECT kind, document_key, revision, document, recorder_id, recorded_at \
     FROM registry_revision WHERE kind = $1 AND document_key = $2 ORDER BY revision DESC LIMIT $3";

impl RegistryRow {
    fn read<D: RegistryDocument>(self) -> Result<RegistryRevision<D>, RecordError> {
        let what = || format!("{} {}", self.kind, self.document_key);
        Ok(RegistryRevision {
            revision: revision_number(self.revision)?,
            document: of_json_text(what, &self.document)?,
            recorded_by: self.recorder_id.map(PersonId),
            recorded_at: self.recorded_at,
        })
    }
}

impl Batch {
    /// Records a document: inserts it, revises it, or leaves it where the record says the same.
    ///
    /// `read_revision` is the newest revision that the reviser has seen, 0 where none was.
    ///
    /// Errors: [`RecordError::Refused`] when the document breaks its own rules; [`RecordError::RegistryChanged`]
    /// when someone else was quicker; or the engine fails.
    pub async fn record_registry_document<D: RegistryDocument>(
        &mut self,
        document: &D,
        read_revision: u32,
        recorded_by: Option<PersonId>,
        recorded_at: DateTime<Utc>,
    ) -> Result<RegistryChange, RecordError> {
        let refused = |reason| RecordError::Refused { what: D::KIND.word(), reason };
        if !document.is_sound() {
            return Err(refused("it breaks the rules of its kind"));
        }
        let key = document.key();
        let changed = || RecordError::RegistryChanged { kind: D::KIND.word(), key: key.clone() };
        let newest = self.newest_registry_document::<D>(&key).await?;
        let newest_revision = newest.as_ref().map_or(0, |newest| newest.revision);
        // A form that is sent twice says nothing new the second time.
        if newest.is_some_and(|newest| newest.document == *document) {
            return Ok(RegistryChange::Unchanged);
        }
        if newest_revision != read_revision {
            return Err(changed());
        }
        let text = json_text(D::KIND.word(), document)?;
        if text.len() > DOCUMENT_MAX_BYTES {
            return Err(refused("it is longer than 1 MiB"));
        }
        let row = NewRow {
            kind: D::KIND.word(),
            key: &key,
            revision: read_revision + 1,
            text: &text,
            recorded_by,
            recorded_at: to_milliseconds(recorded_at),
        };
        if !self.insert_registry_row(&row).await? {
            return Err(changed());
        }
        Ok(if read_revision == 0 { RegistryChange::Inserted } else { RegistryChange::Revised })
    }

    /// Records every document of a registry that differs from the record; what is only in the record stays.
    ///
    /// Errors: a document breaks its own rules, or the engine fails.
    pub async fn record_registry(
        &mut self,
        registry: &Registry,
        recorded_by: Option<PersonId>,
        recorded_at: DateTime<Utc>,
    ) -> Result<RegistryChanges, RecordError> {
        let mut changes = RegistryChanges::default();
        macro_rules! record {
            ($($map:ident),*) => {
                $(self.record_all(registry.$map.values(), recorded_by, recorded_at, &mut changes).await?;)*
            };
        }
        record!(hospitals, designations, links, requirements, applications, laboratories, panels);
        Ok(changes)
    }

    async fn record_all<'a, D: RegistryDocument + 'a>(
        &mut self,
        documents: impl Iterator<Item = &'a D>,
        recorded_by: Option<PersonId>,
        recorded_at: DateTime<Utc>,
        changes: &mut RegistryChanges,
    ) -> Result<(), RecordError> {
        let rows: Vec<RegistryRow> = on_batch!(self, |connection| {
            sqlx::query_as(NEWEST).bind(D::KIND.word()).fetch_all(connection).await
        })
        .map_err(RecordError::attempt("read the registry"))?;
        let mut there = BTreeMap::new();
        for row in rows {
            let read = row.read::<D>()?;
            there.insert(read.document.key(), read);
        }
        for document in documents {
            let newest = there.get(&document.key());
            if newest.is_some_and(|newest| newest.document == *document) {
                changes.unchanged += 1;
                continue;
            }
            let read_revision = newest.map_or(0, |newest| newest.revision);
            self.record_registry_document(document, read_revision, recorded_by, recorded_at)
                .await?;
            if read_revision == 0 {
                changes.inserted += 1;
            } else {
                changes.revised += 1;
            }
        }
        Ok(())
    }

    async fn newest_registry_document<D: RegistryDocument>(
        &mut self,
        key: &str,
    ) -> Result<Option<RegistryRevision<D>>, RecordError> {
        let row: Option<RegistryRow> = on_batch!(self, |connection| {
            sqlx::query_as(OF_KEY)
                .bind(D::KIND.word())
                .bind(key)
                .bind(1_i64)
                .fetch_optional(connection)
                .await
        })
        .map_err(RecordError::attempt("read a document of the registry"))?;
        row.map(RegistryRow::read).transpose()
    }

    /// Inserts one row; false when the revision is taken.
    async fn insert_registry_row(&mut self, row: &NewRow<'_>) -> Result<bool, RecordError> {
        const SQL: &str = "INSERT INTO registry_revision \
             (kind, document_key, revision, document, recorder_id, recorded_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, document_key, revision) DO NOTHING";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(row.kind)
                .bind(row.key)
                .bind(i64::from(row.revision))
                .bind(row.text)
                .bind(row.recorded_by.map(|person| person.0))
                .bind(row.recorded_at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record a document of the registry"))
    }
}

/// A row to be written.
struct NewRow<'a> {
    kind: &'static str,
    key: &'a str,
    revision: u32,
    text: &'a str,
    recorded_by: Option<PersonId>,
    recorded_at: DateTime<Utc>,
}

impl Store {
    /// Returns a document's newest revision.
    ///
    /// Errors: the engine fails, or the document cannot be read.
    pub async fn registry_document<D: RegistryDocument>(
        &self,
        key: &str,
    ) -> Result<Option<RegistryRevision<D>>, RecordError> {
        let revisions = self.registry_rows(D::KIND.word(), key, 1).await?;
        revisions.into_iter().next().map(RegistryRow::read).transpose()
    }

    /// Returns a document's revisions, newest first.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn registry_revisions<D: RegistryDocument>(
        &self,
        key: &str,
    ) -> Result<Vec<RegistryRevision<D>>, RecordError> {
        let rows = self.registry_rows(D::KIND.word(), key, REVISIONS_MAX).await?;
        rows.into_iter().map(RegistryRow::read).collect()
    }

    async fn registry_rows(
        &self,
        kind: &'static str,
        key: &str,
        most: i64,
    ) -> Result<Vec<RegistryRow>, RecordError> {
        on_readers!(self, |pool| {
            sqlx::query_as(OF_KEY).bind(kind).bind(key).bind(most).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a document of the registry"))
    }

    /// Returns how many revisions the registry has. It only grows, so that whoever holds a registry in memory
    /// knows by it whether there is a newer one.
    ///
    /// Errors: the engine fails.
    pub async fn registry_version(&self) -> Result<u64, RecordError> {
        self.count("SELECT count(*) FROM registry_revision").await
    }

    /// Returns the whole registry: the newest revision of every document.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn registry(&self) -> Result<Registry, RecordError> {
        Ok(Registry {
            hospitals: self.registry_map(|document: &Hospital| &document.code).await?,
            designations: self
                .registry_map(|document: &DesignationHistory| &document.hospital)
                .await?,
            links: self.registry_map(|document: &LinkHistory| &document.hospital).await?,
            requirements: self
                .registry_map(|document: &RequirementChecklist| &document.hospital)
                .await?,
            applications: self.registry_map(|document: &Application| &document.id).await?,
            laboratories: self.registry_map(|document: &Laboratory| &document.code).await?,
            panels: self.registry_map(|document: &PanelProduct| &document.code).await?,
        })
    }

    async fn registry_map<K: Ord + Clone, D: RegistryDocument>(
        &self,
        key: impl Fn(&D) -> &K,
    ) -> Result<BTreeMap<K, D>, RecordError> {
        let rows: Vec<RegistryRow> = on_readers!(self, |pool| {
            sqlx::query_as(NEWEST).bind(D::KIND.word()).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read the registry"))?;
        let mut map = BTreeMap::new();
        for row in rows {
            let document = row.read::<D>()?.document;
            map.insert(key(&document).clone(), document);
        }
        Ok(map)
    }

    /// Returns the core and hub hospitals that a partner is linked to on a day.
    ///
    /// Errors: the engine fails, or the document cannot be read.
    pub async fn linked_hospitals(
        &self,
        partner: &OrganisationCode,
        day: NaiveDate,
    ) -> Result<Vec<OrganisationCode>, RecordError> {
        let links = self.registry_document::<LinkHistory>(partner.as_str()).await?;
        Ok(links.map(|links| links.document.on(day).cloned().collect()).unwrap_or_default())
    }
}
