//! Spoils a few results on purpose, so that the demonstration shows what a problem looks like.

use serde_json::{Value, json};

use crate::draw::Draw;

/// What is spoilt in a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Two items have one identifier: not accepted.
    RepeatedItemId,
    /// A biomarker names a sample that is not in the file: not accepted.
    UnknownSample,
    /// The file names a version that does not exist: not accepted.
    UnknownVersion,
    /// The file ends before it is whole: not accepted.
    CutOff,
    /// A frequency above one: not accepted.
    FrequencyAboveOne,
    /// A protein change in words that cannot be read: accepted with a warning.
    ProteinInWords,
}

impl Flaw {
    /// Those that keep a file from being accepted.
    const ERRORS: [Self; 5] = [
        Self::RepeatedItemId,
        Self::UnknownSample,
        Self::UnknownVersion,
        Self::CutOff,
        Self::FrequencyAboveOne,
    ];

    /// Returns whether a file so spoilt must not be accepted.
    pub fn is_error(self) -> bool {
        Self::ERRORS.contains(&self)
    }

    /// Draws a flaw: one file in a hundred is not acceptable, and three have something to warn of.
    pub(crate) fn draw(draw: &mut Draw) -> Option<Self> {
        match draw.below(100) {
            0 => draw.weighted(&Self::ERRORS, |_| 1).copied(),
            1..=3 => Some(Self::ProteinInWords),
            _ => None,
        }
    }

    /// Returns whether a document has what the flaw spoils.
    pub(crate) fn fits(self, document: &Value) -> bool {
        let needed = match self {
            Self::ProteinInWords | Self::FrequencyAboveOne => "/variants/shortVariants/0",
            Self::UnknownSample | Self::RepeatedItemId => "/otherBiomarkers/0",
            Self::UnknownVersion | Self::CutOff => "/metaData",
        };
        document.pointer(needed).is_some()
    }

    /// Spoils a document and returns its bytes.
    pub(crate) fn spoil(self, document: &mut Value) -> Vec<u8> {
        match self {
            Self::RepeatedItemId => {
                put(document, "/sequencingSamples/0/itemId", json!("marker-tmb"));
            }
            Self::UnknownSample => {
                put(document, "/otherBiomarkers/0/sampleItemId", json!("sample-unknown"));
                put(document, "/variants/shortVariants/0/sampleItemId", json!("sample-unknown"));
            }
            Self::UnknownVersion => put(document, "/metaData/schemaVersion", json!("0.9")),
            Self::FrequencyAboveOne => {
                let at = "/variants/shortVariants/0/alternateAlleleFrequency";
                put(document, at, json!(1.7));
            }
            Self::ProteinInWords => {
                let at = "/variants/shortVariants/0/transcripts/0/aminoAcidsChange";
                put(document, at, json!("アミノ酸置換あり"));
            }
            Self::CutOff => {
                let mut whole = bytes(document);
                whole.truncate(whole.len() / 2);
                return whole;
            }
        }
        bytes(document)
    }
}

/// Replaces a value that is there.
fn put(document: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = document.pointer_mut(pointer) {
        *place = value;
    }
}

/// Returns a document's bytes.
pub(crate) fn bytes(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}
