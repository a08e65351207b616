//! `tsumugi knowledge show`.

use std::{collections::BTreeSet, io::Write, path::PathBuf, process::ExitCode};

use knowledge::{Release, biomarker::Readability};

use crate::outcome::Format;

/// Expressions that were not understood and are listed in text.
const MAX_LISTED: usize = 50;

/// Arguments of `tsumugi knowledge show`.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// Folder of the release; without it the release that ships in the program
    dir: Option<PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Show {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let opened;
        let release = match &self.dir {
            Some(dir) => {
                opened = Release::open(dir)?;
                &opened
            }
            None => Release::starter(),
        };
        let strange = not_understood(release);
        let mut out = crate::outcome::out();
        match self.format {
            Format::Json => {
                let document = serde_json::json!({
                    "id": release.id(),
                    "manifest": release.manifest(),
                    "notUnderstood": strange,
                });
                writeln!(out, "{document:#}")?;
            }
            Format::Text => text(&mut out, release, &strange)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn not_understood(release: &Release) -> BTreeSet<&str> {
    release
        .evidence()
        .filter(|evidence| evidence.biomarker.readability() == Readability::NotUnderstood)
        .map(|evidence| evidence.biomarker_label.as_str())
        .collect()
}

fn text(out: &mut impl Write, release: &Release, strange: &BTreeSet<&str>) -> std::io::Result<()> {
    let manifest = release.manifest();
    writeln!(out, "{} {}", manifest.name, manifest.version)?;
    writeln!(out, "{}", release.id())?;
    writeln!(out, "{}\n{}\n", manifest.notice.ja, manifest.notice.en)?;
    writeln!(out, "sources:")?;
    for source in &manifest.sources {
        let version = if source.version.is_empty() { "version not said" } else { &source.version };
        let licence = if source.licence.is_empty() { "licence not said" } else { &source.licence };
        write!(out, "  {}, {version}, {licence}: {} records", source.name, source.records)?;
        match source.skipped {
            0 => writeln!(out)?,
            skipped => writeln!(out, ", {skipped} broken lines left out")?,
        }
        writeln!(out, "    {}", source.digest)?;
    }
    writeln!(out, "tables:")?;
    for (name, table) in &manifest.tables {
        writeln!(out, "  {name}: {} records", table.records)?;
    }
    let levels = &manifest.level_table;
    writeln!(out, "levels: {} {} (ours, not official)", levels.name, levels.version)?;
    let counts = &manifest.biomarkers;
    writeln!(
        out,
        "biomarkers: {} can be matched, {} cannot be seen in results, {} not understood",
        counts.matchable, counts.not_measurable, counts.not_understood
    )?;
    for label in strange.iter().take(MAX_LISTED) {
        writeln!(out, "  not understood: {label}")?;
    }
    writeln!(out, "evidence without a tumour code: {}", manifest.evidence_without_tumour_code)
}
