//! Every problem that reading a CATS file can name: its stable code, sentence and remedy.
//!
//! A code is never reused for another meaning. [`file`] speaks of bytes and JSON, [`schema`] of the rules
//! of a version, [`meaning`] of what the values say together, [`genome`] of reference and assembly, [`change`] of upgrading.

use model::{problem::Problem, text::LocalizedText};

pub(super) mod change;
pub(super) mod file;
pub(super) mod genome;
pub(super) mod meaning;
pub(super) mod schema;

/// Most problems of one file that are kept.
pub(super) const PROBLEMS_MAX: usize = 1_000;
/// Longest piece of input that is quoted. Units: characters.
const QUOTED_CHARACTERS_MAX: usize = 60;

/// The problems of one file, up to a limit.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    omitted: usize,
}

impl Findings {
    /// Adds a problem, or only counts it when there are enough.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        } else {
            self.omitted += 1;
        }
    }

    /// Returns the problems, the last saying how many were left out.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        if self.omitted > 0 {
            self.problems.push(file::too_many_problems(self.omitted));
        }
        self.problems
    }
}

/// Returns text fit for a sentence: short, and on one line.
fn quoted(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(QUOTED_CHARACTERS_MAX)
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect();
    if text.chars().nth(QUOTED_CHARACTERS_MAX).is_some() {
        short.push('…');
    }
    short
}

fn both(ja: impl Into<String>, en: impl Into<String>) -> LocalizedText {
    LocalizedText::new(ja.into(), en.into())
}
