//! `tsumugi portal check`.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use chrono::NaiveDate;
use ingest::portal_csv::{self, CaseVerdict, PortalFile, ReadOptions};
use model::{
    catalogue::{Catalogue, CodeLists, Document, Phase},
    clinical_record::{CellAddress, Completeness},
    problem::{Problem, has_error},
    text::Language,
};
use serde::Serialize;

use crate::outcome::Format;
use crate::{
    cats::{ALL_VALID, SOME_INVALID, UNREADABLE, show},
    record,
};

/// Arguments of `tsumugi portal check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The case CSV.
    #[arg(long, value_name = "CSV", required_unless_present = "reports")]
    cases: Option<PathBuf>,
    /// The report CSV.
    #[arg(long, value_name = "CSV")]
    reports: Option<PathBuf>,
    /// A code list to load, such as `ctcae=ctcae.tsv` with the columns code, label_ja, label_en; may be repeated.
    #[arg(long = "list", value_name = "LIST=TSV")]
    lists: Vec<String>,
    /// Up to which phase items are asked for: registration, panel or follow_up.
    #[arg(long, default_value = "registration", value_parser = phase)]
    phase: Phase,
    /// The day on which the files are judged; today where it is left out.
    #[arg(long)]
    date: Option<NaiveDate>,
    /// Form of the outcome.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Language of the text form: ja or en.
    #[arg(long, default_value = "ja")]
    lang: Language,
}

/// The outcome for all files.
#[derive(Serialize)]
struct Outcome {
    valid: bool,
    files: Vec<FileOutcome>,
    cases: Vec<CaseOutcome>,
    hospitals: Vec<HospitalOutcome>,
}

/// The outcome for one file.
#[derive(Serialize)]
struct FileOutcome {
    file: String,
    document: Option<Document>,
    cases: usize,
    problems: Vec<Problem>,
    #[serde(skip)]
    unreadable: bool,
}

/// The outcome for one case of the case CSV.
#[derive(Serialize)]
struct CaseOutcome {
    case: String,
    document: Document,
    required: usize,
    filled: usize,
    missing: Vec<CellAddress>,
    problems: Vec<Problem>,
}

/// How far a hospital's cases are filled.
#[derive(Serialize)]
struct HospitalOutcome {
    hospital: String,
    cases: usize,
    required: usize,
    filled: usize,
    percent: usize,
}

fn phase(word: &str) -> Result<Phase, String> {
    Phase::of_word(word).ok_or_else(|| "use registration, panel or follow_up".to_owned())
}

impl Check {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let lists = match self.load_lists() {
            Ok(lists) => lists,
            Err(error) => {
                eprintln!("Error: {error:#}");
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        let today = self.date.unwrap_or_else(|| record::now().date_naive());
        let cases = self.cases.as_deref().map(|path| open(path, Document::Case));
        let reports = self.reports.as_deref().map(|path| open(path, Document::Report));
        let mut outcome =
            Outcome { valid: true, files: Vec::new(), cases: Vec::new(), hospitals: Vec::new() };
        let pair = match (&cases, &reports) {
            (Some((_, Some(cases))), Some((_, Some(reports)))) => {
                portal_csv::check_pair(cases, reports)
            }
            _ => Vec::new(),
        };
        for (mut file, read) in [cases, reports].into_iter().flatten() {
            if let Some(read) = &read {
                let verdicts = portal_csv::check(read, &lists, today, self.phase);
                outcome.take(read, verdicts);
            }
            if file.document == Some(Document::Report) {
                file.problems.extend(pair.iter().cloned());
            }
            outcome.files.push(file);
        }
        let of_files = outcome.files.iter().map(|file| &file.problems);
        let of_cases = outcome.cases.iter().map(|case| &case.problems);
        outcome.valid = !of_files.chain(of_cases).any(|problems| has_error(problems));
        let mut out = crate::outcome::out();
        match self.format {
            Format::Text => write_text(&mut out, &outcome, self.lang)?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut out, &outcome)?;
                writeln!(out)?;
            }
        }
        let status = match outcome.valid {
            _ if outcome.files.iter().any(|file| file.unreadable) => UNREADABLE,
            true => ALL_VALID,
            false => SOME_INVALID,
        };
        Ok(ExitCode::from(status))
    }

    fn load_lists(&self) -> anyhow::Result<CodeLists> {
        let mut lists = Catalogue::get().lists().clone();
        for argument in &self.lists {
            let (list, path) =
                argument.split_once('=').context("--list is LIST=TSV, such as ctcae=ctcae.tsv")?;
            let text = std::fs::read_to_string(path).with_context(|| format!("read {path}"))?;
            lists.load(list, &text)?;
        }
        Ok(lists)
    }
}

