//! `tsumugi cats from-cbioportal`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use ingest::{
    cats::{self, ReadOptions},
    cbioportal::{ReadStudyOptions, read_study},
};
use model::{
    genome::Assembly,
    problem::{Severity, has_error},
    text::Language,
};

use super::{ALL_VALID, SOME_INVALID, UNREADABLE, files, show};

/// Arguments of `tsumugi cats from-cbioportal`.
#[derive(Debug, clap::Args)]
pub(crate) struct FromCbioportal {
    /// Folder with the study's files.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// CATS file to write.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Kind of test, in the words of CATS.
    #[arg(long, value_name = "TYPE", default_value = "tumor-only", value_parser = [
        "tumor-only",
        "tumor and matched-normal",
        "tumor-only (cell-free)",
        "tumor (cell-free) and matched-normal",
    ])]
    test_type: String,
    /// Name of the gene panel.
    #[arg(long, value_name = "NAME", default_value = "unknown")]
    panel_name: String,
    /// Version of the gene panel.
    #[arg(long, value_name = "VERSION", default_value = "unknown")]
    panel_version: String,
    /// Reference assembly: GRCh37 or GRCh38; without it the study's own.
    #[arg(long, value_name = "NAME")]
    assembly: Option<Assembly>,
    /// Language of messages: ja or en.
    #[arg(long, default_value = "ja")]
    lang: Language,
}

impl FromCbioportal {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let options = ReadStudyOptions {
            test_type: self.test_type,
            panel_name: self.panel_name,
            panel_version: self.panel_version,
            assembly: self.assembly,
            ..ReadStudyOptions::default()
        };
        let reading = read_study(&self.folder, &options);
        let mut err = io::stderr().lock();
        show::problems(&mut err, &reading.problems, self.lang)?;
        let Some(document) = reading.value else {
            let verdict = match self.lang {
                Language::Ja => "読めません。何も書き出していません",
                Language::En => "cannot be read, nothing was written",
            };
            writeln!(err, "{}: {verdict}", self.folder.display())?;
            return Ok(ExitCode::from(UNREADABLE));
        };
        let bytes = cats::write(&document);
        files::write(&self.out, &bytes)
            .with_context(|| format!("writing {}", self.out.display()))?;
        // A study may say in its own words what CATS wants in others, so the outcome is judged too.
        let judged = cats::read(&bytes, &ReadOptions::default());
        let errors: Vec<_> = judged
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .cloned()
            .collect();
        if !errors.is_empty() {
            let verdict = match self.lang {
                Language::Ja => "書き出しましたが、CATSの規則に合わないところがあります",
                Language::En => "written, but it breaks rules of CATS",
            };
            writeln!(err, "{}: {verdict}", self.out.display())?;
            show::problems(&mut err, &errors, self.lang)?;
        }
        let is_whole = errors.is_empty() && !has_error(&reading.problems);
        Ok(ExitCode::from(if is_whole { ALL_VALID } else { SOME_INVALID }))
    }
}
