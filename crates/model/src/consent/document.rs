//! Consent documents: what a patient was given to read, in versions that never change.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::purpose::ConsentPurpose;
use crate::text::LocalizedText;

/// Longest code or version. Units: characters.
const NAME_MAX_CHARS: usize = 40;
/// Longest title. Units: characters.
const TITLE_MAX_CHARS: usize = 200;
/// Longest text in one language. Units: characters.
const BODY_MAX_CHARS: usize = 40_000;

/// Names one version of a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DocumentVersion {
    /// Code of the document. Shape: lower-case letters, digits and hyphens.
    pub code: String,
    /// Version. Shape: letters, digits, dots and hyphens.
    pub version: String,
}

impl fmt::Display for DocumentVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.version)
    }
}

/// One version of a consent document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentDocument {
    /// Which version of which document.
    pub version: DocumentVersion,
    /// Title.
    pub title: LocalizedText,
    /// Text. Shape: paragraphs parted by an empty line; a line that begins with `# ` is a heading.
    pub body: LocalizedText,
    /// The purposes that it asks for.
    pub purposes: Vec<ConsentPurpose>,
    /// First day on which it is used; the version before ends the day before.
    pub effective_from: NaiveDate,
    /// Whether the text was made for the demonstration and is no legal text.
    pub demonstration: bool,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// Why a document cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckDocumentError {
    /// The code is none.
    #[error("the code is not made of lower-case letters, digits and hyphens")]
    Code,
    /// The version is none.
    #[error("the version is not made of letters, digits, dots and hyphens")]
    Version,
    /// A title is missing or too long.
    #[error("a title is missing or too long")]
    Title,
    /// A text is missing or too long.
    #[error("a text is missing or too long")]
    Body,
    /// No purpose is asked for.
    #[error("no purpose is asked for")]
    NoPurpose,
}

impl ConsentDocument {
    /// Checks that the document can be recorded.
    ///
    /// Errors: what is missing, too long or malformed.
    pub fn check(&self) -> Result<(), CheckDocumentError> {
        let short = |text: &str| !text.is_empty() && text.len() <= NAME_MAX_CHARS;
        let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_version = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let DocumentVersion { code, version } = &self.version;
        if !short(code) || !code.chars().all(is_code) {
            return Err(CheckDocumentError::Code);
        }
        if !short(version) || !version.chars().all(is_version) {
            return Err(CheckDocumentError::Version);
        }
        let within = |text: &LocalizedText, max: usize| {
            [&text.ja, &text.en].iter().all(|text| {
                !text.trim().is_empty() && text.chars().count() <= max && !text.contains('\0')
            })
        };
        if !within(&self.title, TITLE_MAX_CHARS) {
            return Err(CheckDocumentError::Title);
        }
        if !within(&self.body, BODY_MAX_CHARS) {
            return Err(CheckDocumentError::Body);
        }
        if self.purposes.is_empty() {
            return Err(CheckDocumentError::NoPurpose);
        }
        Ok(())
    }

    /// Returns the version that is used on a day: of each code the one that began last.
    pub fn in_use_on(documents: &[Self], day: NaiveDate) -> Vec<&Self> {
        let mut found: Vec<&Self> = Vec::new();
        for document in documents.iter().filter(|document| document.effective_from <= day) {
            let begins = |each: &Self| (each.effective_from, each.recorded_at);
            match found.iter_mut().find(|each| each.version.code == document.version.code) {
                Some(place) if begins(place) < begins(document) => *place = document,
                Some(_) => {}
                None => found.push(document),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(version: &str, from: &str) -> ConsentDocument {
        ConsentDocument {
            version: DocumentVersion { code: "demo".to_owned(), version: version.to_owned() },
            title: LocalizedText::of("題", "Title"),
            body: LocalizedText::of("文", "Text"),
            purposes: vec![ConsentPurpose::Registration],
            effective_from: from.parse().unwrap(),
            demonstration: true,
            recorded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_version_in_use_is_the_one_that_began_last() {
        let documents = [document("2", "2026-04-01"), document("1", "2024-04-01")];
        let on = |day: &str| {
            let found = ConsentDocument::in_use_on(&documents, day.parse().unwrap());
            found.iter().map(|document| document.version.version.clone()).collect::<Vec<_>>()
        };
        assert_eq!(on("2024-03-31"), Vec::<String>::new());
        assert_eq!(on("2026-03-31"), ["1"]);
        assert_eq!(on("2026-04-01"), ["2"]);
    }

    #[test]
    fn a_malformed_document_is_refused() {
        assert_eq!(document("1", "2024-04-01").check(), Ok(()));
        let refused = |change: fn(&mut ConsentDocument)| {
            let mut document = document("1", "2024-04-01");
            change(&mut document);
            document.check().unwrap_err()
        };
        assert_eq!(refused(|each| each.version.code = "../x".to_owned()), CheckDocumentError::Code);
        assert_eq!(refused(|each| each.version.version.clear()), CheckDocumentError::Version);
        assert_eq!(refused(|each| each.title.en = "".into()), CheckDocumentError::Title);
        assert_eq!(refused(|each| each.body.ja = "あ\0".into()), CheckDocumentError::Body);
        assert_eq!(refused(|each| each.purposes.clear()), CheckDocumentError::NoPurpose);
    }
}
