//! Migrations: twin folders of the same numbers and names, each one transaction.

use chrono::{DateTime, Utc};
use model::text::LocalizedText;

use crate::{
    db::{Batch, Engine, Store, on_batch, on_readers},
    error::{Cause, RecordError},
    identifier::{digest_of, to_milliseconds},
};

/// One step of the record's form, for both engines.
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// Every migration in order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    // One a line, in the order of their numbers.
    migration!(1, "0001_record"),
    migration!(2, "0002_people"),
    migration!(3, "0003_audit"),
    migration!(4, "0004_programme"),
    migration!(5, "0005_consent"),
    migration!(6, "0006_case_record"),
    migration!(7, "0007_order"),
    migration!(8, "0008_identifier"),
    migration!(9, "0009_case_change"),
    migration!(10, "0010_research"),
    migration!(11, "0011_saved_cohort"),
    migration!(12, "0012_counts"),
    migration!(13, "0013_vault_rotation"),
];

/// Marks a SQLite file as a record of this programme: `TSMG`.
const APPLICATION_ID: i64 = 0x5453_4d47;
/// Keeps two processes from migrating the same PostgreSQL database at once.
const ADVISORY_LOCK: i64 = 0x5453_4d47_0000_0001;

/// Why a record could not be brought to the program's form.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The record was written by a newer program.
    #[error("the record has migration {found}, this program knows up to {known}")]
    Newer {
        /// Newest migration in the record.
        found: i64,
        /// Newest migration in the program.
        known: i64,
    },
    /// A migration that was applied is not the one in this program.
    #[error("migration {name} was applied in another wording")]
    Altered {
        /// The migration.
        name: String,
    },
    /// The SQLite file belongs to another program.
    #[error("the database belongs to another program (application id {found})")]
    Foreign {
        /// The file's application id.
        found: i64,
    },
    /// The record has not been migrated, or not to the end.
    #[error("the record has migration {found}, this program needs {known}")]
    Older {
        /// Newest migration in the record; 0 for none.
        found: i64,
        /// Newest migration in the program.
        known: i64,
    },
    /// A migration failed; nothing of it was kept.
    #[error("could not apply migration {name}")]
    Apply {
        /// The migration.
        name: &'static str,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
    /// The engine failed.
    #[error("could not read which migrations were applied")]
    Record(#[from] RecordError),
}

impl MigrateError {
    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::Newer { found, known } => LocalizedText::new(
                format!(
                    "この記録は新しい版のプログラムで作られています(移行番号 {found}、このプログラムは {known} まで)。プログラムを更新してください。"
                ),
                format!(
                    "The record was written by a newer program (migration {found}; this program knows up to {known}): update the program."
                ),
            ),
            Self::Altered { name } => LocalizedText::new(
                format!(
                    "記録に適用された移行「{name}」が、このプログラムのものと一致しません。別のプログラムの記録でないか確かめてください。"
                ),
                format!(
                    "The migration “{name}” in the record is not the one in this program: check that it is the right record."
                ),
            ),
            Self::Foreign { .. } => LocalizedText::of(
                "このデータベースは別のプログラムのものです。場所を確かめてください。",
                "This database belongs to another program: check the place.",
            ),
            Self::Older { found, known } => LocalizedText::new(
                format!(
                    "記録の形が古いか、まだ作られていません(移行番号 {found}、必要なのは {known})。tsumugi db migrate を実行してください。"
                ),
                format!(
                    "The record's form is older than this program's, or not made yet (migration {found}, {known} needed): run `tsumugi db migrate`."
                ),
            ),
            Self::Apply { name, source } => {
                let because = Cause::of(source).explain(source);
                LocalizedText::new(
                    format!(
                        "移行「{name}」を適用できませんでした。記録は元のままです。{}",
                        because.ja
                    ),
                    format!(
                        "The migration “{name}” could not be applied; the record is as it was. {}",
                        because.en
                    ),
                )
            }
            Self::Record(error) => error.explain(),
        }
    }
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Names of the migrations that were applied now.
    pub applied: Vec<&'static str>,
    /// Number of the record's newest migration.
    pub newest: i64,
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (\
     number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at TEXT NOT NULL)";

