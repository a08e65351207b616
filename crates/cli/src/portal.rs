//! `tsumugi portal`: the portal's two CSV files.

use std::{path::Path, process::ExitCode};

use ingest::{
    portal_csv::{self, PortalFile, ReadOptions},
    reading::Reading,
};

use crate::cats::files::{self, FileBytes};

mod check;
mod example;
mod rewrite;

/// Calls of `tsumugi portal`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Portal {
    /// Check the case CSV, the report CSV or both: form, single values, what values mean together, completeness.
    ///
    /// Exit status: 0 when nothing is wrong, 1 when something is (warnings alone do not count), 2 when a file
    /// could not be read.
    Check(check::Check),
    /// Read a file into records and write it again, with the same cells in the same order.
    ///
    /// Exit status: 0 when every cell is the same, 1 when the file is none of the portal's, 2 when it could
    /// not be read.
    Rewrite(rewrite::Rewrite),
    /// Write a case CSV of synthetic patients.
    Example(example::Example),
}

impl Portal {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check(check) => check.run(),
            Self::Rewrite(rewrite) => rewrite.run(),
            Self::Example(example) => example.run(),
        }
    }
}

/// Reads a file within the limit of its size.
pub(crate) fn read(path: &Path, options: &ReadOptions) -> std::io::Result<Reading<PortalFile>> {
    Ok(match files::read(path, options.max_bytes)? {
        FileBytes::Whole(bytes) => portal_csv::read(&bytes, options),
        FileBytes::TooLarge(bytes) => portal_csv::refuse_by_size(bytes, options),
    })
}
