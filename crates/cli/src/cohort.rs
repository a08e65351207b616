//! `tsumugi cohort`: what is counted of cases, from the shell.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use knowledge::Release;
use model::{
    problem::Problem,
    text::{Language, LocalizedText},
};
use research::{
    answer::AnswerError,
    cohort::{Cohort as FoundCases, Item, PageRequest, Query, Vocabulary},
};
use serde_json::{Map, Value, json};
use table::Table;

use crate::outcome::Format;
use crate::{
    cats::show,
    record::{Failure, Knowledge, finish},
};

mod cooccurrence;
mod cox;
mod searched;
mod summary;
mod survival;
mod tables;
mod waterfall;

use searched::Searched;

/// Exit code when a query cannot be read.
const REFUSED: u8 = 1;
/// Largest file with a query. Units: bytes.
const QUERY_MAX_BYTES: u64 = 1 << 20;

/// Calls of `tsumugi cohort`.
///
/// Exit status of each: 0 when it was counted, 1 when a query or a name cannot be read, 2 when it could not run.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Cohort {
    /// Count the cases that a query finds, and everything about them: items, altered genes with those tested, drugs.
    Summary(summary::Summary),
    /// Survival of the cases that a query finds: Kaplan-Meier with intervals, medians, those at risk, log-rank test.
    Survival(survival::Survival),
    /// Hazard ratios of a proportional hazards model: Cox, ties by Efron's method, with intervals.
    Cox(cox::Cox),
    /// Genes altered together or instead of each other: counts, odds ratio, Fisher's p, q of Benjamini and Hochberg.
    Cooccurrence(cooccurrence::Cooccurrence),
    /// Best change of tumour size, case by case from growth to shrinkage, where a collection says it.
    Waterfall(waterfall::Waterfall),
}

impl Cohort {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(match self {
            Self::Summary(summary) => summary.run(),
            Self::Survival(survival) => survival.run(),
            Self::Cox(cox) => cox.run(),
            Self::Cooccurrence(cooccurrence) => cooccurrence.run(),
            Self::Waterfall(waterfall) => waterfall.run(),
        }))
    }
}

/// What is searched, and how the outcome is told.
#[derive(Debug, clap::Args)]
struct Asked {
    /// The data folder, with collections/ and record.sqlite
    #[arg(long, value_name = "DIR", default_value = "tsumugi-data")]
    data: PathBuf,
    /// The collection to search; may be repeated. Without it, registered cases, which can also be named: registered
    #[arg(long, value_name = "NAME")]
    collection: Vec<String>,
    /// The record with the registered cases: sqlite:FILE or postgres://…; without it record.sqlite in the data folder
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// The query as text or JSON, or a file with one; without it every case
    #[arg(long, value_name = "FILE|TEXT", default_value = "")]
    query: String,
    /// Folder of a knowledge release; without it the built-in demonstration release
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Also write the outcome's tables into this folder, each as CSV and as Parquet
    #[arg(long, value_name = "DIR")]
    tables: Option<PathBuf>,
    /// Form of the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Language of the text form: ja or en
    #[arg(long, default_value = "ja")]
    lang: Language,
}

/// What one of the commands has to say of the cases that were found.
trait Answering {
    /// What it found out.
    type Answer;

    /// Returns what was asked.
    fn asked(&self) -> &Asked;

