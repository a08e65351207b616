//! `tsumugi import portal`.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use ingest::portal_csv::{PortalCases, ReadOptions};
use knowledge::AnnotateOptions;
use model::{
    catalogue::Document,
    problem::{Problem, has_error},
    text::LocalizedText,
};
use research::collection::{DayKind, FileProblems, PortalImport, SourceFile, portal_problems};
use sha2::{Digest as _, Sha256};

use super::{AboutCollection, Imported, Target, name_of, open, unreadable};
use crate::{
    ingest::progress::Progress,
    record::{Failure, Knowledge, now},
};

/// Largest file. Units: bytes.
const MAX_BYTES: usize = 64 << 30;
/// Most rows of a file.
const MAX_ROWS: usize = 50_000_000;

/// Arguments of `tsumugi import portal`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportPortal {
    /// The case CSV
    #[arg(long, value_name = "CSV")]
    cases: PathBuf,
    /// The report CSV
    #[arg(long, value_name = "CSV")]
    reports: PathBuf,
    /// What the collection is called on pages; without it, its name
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// What the licence of the data, or the permission to use them, says
    #[arg(long, value_name = "TEXT")]
    licence: String,
    /// Where the data are from, as they want to be cited
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,
    /// The cases are invented
    #[arg(long)]
    synthetic: bool,
    /// Research users may search the collection
    #[arg(long)]
    research_use: bool,
    #[command(flatten)]
    target: Target,
}

impl ImportPortal {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        self.target.check_name()?;
        let knowledge = Knowledge::open(self.target.knowledge.as_ref())?;
        let release = knowledge.release();
        eprintln!("読んでいます。 Reading.");
        let ((cases, file_of_cases, of_cases), (reports, file_of_reports, of_reports)) =
            open_both(&self.cases, &self.reports)?;
        let (view, of_cases, of_reports) = match (&cases, &reports) {
            (Some(cases), Some(reports)) if !has_error(&of_cases) && !has_error(&of_reports) => {
                let mut progress = Progress::begin(cases.len() as u64, "症例 cases");
                let mut before = 0;
                let import = PortalImport {
                    name: &self.target.collection,
                    cases,
                    reports,
                    release,
                    annotate: AnnotateOptions::default(),
                    synthetic: self.synthetic,
                    today: now().date_naive(),
                };
                let taken = import.take(|done| {
                    progress.add((done - before) as u64);
                    before = done;
                });
                progress.end();
                let taken = taken.map_err(|error| {
                    Failure::system("取り込めません", "The files cannot be taken in", &error)
                })?;
                (Some(taken.view), taken.of_cases, taken.of_reports)
            }
            _ => {
                let of_cases = all_problems(&self.cases, cases.as_ref(), of_cases)?;
                let of_reports = all_problems(&self.reports, reports.as_ref(), of_reports)?;
                (None, of_cases, of_reports)
            }
        };
        let problems = vec![
            FileProblems { file: name_of(&self.cases), problems: of_cases },
            FileProblems { file: name_of(&self.reports), problems: of_reports },
        ];
        let title = self.title.clone().unwrap_or_else(|| self.target.collection.to_string());
        let about = AboutCollection {
            title: LocalizedText::new(title.clone(), title),
            licence: self.licence.clone(),
            source: self.source.clone(),
            synthetic: self.synthetic,
            research_use: self.research_use,
            days: DayKind::Calendar,
        };
        let files = vec![file_of_cases, file_of_reports];
        self.target.keep(Imported { about, view, problems, files, mapping: None }, release)
    }
}

/// A file of which the rows are found, what is written down of it, and what is wrong with its form.
type Opened = (Option<PortalCases<File>>, SourceFile, Vec<Problem>);

/// Opens both files, each on a thread of its own.
fn open_both(cases: &Path, reports: &Path) -> Result<(Opened, Opened), Failure> {
    let (cases, reports) = rayon::join(
        || open_file(cases, Document::Case).map_err(|error| unreadable(cases, &error)),
        || open_file(reports, Document::Report).map_err(|error| unreadable(reports, &error)),
    );
    Ok((cases?, reports?))
}

fn open_file(path: &Path, document: Document) -> io::Result<Opened> {
    let options = ReadOptions {
        document: Some(document),
        max_bytes: MAX_BYTES,
        max_rows: MAX_ROWS,
        ..ReadOptions::default()
    };
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let reading = PortalCases::open(open(path)?, &options, &mut |piece| {
        hasher.update(piece);
        bytes += piece.len() as u64;
    })?;
    let sha256 = hex::encode(hasher.finalize());
    Ok((reading.value, SourceFile { name: name_of(path), sha256, bytes }, reading.problems))
}

/// Returns every problem of a file that is not taken.
fn all_problems(
    path: &Path,
    file: Option<&PortalCases<File>>,
    of_form: Vec<Problem>,
) -> Result<Vec<Problem>, Failure> {
    let Some(file) = file else { return Ok(of_form) };
    portal_problems(file).map_err(|error| unreadable(path, &error))
}
