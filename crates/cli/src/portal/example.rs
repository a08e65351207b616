//! `tsumugi portal example`.

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use ingest::portal_csv;
use model::{
    catalogue::{Catalogue, Document},
    clinical_record::ClinicalRecord,
};
use rayon::prelude::*;

use crate::cats::{ALL_VALID, files};

/// Most cases of an example.
const MAX_CASES: u64 = 1_000_000;
/// Cases that one thread draws before they are written.
const SHARE_CASES: u64 = 256;

/// Arguments of `tsumugi portal example`.
#[derive(Debug, clap::Args)]
pub(crate) struct Example {
    /// How many synthetic patients.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(..=MAX_CASES))]
    cases: u64,
    /// Which nation; the same seed gives the same patients.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which of the two files: the patients' cases, or their findings reports.
    #[arg(long, value_enum, default_value_t = Which::Case)]
    document: Which,
    /// Where to write; standard output where it is left out.
    #[arg(short, long, value_name = "CSV")]
    output: Option<PathBuf>,
}

/// One of the portal's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// The case CSV.
    Case,
    /// The report CSV.
    Report,
}

impl Example {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match &self.output {
            Some(path) => files::write_with(path, |file| self.write(file))?,
            None => self.write(&mut crate::outcome::out())?,
        }
        Ok(ExitCode::from(ALL_VALID))
    }

    /// Writes the file, as much of it at once as the threads draw.
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        let at_once = SHARE_CASES * rayon::current_num_threads().max(1) as u64;
        let mut begin = 0;
        loop {
            let end = self.cases.min(begin + at_once);
            // Without any case the file has its header.
            let firsts: Vec<u64> = (begin..end.max(1)).step_by(SHARE_CASES as usize).collect();
            let shares: Vec<Vec<u8>> =
                firsts.into_par_iter().map(|first| self.share(first, end)).collect();
            for share in shares {
                out.write_all(&share)?;
            }
            begin = end;
            if begin == self.cases {
                return out.flush();
            }
        }
    }

    /// Draws some cases as rows, the first ones below the header.
    fn share(&self, first: u64, end: u64) -> Vec<u8> {
        let records = (first..end.min(first + SHARE_CASES)).map(|index| self.record(index));
        let document = match self.document {
            Which::Case => Document::Case,
            Which::Report => Document::Report,
        };
        let file = portal_csv::file_of(document, records);
        if first == 0 {
            return portal_csv::write(&file);
        }
        // The rows before end without a line end, as the portal's last one does.
        [b"\r\n", portal_csv::write_rows(&file).as_slice()].concat()
    }

    fn record(&self, index: u64) -> ClinicalRecord {
        let record = match self.document {
            Which::Case => synthetic::clinical_record(self.seed, index).record,
            Which::Report => synthetic::report_record(self.seed, index),
        };
        portal_csv::labelled(&record, Catalogue::get().lists())
    }
}
