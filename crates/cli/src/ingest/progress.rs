//! How far an ingest is: a bar on a terminal, a line now and then elsewhere. On standard error.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Files between two lines where there is no terminal.
const LINE_EVERY_FILES: u64 = 1_000;

/// Shows how many of a number of files are done.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    done: u64,
    total: u64,
    what: &'static str,
}

impl Progress {
    /// Begins at nothing done.
    pub(crate) fn begin(total: u64, what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total);
            let style =
                ProgressStyle::with_template("{bar:40} {pos}/{len}  {per_sec}  {eta} {msg}");
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar.set_message(what);
            bar
        });
        Self { bar, done: 0, total, what }
    }

    /// Counts more as done.
    pub(crate) fn add(&mut self, files: u64) {
        let before = self.done / LINE_EVERY_FILES;
        self.done += files;
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if self.done / LINE_EVERY_FILES > before => {
                eprintln!("{} / {} {}", self.done, self.total, self.what);
            }
            None => {}
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
