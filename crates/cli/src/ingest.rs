//! `tsumugi ingest`.

use std::process::ExitCode;

/// Arguments of `tsumugi ingest`.
#[derive(Debug, clap::Args)]
pub(crate) struct Ingest {}

impl Ingest {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not built yet")
    }
}
