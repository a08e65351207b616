//! What the commands on the record share: opening it, the clock, and telling what went wrong.

use std::{fmt, path::PathBuf, process::ExitCode};

use chrono::{DateTime, Utc};
use knowledge::Release;
use model::text::LocalizedText;
use store::{MigrateError, OpenStoreError, RecordError, Store};

/// Exit code when the command could not run.
pub(crate) const COULD_NOT_RUN: u8 = 2;
/// The record that is used where no other is named.
pub(crate) const DEFAULT_RECORD: &str = "sqlite:tsumugi.db";

/// Why a command could not run, in both languages.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) LocalizedText);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.0.ja, self.0.en)
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        tracing::debug!(?error, "the record failed");
        Self(error.explain())
    }
}

impl From<OpenStoreError> for Failure {
    fn from(error: OpenStoreError) -> Self {
        Self(error.explain())
    }
}

impl From<MigrateError> for Failure {
    fn from(error: MigrateError) -> Self {
        Self(error.explain())
    }
}

impl Failure {
    /// Makes a failure of the system around the program.
    pub(crate) fn system(ja: &str, en: &str, error: &dyn fmt::Display) -> Self {
        Self(LocalizedText::new(format!("{ja}({error})。"), format!("{en} ({error}).")))
    }
}

/// Ends a command: tells a failure on standard error and returns its exit code.
pub(crate) fn finish(outcome: Result<ExitCode, Failure>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// Returns the time. Commands read the clock here and pass it on.
#[expect(clippy::disallowed_methods, reason = "the command line is where the clock is read")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Reads a region's code, as ISO 3166 has it.
///
/// Errors: it has not two letters.
pub(crate) fn region(text: &str) -> Result<String, String> {
    let code = text.to_ascii_uppercase();
    let fits = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then_some(code).ok_or_else(|| "a code of two letters, such as JP".to_owned())
}

/// Makes the runtime that speaks with the record.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(
        |error| {
            Failure::system("処理を始められませんでした", "The command could not begin", &error)
        },
    )
}

/// Opens a record and brings it to this program's form, making it where there is none.
pub(crate) async fn open_and_migrate(url: &str) -> Result<Store, Failure> {
    let store = Store::open(url).await?;
    store.migrate(now()).await?;
    Ok(store)
}

/// Opens a record that must be there, in this program's form.
pub(crate) async fn open_existing(url: &str) -> Result<Store, Failure> {
    let store = Store::open_existing(url).await?;
    store.require_migrated().await?;
    Ok(store)
}

/// A knowledge release, built in or opened.
pub(crate) enum Knowledge {
    BuiltIn(&'static Release),
    Opened(Box<Release>),
}

impl Knowledge {
    /// Opens the release in a folder; without one takes the built-in release.
    pub(crate) fn open(folder: Option<&PathBuf>) -> Result<Self, Failure> {
        let Some(folder) = folder else { return Ok(Self::BuiltIn(Release::starter())) };
        match Release::open(folder) {
            Ok(release) => Ok(Self::Opened(Box::new(release))),
            Err(error) => Err(Failure(LocalizedText::new(
                format!("知識リリース {} を開けません({error})。", folder.display()),
                format!("The knowledge release {} cannot be opened ({error}).", folder.display()),
            ))),
        }
    }

    /// Returns the release for as long as the program runs.
    pub(crate) fn into_static(self) -> &'static Release {
        match self {
            Self::BuiltIn(release) => release,
            Self::Opened(release) => Box::leak(release),
        }
    }

    /// Returns the release.
    pub(crate) fn release(&self) -> &Release {
        match self {
            Self::BuiltIn(release) => release,
            Self::Opened(release) => release,
        }
    }
}
