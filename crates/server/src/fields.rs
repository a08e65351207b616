//! Fields of a form whose names follow from data, such as one answer for each purpose.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Deserialize;

/// The fields of a form, by name; a field that came twice keeps its last value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Fields(HashMap<String, String>);

impl Fields {
    /// Returns a field without the blanks around it; empty where it did not come.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// Returns the field of a prefix and a name without the blanks around it; empty where it did not come.
    pub(crate) fn of(&self, prefix: &str, name: &str) -> &str {
        self.text(&[prefix, name].concat())
    }

    /// Returns a field that says something.
    pub(crate) fn said(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Returns whether a field has a value: for the choices of a form that is shown again.
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.text(name) == value
    }

    /// Returns whether the field of a prefix and a code has a value.
    pub(crate) fn is_of(&self, prefix: &str, code: &str, value: &str) -> bool {
        self.is(&[prefix, code].concat(), value)
    }

    /// Returns a field as a day.
    pub(crate) fn day(&self, name: &str) -> Option<NaiveDate> {
        self.text(name).parse().ok()
    }

    /// Returns a field as one word of a closed list.
    pub(crate) fn word<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// Sets a field, for a form that begins with something filled in.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
}
