//! `tsumugi backup`: everything of a record in one file, while the site goes on.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use model::text::LocalizedText;
use store::Store;

use crate::{
    record::{Failure, finish, now, open_existing, runtime},
    vault,
};

pub(crate) mod archive;
pub(crate) mod keys;
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
    /// Put the site's keys into the backup too: whoever reads it can then open who patients are
    #[arg(long)]
    with_keys: bool,
    /// The folder with the keys, where the record is named by --db; a configuration file says it itself
    #[arg(long, value_name = "DIR", default_value = "tsumugi-data")]
    data: PathBuf,
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
    /// Returns the record's URL, and the folder of the site's keys where a configuration says it.
    ///
    /// Errors: the configuration has errors.
    pub(crate) fn url_and_keys(&self) -> Result<(String, Option<PathBuf>), Failure> {
        let Some(path) = &self.config else {
            return Ok((self.db.clone().unwrap_or_default(), None));
        };
        let unusable = |error: &dyn std::fmt::Display| {
            Failure::system("設定ファイルを使えません", "The configuration cannot be used", error)
        };
        match crate::serve::open_config(path) {
            Ok(Some(config)) => {
                Ok((crate::serve::record_url(&config)?, Some(config.keys.folder.clone())))
            }
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
        let (url, keys) = self.record.url_and_keys()?;
        let keys = self.with_keys.then(|| keys.unwrap_or(self.data));
        let (manifest, digest) = runtime()?.block_on(async {
            let store = open_existing(&url).await?;
            let made = make(&store, &self.out, keys.as_deref()).await;
            store.close().await;
            made
        })?;
        let rows: u64 = manifest.rows.values().sum();
        println!("控えを作りました。 The backup is made: {}", self.out.display());
        println!("表 tables: {}  行 rows: {rows}  sha256: {digest}", manifest.rows.len());
        let held = manifest.keys();
        if !held.is_empty() {
            eprintln!(
                "注意: この控えには鍵が入っています({})。読める人は患者さんが誰かを知り、監査記録に署名できます。\
                 ほかの控えとは別に、鍵のかかる場所に保管してください。\n\
                 Warning: this backup holds the site's keys ({}). Whoever reads it can open who patients are and \
                 sign the audit log: keep it apart from other backups, under lock and key.",
                held.join("、"),
                held.join(", ")
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes the file, whole or not at all.
async fn make(
    store: &Store,
    out: &Path,
    keys: Option<&Path>,
) -> Result<(Manifest, String), Failure> {
    let folder = part::folder_beside(out)?;
    // No key is changed between taking the keys and reading the record that they open.
    let _lock = keys.map(vault::lock_out_changes).transpose()?;
    let keys = keys.map(|from| keys::take(from, folder.path())).transpose()?.unwrap_or_default();
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
    let names = std::iter::once(manifest::RECORD).chain(keys);
    let files = names.map(|name| manifest::file_of(&folder.path().join(name), name));
    let files = files.collect::<Result<_, _>>().map_err(|error| failed_to_write(out, &error))?;
    let manifest = Manifest::new(made_at, engine, rows, files);
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
