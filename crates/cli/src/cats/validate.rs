//! `tsumugi cats validate`.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use ingest::cats::{self, ReadOptions};
use model::{
    problem::{Place, Problem, Severity},
    text::{Language, LocalizedText},
};
use rayon::prelude::*;
use serde::Serialize;

use super::{
    ALL_VALID, SOME_INVALID, UNREADABLE,
    files::{self, FileBytes},
    show,
};
use crate::genome_files::GenomeFiles;
use crate::outcome::Format;

/// Arguments of `tsumugi cats validate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Validate {
    /// Files to check.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Form of the outcome.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    genome: GenomeFiles,
    /// Language of the text form: ja or en.
    #[arg(long, default_value = "ja")]
    lang: Language,
}

/// The outcome for all files.
#[derive(Serialize)]
struct Outcome {
    files: Vec<FileOutcome>,
}

/// The outcome for one file.
#[derive(Serialize)]
struct FileOutcome {
    file: String,
    version: Option<String>,
    valid: bool,
    problems: Vec<ProblemOutcome>,
    #[serde(skip)]
    found: Vec<Problem>,
    #[serde(skip)]
    readable: bool,
}

/// A problem as programs see it.
#[derive(Serialize)]
struct ProblemOutcome {
    code: String,
    severity: Severity,
    #[serde(flatten)]
    place: Place,
    message: LocalizedText,
    remedy: LocalizedText,
}

impl Validate {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let genome = match self.genome.open() {
            Ok(genome) => genome,
            Err(error) => {
                eprintln!("Error: {error:#}");
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        let options = genome.cats_options();
        let files: Vec<FileOutcome> =
            self.files.par_iter().map(|path| judge(path, &options)).collect();
        let outcome = Outcome { files };
        let mut out = crate::outcome::out();
        match self.format {
            Format::Text => write_text(&mut out, &outcome, self.lang)?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut out, &outcome)?;
                writeln!(out)?;
            }
        }
        let status = if outcome.files.iter().any(|file| !file.readable) {
            UNREADABLE
        } else if outcome.files.iter().any(|file| !file.valid) {
            SOME_INVALID
        } else {
            ALL_VALID
        };
        Ok(ExitCode::from(status))
    }
}

fn judge(path: &Path, options: &ReadOptions<'_>) -> FileOutcome {
    let mut version = None;
    let (reading, readable) = match files::read(path, options.max_bytes) {
        Ok(FileBytes::Whole(bytes)) => {
            let reading = cats::read(&bytes, options);
            version = match &reading.value {
                Some(document) => Some(document.meta_data.schema_version.clone()),
                None => cats::written_version(&bytes),
            };
            (reading, true)
        }
        Ok(FileBytes::TooLarge(bytes)) => (cats::refuse_by_size(bytes, options), true),
        Err(error) => (ingest::reading::Reading::failed(vec![unreadable(&error)]), false),
    };
    let valid = reading.is_valid();
    let problems = reading.problems.iter().map(|problem| ProblemOutcome {
        code: problem.code.to_string(),
        severity: problem.severity,
        place: problem.place.clone(),
        message: problem.message.clone(),
        remedy: problem.remedy.clone(),
    });
    FileOutcome {
        file: path.display().to_string(),
        version,
        valid,
        problems: problems.collect(),
        found: reading.problems,
        readable,
    }
}

fn unreadable(error: &io::Error) -> Problem {
    Problem::error(
        "file.unreadable",
        Place::file(),
        LocalizedText::new(
            format!("ファイルを開けません（{error}）。"),
            format!("The file cannot be opened ({error})."),
        ),
        LocalizedText::of(
            "ファイル名と読み取り権限を確かめてください。",
            "Check the file name and whether you may read it.",
        ),
    )
}

fn write_text(out: &mut impl Write, outcome: &Outcome, language: Language) -> io::Result<()> {
    for file in &outcome.files {
        let verdict = match (file.readable, file.valid, language) {
            (false, _, Language::Ja) => "読めません",
            (false, _, Language::En) => "unreadable",
            (true, true, Language::Ja) => "有効",
            (true, true, Language::En) => "valid",
            (true, false, Language::Ja) => "無効",
            (true, false, Language::En) => "invalid",
        };
        let version = match &file.version {
            Some(version) => format!("  CATS {version}"),
            None => String::new(),
        };
        writeln!(out, "{}: {verdict}{version}", file.file)?;
        show::problems(out, &file.found, language)?;
    }
    let total = outcome.files.len();
    let valid = outcome.files.iter().filter(|file| file.valid).count();
    let invalid = total.saturating_sub(valid);
    match language {
        Language::Ja => writeln!(out, "{total}件中、有効{valid}件、無効{invalid}件"),
        Language::En => writeln!(out, "{total} files: {valid} valid, {invalid} not valid"),
    }
}
