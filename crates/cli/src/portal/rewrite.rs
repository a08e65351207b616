//! `tsumugi portal rewrite`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use ingest::portal_csv::{self, ReadOptions};
use model::text::Language;

use crate::cats::{
    ALL_VALID, SOME_INVALID, UNREADABLE,
    files::{self, FileBytes},
    show,
};

/// Arguments of `tsumugi portal rewrite`.
#[derive(Debug, clap::Args)]
pub(crate) struct Rewrite {
    /// The case CSV or the report CSV.
    #[arg(value_name = "CSV")]
    file: PathBuf,
    /// Where to write; standard output where it is left out.
    #[arg(short, long, value_name = "CSV")]
    output: Option<PathBuf>,
    /// Language of the messages: ja or en.
    #[arg(long, default_value = "ja")]
    lang: Language,
}

impl Rewrite {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let options = ReadOptions::default();
        let bytes = match files::read(&self.file, options.max_bytes) {
            Ok(FileBytes::Whole(bytes)) => bytes,
            Ok(FileBytes::TooLarge(size)) => {
                let refused = portal_csv::refuse_by_size(size, &options);
                show::problems(&mut io::stderr().lock(), &refused.problems, self.lang)?;
                return Ok(ExitCode::from(SOME_INVALID));
            }
            Err(error) => {
                eprintln!("{}: {error}", self.file.display());
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        let reading = portal_csv::read(&bytes, &options);
        show::problems(&mut io::stderr().lock(), &reading.problems, self.lang)?;
        let Some(file) = &reading.value else { return Ok(ExitCode::from(SOME_INVALID)) };
        let written = portal_csv::write(file);
        match &self.output {
            Some(path) => files::write(path, &written)?,
            None => crate::outcome::out().write_all(&written)?,
        }
        let (cases, rows) =
            (file.cases.len(), file.cases.iter().map(|case| case.rows.len()).sum::<usize>());
        let same = written == bytes;
        eprintln!("{}", summary(cases, rows, same, self.lang));
        Ok(ExitCode::from(ALL_VALID))
    }
}

fn summary(cases: usize, rows: usize, same: bool, language: Language) -> String {
    match (language, same) {
        (Language::Ja, true) => {
            format!("{cases}症例、{rows}行。元のファイルとバイト単位で同じです。")
        }
        (Language::Ja, false) => {
            format!("{cases}症例、{rows}行。セルは同じで、引用符や改行の書き方だけが違います。")
        }
        (Language::En, true) => format!("{cases} cases, {rows} rows; the same bytes as before."),
        (Language::En, false) => {
            format!("{cases} cases, {rows} rows; the same cells, with other quotes or line ends.")
        }
    }
}
