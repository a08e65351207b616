//! `tsumugi knowledge`: releases of evidence.

use std::process::ExitCode;

mod build;
mod diff;
mod show;

/// Calls of `tsumugi knowledge`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Knowledge {
    /// Build a release of source files.
    ///
    /// Exit status: 0 when it was built, 1 when --strict is given and a source has broken lines (nothing is
    /// written then), 2 when a file could not be read or written.
    Build(Box<build::Build>),
    /// Show a release: its sources with version, licence and digest, and what is in it.
    Show(show::Show),
    /// Show what changed from one release to another. Exit status: 0 when nothing did, 1 when something did.
    Diff(diff::Diff),
}

impl Knowledge {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let outcome = match self {
            Self::Build(build) => build.run(),
            Self::Show(show) => show.run(),
            Self::Diff(diff) => diff.run(),
        };
        outcome.or_else(|error| {
            // Who reads through `head` has seen enough.
            let cause = error.root_cause().downcast_ref::<std::io::Error>();
            if cause.is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe) {
                return Ok(ExitCode::SUCCESS);
            }
            eprintln!("tsumugi knowledge: {error:#}");
            Ok(ExitCode::from(2))
        })
    }
}
