//! `tsumugi backup`: everything of a record in one file, while the site goes on.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use model::text::LocalizedText;
use store::Store;

use crate::record::{Failure, finish, now, open_existing, runtime};

pub(crate) mod archive;
pub(crate) mod manifest;
pub(crate) mod part;

use archive::write_archive;
use manifest::Manifest;

/// Arguments of `tsumugi backup`.
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// Which record
    #[command(flatten)]
    record: WhichRecord,
    /// File to make, such as tsumugi-2026-11-26.tar.zst; it must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The record of a command: named by a URL, or by a site's configuration.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhichRecord {
    /// The record: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// A site's configuration file, which says where the record is
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl WhichRecord {
    /// Returns the record's URL.
    ///
    /// Errors: the configuration has errors.
    pub(crate) fn url(&self) -> Result<String, Failure> {
        let Some(path) = &self.config else { return Ok(self.db.clone().unwrap_or_default()) };
        let unusable = |error: &dyn std::fmt::Display| {
            Failure::system("設定ファイルを使えません", "The configuration cannot be used", error)
        };
        match crate::serve::open_config(path) {
            Ok(Some(config)) => crate::serve::record_url(&config),
            Ok(None) => Err(unusable(&"see above")),
            Err(error) => Err(unusable(&format!("{error:#}"))),
        }
    }
}

impl Backup {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(self.back_up()))
    }

    fn back_up(self) -> Result<ExitCode, Failure> {
        if self.out.try_exists().unwrap_or(true) {
            return Err(Failure(LocalizedText::new(
                format!("{} は既にあります。別の名前にしてください。", self.out.display()),
                format!("{} is there already: choose another name.", self.out.display()),
            )));
        }
        let url = self.record.url()?;
        let (manifest, digest) = runtime()?.block_on(async {
            let store = open_existing(&url).await?;
            let made = make(&store, &self.out).await;
            store.close().await;
            made
        })?;
        let rows: u64 = manifest.rows.values().sum();
        println!("控えを作りました。 The backup is made: {}", self.out.display());
        println!("表 tables: {}  行 rows: {rows}  sha256: {digest}", manifest.rows.len());
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes the file, whole or not at all.
async fn make(store: &Store, out: &Path) -> Result<(Manifest, String), Failure> {
    let folder = part::folder_beside(out)?;
    let record = folder.path().join(manifest::RECORD);
    let made_at = now();
    store
        .snapshot_into(&record, made_at, |progress| {
            eprintln!("{}: {}", progress.what, progress.rows);
        })
        .await
        .map_err(|error| Failure(error.explain()))?;
    // What is promised is what the file says when it is opened again.
    let snapshot = open_existing(&format!("sqlite:{}", record.display())).await?;
    let rows = snapshot.table_counts().await?;
    snapshot.close().await;
    let engine = match store.engine() {
        store::Engine::Sqlite => "sqlite",
        store::Engine::Postgres => "postgres",
    };
    let digest = manifest::file_of(&record, manifest::RECORD)
        .map_err(|error| failed_to_write(out, &error))?;
    let manifest = Manifest::new(made_at, engine, rows, vec![digest]);
    let digest = write_archive(&manifest, folder.path(), out)
        .map_err(|error| failed_to_write(out, &error))?;
    Ok((manifest, digest))
}

fn failed_to_write(out: &Path, error: &std::io::Error) -> Failure {
    Failure(LocalizedText::new(
        format!(
            "控え {} を書けませんでした({error})。途中のファイルは残していません。",
            out.display()
        ),
        format!(
            "The backup {} could not be written ({error}). Nothing half made is left.",
            out.display()
        ),
    ))
}
