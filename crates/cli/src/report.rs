//! `tsumugi report`.

use std::process::ExitCode;

/// Arguments of `tsumugi report`.
#[derive(Debug, clap::Args)]
pub(crate) struct Report {}

impl Report {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not built yet")
    }
}
