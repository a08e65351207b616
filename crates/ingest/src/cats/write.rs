//! Writing a CATS document.

use super::document::Document;

/// Writes a document as JSON, indented by two spaces, in UTF-8, ending with a line feed.
pub fn write(document: &Document) -> Vec<u8> {
    // A document holds nothing that JSON cannot: no map with keys other than text, no float that is not finite.
    let mut bytes = serde_json::to_vec_pretty(document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
