//! How commands show what came of them.

use std::{
    fmt,
    io::{self, ErrorKind, Write},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

/// Whether something that was to be shown could not be written.
static UNWRITTEN: AtomicBool = AtomicBool::new(false);

/// Standard output or error, which takes everything where nobody reads it any more, as through `head`.
struct Out<W>(W);

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// Returns standard output for what a command is asked for; what it does goes on where nobody reads that.
pub(crate) fn out() -> impl Write {
    Out(io::stdout().lock())
}

/// Writes a line to standard output.
pub(crate) fn say(words: fmt::Arguments<'_>) {
    note(&writeln!(out(), "{words}"));
}

/// Writes a line to standard error.
pub(crate) fn say_aside(words: fmt::Arguments<'_>) {
    note(&writeln!(Out(io::stderr().lock()), "{words}"));
}

fn note(written: &io::Result<()>) {
    if written.is_err() {
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
