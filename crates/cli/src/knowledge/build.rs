//! `tsumugi knowledge build`.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use knowledge::{
    Release,
    build::{Draft, SourceFile, SourceKind, SourceProblem, write},
};
use model::{problem::Severity, text::Language};

use crate::outcome::Format;

/// Problems of one severity that are listed in text.
const MAX_LISTED: usize = 20;

/// Arguments of `tsumugi knowledge build`. A source is FILE or FILE,VERSION.
#[derive(Debug, clap::Args)]
pub(crate) struct Build {
    /// Name of the release
    #[arg(long, default_value = "knowledge")]
    name: String,
    /// Version of the release
    #[arg(long, default_value = "1")]
    version: String,
    /// Begin with the tables that ship in the program
    #[arg(long)]
    starter: bool,
    /// CIViC's evidence table
    #[arg(long, value_name = "FILE[,VERSION]")]
    civic: Vec<String>,
    /// OncoTree's tree as JSON, of any date
    #[arg(long, value_name = "FILE[,VERSION]")]
    oncotree: Option<String>,
    /// Tumour types, a table as documented
    #[arg(long, value_name = "FILE[,VERSION]")]
    tumour_types: Vec<String>,
    /// Hotspots
    #[arg(long, value_name = "FILE[,VERSION]")]
    hotspots: Vec<String>,
    /// Gene panels
    #[arg(long, value_name = "FILE[,VERSION]")]
    panels: Vec<String>,
    /// Approvals by indication and biomarker
    #[arg(long, value_name = "FILE[,VERSION]")]
    approvals: Vec<String>,
    /// Secondary-finding genes
    #[arg(long, value_name = "FILE[,VERSION]")]
    secondary_findings: Vec<String>,
    /// Drugs and their names
    #[arg(long, value_name = "FILE[,VERSION]")]
    drugs: Vec<String>,
    /// Genes and their names
    #[arg(long, value_name = "FILE[,VERSION]")]
    genes: Vec<String>,
    /// Evidence, a table as documented
    #[arg(long, value_name = "FILE[,VERSION]")]
    evidence: Vec<String>,
    /// Licence of a source by its file name, where it is not the one its kind is known for
    #[arg(long, value_name = "FILE=LICENCE")]
    licence: Vec<String>,
    /// Name of a source by its file name, where it is not the one its kind is known for
    #[arg(long, value_name = "FILE=NAME")]
    source_name: Vec<String>,
    /// Where a source comes from, by its file name
    #[arg(long, value_name = "FILE=URL")]
    source_url: Vec<String>,
    /// Write nothing when a source has a broken line
    #[arg(long)]
    strict: bool,
    /// Language of problems in text
    #[arg(long, default_value_t = Language::En, value_name = "ja|en")]
    lang: Language,
    /// How to show problems and the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Folder to make
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Build {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut draft = if self.starter { Draft::starter() } else { Draft::new() };
        for (kind, argument) in self.sources() {
            let (path, version) = path_and_version(argument)?;
            let bytes =
                std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut file = SourceFile::new(kind, path.display().to_string(), &bytes);
            file.version = version;
            if let Some(licence) = said_of("--licence", &self.licence, &path)? {
                file.licence = licence;
            }
            if let Some(name) = said_of("--source-name", &self.source_name, &path)? {
                file.name = name;
            }
            if let Some(url) = said_of("--source-url", &self.source_url, &path)? {
                file.url = Some(url);
            }
            draft.add(&file);
        }
        let broken = draft.problems().iter().any(|p| p.problem.severity == Severity::Error);
        let refused = self.strict && broken;
        let id = if refused {
            None
        } else {
            let files = draft.finish(&self.name, &self.version);
            // What is written must be what can be read.
            let release = Release::from_files(&files).context("the release would not open")?;
            write::write(&files, &self.out)?;
            Some(release.id().to_owned())
        };
        self.tell(&draft, id.as_deref())?;
        Ok(ExitCode::from(u8::from(refused)))
    }