/// Reads a file, and says what is wrong with it.
fn open(path: &Path, document: Document) -> (FileOutcome, Option<PortalFile>) {
    let options = ReadOptions { document: Some(document), ..ReadOptions::default() };
    let file = path.display().to_string();
    match super::read(path, &options) {
        Ok(reading) => {
            let cases = reading.value.as_ref().map_or(0, |file| file.cases.len());
            let document = reading.value.as_ref().map(|file| file.document);
            let problems = reading.problems;
            (FileOutcome { file, document, cases, problems, unreadable: false }, reading.value)
        }
        Err(error) => {
            eprintln!("{file}: {error}");
            let outcome = FileOutcome {
                file,
                document: None,
                cases: 0,
                problems: Vec::new(),
                unreadable: true,
            };
            (outcome, None)
        }
    }
}

impl Outcome {
    fn take(&mut self, file: &PortalFile, verdicts: Vec<CaseVerdict>) {
        let mut hospitals = BTreeMap::<String, (usize, Completeness)>::new();
        for verdict in verdicts {
            let name = verdict.key.facility.clone().unwrap_or_else(|| "?".to_owned());
            let (count, total) = hospitals.entry(name).or_default();
            *count += 1;
            total.add_counts(&verdict.completeness);
            self.cases.push(CaseOutcome {
                case: verdict.key.name().to_owned(),
                document: file.document,
                required: verdict.completeness.required,
                filled: verdict.completeness.filled,
                missing: verdict.completeness.missing,
                problems: verdict.problems,
            });
        }
        if file.document == Document::Case {
            self.hospitals = hospitals
                .into_iter()
                .map(|(hospital, (cases, total))| HospitalOutcome {
                    hospital,
                    cases,
                    required: total.required,
                    filled: total.filled,
                    percent: total.percent(),
                })
                .collect();
        }
    }
}

fn write_text(out: &mut impl Write, outcome: &Outcome, language: Language) -> io::Result<()> {
    for file in &outcome.files {
        let (name, cases) = (&file.file, file.cases);
        match (language, file.unreadable) {
            (Language::Ja, true) => writeln!(out, "{name}: 読めません")?,
            (Language::En, true) => writeln!(out, "{name}: unreadable")?,
            (Language::Ja, false) => writeln!(out, "{name}: {cases}症例")?,
            (Language::En, false) => writeln!(out, "{name}: {cases} cases")?,
        }
        show::problems(out, &file.problems, language)?;
    }
    for case in outcome.cases.iter().filter(|case| !case.problems.is_empty()) {
        writeln!(out, "{}", case.case)?;
        show::problems(out, &case.problems, language)?;
    }
    for hospital in &outcome.hospitals {
        let HospitalOutcome { hospital, cases, required, filled, percent } = hospital;
        match language {
            Language::Ja => writeln!(
                out,
                "施設 {hospital}: {cases}症例、必須{required}件中{filled}件入力({percent}%)"
            )?,
            Language::En => writeln!(
                out,
                "hospital {hospital}: {cases} cases, {filled} of {required} required cells filled ({percent} %)"
            )?,
        }
    }
    let problems: usize = outcome.files.iter().map(|file| file.problems.len()).sum::<usize>()
        + outcome.cases.iter().map(|case| case.problems.len()).sum::<usize>();
    match language {
        Language::Ja => writeln!(out, "問題{problems}件"),
        Language::En => writeln!(out, "{problems} problems"),
    }
}
