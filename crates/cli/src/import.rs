//! `tsumugi import`: historical cohorts as collections.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use knowledge::Release;
use model::text::{Language, LocalizedText};
use research::{
    cohort::CohortView,
    collection::{CollectionFolder, CollectionName, DayKind, FileProblems, Manifest, SourceFile},
};
use sha2::{Digest as _, Sha256};

use crate::outcome::Format;
use crate::{
    cats::show,
    record::{Failure, finish, now},
};

mod cohort;
mod portal;

/// Exit code when the files cannot be taken as they are; nothing was changed.
const REFUSED: u8 = 1;

/// Calls of `tsumugi import`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Import {
    /// Load MAF files and a clinical table, as a mapping file says, as a named collection.
    ///
    /// Exit status: 0 when the collection is there, 1 when the files have errors (nothing is changed), 2 when it could
    /// not run.
    Cohort(cohort::ImportCohort),
    /// Load the portal's case CSV and report CSV as a named collection.
    ///
    /// Exit status: 0 when the collection is there, 1 when the files have errors (nothing is changed), 2 when it could
    /// not run.
    Portal(portal::ImportPortal),
}

impl Import {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(match self {
            Self::Cohort(import) => import.run(),
            Self::Portal(import) => import.run(),
        }))
    }
}

/// Where a collection is to be, and how the outcome is told.
#[derive(Debug, clap::Args)]
struct Target {
    /// Name of the collection: small letters, digits and hyphens
    #[arg(long, value_name = "NAME", value_parser = |text: &str| text.parse::<CollectionName>().map_err(|error| error.to_string()))]
    collection: CollectionName,
    /// The data folder, in which collections/ is made
    #[arg(long, value_name = "DIR", default_value = "tsumugi-data")]
    data: PathBuf,
    /// Put the collection in the place of the one that has its name
    #[arg(long)]
    replace: bool,
    /// Folder of a knowledge release; without it the built-in demonstration release
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Form of the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Language of the text form: ja or en
    #[arg(long, default_value = "ja")]
    lang: Language,
}

/// What was read, before it is kept.
struct Imported {
    /// What is written down of the collection, but for what its making adds.
    about: AboutCollection,
    view: Option<CohortView>,
    problems: Vec<FileProblems>,
    files: Vec<SourceFile>,
    mapping: Option<SourceFile>,
}

/// What is told of a collection.
struct AboutCollection {
    title: LocalizedText,
    licence: String,
    source: String,
    synthetic: bool,
    research_use: bool,
    days: DayKind,
}

impl Target {
    fn folder(&self) -> CollectionFolder {
        CollectionFolder::of_data(&self.data)
    }

    /// Refuses a name that is taken before the long work begins.
    fn check_name(&self) -> Result<(), Failure> {
        let has = self.folder().has(&self.collection).map_err(|error| {
            Failure::system(
                "データのフォルダを読めません",
                "The data folder cannot be read",
                &error,
            )
        })?;
        if has && !self.replace {
            let taken = research::collection::PutCollectionError::Taken(self.collection.clone());
            return Err(Failure(taken.explain()));
        }
        Ok(())
    }

    /// Keeps what was read where nothing is wrong with it, and tells the outcome.
    fn keep(&self, imported: Imported, release: &Release) -> Result<ExitCode, Failure> {
        let problems = FileProblems::count(&imported.problems);
        let Some(view) = &imported.view else {
            self.tell(None, &imported.problems)?;
            return Ok(ExitCode::from(REFUSED));
        };
        let about = imported.about;
        let manifest = Manifest {
            name: self.collection.clone(),
            title: about.title,
            cases: view.cases(),
            synthetic: about.synthetic,
            research_use: about.research_use,
            licence: about.licence,
            source: about.source,
            days: about.days,
            files: imported.files,
            mapping: imported.mapping,
            problems,
            knowledge: release.id().to_owned(),
            made: now(),
            made_by: format!("tsumugi {}", env!("CARGO_PKG_VERSION")),
            snapshot: String::new(),
            snapshot_sha256: String::new(),
        };
        let kept = self.folder().put(manifest, view, self.replace);
        let manifest = kept.map_err(|error| Failure(error.explain()))?;
        self.tell(Some(&manifest), &imported.problems)?;
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, manifest: Option<&Manifest>, problems: &[FileProblems]) -> Result<(), Failure> {
        let mut out = crate::outcome::out();
        let told = match self.format {
            Format::Json => {
                let files = problems.iter().filter(|file| !file.problems.is_empty());
                let files: Vec<_> = files
                    .map(|each| serde_json::json!({ "file": each.file, "problems": each.problems }))
                    .collect();
                let outcome = serde_json::json!({
                    "imported": manifest.is_some(),
                    "collection": manifest,
                    "files": files,
                });
                serde_json::to_writer_pretty(&mut out, &outcome)
                    .map_err(io::Error::from)
                    .and_then(|()| writeln!(out))
            }
            Format::Text => text(&mut out, self, manifest, problems),
        };
        told.map_err(|error| {
            Failure::system("結果を書けません", "The outcome cannot be written", &error)
        })
    }
}

fn text(
    out: &mut impl io::Write,
    target: &Target,
    manifest: Option<&Manifest>,
    problems: &[FileProblems],
) -> io::Result<()> {
    for file in problems.iter().filter(|file| !file.problems.is_empty()) {
        writeln!(out, "{}", file.file)?;
        show::problems(out, &file.problems, target.lang)?;
    }
    let name = &target.collection;
    match (manifest, target.lang) {
        (Some(manifest), Language::Ja) => {
            let (cases, counts) = (manifest.cases, manifest.problems);
            writeln!(
                out,
                "コレクション「{name}」を取り込みました: {cases}症例、警告{}件、注記{}件。",
                counts.warnings, counts.notes
            )?;
            writeln!(out, "ライセンス: {}", manifest.licence)
        }
        (Some(manifest), Language::En) => {
            let (cases, counts) = (manifest.cases, manifest.problems);
            writeln!(
                out,
                "The collection \"{name}\" is there: {cases} cases, {} warnings, {} notes.",
                counts.warnings, counts.notes
            )?;
            writeln!(out, "Licence: {}", manifest.licence)
        }
        (None, Language::Ja) => writeln!(
            out,
            "誤りがあるため「{name}」を取り込みませんでした。前からあるものはそのままです。"
        ),
        (None, Language::En) => writeln!(
            out,
            "\"{name}\" was not imported because of errors. What was there before is still there."
        ),
    }
}

/// Returns a file's name without its folders.
fn name_of(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into())
}

/// Returns the name, length and digest of a file, read piece by piece.
fn source_file(path: &Path) -> Result<SourceFile, Failure> {
    let read = || {
        let mut file = open(path)?;
        let mut hasher = Sha256::new();
        let mut piece = vec![0; 1 << 16];
        let mut bytes = 0_u64;
        loop {
            let read = file.read(&mut piece)?;
            if read == 0 {
                break;
            }
            hasher.update(piece.get(..read).unwrap_or_default());
            bytes += read as u64;
        }
        Ok::<_, io::Error>((hex::encode(hasher.finalize()), bytes))
    };
    let (sha256, bytes) = read().map_err(|error| unreadable(path, &error))?;
    Ok(SourceFile { name: name_of(path), sha256, bytes })
}

fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    Ok(file)
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure(LocalizedText::new(
        format!("{} を読めません({error})。", path.display()),
        format!("{} cannot be read ({error}).", path.display()),
    ))
}
