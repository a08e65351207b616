//! Gathers problems up to a named limit, and says how many more there were.

use model::{
    problem::{Place, Problem, Severity},
    text::LocalizedText,
};

/// Most problems of a file that are listed one by one where nothing else is asked for.
const USUAL_MAX: usize = 1_000;

/// Problems of one file.
#[derive(Clone, Debug)]
pub(crate) struct ProblemList {
    problems: Vec<Problem>,
    max: usize,
    hidden: u64,
    hidden_worst: Severity,
}

impl Default for ProblemList {
    fn default() -> Self {
        Self::new(USUAL_MAX)
    }
}

impl ProblemList {
    /// Keeps at most `max` problems.
    pub(crate) fn new(max: usize) -> Self {
        Self { problems: Vec::new(), max, hidden: 0, hidden_worst: Severity::Note }
    }

    /// Adds a problem; its texts are made only if it is kept.
    pub(crate) fn push(&mut self, severity: Severity, problem: impl FnOnce() -> Problem) {
        if self.problems.len() < self.max {
            self.problems.push(Problem { severity, ..problem() });
        } else {
            self.hidden = self.hidden.saturating_add(1);
            self.hidden_worst = self.hidden_worst.max(severity);
        }
    }

    /// Counts problems that were not kept elsewhere.
    pub(crate) fn hide(&mut self, severity: Severity, count: u64) {
        if count > 0 {
            self.hidden = self.hidden.saturating_add(count);
            self.hidden_worst = self.hidden_worst.max(severity);
        }
    }

    /// Adds a problem that is already made.
    pub(crate) fn add(&mut self, problem: Problem) {
        self.push(problem.severity, || problem);
    }

    /// Adds a problem that must not be hidden by the limit, such as a summary of the file.
    pub(crate) fn push_always(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Returns the problems; the last one counts those beyond the limit, as severe as the worst of them.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        if self.hidden > 0 {
            let hidden = self.hidden;
            let mut more = Problem::note(
                "table.more_problems",
                Place::file(),
                LocalizedText::new(
                    format!("ほかに{hidden}件の問題があります。"),
                    format!("There are {hidden} more problems."),
                ),
                LocalizedText::of(
                    "表示された問題を直してから、もう一度読み込んでください。",
                    "Mend the problems shown and read the file again.",
                ),
            );
            more.severity = self.hidden_worst;
            self.problems.push(more);
        }
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem() -> Problem {
        Problem::note("x", Place::file(), LocalizedText::default(), LocalizedText::default())
    }

    #[test]
    fn counts_what_it_does_not_keep() {
        let mut list = ProblemList::new(2);
        for severity in [Severity::Note, Severity::Note, Severity::Error, Severity::Warning] {
            list.push(severity, problem);
        }
        let problems = list.finish();
        assert_eq!(problems.len(), 3);
        assert_eq!(problems[2].message.en, "There are 2 more problems.");
        assert_eq!(problems[2].severity, Severity::Error);
    }
}
