//! `tsumugi import portal`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use ingest::portal_csv::{self, PortalFile, ReadOptions};
use knowledge::AnnotateOptions;
use model::{
    catalogue::{Catalogue, Document, Phase},
    problem::{Problem, Severity, has_error},
    text::LocalizedText,
};
use research::{
    cohort::{CohortIndex, CompactionLimits},
    collection::{DayKind, FileProblems, portal_cases},
};

use super::{AboutCollection, Imported, Target, name_of, source_file, unreadable};
use crate::record::{Failure, Knowledge, now};

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
        let files = vec![source_file(&self.cases)?, source_file(&self.reports)?];
        eprintln!("読んでいます。 Reading.");
        let (cases, mut of_cases) = read(&self.cases, Document::Case)?;
        let (reports, mut of_reports) = read(&self.reports, Document::Report)?;
        let mut built = None;
        if let (Some(cases), Some(reports)) = (&cases, &reports)
            && !has_error(&of_cases)
            && !has_error(&of_reports)
        {
            let today = now().date_naive();
            let lists = Catalogue::get().lists();
            for (file, problems) in [(cases, &mut of_cases), (reports, &mut of_reports)] {
                let verdicts = portal_csv::check(file, lists, today, Phase::FollowUp);
                // What a case contradicts itself in is told; it is what the portal holds, and stays.
                let found = verdicts.into_iter().flat_map(|verdict| verdict.problems);
                problems.extend(found.map(|problem| Problem {
                    severity: problem.severity.min(Severity::Warning),
                    ..problem
                }));
            }
            let (made, pair) = portal_cases(
                &self.target.collection,
                cases,
                reports,
                release,
                &AnnotateOptions::default(),
                (self.synthetic, today),
            );
            of_reports.extend(pair);
            let index = CohortIndex::build(made, CompactionLimits::default()).map_err(|error| {
                Failure::system("索引を作れません", "The index cannot be built", &error)
            })?;
            built = Some(index.view().as_ref().clone());
        }
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
        self.target.keep(Imported { about, view: built, problems, files, mapping: None }, release)
    }
}

fn read(path: &Path, document: Document) -> Result<(Option<PortalFile>, Vec<Problem>), Failure> {
    let options = ReadOptions { document: Some(document), ..ReadOptions::default() };
    let reading = crate::portal::read(path, &options).map_err(|error| unreadable(path, &error))?;
    Ok((reading.value, reading.problems))
}
