//! The two engines behind one store: opening, reading, and one transaction for writing.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use access::audit::Entry;
use model::{identity::CaseId, text::LocalizedText};
use sqlx::{
    ConnectOptions, Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::error::{Cause, RecordError};

/// How long SQLite waits for another process's write to end before it says that the record is locked.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection to SQLite is waited for.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a connection to PostgreSQL is waited for: long enough for a restart, short enough that people
/// are told before they give up.
const POSTGRES_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(6);
/// Reading connections to SQLite.
const SQLITE_READERS_MAX: u32 = 8;
/// Connections to PostgreSQL, reading and writing together.
const POSTGRES_CONNECTIONS_MAX: u32 = 12;
/// Rest after which a connection to PostgreSQL is asked whether it still stands before it is used: what was used a
/// moment ago is not, for asking costs as much as a short question itself. Once one was found broken, all that rested then
/// are asked: a restart of the engine costs the answers under way, and no more.
const UNASKED_MAX: Duration = Duration::from_secs(1);
/// When a connection was last found broken.
static BROKE_AT: Mutex<Option<Instant>> = Mutex::new(None);
/// Page cache of a SQLite connection. Units: kibibytes, negative as SQLite wants them.
const SQLITE_CACHE_KIBIBYTES: &str = "-32768";

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// The connections of one engine.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One writer and several readers.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// A pool that reads and writes.
    Postgres(PgPool),
}

