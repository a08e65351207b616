//! How commands show what came of them.

use std::{
    fmt,
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

/// Whether something that was to be shown could not be written.
static UNWRITTEN: AtomicBool = AtomicBool::new(false);

/// Writes a line to standard output.
///
/// What a command does goes on where nobody reads what it says any more, as through `head`.
pub(crate) fn say(words: fmt::Arguments<'_>) {
    note(writeln!(io::stdout().lock(), "{words}"));
}

/// Writes a line to standard error.
pub(crate) fn say_aside(words: fmt::Arguments<'_>) {
    note(writeln!(io::stderr().lock(), "{words}"));
}

fn note(written: io::Result<()>) {
    if written.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
        UNWRITTEN.store(true, Ordering::Relaxed);
    }
}

/// Returns a command's exit code: what could not be shown, on a full disk, is no success.
pub(crate) fn ended(code: ExitCode) -> ExitCode {
    if UNWRITTEN.load(Ordering::Relaxed) && code == ExitCode::SUCCESS {
        say_aside(format_args!(
            "表示の一部を書けませんでした。 Some of what was to be shown could not be written."
        ));
        return ExitCode::from(2);
    }
    code
}

/// Form of the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For reading in a terminal.
    Text,
    /// For programs.
    Json,
}