    /// Finds it out.
    fn answer(&self, found: &Found, release: &'static Release) -> Result<Self::Answer, Unanswered>;

    /// Returns it as tables, each with its name.
    fn tables(&self, answer: &Self::Answer) -> Vec<(&'static str, Table)>;

    /// Puts it beside what every outcome says.
    fn add_json(&self, answer: &Self::Answer, outcome: &mut Map<String, Value>);

    /// Writes it below what every outcome says.
    fn write(
        &self,
        out: &mut impl io::Write,
        found: &Found,
        answer: &Self::Answer,
    ) -> io::Result<()>;

    /// Runs the command.
    fn run(&self) -> Result<ExitCode, Failure> {
        let asked = self.asked();
        let release = Knowledge::open(asked.knowledge.as_ref())?.into_static();
        let found = match asked.find(release)? {
            Ok(found) => found,
            Err(problems) => return asked.refuse(&problems),
        };
        let answer = match self.answer(&found, release) {
            Ok(answer) => answer,
            Err(Unanswered::Unread(problems)) => return asked.refuse(&problems),
            Err(Unanswered::Failed(failure)) => return Err(failure),
        };
        asked.keep(&found, &self.tables(&answer), release)?;
        match asked.format {
            Format::Json => {
                let mut outcome = found.to_json();
                self.add_json(&answer, &mut outcome);
                asked.print_json(&Value::Object(outcome))?;
            }
            Format::Text => {
                let mut out = crate::outcome::out();
                let head = found.head(asked, &mut out);
                head.and_then(|()| self.write(&mut out, &found, &answer)).map_err(unwritten)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Why there is no answer.
enum Unanswered {
    /// Something of what was asked cannot be read.
    Unread(Vec<Problem>),
    /// It cannot be told.
    Failed(Failure),
}

impl Unanswered {
    /// Makes it of why there is no answer; `ja` and `en` say what cannot be told.
    fn of(error: AnswerError, ja: &str, en: &str) -> Self {
        match error {
            AnswerError::Unread(problems) => Self::Unread(problems),
            error => Self::Failed(Failure::system(ja, en, &error)),
        }
    }
}

/// A query that was asked, and what it found.
struct Found {
    searched: Searched,
    query: Query,
    cases: FoundCases,
}

impl Asked {
    /// Looks for what is asked; the problems of a query that cannot be read.
    fn find(&self, release: &'static Release) -> Result<Result<Found, Vec<Problem>>, Failure> {
        let text = self.text()?;
        let searched = Searched::open(self, release, &text)?;
        let query = {
            let names = searched.view.dictionaries();
            read(&text, &Vocabulary::of(names).with_release(release))
        };
        let query = match query {
            Ok(query) => query,
            Err(problems) => return Ok(Err(problems)),
        };
        let cases = evaluate(&searched, &query, release)?;
        Ok(Ok(Found { searched, query, cases }))
    }

    /// Returns the query's text, which may lie in a file.
    fn text(&self) -> Result<String, Failure> {
        let path = Path::new(&self.query);
        let is_file = !self.query.is_empty()
            && std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
        if !is_file {
            return Ok(self.query.clone());
        }
        let mut text = String::new();
        let read = std::fs::File::open(path).and_then(|file| {
            io::Read::read_to_string(&mut io::Read::take(file, QUERY_MAX_BYTES), &mut text)
        });
        read.map_err(|error| {
            Failure(LocalizedText::new(
                format!("検索条件のファイル {} を読めません({error})。", path.display()),
                format!("The file {} with the query cannot be read ({error}).", path.display()),
            ))
        })?;
        Ok(text.trim().to_owned())
    }

    /// Tells what is wrong with a query.
    fn refuse(&self, problems: &[Problem]) -> Result<ExitCode, Failure> {
        match self.format {
            Format::Json => self.print_json(&json!({ "problems": problems }))?,
            Format::Text => {
                show::problems(&mut io::stderr().lock(), problems, self.lang).map_err(unwritten)?;
            }
        }
        Ok(ExitCode::from(REFUSED))
    }

    /// Writes the outcome's tables into the folder that was asked for, if one was.
    fn keep(
        &self,
        found: &Found,
        tables: &[(&str, Table)],
        release: &Release,
    ) -> Result<(), Failure> {
        let manifest = release.manifest();
        let name = format!("{} {}", manifest.name, manifest.version);
        found.keep_tables(self.tables.as_deref(), &name, tables)
    }

    fn print_json(&self, value: &Value) -> Result<(), Failure> {
        let mut out = crate::outcome::out();
        let written = serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from);
        written.and_then(|()| writeln!(out)).map_err(unwritten)
    }

    /// Says from when on cases are counted as observed.
    fn entry(&self, delayed: bool) -> &'static str {
        if delayed {
            self.say(
                "検査日から観察(遅延登録を補正。登録症例の検査日は登録日で代えています)",
                "observed from the test (delayed entry; of registered cases, from the day of registration, which stands for it)",
            )
        } else {
            self.say("遅延登録の補正なし", "not corrected for delayed entry")
        }
    }

    /// Returns the words of the language that was asked for.
    fn say<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

impl Found {
    /// Returns whether any of the cases is invented.
    fn has_synthetic(&self) -> bool {
        let request = PageRequest { facets: vec![Item::Synthetic], ..PageRequest::count() };
        let facets = self.searched.view.page(&self.cases, &request).facets;
        facets.iter().flat_map(|facet| &facet.values).any(|value| &*value.code == "yes")
    }

    /// Returns what every outcome says of the search.
    fn to_json(&self) -> Map<String, Value> {
        let mut outcome = self.searched.to_json();
        outcome.insert("query".to_owned(), self.query.to_text().into());
        outcome.insert("expression".to_owned(), self.query.to_json());
        outcome.insert("synthetic".to_owned(), self.has_synthetic().into());
        outcome.insert("cases".to_owned(), self.cases.cases().into());
        outcome.insert("of".to_owned(), self.searched.view.cases().into());
        outcome
    }

    /// Writes what every outcome says of the search.
    fn head(&self, asked: &Asked, out: &mut impl io::Write) -> io::Result<()> {
        for line in self.searched.lines(asked.lang) {
            writeln!(out, "{line}")?;
        }
        if self.has_synthetic() {
            writeln!(
                out,
                "{}",
                asked.say("合成データを含みます", "Synthetic data are among these cases")
            )?;
        }
        writeln!(out, "{}: {}", asked.say("条件", "Query"), self.query.to_text())?;
        let (count, all) = (self.cases.cases(), self.searched.view.cases());
        match asked.lang {
            Language::Ja => writeln!(out, "症例: {count} / {all}"),
            Language::En => writeln!(out, "Cases: {count} of {all}"),
        }
    }
}

/// Reads a query as JSON where it is an object, else as text.
fn read(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Query, Vec<Problem>> {
    if text.starts_with('{') {
        Query::from_json(text, vocabulary)
    } else {
        Query::from_text(text, vocabulary)
    }
}

fn evaluate(searched: &Searched, query: &Query, release: &Release) -> Result<FoundCases, Failure> {
    searched
        .view
        .evaluate(query, release)
        .map_err(|error| Failure::system("検索できません", "The query cannot be evaluated", &error))
}

#[expect(clippy::needless_pass_by_value, reason = "it is given what writing failed with")]
fn unwritten(error: io::Error) -> Failure {
    Failure::system("結果を書けません", "The outcome cannot be written", &error)
}
