//! `tsumugi restore`: a record as it was when its backup was made.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::ExitCode,
};

use model::text::LocalizedText;
use server::VAULT_KEY_FILE;
use store::{CopyRecordError, Store};

use crate::{
    backup::{
        archive::{ReadArchiveError, read_archive},
        keys,
        manifest::{Manifest, RECORD},
        part::{folder_beside, parent_of},
    },
    record::{Failure, finish, now, open_and_migrate, runtime},
    vault,
};

/// Exit code when the restored record is not whole.
const FOUND_SOMETHING: u8 = 1;

/// Arguments of `tsumugi restore`.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup
    file: PathBuf,
    /// The record to make: sqlite:FILE or postgres://…; there must be nothing in it
    #[arg(long, value_name = "URL")]
    into: String,
    /// Folder that gets the site's keys, where the backup holds them; no file is ever written over
    #[arg(long, value_name = "DIR")]
    keys_into: Option<PathBuf>,
}

impl Restore {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(self.restore()))
    }

    fn restore(self) -> Result<ExitCode, Failure> {
        let sqlite = self
            .into
            .strip_prefix("sqlite:")
            .map(|path| PathBuf::from(path.split('?').next().unwrap_or(path)));
        if let Some(path) = &sqlite {
            require_free(path)?;
        }
        let beside = sqlite.as_deref().unwrap_or(&self.file);
        let folder = folder_beside(beside)?;
        let manifest = read_archive(&self.file, folder.path())
            .map_err(|error| unusable(&self.file, &error))?;
        let held = manifest.keys();
        if let Some(keys_into) = &self.keys_into {
            keys::require_room(&held, keys_into)?;
        }
        let snapshot = folder.path().join(RECORD);
        let mut whole = runtime()?.block_on(async {
            examine(&snapshot, &manifest).await?;
            match &sqlite {
                Some(path) => put_file(&snapshot, path)?,
                None => fill(&snapshot, &self.into).await?,
            }
            let target = Store::open_existing(&self.into).await?;
            let whole = tell_check(&target).await;
            target.close().await;
            whole
        })?;
        match &self.keys_into {
            Some(keys_into) => {
                keys::put(&held, folder.path(), keys_into)?;
                println!("鍵 keys: {} → {}", held.join(", "), keys_into.display());
                if held.contains(&VAULT_KEY_FILE) {
                    whole &= runtime()?.block_on(opens(&self.into, keys_into))?;
                }
            }
            None if !held.is_empty() => eprintln!(
                "控えに鍵が入っていますが、戻していません(--keys-into)。\n\
                 The backup holds keys, which were not put anywhere (--keys-into)."
            ),
            None => {}
        }
        println!(
            "{} の控えを戻しました。 The backup of {} is restored into {}.",
            manifest.made_at.to_rfc3339(),
            manifest.made_at.to_rfc3339(),
            Shown(&self.into)
        );
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(FOUND_SOMETHING) })
    }
}

/// Tells whether the keys that came back open everything sealed that came back.
async fn opens(url: &str, keys: &Path) -> Result<bool, Failure> {
    let keys = server::read_vault_keys(keys).map_err(vault::unreadable)?;
    let store = Store::open_existing(url).await?;
    let proof = vault::prove(&store, &keys).await?;
    store.close().await;
    Ok(vault::tell_proof(&proof))
}

/// A URL without its password.
struct Shown<'a>(&'a str);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0.split_once("://"), self.0.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, place))) => write!(f, "{scheme}://…@{place}"),
            _ => f.write_str(self.0),
        }
    }
}

fn require_free(path: &Path) -> Result<(), Failure> {
    if path.try_exists().unwrap_or(true) {
        return Err(Failure(LocalizedText::new(
            format!(
                "{} は既にあります。上書きはしません。別の場所を指定するか、先に移してください。",
                path.display()
            ),
            format!(
                "{} is there already and is not written over: name another place, or move it away first.",
                path.display()
            ),
        )));
    }
    Ok(())
}

