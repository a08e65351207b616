//! What every reader returns: what could be read, and all that was found wrong.

use model::problem::{Problem, Severity, has_error};

/// The outcome of reading untrusted input.
///
/// A value may be present although there are errors: it is then good for showing, not for accepting.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<T> {
    /// What could be read; `None` where the input has no usable form at all.
    pub value: Option<T>,
    /// Everything found, in the order of the input.
    pub problems: Vec<Problem>,
}

impl<T> Reading<T> {
    /// Makes a reading of a value and the problems found beside it.
    pub fn of(value: T, problems: Vec<Problem>) -> Self {
        Self { value: Some(value), problems }
    }

    /// Makes a reading that yielded nothing but problems.
    pub fn failed(problems: Vec<Problem>) -> Self {
        Self { value: None, problems }
    }

    /// Returns whether there is a value and no problem of severity error.
    pub fn is_valid(&self) -> bool {
        self.value.is_some() && !has_error(&self.problems)
    }

    /// Returns how many problems have the severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|problem| problem.severity == severity).count()
    }

    /// Turns the value into another, keeping the problems.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        Reading { value: self.value.map(change), problems: self.problems }
    }
}
