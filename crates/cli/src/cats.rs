//! `tsumugi cats`: the national result format.

use std::process::ExitCode;

mod convert;
pub(crate) mod files;
mod from_cbioportal;
pub(crate) mod show;
mod upgrade;
mod validate;

/// Calls of `tsumugi cats`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Cats {
    /// Check files against the rules of their own version, and what their values mean.
    ///
    /// Exit status: 0 when every file is valid, 1 when some are not, 2 when some could not be read.
    Validate(validate::Validate),
    /// Bring a file to a newer version.
    ///
    /// Exit status: 0 when it was done, 1 when the file or the outcome is not valid, 2 when it could not be read.
    Upgrade(upgrade::Upgrade),
    /// Convert a file to VCF, BED, BEDPE, JSON or a cBioPortal study, all files or none.
    ///
    /// Exit status: 0 when it was done, 1 when the file is not valid or on the wrong assembly, 2 when it, or
    /// a file that helps, could not be read.
    Convert(convert::Convert),
    /// Make a CATS file of a cBioPortal study.
    ///
    /// Exit status: 0 when it was done, 1 when something was left out or the outcome breaks rules of CATS,
    /// 2 when the study could not be read.
    FromCbioportal(from_cbioportal::FromCbioportal),
}

impl Cats {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Validate(validate) => validate.run(),
            Self::Upgrade(upgrade) => upgrade.run(),
            Self::Convert(convert) => convert.run(),
            Self::FromCbioportal(from) => from.run(),
        }
    }
}

/// Exit status when every file is as it should be.
pub(crate) const ALL_VALID: u8 = 0;
/// Exit status when some file breaks a rule.
pub(crate) const SOME_INVALID: u8 = 1;
/// Exit status when some file, or a file that helps, could not be read.
pub(crate) const UNREADABLE: u8 = 2;