fn unusable(file: &Path, error: &ReadArchiveError) -> Failure {
    let shown = file.display();
    Failure(match error {
        ReadArchiveError::Read(cause) => LocalizedText::new(
            format!("控え {shown} を読めません({cause})。何も書いていません。"),
            format!("The backup {shown} cannot be read ({cause}). Nothing was written."),
        ),
        ReadArchiveError::Damaged => LocalizedText::new(
            format!(
                "控え {shown} は途中で切れているか、書き換えられています。何も書いていません。別の控えを使ってください。"
            ),
            format!(
                "The backup {shown} is cut off or altered. Nothing was written: use another backup."
            ),
        ),
        ReadArchiveError::Unknown => LocalizedText::new(
            format!(
                "{shown} は控えではないか、新しい版のプログラムの控えです。何も書いていません。"
            ),
            format!("{shown} is no backup, or one of a newer program. Nothing was written."),
        ),
    })
}

/// Makes sure that the record within the backup is what the manifest promises.
async fn examine(snapshot: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let store = Store::open_existing(&format!("sqlite:{}", snapshot.display())).await?;
    let rows = store.table_counts().await?;
    let same = rows == manifest.rows;
    if same {
        // A backup of an older program is brought to this program's form.
        store.migrate(now()).await?;
    }
    store.close().await;
    if same {
        return Ok(());
    }
    Err(Failure(LocalizedText::of(
        "控えの中の件数が、控えの目録と一致しません。何も書いていません。",
        "The rows in the backup are not those of its manifest. Nothing was written.",
    )))
}

/// Puts the record in its place, whole or not at all.
fn put_file(snapshot: &Path, path: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let (ja, en) = (
            format!("{} に書けませんでした", path.display()),
            format!("{} could not be written", path.display()),
        );
        Failure::system(&ja, &en, &error)
    };
    File::open(snapshot).and_then(|file| file.sync_all()).map_err(failed)?;
    std::fs::hard_link(snapshot, path).map_err(failed)?;
    File::open(parent_of(path)).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Copies the record into an empty database.
async fn fill(snapshot: &Path, url: &str) -> Result<(), Failure> {
    let empty = Store::open(url).await?;
    let found = empty.table_counts().await?;
    empty.close().await;
    let rows: u64 =
        found.iter().filter(|(name, _)| *name != "schema_migration").map(|(_, rows)| rows).sum();
    if rows > 0 {
        return Err(Failure(LocalizedText::of(
            "戻し先に既に記録があります。何も書いていません。空のデータベースを作って指定してください。",
            "There is something in the target already. Nothing was written: make an empty database and name it.",
        )));
    }
    let source = Store::open_existing(&format!("sqlite:{}", snapshot.display())).await?;
    let target = open_and_migrate(url).await?;
    let copied =
        source.copy_to(&target, |progress| eprintln!("{}: {}", progress.what, progress.rows)).await;
    let told = |error: CopyRecordError| Failure(error.explain());
    copied.map_err(told)?;
    source.require_same_tables(&target).await.map_err(told)?;
    source.close().await;
    target.close().await;
    Ok(())
}

async fn tell_check(target: &Store) -> Result<bool, Failure> {
    let report = target.check().await?;
    for finding in &report.findings {
        println!("{}: {}\n  {}", finding.code, finding.message.ja, finding.message.en);
    }
    // The signatures are verified by `tsumugi audit verify`, which has the site's key; the record alone shows
    // whether an entry was altered, removed or moved.
    let audit = target.verify_audit(None, Vec::new()).await?;
    for flaw in &audit.flaws {
        let text = flaw.explain();
        println!("{}: {}\n  {}", flaw.code(), text.ja, text.en);
    }
    println!("監査記録 audit entries: {}", audit.entries);
    let whole = report.findings.is_empty() && audit.is_whole();
    if whole {
        println!("異常はありません。 Everything is whole.");
    }
    Ok(whole)
}
