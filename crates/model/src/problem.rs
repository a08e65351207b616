//! What is wrong with something that was read, where, and how to mend it.
//!
//! Reading untrusted input never stops at the first mistake: it returns what could be read together
//! with a list of these.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::text::LocalizedText;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something the reader should know; nothing has to be done.
    Note,
    /// Something that should be looked at; the file can be used.
    Warning,
    /// The file breaks a rule and is not accepted.
    Error,
}

/// Whom a problem is addressed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Audience {
    /// The developer of the system that made the file.
    #[default]
    Developer,
    /// The person who enters data.
    DataEntry,
}

/// Where a problem is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// JSON pointer (RFC 6901) of the value; empty for the whole document or where there is no JSON.
    pub pointer: String,
    /// Line in the file. Units: 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in the line, in bytes for text that could not be parsed, in fields for tables. Units: 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
}

impl Place {
    /// The whole file.
    pub fn file() -> Self {
        Self::default()
    }

    /// A value in a JSON document, by its pointer.
    pub fn pointer(pointer: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), ..Self::default() }
    }

    /// A line, and a column where it is known. Units: 1-based.
    pub fn line(line: u64, column: Option<u64>) -> Self {
        Self { pointer: String::new(), line: Some(line), column }
    }
}

/// One problem found in input.
///
/// Shape in JSON: `{"code","severity","pointer","line"?,"column"?,"audience","message":{"ja","en"},"remedy":{"ja","en"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code, such as `cats.item_id.duplicate`; never reused for another meaning.
    pub code: Cow<'static, str>,
    /// How much it matters.
    pub severity: Severity,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// Whom it is for.
    #[serde(default)]
    pub audience: Audience,
    /// What is wrong, as one sentence in each language.
    pub message: LocalizedText,
    /// How to mend it, as one sentence in each language.
    pub remedy: LocalizedText,
}

impl Problem {
    /// Makes an error addressed to the developer of the sending system.
    pub fn error(
        code: &'static str,
        place: Place,
        message: LocalizedText,
        remedy: LocalizedText,
    ) -> Self {
        Self {
            code: Cow::Borrowed(code),
            severity: Severity::Error,
            place,
            audience: Audience::Developer,
            message,
            remedy,
        }
    }

    /// Makes a warning addressed to the developer of the sending system.
    pub fn warning(
        code: &'static str,
        place: Place,
        message: LocalizedText,
        remedy: LocalizedText,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message, remedy) }
    }

    /// Makes a note addressed to the developer of the sending system.
    pub fn note(
        code: &'static str,
        place: Place,
        message: LocalizedText,
        remedy: LocalizedText,
    ) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, place, message, remedy) }
    }

    /// Addresses the problem to the person who enters data.
    #[must_use]
    pub fn for_data_entry(mut self) -> Self {
        self.audience = Audience::DataEntry;
        self
    }
}

/// Returns whether any of the problems keeps the file from being accepted.
pub fn has_error(problems: &[Problem]) -> bool {
    problems.iter().any(|problem| problem.severity == Severity::Error)
}
