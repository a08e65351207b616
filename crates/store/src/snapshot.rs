//! Everything in the record as it is at one moment, in a SQLite file of its own, while others go on writing.
//!
//! Both engines give the same kind of file, so that a backup of one can be restored into the other.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use model::text::LocalizedText;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, PgPool,
    postgres::PgPoolOptions,
};

use crate::{
    copy::{CopyProgress, CopyRecordError, NOT_COPIED},
    db::{Db, OpenStoreError, Store, on_readers},
    error::RecordError,
    migrate::MigrateError,
};

/// Connections that look at one moment of PostgreSQL together.
const CONNECTIONS_MAX: u32 = 2;
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Why a snapshot could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Reading or writing failed.
    #[error("could not read the record for a snapshot")]
    Record(#[from] RecordError),
    /// The file could not be made.
    #[error("could not make the snapshot's file")]
    Open(#[from] OpenStoreError),
    /// The file could not be given its form.
    #[error("could not give the snapshot its form")]
    Migrate(#[from] MigrateError),
    /// Copying failed.
    #[error("could not copy the record into the snapshot")]
    Copy(#[from] CopyRecordError),
    /// The path cannot be named to the engine.
    #[error("the path {0} is not text")]
    Path(PathBuf),
}

impl SnapshotError {
    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::Record(error) => error.explain(),
            Self::Open(error) => error.explain(),
            Self::Migrate(error) => error.explain(),
            Self::Copy(error) => error.explain(),
            Self::Path(path) => LocalizedText::new(
                format!("{} という場所は使えません。", path.display()),
                format!("The place {} cannot be used.", path.display()),
            ),
        }
    }
}

impl Store {
    /// Writes everything, as it is at one moment, into a new SQLite file.
    ///
    /// Others may go on reading and writing meanwhile. `tick` is called as copying goes on.
    ///
    /// Errors: the file is there already, an engine fails, or a table would not be complete.
    pub async fn snapshot_into(
        &self,
        path: &Path,
        now: DateTime<Utc>,
        tick: impl FnMut(CopyProgress),
    ) -> Result<(), SnapshotError> {
        let name = path.to_str().ok_or_else(|| SnapshotError::Path(path.to_owned()))?;
        match &self.db {
            Db::Sqlite { writer, .. } => {
                // It reads in one transaction and takes no lock that keeps others from writing.
                sqlx::query("VACUUM INTO $1")
                    .bind(name)
                    .execute(writer)
                    .await
                    .map_err(RecordError::attempt("write a snapshot"))?;
                Ok(())
            }
            Db::Postgres(pool) => {
                let moment = Moment::hold(pool).await?;
                let frozen = Self::of_pool(moment.pool(pool), self.url());
                let target = Self::open(&format!("sqlite:{name}")).await?;
                target.migrate(now).await?;
                frozen.copy_to(&target, tick).await?;
                frozen.require_same_tables(&target).await?;
                target.close().await;
                frozen.close().await;
                moment.release().await;
                Ok(())
            }
        }
    }

    /// Makes sure that another record has as many rows in each table that a copy copies.
    ///
    /// Errors: it has not, which is a fault of this program; or an engine fails.
    pub async fn require_same_tables(&self, other: &Self) -> Result<(), CopyRecordError> {
        let (ours, theirs) = (self.table_counts().await?, other.table_counts().await?);
        let copied = ours.iter().filter(|(table, _)| !NOT_COPIED.contains(&table.as_str()));
        for (table, rows) in copied {
            let found = theirs.get(table).copied().unwrap_or(0);
            if found != *rows {
                return Err(CopyRecordError::Incomplete {
                    table: table.clone(),
                    rows: *rows,
                    found,
                });
            }
        }
        Ok(())
    }

    /// Counts the rows of every table.
    ///
    /// Errors: the engine fails.
    pub async fn table_counts(&self) -> Result<BTreeMap<String, u64>, RecordError> {
        const OF_SQLITE: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        const OF_POSTGRES: &str =
            "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
        let attempt = RecordError::attempt("count the rows of every table");
        let names: Vec<String> = match &self.db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar(OF_SQLITE).fetch_all(readers).await,
            Db::Postgres(pool) => sqlx::query_scalar(OF_POSTGRES).fetch_all(pool).await,
        }
        .map_err(attempt)?;
        let mut counts = BTreeMap::new();
        for name in names {
            // The name comes from the engine's own catalogue.
            let sql = format!("SELECT count(*) FROM \"{}\"", name.replace('"', "\"\""));
            let rows: i64 = on_readers!(self, |pool| {
                sqlx::query_scalar(AssertSqlSafe(sql.as_str())).fetch_one(pool).await
            })
            .map_err(attempt)?;
            counts.insert(name, u64::try_from(rows).unwrap_or(0));
        }
        Ok(counts)
    }
}

/// A moment of PostgreSQL, held by a transaction, at which any number of connections can look.
struct Moment {
    holder: PgConnection,
    name: String,
}

impl Moment {
    async fn hold(pool: &PgPool) -> Result<Self, RecordError> {
        let attempt = RecordError::attempt("hold a moment of the record");
        let mut holder = pool.connect_options().connect().await.map_err(attempt)?;
        holder.execute(BEGIN).await.map_err(attempt)?;
        let name: String = sqlx::query_scalar("SELECT pg_export_snapshot()")
            .fetch_one(&mut holder)
            .await
            .map_err(attempt)?;
        let is_plain = name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if !is_plain {
            return Err(RecordError::Value { what: "a snapshot's name", value: name });
        }
        Ok(Self { holder, name })
    }

    /// Makes a pool whose every connection sees the record as it is at the moment.
    fn pool(&self, pool: &PgPool) -> PgPool {
        let look = format!("{BEGIN}; SET TRANSACTION SNAPSHOT '{}'", self.name);
        PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .after_connect(move |connection, _| {
                let look = look.clone();
                Box::pin(async move {
                    sqlx::raw_sql(AssertSqlSafe(look)).execute(connection).await.map(drop)
                })
            })
            .connect_lazy_with((*pool.connect_options()).clone())
    }

    async fn release(self) {
        // Nothing was written: how the farewell goes does not matter.
        let _farewell = self.holder.close().await;
    }
}
