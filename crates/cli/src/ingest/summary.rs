//! What an ingest did, told at its end.

use std::{fmt, path::PathBuf, process::ExitCode};

use model::text::LocalizedText;

/// Exit code when a file was rejected or could not be read.
const SOME_REJECTED: u8 = 1;
/// Files of one kind that are named.
const NAMED_MAX: usize = 50;

/// What became of all files.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Results recorded now and accepted. A table may hold several.
    pub(crate) new: u64,
    /// Files whose bytes were in the record.
    pub(crate) already_there: u64,
    /// Cases that got a revision.
    pub(crate) revised: u64,
    /// Files that are rejected, now or before, and why where it is known.
    pub(crate) rejected: Vec<(PathBuf, Option<LocalizedText>)>,
    /// Files that could not be read.
    pub(crate) unreadable: Vec<(PathBuf, LocalizedText)>,
    /// Files that are no results.
    pub(crate) ignored: u64,
}

impl Summary {
    /// Returns the exit code: 0 where everything is accepted.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.rejected.is_empty() && self.unreadable.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(SOME_REJECTED)
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "新規 new: {}", self.new)?;
        writeln!(f, "登録済み already there: {}", self.already_there)?;
        if self.revised > 0 {
            writeln!(f, "症例の改訂 cases revised: {}", self.revised)?;
        }
        writeln!(f, "不受理 rejected: {}", self.rejected.len())?;
        for (path, reason) in self.rejected.iter().take(NAMED_MAX) {
            match reason {
                Some(reason) => {
                    writeln!(f, "  {}: {} / {}", path.display(), reason.ja, reason.en)?;
                }
                None => writeln!(f, "  {}", path.display())?,
            }
        }
        rest(f, self.rejected.len())?;
        writeln!(f, "読めないファイル unreadable: {}", self.unreadable.len())?;
        for (path, reason) in self.unreadable.iter().take(NAMED_MAX) {
            writeln!(f, "  {}: {} / {}", path.display(), reason.ja, reason.en)?;
        }
        rest(f, self.unreadable.len())?;
        if self.ignored > 0 {
            writeln!(f, "検査結果ではないファイル other files: {}", self.ignored)?;
        }
        Ok(())
    }
}

fn rest(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.checked_sub(NAMED_MAX) {
        Some(more) if more > 0 => writeln!(f, "  他 {more} 件 / and {more} more"),
        _ => Ok(()),
    }
}