impl Migration {
    pub(crate) fn sql(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

impl Store {
    /// Brings the record to this program's form. Running it again does nothing.
    ///
    /// Errors: the record is newer than the program, belongs to another, or a migration fails; a failed
    /// migration leaves nothing behind.
    pub async fn migrate(&self, now: DateTime<Utc>) -> Result<Migrated, MigrateError> {
        let mut batch = self.begin().await?;
        self.lock_migrations(&mut batch).await?;
        let applied = applied_in(&mut batch, self.engine()).await?;
        compare(&applied, self.engine(), false)?;
        batch.commit().await?;

        let mut names = Vec::new();
        let is_applied = |wanted: i64| applied.iter().any(|(number, ..)| *number == wanted);
        for migration in MIGRATIONS.iter().filter(|migration| !is_applied(migration.number)) {
            let mut step = self.begin().await?;
            self.lock_migrations(&mut step).await?;
            // Another process may have come first.
            let there = applied_in(&mut step, self.engine()).await?;
            if there.iter().any(|(number, ..)| *number == migration.number) {
                step.rollback().await?;
                continue;
            }
            apply(&mut step, migration, self.engine(), now).await?;
            step.commit().await?;
            names.push(migration.name);
        }
        let newest = MIGRATIONS.last().map_or(0, |migration| migration.number);
        Ok(Migrated { applied: names, newest })
    }

    /// Makes sure that the record has exactly this program's form, without changing anything.
    ///
    /// Errors: it is newer, older, altered, or the engine fails.
    pub async fn require_migrated(&self) -> Result<(), MigrateError> {
        const SQL: &str = "SELECT number, name, digest FROM schema_migration ORDER BY number";
        let rows: Result<Vec<(i64, String, String)>, _> =
            on_readers!(self, |pool| sqlx::query_as(SQL).fetch_all(pool).await);
        let applied = match rows {
            Ok(rows) => rows,
            Err(source) if Cause::of(&source) == Cause::NotMigrated => Vec::new(),
            Err(source) => {
                return Err(RecordError::attempt("read the migrations")(source).into());
            }
        };
        compare(&applied, self.engine(), true)
    }

    async fn lock_migrations(&self, batch: &mut Batch) -> Result<(), MigrateError> {
        // SQLite's transaction holds the only write lock already.
        if self.engine() == Engine::Postgres {
            on_batch!(batch, |connection| {
                sqlx::query("SELECT pg_advisory_xact_lock($1)")
                    .bind(ADVISORY_LOCK)
                    .execute(connection)
                    .await
                    .map(drop)
            })
            .map_err(RecordError::attempt("lock the migrations"))?;
        }
        Ok(())
    }
}

async fn applied_in(
    batch: &mut Batch,
    engine: Engine,
) -> Result<Vec<(i64, String, String)>, MigrateError> {
    let attempt = RecordError::attempt("read the migrations");
    if engine == Engine::Sqlite {
        let found: i64 = on_batch!(batch, |connection| {
            sqlx::query_scalar("PRAGMA application_id").fetch_one(connection).await
        })
        .map_err(attempt)?;
        if found != 0 && found != APPLICATION_ID {
            return Err(MigrateError::Foreign { found });
        }
        on_batch!(batch, |connection| {
            sqlx::query("PRAGMA application_id = 1414745415").execute(connection).await.map(drop)
        })
        .map_err(attempt)?;
    }
    on_batch!(batch, |connection| sqlx::query(TABLE).execute(connection).await.map(drop))
        .map_err(attempt)?;
    let rows = on_batch!(batch, |connection| {
        sqlx::query_as("SELECT number, name, digest FROM schema_migration ORDER BY number")
            .fetch_all(connection)
            .await
    })
    .map_err(attempt)?;
    Ok(rows)
}

fn compare(
    applied: &[(i64, String, String)],
    engine: Engine,
    complete: bool,
) -> Result<(), MigrateError> {
    let known = MIGRATIONS.last().map_or(0, |migration| migration.number);
    for (number, name, digest) in applied {
        let Some(migration) = MIGRATIONS.iter().find(|migration| migration.number == *number)
        else {
            return Err(MigrateError::Newer { found: *number, known });
        };
        if digest_of(migration.sql(engine).as_bytes()).0 != *digest {
            return Err(MigrateError::Altered { name: name.clone() });
        }
    }
    let found = applied.last().map_or(0, |(number, ..)| *number);
    if complete && applied.len() != MIGRATIONS.len() {
        return Err(MigrateError::Older { found, known });
    }
    Ok(())
}

async fn apply(
    batch: &mut Batch,
    migration: &'static Migration,
    engine: Engine,
    now: DateTime<Utc>,
) -> Result<(), MigrateError> {
    const RECORD: &str =
        "INSERT INTO schema_migration (number, name, digest, applied_at) VALUES ($1, $2, $3, $4)";
    let failed = |source| MigrateError::Apply { name: migration.name, source };
    let sql = migration.sql(engine);
    on_batch!(batch, |connection| sqlx::raw_sql(sql).execute(connection).await.map(drop))
        .map_err(failed)?;
    on_batch!(batch, |connection| {
        sqlx::query(RECORD)
            .bind(migration.number)
            .bind(migration.name)
            .bind(digest_of(sql.as_bytes()).0)
            .bind(to_milliseconds(now).to_rfc3339())
            .execute(connection)
            .await
            .map(drop)
    })
    .map_err(failed)
}
