//! Meta files: lines of `key: value`.

/// Keys and values of one meta file.
#[derive(Debug, Default)]
pub(super) struct Meta {
    /// The file's name.
    pub(super) name: String,
    pairs: Vec<(String, String)>,
}

/// Most lines of a meta file.
const MAX_LINES: usize = 1_000;

impl Meta {
    /// Reads a meta file's text.
    pub(super) fn of(name: &str, text: &str) -> Self {
        let pairs = text
            .lines()
            .take(MAX_LINES)
            .filter_map(|line| line.split_once(':'))
            .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
            .collect();
        Self { name: name.to_owned(), pairs }
    }

    /// Returns the value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Returns whether the file describes this kind of data.
    pub(super) fn is(&self, alteration: &str, datatype: &str) -> bool {
        self.get("genetic_alteration_type") == Some(alteration)
            && (datatype.is_empty() || self.get("datatype") == Some(datatype))
    }
}
