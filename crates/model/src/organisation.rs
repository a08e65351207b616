//! Organisations that take part: hospitals, laboratories, companies, the centre, boards.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The code of an organisation, unique in the programme. Shape: text without blanks at its ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganisationCode(String);

impl OrganisationCode {
    /// Makes a code of a text, without the blanks at its ends.
    pub fn new(code: &str) -> Self {
        Self(code.trim().to_owned())
    }

    /// Returns the code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
