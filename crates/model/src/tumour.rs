//! Tumour types, by OncoTree code.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A tumour type's code in OncoTree, such as `LUAD`. Source: OncoTree, any release.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TumourTypeCode(pub String);

impl TumourTypeCode {
    /// Makes a code of text.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// Returns the code's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TumourTypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
