//! `tsumugi demo`.

use std::process::ExitCode;

/// Arguments of `tsumugi demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {}

impl Demo {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not built yet")
    }
}
