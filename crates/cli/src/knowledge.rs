//! `tsumugi knowledge`.

use std::process::ExitCode;

/// Calls of `tsumugi knowledge`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Knowledge {}

impl Knowledge {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not built yet")
    }
}
