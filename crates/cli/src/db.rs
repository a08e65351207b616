//! `tsumugi db`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    record::{DEFAULT_RECORD, Failure, finish, open_and_migrate, open_existing, runtime},
    vault,
};

/// Exit code when a check found something.
const FOUND_SOMETHING: u8 = 1;

/// Calls of `tsumugi db`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Db {
    /// Bring a record to this program's form, making it where there is none.
    Migrate {
        /// The record: sqlite:FILE or postgres://…
        #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
        db: String,
    },
    /// Check that everything in a record is whole.
    ///
    /// Exit code 0: whole; 1: something is wrong; 2: could not run.
    Check {
        /// The record: sqlite:FILE or postgres://…
        #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
        db: String,
        /// Folder with the vault's key file: prove that it opens every hospital's key and every sealed identifier
        #[arg(long, value_name = "DIR")]
        keys: Option<PathBuf>,
    },
    /// Copy a record into another, of either engine; can be ended at any moment and run again.
    Copy {
        /// The record to copy: sqlite:FILE or postgres://…
        #[arg(long, value_name = "URL")]
        from: String,
        /// The record to copy into; it is made where there is none
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

impl Db {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let outcome = match self {
            Self::Migrate { db } => migrate(&db),
            Self::Check { db, keys } => check(&db, keys.as_deref()),
            Self::Copy { from, to } => copy(&from, &to),
        };
        Ok(finish(outcome))
    }
}

fn migrate(url: &str) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let store = store::Store::open(url).await?;
        let migrated = store.migrate(crate::record::now()).await?;
        store.close().await;
        for name in &migrated.applied {
            println!("適用した移行 applied: {name}");
        }
        if migrated.applied.is_empty() {
            println!("記録は最新の形です。 The record has this program's form already.");
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn check(url: &str, keys: Option<&Path>) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let keys = keys.map(server::read_vault_keys).transpose().map_err(vault::unreadable)?;
        let store = open_existing(url).await?;
        let report = store.check().await?;
        let proof = match &keys {
            Some(keys) => Some(vault::prove(&store, keys).await?),
            None => None,
        };
        store.close().await;
        for finding in &report.findings {
            println!("{}: {}\n  {}", finding.code, finding.message.ja, finding.message.en);
        }
        if report.findings_left_out > 0 {
            let left_out = report.findings_left_out;
            println!("他 {left_out} 件 / and {left_out} more");
        }
        println!(
            "症例 cases: {}  改訂 revisions: {}  原本 originals: {}  結果 results: {}  報告書 reports: {}  知識リリース releases: {}  監査記録 audit entries: {}  登録簿 registry: {}",
            report.counts.cases,
            report.counts.revisions,
            report.counts.originals,
            report.counts.results,
            report.counts.reports,
            report.counts.releases,
            report.counts.audit_entries,
            report.counts.registry_revisions,
        );
        let opens = proof.as_ref().is_none_or(vault::tell_proof);
        if report.findings.is_empty() && opens {
            println!("異常はありません。 Everything is whole.");
            Ok(ExitCode::SUCCESS)
        } else {
            Ok(ExitCode::from(FOUND_SOMETHING))
        }
    })
}

fn copy(from: &str, to: &str) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let source = open_existing(from).await?;
        let target = open_and_migrate(to).await?;
        let summary = source
            .copy_to(&target, |progress| eprintln!("{}: {}", progress.what, progress.rows))
            .await
            .map_err(|error| Failure(error.explain()))?;
        source.close().await;
        target.close().await;
        println!(
            "写した件数 copied: {}  写し先に既にあった件数 already there: {}",
            summary.copied, summary.already_there
        );
        println!("写しは元と同じ内容です。 The copy says the same as the original.");
        Ok(ExitCode::SUCCESS)
    })
}
