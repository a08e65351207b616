//! `tsumugi portal example`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use ingest::portal_csv;
use model::catalogue::Catalogue;

use crate::cats::{ALL_VALID, files};

/// Most cases of an example.
const MAX_CASES: usize = 100_000;

/// Arguments of `tsumugi portal example`.
#[derive(Debug, clap::Args)]
pub(crate) struct Example {
    /// How many synthetic patients.
    #[arg(long, default_value_t = 20)]
    cases: usize,
    /// Which nation; the same seed gives the same patients.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write; standard output where it is left out.
    #[arg(short, long, value_name = "CSV")]
    output: Option<PathBuf>,
}

impl Example {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::ensure!(self.cases <= MAX_CASES, "an example has at most {MAX_CASES} cases");
        let lists = Catalogue::get().lists();
        let records = synthetic::clinical_records(self.seed, self.cases)
            .map(|synthetic| portal_csv::labelled(&synthetic.record, lists));
        let bytes = portal_csv::write(&portal_csv::case_file(records));
        match &self.output {
            Some(path) => files::write(path, &bytes)?,
            None => io::stdout().lock().write_all(&bytes)?,
        }
        Ok(ExitCode::from(ALL_VALID))
    }
}
