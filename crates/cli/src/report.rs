//! `tsumugi report`.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use care::report::{FindingsReport, ReportInput, compose_with, to_html, to_json, to_pdf};
use ingest::detect::{ReadOptions, ReadResult, read_any};
use knowledge::{AnnotateOptions, Release};
use model::{
    case::PatientCase,
    problem::{Problem, has_error},
    text::Language,
    tumour::TumourTypeCode,
};

use crate::genome_files::GenomeFiles;

/// Exit code when the result could be read but breaks rules.
const INVALID: u8 = 1;
/// Exit code when the result could not be read.
const UNREADABLE: u8 = 2;
/// Most sample names listed in a message.
const SAMPLES_LISTED_MAX: usize = 10;

/// Arguments of `tsumugi report`.
#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// The result: CATS, MAF or VCF, plain or compressed
    result: PathBuf,
    /// Tumour type by OncoTree code, such as LUAD; wins over the case file
    #[arg(long, value_name = "CODE")]
    tumour_type: Option<String>,
    /// The case as JSON
    #[arg(long, value_name = "FILE")]
    case: Option<PathBuf>,
    /// Folder of a knowledge release; without it the built-in demonstration release
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Tumour sample, for tables that hold many
    #[arg(long, value_name = "NAME")]
    sample: Option<String>,
    /// FILTER mark of MAF or VCF with which a variant counts as reported; may be given several times
    #[arg(long, value_name = "MARK")]
    accept_filter: Vec<String>,
    #[command(flatten)]
    genome: GenomeFiles,
    /// Region whose approvals are "here": ISO 3166 code
    #[arg(long, value_name = "CODE", default_value = "JP", value_parser = crate::record::region)]
    home_region: String,
    /// Make the report of what could be read even if the result has errors
    #[arg(long)]
    despite_errors: bool,
    /// Format
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Language of HTML and PDF; JSON holds both
    #[arg(long, default_value = "ja", value_name = "ja|en")]
    lang: Language,
    /// Where to write; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Json,
    Html,
    Pdf,
}

impl Report {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let bytes = fs::read(&self.result)
            .with_context(|| format!("cannot read {}", self.result.display()))?;
        let name = self.result.file_name().map(|name| name.to_string_lossy().into_owned());
        let genome = self.genome.open()?;
        let mut options = ReadOptions { cats: genome.cats_options(), ..ReadOptions::default() };
        options.vcf.sample.clone_from(&self.sample);
        options.maf.accepted_filters.clone_from(&self.accept_filter);
        options.vcf.accepted_filters.clone_from(&self.accept_filter);
        let reading = read_any(&bytes, &name.unwrap_or_default(), &options);
        let invalid = has_error(&reading.problems);
        if invalid {
            tell(&reading.problems, self.lang);
        }
        let Some(results) = reading.value else {
            eprintln!("{}: cannot be read as a result", self.result.display());
            return Ok(ExitCode::from(UNREADABLE));
        };
        if invalid && !self.despite_errors {
            eprintln!(
                "{}: the result has errors; --despite-errors makes the report of what could be read",
                self.result.display()
            );
            return Ok(ExitCode::from(INVALID));
        }
        let chosen = choose(results, self.sample.as_deref())?;
        let opened;
        let release = match &self.knowledge {
            None => Release::starter(),
            Some(dir) => {
                opened = Release::open(dir).with_context(|| {
                    format!("cannot open the knowledge release {}", dir.display())
                })?;
                &opened
            }
        };
        let case = self.read_case(release)?;
        let report = compose_with(
            &ReportInput {
                result: &chosen.result,
                case: case.as_ref(),
                problems: &reading.problems,
                program_version: env!("CARGO_PKG_VERSION"),
            },
            release,
            &AnnotateOptions { home: self.home_region.clone() },
        );
        write(&self.output, &self.render(&report)?)?;
        Ok(ExitCode::SUCCESS)
    }

    fn read_case(&self, release: &Release) -> anyhow::Result<Option<PatientCase>> {
        let mut case = match &self.case {
            None => None,
            Some(path) => {
                let text = fs::read(path)
                    .with_context(|| format!("cannot read the case {}", path.display()))?;
                let case: PatientCase = serde_json::from_slice(&text)
                    .with_context(|| format!("cannot understand the case {}", path.display()))?;
                Some(case)
            }
        };
        if let Some(code) = &self.tumour_type {
            case.get_or_insert_with(PatientCase::default).tumour_type =
                Some(TumourTypeCode::new(code.trim().to_ascii_uppercase()));
        }
        let tumour_type = case.as_ref().and_then(|case| case.tumour_type.as_ref());
        match tumour_type {
            None => eprintln!("note: no tumour type was given; say it with --tumour-type"),
            Some(code) if release.tumour_type(code).is_none() => {
                eprintln!("note: the knowledge release does not know the tumour type {code}");
            }
            Some(_) => {}
        }
        Ok(case)
    }

    fn render(&self, report: &FindingsReport) -> anyhow::Result<Vec<u8>> {
        Ok(match self.format {
            Format::Json => to_json(report),
            Format::Html => to_html(report, self.lang).into_bytes(),
            Format::Pdf => to_pdf(report, self.lang)?,
        })
    }
}

/// Picks the result that was asked for; a file with one result needs no asking.
fn choose(results: Vec<ReadResult>, sample: Option<&str>) -> anyhow::Result<ReadResult> {
    let labels: Vec<String> = results.iter().filter_map(|result| result.label.clone()).collect();
    let mut results = results.into_iter();
    let Some(sample) = sample else {
        return match (results.next(), results.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => bail!("the file holds no result"),
            (Some(_), Some(_)) => bail!(
                "the file holds {} tumour samples; choose one with --sample, such as {}",
                labels.len(),
                listed(&labels)
            ),
        };
    };
    results.find(|result| result.label.as_deref() == Some(sample)).with_context(|| {
        if labels.is_empty() {
            "this file holds one result without a sample name; leave --sample out".to_owned()
        } else {
            format!("the file has no tumour sample {sample:?}; it has {}", listed(&labels))
        }
    })
}

fn listed(labels: &[String]) -> String {
    let mut text = labels.iter().take(SAMPLES_LISTED_MAX).cloned().collect::<Vec<_>>().join(", ");
    if labels.len() > SAMPLES_LISTED_MAX {
        text.push_str(", …");
    }
    text
}

fn tell(problems: &[Problem], language: Language) {
    for problem in problems {
        eprintln!(
            "{:?} {} {}: {} {}",
            problem.severity,
            problem.code,
            problem.place.pointer,
            problem.message.get(language),
            problem.remedy.get(language)
        );
    }
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return crate::outcome::out().write_all(bytes).context("cannot write to standard output");
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
