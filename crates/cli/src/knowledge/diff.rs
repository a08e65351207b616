//! `tsumugi knowledge diff`.

use std::{io::Write, path::PathBuf, process::ExitCode};

use knowledge::{
    ReleaseFiles,
    diff::{ReleaseDiff, TableDiff, diff},
};

use crate::outcome::Format;

/// Records of one sort that are listed in text.
const MAX_LISTED: usize = 30;

/// Arguments of `tsumugi knowledge diff`.
#[derive(Debug, clap::Args)]
pub(crate) struct Diff {
    /// Folder of the earlier release
    from: PathBuf,
    /// Folder of the later release
    to: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Diff {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let changes = diff(&ReleaseFiles::read(&self.from)?, &ReleaseFiles::read(&self.to)?);
        let mut out = crate::outcome::out();
        match self.format {
            Format::Json => writeln!(out, "{:#}", serde_json::to_value(&changes)?)?,
            Format::Text => text(&mut out, &changes)?,
        }
        Ok(ExitCode::from(u8::from(!changes.is_empty())))
    }
}

fn text(out: &mut impl Write, changes: &ReleaseDiff) -> std::io::Result<()> {
    writeln!(out, "from {}\nto   {}", changes.from, changes.to)?;
    for (sign, sources) in [('-', &changes.sources.removed), ('+', &changes.sources.added)] {
        for source in sources {
            writeln!(out, "{sign} source {} {}", source.name, source.version)?;
        }
    }
    if changes.level_table_changed {
        writeln!(out, "~ level table")?;
    }
    for (name, table) in &changes.tables {
        let TableDiff { added, removed, changed } = table;
        writeln!(
            out,
            "{name}: {} added, {} removed, {} changed",
            added.len(),
            removed.len(),
            changed.len()
        )?;
        for (sign, keys) in [('-', removed), ('+', added)] {
            for key in keys.iter().take(MAX_LISTED) {
                writeln!(out, "  {sign} {key}")?;
            }
            more(out, keys.len())?;
        }
        for record in changed.iter().take(MAX_LISTED) {
            for field in &record.fields {
                let (from, to) = (cut(&field.from), cut(&field.to));
                writeln!(out, "  ~ {} {}: {from:?} -> {to:?}", record.key, field.column)?;
            }
        }
        more(out, changed.len())?;
    }
    Ok(())
}

fn more(out: &mut impl Write, count: usize) -> std::io::Result<()> {
    match count.checked_sub(MAX_LISTED) {
        Some(more) if more > 0 => writeln!(out, "  … {more} more; --format json lists all"),
        _ => Ok(()),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}
