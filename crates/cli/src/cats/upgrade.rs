//! `tsumugi cats upgrade`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use ingest::cats::{self, ReadOptions, Version};
use model::{
    problem::{Problem, Severity},
    text::Language,
};

use super::{
    ALL_VALID, SOME_INVALID, UNREADABLE,
    files::{self, FileBytes},
    show,
};

/// Arguments of `tsumugi cats upgrade`.
#[derive(Debug, clap::Args)]
pub(crate) struct Upgrade {
    /// File to upgrade.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Version to reach: 1.0.1, 1.1.0, 1.2.0, 1.2.1 or 1.3.0 (inferred, not official).
    #[arg(long, value_name = "VERSION")]
    to: Version,
    /// File to write; without it the outcome goes to standard output.
    #[arg(short, long, value_name = "OUT")]
    out: Option<PathBuf>,
    /// Language of messages: ja or en.
    #[arg(long, default_value = "ja")]
    lang: Language,
}

impl Upgrade {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let options = ReadOptions::default();
        let reading = match files::read(&self.file, options.max_bytes) {
            Ok(FileBytes::Whole(bytes)) => cats::read(&bytes, &options),
            Ok(FileBytes::TooLarge(bytes)) => cats::refuse_by_size(bytes, &options),
            Err(error) => {
                eprintln!("Error: {}: {error}", self.file.display());
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        let is_valid = reading.is_valid();
        let Some(document) = reading.value.filter(|_| is_valid) else {
            self.refuse(&reading.problems)?;
            return Ok(ExitCode::from(SOME_INVALID));
        };
        let upgraded = cats::upgrade(&document, self.to);
        if !upgraded.is_valid() {
            self.refuse(&upgraded.problems)?;
            return Ok(ExitCode::from(SOME_INVALID));
        }
        show::problems(&mut io::stderr().lock(), &upgraded.problems, self.lang)?;
        let bytes = upgraded.value.as_ref().map(cats::write).unwrap_or_default();
        if let Some(path) = &self.out {
            files::write(path, &bytes).with_context(|| format!("writing {}", path.display()))?;
        } else {
            crate::outcome::out().write_all(&bytes)?;
        }
        Ok(ExitCode::from(ALL_VALID))
    }

    /// Says why nothing was written.
    fn refuse(&self, problems: &[Problem]) -> io::Result<()> {
        let mut err = io::stderr().lock();
        let verdict = match self.lang {
            Language::Ja => "版を上げられません。何も書き出していません",
            Language::En => "not upgraded, nothing was written",
        };
        writeln!(err, "{}: {verdict}", self.file.display())?;
        let errors: Vec<Problem> =
            problems.iter().filter(|p| p.severity == Severity::Error).cloned().collect();
        show::problems(&mut err, &errors, self.lang)
    }
}