/// Remembers that a connection was found broken.
pub(crate) fn connection_broke() {
    *BROKE_AT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

/// Returns whether a connection that rested for some time has to be asked whether it stands.
fn is_to_be_asked(rested: Duration) -> bool {
    let broke_at = *BROKE_AT.lock().unwrap_or_else(PoisonError::into_inner);
    rested >= UNASKED_MAX || broke_at.is_some_and(|broke_at| broke_at.elapsed() <= rested)
}

/// Expands a body once for each engine, with `$pool` bound to the pool that reads.
macro_rules! on_readers {
    ($store:expr, |$pool:ident| $body:expr) => {
        match &$store.db {
            $crate::db::Db::Sqlite { readers: $pool, .. } => $body,
            $crate::db::Db::Postgres($pool) => $body,
        }
    };
}

/// Expands a body once for each engine, with `$connection` bound to the transaction's connection.
macro_rules! on_batch {
    ($batch:expr, |$connection:ident| $body:expr) => {
        match &mut $batch.transaction {
            $crate::db::EngineTransaction::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::db::EngineTransaction::Postgres(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}

pub(crate) use {on_batch, on_readers};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// The URL names neither engine.
    #[error("the store's URL is neither sqlite:PATH nor postgres://…: {url}")]
    UnknownScheme {
        /// The URL without a password.
        url: String,
    },
    /// The URL could not be read.
    #[error("could not read the store's URL {url}")]
    InvalidUrl {
        /// The URL without a password.
        url: String,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
    /// There is no such SQLite file.
    #[error("there is no record at {path}")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The engine refused.
    #[error("could not open the store {url}")]
    Connect {
        /// The URL without a password.
        url: String,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
}

impl OpenStoreError {
    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::UnknownScheme { url } => LocalizedText::new(
                format!(
                    "記録の URL「{url}」は読めません。sqlite:ファイル または postgres://… を指定してください。"
                ),
                format!(
                    "The record's URL “{url}” is not understood: give sqlite:FILE or postgres://…."
                ),
            ),
            Self::InvalidUrl { url, source } => LocalizedText::new(
                format!("記録の URL「{url}」の書き方が正しくありません({source})。"),
                format!("The record's URL “{url}” is malformed ({source})."),
            ),
            Self::Missing { path } => LocalizedText::new(
                format!(
                    "{} に記録がありません。先に tsumugi db migrate で作成してください。",
                    path.display()
                ),
                format!(
                    "There is no record at {}: make one with `tsumugi db migrate`.",
                    path.display()
                ),
            ),
            Self::Connect { url, source } if Cause::of(source) == Cause::Damaged => {
                let because = Cause::Damaged.explain(source);
                LocalizedText::new(
                    format!("記録「{url}」を開けません。{}", because.ja),
                    format!("The record “{url}” could not be opened. {}", because.en),
                )
            }
            Self::Connect { url, source } => LocalizedText::new(
                format!(
                    "記録「{url}」を開けません({source})。場所、権限、サーバーの起動を確かめてください。"
                ),
                format!(
                    "The record “{url}” could not be opened ({source}): check the place, the permissions and that the server runs."
                ),
            ),
        }
    }
}

/// How many connections a store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionUsage {
    /// Connections.
    pub open: u32,
    /// Connections that wait for something to do.
    pub idle: u32,
}

/// The record, opened.
///
/// Cloning is cheap and shares the connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    url: String,
}

impl Store {
    /// Opens the record at `sqlite:PATH` or `postgres://…`, making the SQLite file where there is none.
    ///
    /// Errors: the URL is not understood, or the engine refuses.
    pub async fn open(url: &str) -> Result<Self, OpenStoreError> {
        Self::connect(url, true).await
    }

    /// Opens the record as [`Self::open`] does, but never makes a file.
    ///
    /// Errors: as [`Self::open`], and a SQLite file that is missing.
    pub async fn open_existing(url: &str) -> Result<Self, OpenStoreError> {
        Self::connect(url, false).await
    }

    async fn connect(url: &str, create: bool) -> Result<Self, OpenStoreError> {
        let shown = without_password(url);
        if url.starts_with("sqlite:") {
            let db = connect_sqlite(url, &shown, create).await?;
            Ok(Self { db, url: shown })
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)
                .map_err(|source| OpenStoreError::InvalidUrl { url: shown.clone(), source })?
                .application_name("tsumugi");
            // A pool retries until its time is over; asked once, an absent server is said at once.
            let failed = |source| OpenStoreError::Connect { url: shown.clone(), source };
            let first = options.connect().await.map_err(failed)?;
            // Whether the farewell arrives does not matter.
            let _farewell = first.close().await;
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS_MAX)
                .acquire_timeout(POSTGRES_ACQUIRE_TIMEOUT)
                .test_before_acquire(false)
                .before_acquire(|connection, rested| {
                    Box::pin(async move {
                        if is_to_be_asked(rested.idle_for) {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .connect_lazy_with(options);
            Ok(Self { db: Db::Postgres(pool), url: shown })
        } else {
            Err(OpenStoreError::UnknownScheme { url: shown })
        }
    }

    /// Makes a store of connections to PostgreSQL that look at one moment.
    pub(crate) fn of_pool(pool: PgPool, url: &str) -> Self {
        Self { db: Db::Postgres(pool), url: url.to_owned() }
    }

    /// Returns the engine.
    pub fn engine(&self) -> Engine {
        match self.db {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Returns the URL without a password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Begins a transaction for writing. Without [`Batch::commit`] nothing of it stays.
    ///
    /// Errors: another process holds the record for longer than the busy timeout, or the engine fails.
    pub async fn begin(&self) -> Result<Batch, RecordError> {
        let attempt = RecordError::attempt("begin a transaction");
        let transaction = match &self.db {
            Db::Sqlite { writer, .. } => EngineTransaction::Sqlite(
                writer.begin_with("BEGIN IMMEDIATE").await.map_err(attempt)?,
            ),
            Db::Postgres(pool) => EngineTransaction::Postgres(pool.begin().await.map_err(attempt)?),
        };
        Ok(Batch { transaction, audit: Vec::new(), touched: BTreeSet::new() })
    }

    /// Returns how many connections there are.
    pub fn connections(&self) -> ConnectionUsage {
        let idle = |idle: usize| u32::try_from(idle).unwrap_or(u32::MAX);
        match &self.db {
            Db::Sqlite { writer, readers } => ConnectionUsage {
                open: writer.size() + readers.size(),
                idle: idle(writer.num_idle() + readers.num_idle()),
            },
            Db::Postgres(pool) => {
                ConnectionUsage { open: pool.size(), idle: idle(pool.num_idle()) }
            }
        }
    }

    /// Returns whether the record takes writing, without writing or waiting for who writes now.
    ///
    /// Errors: the engine does not answer.
    pub async fn is_writable(&self) -> Result<bool, RecordError> {
        let attempt = RecordError::attempt("ask whether the record can be written to");
        match &self.db {
            Db::Sqlite { readers, .. } => {
                // A file that lies on a full or read-only disk is found out by the first write only.
                let _one: i64 =
                    sqlx::query_scalar("SELECT 1").fetch_one(readers).await.map_err(attempt)?;
                Ok(true)
            }
            Db::Postgres(pool) => {
                let read_only: String = sqlx::query_scalar("SHOW transaction_read_only")
                    .fetch_one(pool)
                    .await
                    .map_err(attempt)?;
                Ok(read_only == "off")
            }
        }
    }

    /// Closes every connection, after what is under way has ended.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

async fn connect_sqlite(url: &str, shown: &str, create: bool) -> Result<Db, OpenStoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|source| OpenStoreError::InvalidUrl { url: shown.to_owned(), source })?
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // Without this, `INSERT OR REPLACE` would delete behind the back of the triggers.
        .pragma("recursive_triggers", "ON")
        .pragma("cache_size", SQLITE_CACHE_KIBIBYTES);
    if !create && !options.get_filename().try_exists().unwrap_or(true) {
        return Err(OpenStoreError::Missing { path: options.get_filename().to_owned() });
    }
    let failed = |source| OpenStoreError::Connect { url: shown.to_owned(), source };
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        // A file does not go away as a server does.
        .test_before_acquire(false)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options.clone())
        .await
        .map_err(failed)?;
    let readers = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS_MAX)
        .test_before_acquire(false)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "ON"));
    Ok(Db::Sqlite { writer, readers })
}

/// Returns a URL that can be shown: the password of `postgres://user:password@host/…` is left out.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((authority, place)) = rest.rsplit_once('@') else { return url.to_owned() };
    let user = authority.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{place}")
}