    fn sources(&self) -> Vec<(SourceKind, &str)> {
        let lists = [
            (SourceKind::TumourTypes, &self.tumour_types),
            (SourceKind::Drugs, &self.drugs),
            (SourceKind::Genes, &self.genes),
            (SourceKind::Panels, &self.panels),
            (SourceKind::Hotspots, &self.hotspots),
            (SourceKind::SecondaryFindings, &self.secondary_findings),
            (SourceKind::Approvals, &self.approvals),
            (SourceKind::Evidence, &self.evidence),
            (SourceKind::Civic, &self.civic),
        ];
        self.oncotree
            .iter()
            .map(|argument| (SourceKind::OncoTree, argument.as_str()))
            .chain(lists.into_iter().flat_map(|(kind, arguments)| {
                arguments.iter().map(move |argument| (kind, argument.as_str()))
            }))
            .collect()
    }

    fn tell(&self, draft: &Draft, id: Option<&str>) -> anyhow::Result<()> {
        let mut out = crate::outcome::out();
        if self.format == Format::Json {
            let problems: Vec<serde_json::Value> = draft
                .problems()
                .iter()
                .map(|found| {
                    let mut value = serde_json::to_value(&found.problem)?;
                    if let Some(fields) = value.as_object_mut() {
                        fields.insert("file".to_owned(), found.file.clone().into());
                    }
                    Ok(value)
                })
                .collect::<Result<_, serde_json::Error>>()?;
            let document = serde_json::json!({ "id": id, "problems": problems });
            writeln!(out, "{document:#}")?;
            return Ok(());
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let found: Vec<&SourceProblem> =
                draft.problems().iter().filter(|p| p.problem.severity == severity).collect();
            for SourceProblem { file, problem } in found.iter().take(MAX_LISTED) {
                let line = problem.place.line.map_or(String::new(), |line| format!(":{line}"));
                eprintln!("{file}{line}: {} [{}]", problem.message.get(self.lang), problem.code);
                eprintln!("    {}", problem.remedy.get(self.lang));
            }
            if let Some(more) = found.len().checked_sub(MAX_LISTED).filter(|more| *more > 0) {
                eprintln!("… {more} more of this severity; --format json lists all");
            }
        }
        match id {
            Some(id) => writeln!(out, "{id}  {}", self.out.display())?,
            None => writeln!(out, "nothing was written")?,
        }
        Ok(())
    }
}

/// Finds what an option of the form `FILE=VALUE` says of a file.
fn said_of(option: &str, entries: &[String], path: &Path) -> anyhow::Result<Option<String>> {
    for entry in entries {
        let Some((file, value)) = entry.split_once('=') else {
            bail!("{option} takes FILE=VALUE, not {entry:?}");
        };
        if Path::new(file) == path || path.file_name().is_some_and(|name| name == file) {
            return Ok(Some(value.to_owned()));
        }
    }
    Ok(None)
}

/// Takes `FILE,VERSION` apart; without a version, a date in the file's name is one.
fn path_and_version(argument: &str) -> anyhow::Result<(PathBuf, String)> {
    let whole = PathBuf::from(argument);
    if whole.try_exists().with_context(|| format!("cannot look for {argument}"))? {
        let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
        let version = date_in(&name.unwrap_or_default()).unwrap_or_default();
        return Ok((whole, version));
    }
    match argument.rsplit_once(',') {
        Some((path, version)) => Ok((PathBuf::from(path), version.to_owned())),
        None => Ok((whole, String::new())),
    }
}

/// Finds `2025-10-03` or `2025_10_03` in a file's name.
fn date_in(name: &str) -> Option<String> {
    let bytes = name.as_bytes();
    let fits = |window: &[u8]| {
        window.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => matches!(byte, b'-' | b'_'),
            _ => byte.is_ascii_digit(),
        })
    };
    let found = bytes.windows(10).find(|window| fits(window))?;
    Some(String::from_utf8_lossy(found).replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::date_in;

    #[test]
    fn a_date_in_the_name_is_a_version() {
        assert_eq!(date_in("oncotree_2025_10_03.json").as_deref(), Some("2025-10-03"));
        assert_eq!(date_in("civic_evidence_2026-04-25.tsv").as_deref(), Some("2026-04-25"));
        assert_eq!(date_in("gene_panels.tsv"), None);
    }
}
