//! `tsumugi db`.

use std::process::ExitCode;

/// Calls of `tsumugi db`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Db {}

impl Db {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not built yet")
    }
}
