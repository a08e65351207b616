//! From a converted alteration back to the item it came from.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Keys such as `DNA_somatic_9_135781005_C_G`, and the item's identifier, in the order of conversion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceMap {
    entries: Vec<(String, String)>,
}

impl ReferenceMap {
    /// Adds an entry. Two items may be converted to the same alteration; the first keeps the key.
    pub(super) fn add(&mut self, key: String, item_id: &str) {
        self.entries.push((key, item_id.to_owned()));
    }

    /// Returns whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes the map as a JSON object.
    pub(super) fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }
}

impl Serialize for ReferenceMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seen = std::collections::HashSet::new();
        let mut map = serializer.serialize_map(None)?;
        for (key, item_id) in &self.entries {
            if seen.insert(key) {
                map.serialize_entry(key, item_id)?;
            }
        }
        map.end()
    }
}

/// Writes a value as indented JSON that ends with a line feed.
pub(super) fn to_json(value: &impl Serialize) -> Vec<u8> {
    // The values written here have text keys and finite numbers only, so nothing can fail.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
