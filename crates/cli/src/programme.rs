//! `tsumugi programme`: the registry of hospitals, laboratories and panels as CSV tables.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use access::{Action, audit::Entry};
use ingest::programme_csv::{self, CsvTable, Merging, ProgrammeTable};
use model::problem::{Problem, Severity, has_error};

use crate::record::{
    DEFAULT_RECORD, Failure, finish, now, open_and_migrate, open_existing, runtime,
};

/// Exit code when a table has errors; then nothing was recorded.
const HAS_ERRORS: u8 = 1;

/// Calls of `tsumugi programme`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Programme {
    /// Read tables into the registry: all of them or, when one has an error, none.
    ///
    /// Which table a file is, its header says (see examples/programme). Reading the same files again changes
    /// nothing. Exit code 0: recorded; 1: a table has errors; 2: could not run.
    Import {
        /// CSV files, in any order
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The record: sqlite:FILE or postgres://…
        #[arg(long = "database", alias = "db", value_name = "URL", default_value = DEFAULT_RECORD)]
        database: String,
        /// Folder of a demo's record, instead of a URL
        #[arg(long, value_name = "DIR", conflicts_with = "database")]
        data: Option<PathBuf>,
    },
    /// Write every table of the registry into a folder.
    Export {
        /// Folder; made where there is none, and files of the same names are replaced
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The record: sqlite:FILE or postgres://…
        #[arg(long = "database", alias = "db", value_name = "URL", default_value = DEFAULT_RECORD)]
        database: String,
        /// Folder of a demo's record, instead of a URL
        #[arg(long, value_name = "DIR", conflicts_with = "database")]
        data: Option<PathBuf>,
    },
}

impl Programme {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let outcome = match self {
            Self::Import { files, database, data } => {
                import(&files, &url(database, data.as_deref()))
            }
            Self::Export { folder, database, data } => {
                export(&folder, &url(database, data.as_deref()))
            }
        };
        Ok(finish(outcome))
    }
}

fn url(database: String, data: Option<&Path>) -> String {
    data.map_or(database, |data| {
        format!("sqlite:{}", data.join(crate::demo::RECORD_FILE).display())
    })
}

fn import(files: &[PathBuf], url: &str) -> Result<ExitCode, Failure> {
    let mut errors = false;
    let mut tables = Vec::new();
    for file in files {
        let bytes = fs::read(file).map_err(|error| unreadable(file, &error))?;
        let reading = programme_csv::read(&bytes);
        errors |= has_error(&reading.problems);
        tell(file, &reading.problems);
        tables.extend(reading.value.map(|table| (file, table)));
    }
    // What is referred to comes first.
    tables.sort_by_key(|(_, table): &(&PathBuf, CsvTable)| table.table);
    runtime()?.block_on(async {
        let store = open_and_migrate(url).await?;
        let mut merging = Merging::onto(store.registry().await?);
        let mut rows = 0;
        for (file, table) in &tables {
            let problems = merging.merge(table);
            errors |= has_error(&problems);
            tell(file, &problems);
            rows += table.row_count();
        }
        if errors {
            println!(
                "誤りがあるため、何も記録していません。 There are errors: nothing was recorded."
            );
            return Ok(ExitCode::from(HAS_ERRORS));
        }
        let mut batch = store.begin().await?;
        let at = now();
        let changes = batch.record_registry(&merging.finish(), None, at).await?;
        if changes.inserted + changes.revised > 0 {
            let entry = Entry::by_system(at, "tsumugi programme import", Action::ManageProgramme)
                .with_detail(&format!("{} new, {} revised", changes.inserted, changes.revised));
            batch.append_audit(&entry).await?;
        }
        batch.commit().await?;
        store.close().await;
        println!(
            "行 rows: {rows}  新規 new: {}  改訂 revised: {}  変更なし unchanged: {}",
            changes.inserted, changes.revised, changes.unchanged
        );
        Ok(ExitCode::SUCCESS)
    })
}

fn export(folder: &Path, url: &str) -> Result<ExitCode, Failure> {
    let registry = runtime()?.block_on(async {
        let store = open_existing(url).await?;
        let registry = store.registry().await?;
        store.close().await;
        Ok::<_, Failure>(registry)
    })?;
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for table in ProgrammeTable::ALL {
        let file = folder.join(table.file_name());
        let written =
            programme_csv::write(&registry, table).and_then(|bytes| fs::write(&file, bytes));
        written.map_err(|error| unwritable(&file, &error))?;
        println!("{}", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(file: &Path, problems: &[Problem]) {
    for problem in problems {
        let word = match problem.severity {
            Severity::Error => "誤り error",
            Severity::Warning => "注意 warning",
            Severity::Note => "参考 note",
        };
        let line = problem.place.line.map(|line| format!(":{line}")).unwrap_or_default();
        let column = problem.place.column.map(|column| format!(":{column}")).unwrap_or_default();
        println!("{}{line}{column}: {word} [{}]", file.display(), problem.code);
        println!("  {}\n  → {}", problem.message.ja, problem.remedy.ja);
        println!("  {}\n  → {}", problem.message.en, problem.remedy.en);
    }
}

fn unreadable(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    let name = file.display();
    Failure::system(&format!("{name} を読めません"), &format!("{name} cannot be read"), error)
}

fn unwritable(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    let name = file.display();
    Failure::system(&format!("{name} に書けません"), &format!("{name} cannot be written"), error)
}
