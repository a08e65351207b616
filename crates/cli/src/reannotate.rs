//! `tsumugi reannotate`.

use std::{path::PathBuf, process::ExitCode};

use care::intake::reannotate_with;
use knowledge::AnnotateOptions;

use crate::{
    ingest::progress::Progress,
    record::{DEFAULT_RECORD, Failure, Knowledge, finish, now, open_existing, runtime},
};

/// Arguments of `tsumugi reannotate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Reannotate {
    /// The record: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
    db: String,
    /// Folder of a knowledge release; without it the built-in demonstration release
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Region whose approvals are "here": ISO 3166 code
    #[arg(long, value_name = "CODE", default_value = "JP", value_parser = crate::record::region)]
    home_region: String,
}

impl Reannotate {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(self.reannotate()))
    }

    fn reannotate(self) -> Result<ExitCode, Failure> {
        let knowledge = Knowledge::open(self.knowledge.as_ref())?;
        let release = knowledge.release();
        let runtime = runtime()?;
        let done = runtime.block_on(async {
            let store = open_existing(&self.db).await?;
            let pending = store.count_results_without_report(release.id()).await?;
            let mut progress = Progress::begin(pending, "件 results");
            let mut before = 0;
            let (version, home) = (env!("CARGO_PKG_VERSION"), self.home_region.clone());
            let options = AnnotateOptions { home };
            let done = reannotate_with(&store, release, version, &options, now, |done| {
                progress.add(done.results - before);
                before = done.results;
            })
            .await;
            progress.end();
            store.close().await;
            done.map_err(Failure::from)
        })?;
        println!("追加した報告書 reports added: {}", done.reports);
        Ok(ExitCode::SUCCESS)
    }
}
