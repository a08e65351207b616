//! A hospital of the registry.

use serde::{Deserialize, Serialize};

use super::Prefecture;
use crate::{
    organisation::OrganisationCode,
    text::{Language, LocalizedText},
};

/// A hospital. What it is to the programme lies in its designations, not here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hospital {
    /// Code; ours or the site's, not an official one.
    pub code: OrganisationCode,
    /// Names; the English one may be empty.
    pub name: LocalizedText,
    /// Prefecture, where a source says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<Prefecture>,
    /// Window for patients and the public: where to ask, in both languages; empty where unknown.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub contact: LocalizedText,
    /// Where the entry comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether the hospital is invented.
    #[serde(default)]
    pub synthetic: bool,
}

pub(super) fn is_empty(text: &LocalizedText) -> bool {
    text.ja.is_empty() && text.en.is_empty()
}

impl Hospital {
    /// Returns the name in the reader's language; in the other one where there is none.
    pub fn name(&self, language: Language) -> &str {
        let name = self.name.get(language);
        if name.is_empty() { &self.name.ja } else { name }
    }
}
