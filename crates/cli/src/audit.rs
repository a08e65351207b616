//! `tsumugi audit`: the audit log, verified and proved without the server.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

mod check_proof;
mod export;
pub(crate) mod files;
mod prove;
mod verify;

pub(crate) use files::AuditFiles;
use model::text::LocalizedText;
use server::AuditLog;
use store::Store;

use crate::record::{Failure, finish, open_existing, runtime};

/// Name of the record within a data folder.
const RECORD_FILE: &str = "record.sqlite";

/// Calls of `tsumugi audit`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Audit {
    /// Verify that nothing of the log was altered, removed, reordered or cut off.
    ///
    /// Exit code 0: whole; 1: tampered; 2: could not be read.
    Verify(verify::Verify),
    /// Make a proof that entries are in the log, to be handed out.
    Prove(prove::Prove),
    /// Check a proof that was handed out; needs nothing but the file and the programme's public key.
    ///
    /// Exit code 0: it holds; 1: it proves nothing; 2: could not be read.
    CheckProof(check_proof::CheckProof),
    /// Write the whole log with its signed heads into a file that can be verified anywhere.
    Export(export::Export),
    /// Print the public key by which heads are verified, making the key where there is none.
    Key {
        /// The data folder
        #[arg(long, value_name = "DIR", default_value = "tsumugi-data")]
        data: PathBuf,
    },
    /// Sign a head over the log as it is now.
    Sign(Place),
}

/// Where the log lies.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Place {
    /// The data folder: the record, unless --database names another, the key and the heads
    #[arg(long, value_name = "DIR", default_value = "tsumugi-data")]
    data: PathBuf,
    /// The record: sqlite:FILE or postgres://…
    #[arg(long, visible_alias = "db", value_name = "URL")]
    database: Option<String>,
}

impl Place {
    fn files(&self) -> AuditFiles {
        AuditFiles::in_folder(&self.data)
    }

    async fn open(&self) -> Result<Store, Failure> {
        let own = || format!("sqlite:{}", self.data.join(RECORD_FILE).display());
        open_existing(&self.database.clone().unwrap_or_else(own)).await
    }

    /// Opens the log for signing, with the key of the data folder.
    async fn open_to_sign(&self) -> Result<(Store, AuditLog), Failure> {
        let store = self.open().await?;
        let log = AuditLog::new(store.clone(), std::sync::Arc::new(crate::record::now));
        self.files().sign(&log)?;
        Ok((store, log))
    }
}

impl Audit {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let outcome = match self {
            Self::Verify(verify) => verify.run(),
            Self::Prove(prove) => prove.run(),
            Self::CheckProof(check) => check.run(),
            Self::Export(export) => export.run(),
            Self::Key { data } => print_key(&data),
            Self::Sign(place) => sign(&place),
        };
        Ok(finish(outcome))
    }
}

fn print_key(data: &Path) -> Result<ExitCode, Failure> {
    let key = AuditFiles::in_folder(data).key()?.public();
    println!("{}", key.to_text().trim_end());
    Ok(ExitCode::SUCCESS)
}

fn sign(place: &Place) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let (store, log) = place.open_to_sign().await?;
        let head = log.sign_head().await.map_err(|error| sign_failed(&error))?;
        store.close().await;
        if let Some(head) = head {
            println!("{} 件まで署名しました。 Signed over {0} entries: {}", head.size, head.root);
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Tells why a head could not be signed.
fn sign_failed(error: &server::SignHeadError) -> Failure {
    let because = std::error::Error::source(error);
    let because = because.map_or_else(|| error.to_string(), ToString::to_string);
    Failure::system("署名できませんでした", "The head could not be signed", &because)
}

/// Tells that a file could not be read or written.
fn file_failed(ja: &str, en: &str, path: &Path, error: &dyn std::fmt::Display) -> Failure {
    let path = path.display();
    Failure(LocalizedText::new(
        format!("{path} {ja}({error})。"),
        format!("{path} {en} ({error})."),
    ))
}
