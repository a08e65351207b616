//! Knowledge releases that reports were made with: their manifests, not their evidence.

use chrono::{DateTime, Utc};

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::{json_text, of_json_text},
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// A knowledge release as the record knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisteredRelease {
    /// Content address, such as `sha256:…`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Whether it is for demonstration and not for care.
    pub demonstration: bool,
    /// The whole manifest with its sources.
    pub manifest: serde_json::Value,
    /// When the record first saw it.
    pub registered_at: DateTime<Utc>,
}

row! {
    struct ReleaseRow {
        id: String, name: String, version: String, demonstration: bool,
        manifest: String, registered_at: DateTime<Utc>,
    }
}

impl ReleaseRow {
    fn read(self) -> Result<RegisteredRelease, RecordError> {
        Ok(RegisteredRelease {
            manifest: of_json_text(|| format!("manifest of {}", self.id), &self.manifest)?,
            id: self.id,
            name: self.name,
            version: self.version,
            demonstration: self.demonstration,
            registered_at: self.registered_at,
        })
    }
}

impl Batch {
    /// Registers a release; one that is there already stays as it is.
    ///
    /// Errors: the engine fails.
    pub async fn register_release(
        &mut self,
        release: &RegisteredRelease,
    ) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO knowledge_release (id, name, version, demonstration, manifest, registered_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
        let manifest = json_text("manifest", &release.manifest)?;
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(&release.id)
                .bind(&release.name)
                .bind(&release.version)
                .bind(release.demonstration)
                .bind(&manifest)
                .bind(to_milliseconds(release.registered_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("register a knowledge release"))
    }
}

impl Store {
    /// Returns a release's registration.
    ///
    /// Errors: the engine fails.
    pub async fn release(&self, id: &str) -> Result<Option<RegisteredRelease>, RecordError> {
        const SQL: &str = "SELECT id, name, version, demonstration, manifest, registered_at \
             FROM knowledge_release WHERE id = $1";
        let row: Option<ReleaseRow> =
            on_readers!(self, |pool| { sqlx::query_as(SQL).bind(id).fetch_optional(pool).await })
                .map_err(RecordError::attempt("read a knowledge release"))?;
        row.map(ReleaseRow::read).transpose()
    }

    /// Returns every registered release, newest first. They are few: one for each update of knowledge.
    ///
    /// Errors: the engine fails.
    pub async fn releases(&self) -> Result<Vec<RegisteredRelease>, RecordError> {
        const SQL: &str = "SELECT id, name, version, demonstration, manifest, registered_at \
             FROM knowledge_release ORDER BY registered_at DESC, id";
        let rows: Vec<ReleaseRow> =
            on_readers!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await)
                .map_err(RecordError::attempt("list the knowledge releases"))?;
        rows.into_iter().map(ReleaseRow::read).collect()
    }
}