/// One transaction for writing. Dropping it without [`Batch::commit`] undoes it.
#[derive(Debug)]
pub struct Batch {
    pub(crate) transaction: EngineTransaction,
    /// What is written down of the batch, to be appended when it is committed.
    pub(crate) audit: Vec<Entry>,
    /// Cases that the batch changed, to be numbered when it is committed.
    pub(crate) touched: BTreeSet<CaseId>,
}

#[derive(Debug)]
pub(crate) enum EngineTransaction {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Batch {
    /// Makes everything written in the batch durable, or nothing.
    ///
    /// Errors: the engine could not; then nothing of the batch is kept.
    pub async fn commit(mut self) -> Result<(), RecordError> {
        self.write_audit().await?;
        self.number_changes().await?;
        let attempt = RecordError::attempt("commit a transaction");
        match self.transaction {
            EngineTransaction::Sqlite(transaction) => transaction.commit().await.map_err(attempt),
            EngineTransaction::Postgres(transaction) => transaction.commit().await.map_err(attempt),
        }
    }

    /// Undoes everything written in the batch, at once rather than when it is dropped.
    ///
    /// Errors: the engine could not say that it did; nothing of the batch is kept all the same.
    pub async fn rollback(self) -> Result<(), RecordError> {
        let attempt = RecordError::attempt("roll back a transaction");
        match self.transaction {
            EngineTransaction::Sqlite(transaction) => transaction.rollback().await.map_err(attempt),
            EngineTransaction::Postgres(transaction) => {
                transaction.rollback().await.map_err(attempt)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(
            without_password("postgres://ana:se@cret@db:5432/x"),
            "postgres://ana@db:5432/x"
        );
        assert_eq!(without_password("postgres://db/x"), "postgres://db/x");
        assert_eq!(without_password("sqlite:/data/a@b.db"), "sqlite:/data/a@b.db");
    }
}
