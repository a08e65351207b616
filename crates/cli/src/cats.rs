//! `tsumugi cats`.

use std::process::ExitCode;

/// Calls of `tsumugi cats`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Cats {}

impl Cats {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not built yet")
    }
}
